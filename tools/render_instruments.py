"""Render single instruments whose names are musicnn's tags, for `benchmarks/tags.py`.

Needs what ``render_scores.py`` needs, and a second sound font (Debian: ``fluid-soundfont-gm``)::

    python tools/render_instruments.py OUT_FOLDER

Every instrument plays twelve pieces of the corpus, none by Bach, at a random tempo, in its own register,
half of them with each sound font, one in four with drums. ``labels.csv`` says what is heard.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import render_scores
from render_scores import MAX_BYTES, TEST_SOURCES, Performance, Piece, midi_bytes, read_piece, render

FONTS = (Path("/usr/share/sounds/sf2/TimGM6mb.sf2"), Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"))
SECONDS = 15
N_PIECES, PER_INSTRUMENT = 28, 12
INSTRUMENTS = {
    "piano": ((0, 1, 2), 66),
    "harpsichord": ((6,), 64),
    "acoustic guitar": ((24, 25), 57),
    "electric guitar": ((27, 29, 30), 57),
    "violin": ((40,), 74),
    "viola": ((41,), 64),
    "cello": ((42,), 50),
    "harp": ((46,), 66),
    "string ensemble": ((48, 49), 62),
    "choir": ((52, 53), 62),
    "flute": ((73,), 79),
    "sitar": ((104,), 62),
    "synth": ((80, 81, 89, 90), 64),
    "organ": ((19,), 62),
    "brass": ((56, 61), 62),
    "saxophone": ((65, 66), 60),
    "clarinet": ((71,), 68),
    "vibraphone": ((11,), 70),
    "bass": ((33, 32), 40),
    "oboe": ((68,), 72),
    "trumpet": ((56,), 70),
    "recorder": ((74,), 79),
    "accordion": ((21,), 66),
}
"""General MIDI programs (from 0) and mean MIDI pitch."""

FIELDS = ("file", "instrument", "program", "sound_font", "source", "drums", "bpm")


def pieces() -> Iterator[Piece]:
    """Give pieces of the corpus at random, always the same."""
    from music21 import converter, corpus

    names = {path: str(path).partition("/corpus/")[2] for path in sorted(corpus.getCorePaths())}
    paths = [
        path
        for path, name in names.items()
        if name.startswith(TEST_SOURCES) and path.stat().st_size < MAX_BYTES.get(path.suffix, 0)
    ]
    random.Random(7).shuffle(paths)
    for path in paths:
        try:
            parsed: Any = converter.parse(path)
        except Exception:  # music21 raises its own kinds and plain ones
            continue
        scores = list(getattr(parsed, "scores", ())) or [parsed]
        chosen = scores[random.Random(names[path]).randrange(len(scores))]
        if (piece := read_piece(chosen, names[path], "test")) is not None:
            yield piece


def perform(piece: Piece, name: str, turn: int) -> Performance:
    """Choose how an instrument plays a piece."""
    programs, pitch = INSTRUMENTS[name]
    rng = random.Random(f"{name}{turn}")
    mean = sum(note.pitch for note in piece.notes) / len(piece.notes)
    shift = round((pitch - mean) / 12) * 12 + rng.randint(-2, 2)
    drums, bpm = rng.random() < 0.25, round(60 * 2.6 ** rng.random(), 1)
    return Performance(bpm, shift, (programs[turn % len(programs)],), 0, drums, turn)


def main() -> None:
    """Render everything into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    render_scores.SECONDS = SECONDS
    played = [piece for piece, _ in zip(pieces(), range(N_PIECES), strict=False)]
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(FIELDS)
        for turn in range(PER_INSTRUMENT):
            for index, name in enumerate(INSTRUMENTS):
                piece = played[(turn * len(INSTRUMENTS) + index * 5) % len(played)]
                play, font = perform(piece, name, turn), FONTS[turn // 2 % 2]
                file = f"{name.replace(' ', '_')}_{turn:02d}.flac"
                if not (folder / file).exists():
                    render(midi_bytes(piece, play), folder / file, font)
                row = (file, name, play.programs[0], font.stem, piece.source, int(play.drums), play.bpm)
                table.writerow(row)


if __name__ == "__main__":
    main()
