"""``patterns``: what features look like on spectrograms, and which claims about it hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library


def patterns(
    feature: Annotated[
        list[str] | None,
        typer.Option("--feature", "-f", help="A feature to look at; may be repeated. All if left out."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", metavar="FILE.png", help="Draw a typical low and high track of each feature there."
        ),
    ] = None,
    sample: Annotated[int, typer.Option(help="Of at most so many tracks; 0 for all.", min=0)] = 0,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Find what features look like on spectrograms, and check a study's claims about it.

    All music is heard once more, and what was seen is kept, so that only the first time takes long.
    """
    from soundglass.surfaces.cli import show, show_explored, show_patterns
    from soundglass.surfaces.patterns import patterns_json

    if out is not None:
        from soundglass.explain.pictures.style import picture_suffix

        picture_suffix(out)
    opened = open_library(library)
    with show_explored.progress("Hearing") as tell:
        found = opened.patterns(feature or None, sample=sample or None, progress=tell)
    if out is not None:
        from soundglass.explain.pictures.style import save

        save(opened.pictures.patterns(found), out)
    if json:
        show.print_json(patterns_json(found))
    else:
        show_patterns.patterns(found, out)
