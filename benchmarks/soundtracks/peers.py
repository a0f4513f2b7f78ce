"""Other programs that measure how alike music sounds; they come with ``pip install -e .[peers]``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.soundtracks.measures import Distances
from benchmarks.soundtracks.systems import Hears, System, euclidean, excerpt

_SAMPLE_RATE = 22_050


@dataclass(frozen=True, slots=True)
class Musly:
    """libmusly's timbre method (Schnitzer, 2012): Gaussians of MFCCs, mutual proximity against hubs."""

    name: str = "pymusly timbre"
    hears: Hears = "middle 30 s"

    def distances(self, files: Sequence[Path]) -> Distances:
        """Analyse every track, with all tracks as the style they are seen against."""
        import pymusly

        jukebox = pymusly.MuslyJukebox(method="timbre")
        tracks = [jukebox.track_from_audiodata(excerpt(file, _SAMPLE_RATE).tolist()) for file in files]
        jukebox.set_style(tracks)
        known = list(zip(jukebox.add_tracks(tracks), tracks, strict=True))
        return np.array([jukebox.compute_similarity(seed, known) for seed in known])


@dataclass(frozen=True, slots=True)
class Bliss:
    """bliss-audio's features of tempo, timbre, loudness and chroma, and its Euclidean distance."""

    name: str
    hears: Hears

    def distances(self, files: Sequence[Path]) -> Distances:
        """Analyse every track; those it fails on stay NaN."""
        from bliss_audio import Song

        found: list[list[float]] = []
        for file in files:
            try:
                with _readable(file, self.hears) as path:
                    found.append(list(Song(path).analysis))
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # it panics, which is no Exception
                print(f"{self.name} cannot read {file.name}")
                found.append([])
        size = max(map(len, found))
        return euclidean(np.array([features or [np.nan] * size for features in found]))


def peers() -> list[System]:
    """List other programs."""
    return [Musly(), Bliss("bliss-audio", "whole file"), Bliss("bliss-audio", "middle 30 s")]


@contextmanager
def _readable(file: Path, hears: Hears) -> Iterator[str]:
    """Give the path of a file, or of a copy of its middle."""
    if hears == "whole file":
        yield str(file)
        return
    with tempfile.NamedTemporaryFile(suffix=".wav") as copy:
        soundfile.write(copy, np.clip(excerpt(file, _SAMPLE_RATE), -1, 1), _SAMPLE_RATE, format="WAV")
        copy.flush()
        yield copy.name
