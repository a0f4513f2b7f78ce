"""The ``soundglass`` command."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.cli import (
    ask,
    evaluate,
    explore,
    fill,
    images,
    keep,
    match,
    patterns,
    picture,
    playlist,
    previews,
    profile,
    report,
    serve,
    sonify,
    study,
)
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
app.command("previews")(previews.previews)
app.command("match")(match.match)
app.command("similar")(ask.similar)
app.command("why")(ask.why)
app.command("features")(ask.features)
app.command("compare")(explore.compare)
app.command("path")(explore.path)
app.command("map")(explore.map_)
app.command("spectrograms")(images.spectrograms)
app.command("sonify")(sonify.sonify)
app.command("patterns")(patterns.patterns)
app.command("report")(report.report)
app.command("evaluate")(evaluate.evaluate)
app.command("serve")(serve.serve)
app.add_typer(picture.app, name="picture")
app.add_typer(playlist.app, name="playlist")
app.add_typer(profile.app, name="profile")
app.add_typer(study.app, name="study")
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
    except BrokenPipeError:
        # The reader has gone; without this the interpreter would complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if os.environ.get("SOUNDGLASS_DEBUG"):
            raise
        _leave(_in_one_line(error), 1)


def _in_one_line(error: Exception) -> str:
    if isinstance(error, SoundglassError | OSError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    return f"something went wrong that should not ({what}). Please report what SOUNDGLASS_DEBUG=1 prints"


def _leave(message: str, status: int) -> NoReturn:
    typer.echo(f"soundglass: {plain(message)}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
