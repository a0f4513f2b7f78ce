"""How sounds that were written look on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from soundglass.explain.phrases import time_text
from soundglass.surfaces.cli.show import console, minus, plain

if TYPE_CHECKING:
    from soundglass.surfaces.sonification import Sonification
    from soundglass.surfaces.sounds import Listening


def listening(answer: Listening) -> None:
    """Show which sounds were written, how long and how loud they are."""
    out = console()
    out.print(Text.assemble("\nSounds in ", (plain(answer.folder), "bold")))
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("file")
    table.add_column("seconds", justify="right")
    table.add_column("LUFS", justify="right")
    for sound in answer.sounds:
        lufs = "" if math.isnan(sound.loudness_lufs) else minus(f"{sound.loudness_lufs:.0f}")
        table.add_row(Text(plain(sound.file)), f"{sound.seconds:.1f}", lufs)
    out.print(table)


def sonification(answer: Sonification) -> None:
    """Show where a sound is, of what it was made, and how near it comes."""
    out = console()
    out.print(plain(answer.path), style="bold", markup=False)
    stretch = f"{time_text(answer.start_s)}–{time_text(math.ceil(answer.start_s + answer.seconds))}"
    out.print(f"  {answer.seconds:.1f} s, from the log-mel spectrogram of {stretch} alone", markup=False)
    out.print(f"  {answer.sentence}", markup=False)
