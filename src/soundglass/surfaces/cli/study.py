"""``study``: do people understand the explanations."""

from __future__ import annotations

import typer

app = typer.Typer(help="A listening study: do people understand the explanations?", no_args_is_help=True)
