"""``study``: do people understand the explanations."""

from __future__ import annotations

import typer

from soundglass.surfaces.cli.study_keep import close, delete, forget, list_, new, open_, show_
from soundglass.surfaces.cli.study_results import export, power, results
from soundglass.surfaces.cli.study_run import run
from soundglass.surfaces.cli.study_simulate import simulate
from soundglass.surfaces.cli.study_wording import wording

app = typer.Typer(help="A listening study: do people understand the explanations?", no_args_is_help=True)
app.command("new")(new)
app.command("list")(list_)
app.command("show")(show_)
app.command("open")(open_)
app.command("close")(close)
app.command("delete")(delete)
app.command("forget")(forget)
app.command("run")(run)
app.command("simulate")(simulate)
app.command("wording")(wording)
app.command("results")(results)
app.command("export")(export)
app.command("power")(power)
