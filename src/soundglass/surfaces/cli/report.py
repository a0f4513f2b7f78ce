"""``report``: a track and what is like it, as one page to look at, to listen to and to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, TrackArgument, open_library


def report(
    track: TrackArgument,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The page; a file of this name is replaced.", metavar="FILE"),
    ] = Path("report.html"),
    n: Annotated[int, typer.Option("-n", help="How many tracks of each list.", min=1, max=20)] = 5,
    by: Annotated[
        str, typer.Option("--by", help="The recommenders, one or two.", metavar="NAME[,NAME]")
    ] = "features,spectrogram",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Make one page of TRACK and what is like it, with players, spectrograms, reasons and a map."""
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    path = opened.report(track, output, n=n, by=[name.strip() for name in by.split(",")])
    size = path.stat().st_size
    if json:
        show.print_json({"path": str(path), "bytes": size})
    else:
        typer.echo(f"{show.home_as_tilde(str(path))} ({size / 1e6:.1f} MB); open it in a browser")
