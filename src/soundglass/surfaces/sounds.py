"""Where two tracks match becomes files to listen to."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from soundglass.audio.clip import Clip, write_clip
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Part, Region
from soundglass.explain.answer import Pair
from soundglass.explain.audible import Audible, Excerpts, audible
from soundglass.explain.heard import HeardMost, heard_in
from soundglass.explain.listen import equally_loud, joined, loudness
from soundglass.explain.relevance import Relevance
from soundglass.surfaces.answers import pair_json

Suffix = Literal[".wav", ".flac"]
Side = Literal["query", "match"]
Kind = Literal["region", "pair", "all regions", "what is left", "heard most", "singled out"]
Span = tuple[float, float]

SIDES: tuple[Side, Side] = ("query", "match")

INDEX = "index.json"

_PAIR_GAP_S = 0.4
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that was written.

    Attributes
    ----------
    file : str
        Its name in the folder.
    kind : Kind
        What it holds.
    side : {"query", "match"} or None
        Of which track; ``None`` for a pair of both.
    part : Part or None
        The part of the score whose regions are heard, where it is one.
    spans : tuple of (float, float)
        Seconds of the track that are heard, one piece after another; empty for a pair.
    seconds, peak_dbfs : float
        -inf dBFS for silence.
    loudness_lufs : float
        By ITU-R BS.1770-4; NaN below 0.4 s or -70 LUFS.
    """

    file: str
    kind: Kind
    side: Side | None
    part: Part | None
    spans: tuple[Span, ...]
    seconds: float
    peak_dbfs: float
    loudness_lufs: float


@dataclass(frozen=True, slots=True)
class Listening:
    """A folder of sounds.

    Attributes
    ----------
    folder : str
    pair : Pair
        What the sounds explain.
    heard : HeardMost or None
        Where the likeness is heard most; ``None`` where the recommender has no map of that.
    sounds : tuple of Sound
    """

    folder: str
    pair: Pair
    heard: HeardMost | None
    sounds: tuple[Sound, ...]

    def _repr_html_(self) -> str:
        """Show players, as notebooks ask for them."""
        from soundglass.surfaces.notebook.html import listening_html

        return listening_html(self)


def strongest(parts: Sequence[Part], n: int, by: str) -> list[Part]:
    """Choose the parts that speak most for a pair and lie in regions of both.

    Raises
    ------
    FeatureMismatchError
        There is none.
    """
    heard = [part for part in parts if isinstance(part.query, Region) and isinstance(part.match, Region)]
    if not heard:
        raise FeatureMismatchError(
            f"a comparison by {by} has no regions to listen to", remedy="Ask by spectrogram or blend"
        )
    helping = sorted((part for part in heard if part.contribution > 0), key=lambda p: -p.contribution)
    if not helping:
        raise FeatureMismatchError("no region of the two tracks matches", remedy="Choose other tracks")
    return helping[:n]


def write_sounds(
    pair: Pair,
    files: tuple[Path, Path],
    folder: Path,
    *,
    n: int = 3,
    bed_db: float | None = None,
    suffix: Suffix = ".wav",
    maps: tuple[Relevance, Relevance] | None = None,
) -> Listening:
    """Write what speaks most for a pair as sounds, with an index.

    Parameters
    ----------
    pair : Pair
    files : (Path, Path)
        Of the query and of the match.
    folder : Path
        Made if need be; files of the same names are replaced.
    n : int
        How many regions at most.
    bed_db : float, optional
        How loud all the rest is while a region is heard; silent if left out.
    suffix : {".wav", ".flac"}
    maps : (Relevance, Relevance), optional
        Where on either side the likeness is heard.

    Raises
    ------
    AudioError
        A recording cannot be read any more, or a sound cannot be written.
    FeatureMismatchError
        No region speaks for the pair.
    LibraryError
        The folder cannot be made or written to.
    """
    parts = strongest(pair.parts, n, pair.by)
    bed = -math.inf if bed_db is None else bed_db
    sides = []
    for index, file in enumerate(files):
        regions = [_regions(part)[index] for part in parts]
        sides.append(audible(file, regions, bed, None if maps is None else maps[index]))
    heard = None if maps is None else HeardMost(heard_in(maps[0]), heard_in(maps[1]))
    written = _Folder(folder, suffix)
    _write_regions(written, parts, sides[0].regions, sides[1].regions)
    for side, of_side in zip(SIDES, sides, strict=True):
        _write_excerpts(written, side, of_side)
    listening = Listening(str(folder), pair, heard, tuple(written.sounds))
    written.index(listening)
    return listening


class _Folder:
    """Writes sounds, and keeps what is to be said of them."""

    def __init__(self, path: Path, suffix: Suffix) -> None:
        self.sounds: list[Sound] = []
        self._path, self._suffix = path, suffix
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"cannot be made ({error.strerror})", path=path, remedy="Choose another folder"
            ) from error

    def write(
        self,
        name: str,
        clip: Clip,
        kind: Kind,
        *,
        side: Side | None = None,
        part: Part | None = None,
        spans: tuple[Span, ...] = (),
    ) -> None:
        file = f"{name}{self._suffix}"
        write_clip(clip, self._path / file)
        peak_dbfs = 20 * math.log10(clip.peak) if clip.peak else -math.inf
        self.sounds.append(Sound(file, kind, side, part, spans, clip.duration_s, peak_dbfs, loudness(clip)))

    def index(self, listening: Listening) -> None:
        path = self._path / INDEX
        text = (
            json.dumps(pair_json(listening.pair, listening.heard, listening), ensure_ascii=False, indent=2)
            + "\n"
        )
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise LibraryError(
                f"cannot be written ({error.strerror})", path=path, remedy="Choose another folder"
            ) from error


def _regions(part: Part) -> tuple[Region, Region]:
    if not (isinstance(part.query, Region) and isinstance(part.match, Region)):
        raise TypeError(f"{part.name} has no regions")
    return part.query, part.match


def _write_regions(
    folder: _Folder, parts: Sequence[Part], queries: Sequence[Clip], matches: Sequence[Clip]
) -> None:
    """Write each region of the query, that of the match, and one after the other, equally loud."""
    width = len(str(len(parts)))
    for rank, (part, *clips) in enumerate(zip(parts, queries, matches, strict=True), start=1):
        number, name = f"{rank:0{width}}", _file_name(part.name)
        query, match = equally_loud(*clips)
        for side, clip, region in zip(SIDES, (query, match), _regions(part), strict=True):
            span = (region.start_s, region.end_s)
            folder.write(f"{number} {side} {name}", clip, "region", side=side, part=part, spans=(span,))
        folder.write(f"{number} pair {name}", joined([query, match], _PAIR_GAP_S), "pair", part=part)


def _write_excerpts(folder: _Folder, side: Side, of_side: Audible) -> None:
    """Write what speaks for the match and what is left, and what the map of relevance points at."""
    excerpts: dict[Kind, Excerpts | None] = {
        "all regions": of_side.all_regions,
        "what is left": of_side.rest,
        "heard most": of_side.stretch,
        "singled out": of_side.highlight,
    }
    for kind, excerpt in excerpts.items():
        if excerpt is not None:
            folder.write(f"{side} {kind}", excerpt.clip, kind, side=side, spans=excerpt.spans)


def _file_name(name: str) -> str:
    """Write a part's name so that every file system takes it."""
    return re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-")[:_LONGEST_NAME]
