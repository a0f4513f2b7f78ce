"""Recordings whose tempo or key is known."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from soundglass.core.types import FloatArray

SAMPLE_RATE = 22_050
EXCERPT_S = 30.0


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono samples at ``SAMPLE_RATE`` with what is known about them; ``None`` where nothing is.

    ``fitted`` recordings served to fit the confidences, so they cannot judge them.
    """

    group: str
    name: str
    samples: FloatArray
    bpm: float | None = None
    key: tuple[int, str] | None = None
    beats_per_bar: int | None = None
    onset_rate: float | None = None
    fitted: bool = False


def read(path: Path, start_s: float = 0.0, length_s: float | None = None) -> FloatArray:
    """Decode a stretch of a file: the mean of its channels, resampled."""
    with soundfile.SoundFile(path) as file:
        rate = file.samplerate
        file.seek(int(start_s * rate))
        frames = -1 if length_s is None else int(length_s * rate)
        mono = file.read(frames, dtype="float32", always_2d=True).mean(axis=1)
    return np.asarray(mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE), np.float32)


def annotated(folder: Path) -> Iterator[Recording]:
    """One excerpt of each annotated collection below the folder."""
    for collection in sorted(path for path in folder.iterdir() if path.is_dir()):
        audio = sorted(path for path in collection.rglob("*") if path.suffix in {".wav", ".flac"})
        truth = sorted(collection.rglob("*.bpm"))
        if audio and truth:
            bpm = float(truth[0].read_text(encoding="utf-8").split()[0])
            yield Recording("annotated", collection.name, read(audio[0]), bpm)


def charted(folder: Path) -> Iterator[Recording]:
    """Every half minute of the Frets on Fire songs below the folder; their charts hold one exact tempo."""
    for song in sorted(folder.rglob("song.ogg")):
        found = re.findall(rb"\xff\x51\x03(...)", song.with_name("notes.mid").read_bytes(), re.DOTALL)
        tempi = {60e6 / int.from_bytes(value, "big") for value in found}
        if len(tempi) != 1:
            continue
        length = soundfile.info(song).duration
        for start in np.arange(10.0, length - EXCERPT_S - 2, EXCERPT_S):
            artist, name = song.parts[-3:-1]
            samples = read(song, start, EXCERPT_S)
            group, fitted = f"charted, {artist}", artist == "muldjord"
            yield Recording(group, f"{name}@{start:.0f}", samples, min(tempi), fitted=fitted)


def clicks() -> Iterator[Recording]:
    """Twenty seconds of clicks at 50, 51, … 220 BPM."""
    time = np.arange(1000) / SAMPLE_RATE
    click = np.sin(2 * np.pi * 1000 * time) * np.exp(-time / 0.007)
    for bpm in range(50, 221):
        samples = np.zeros(20 * SAMPLE_RATE, np.float32)
        for onset in np.arange(0.13, 19.9, 60 / bpm):
            start = round(onset * SAMPLE_RATE)
            samples[start : start + len(click)] += click[: len(samples) - start]
        yield Recording("clicks", str(bpm), samples, float(bpm), fitted=True)


def renders(folder: Path) -> Iterator[Recording]:
    """Read what ``tools/render_scores.py`` made."""
    with (folder / "renders.csv").open(encoding="utf-8", newline="") as stream:
        for index, row in enumerate(csv.DictReader(stream)):
            drums = "with drums" if row["drums"] == "1" else "no drums"
            simple = float(row["beat_quarters"]) in {0.5, 1.0, 2.0}
            yield Recording(
                group=f"renders {row['split']}, {drums}",
                name=row["source"],
                samples=read(folder / row["file"]),
                bpm=float(row["bpm"]),
                key=(int(row["tonic"]), row["mode"]),
                beats_per_bar=int(row["beats_per_bar"]) if simple else None,
                onset_rate=float(row["onset_rate"]),
                fitted=row["split"] == "tune" or index % 2 == 0,
            )
