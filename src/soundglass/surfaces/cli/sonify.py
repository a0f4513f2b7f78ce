"""``sonify``: a sound from a spectrogram alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library


def sonify(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TRACK-or-FILE-or-IMAGE",
            help="A track of the library, an audio file, or a PNG made by soundglass spectrograms.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where the sound goes: .wav or .flac.")
    ],
    start: Annotated[
        float | None, typer.Option(help="Seconds from the start of the recording; its middle if left out.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="How long; 10 s, or all of an image, if left out.", min=0.1, max=300)
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Make a sound from a log-mel spectrogram alone: hear what it can see of music, and what it cannot."""
    from soundglass.surfaces.answers import sonification_json
    from soundglass.surfaces.cli import show, show_sounds

    answer = open_library(library).sonify(target, out, start_s=start, seconds=seconds)
    if json:
        show.print_json(sonification_json(answer))
    else:
        show_sounds.sonification(answer)
