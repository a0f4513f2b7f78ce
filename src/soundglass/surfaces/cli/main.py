"""The ``soundglass`` command."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.cli import ask, fill, keep
from soundglass.surfaces.cli.show import plain

app = typer.Typer(
    name="soundglass",
    help="A glass-box music recommender: which tracks are alike, and why, in parts that add up.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("scan")(fill.scan)
app.command("import")(fill.import_)
app.command("demo")(fill.demo)
app.command("similar")(ask.similar)
app.command("why")(ask.why)
app.command("features")(ask.features)
app.add_typer(keep.app, name="library")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"soundglass {soundglass.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold what all commands share."""


def main() -> None:
    """Run the command line; whatever goes wrong is one line and a non-zero exit status."""
    try:
        app()
    except SoundglassError as error:
        typer.echo(f"soundglass: {plain(str(error))}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("soundglass: stopped; everything committed so far is kept", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader has gone: say nothing more
        sys.exit(141)


if __name__ == "__main__":
    main()
