"""Matched regions of a pair become sounds to listen to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soundglass.audio.clip import write_clip
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Part, Region
from soundglass.explain.listen import extract, pair_clip


@dataclass(frozen=True, slots=True)
class Heard:
    """A matched region as a sound: the query's, then the match's.

    Attributes
    ----------
    part : Part
        The part of the score whose regions are heard.
    path : str
    duration_s : float
    """

    part: Part
    path: str
    duration_s: float


def write_matches(
    query: Path, match: Path, parts: Sequence[Part], folder: Path, n: int, bed_db: float | None, suffix: str
) -> tuple[Heard, ...]:
    """Write the regions that speak most for a pair, each as one sound.

    Parameters
    ----------
    query, match : Path
        The files of the two tracks.
    parts : sequence of Part
        All of them regions.
    folder : Path
        Made if need be; files of the same names are replaced.
    n : int
        How many at most.
    bed_db : float, optional
        Gain of all the rest; silent if left out.
    suffix : {".wav", ".flac"}

    Raises
    ------
    AudioError
        A recording cannot be read any more, or a sound cannot be written.
    FeatureMismatchError
        No region speaks for the pair.
    """
    helping = sorted((part for part in parts if part.contribution > 0), key=lambda p: -p.contribution)
    if not helping:
        raise FeatureMismatchError("no region of the two tracks matches", remedy="Choose other tracks")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"cannot be made ({error.strerror})", path=folder, remedy="Choose another folder with --out"
        ) from error
    gain = -math.inf if bed_db is None else bed_db
    heard = []
    for rank, part in enumerate(helping[:n], start=1):
        clips = [
            extract(file, [side], bed_db=gain)
            for file, side in ((query, part.query), (match, part.match))
            if isinstance(side, Region)
        ]
        clip = pair_clip(clips[0], clips[1])
        path = folder / f"{rank} {_file_name(part.name)}{suffix}"
        write_clip(clip, path)
        heard.append(Heard(part, str(path), clip.duration_s))
    return tuple(heard)


def _file_name(name: str) -> str:
    """Write a part's name so that every file system takes it."""
    return re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-")
