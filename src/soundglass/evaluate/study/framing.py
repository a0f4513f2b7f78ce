"""Which places of two recordings speak for a recommendation, and how they look and sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from soundglass.audio.clip import Clip, read_clips
from soundglass.audio.mp3 import encode
from soundglass.core.types import Region
from soundglass.evaluate.study.strip import Strip, cuts, draw
from soundglass.explain.answer import Reasons
from soundglass.explain.listen import PAIR_LUFS, amplified, extract_from, faded, pair_clip, span_of
from soundglass.explain.phrases import phrase
from soundglass.explain.pictures.marks import marks
from soundglass.explain.pictures.mel import MelImage

KBPS: Final = 96
BED_DB: Final = -24.0
"""How loud the rest of the music is while a place is heard."""

CONTEXT_S: Final = 0.5
"""How much of it is heard before and after: what is to be heard is the explanation, not the track."""

MOST_S: Final = 4.0
"""Of a longer place the beginning is heard; and so much of tracks that were compared as wholes."""

_LEAST_S = 0.05
_FADE_S = 0.03


@dataclass(frozen=True, slots=True)
class Recording:
    """A track whose file was read.

    Attributes
    ----------
    path : Path
    duration_s : float
    image : MelImage
        All of its spectrogram.
    highest_hz : float
        Half of its sample rate.
    """

    path: Path
    duration_s: float
    image: MelImage
    highest_hz: float

    def within(self, region: Region) -> Region | None:
        """Give what can be heard and seen of a region, if that is anything.

        Regions are of pictures of fixed length and height: one may reach beyond a short recording, or one
        of few samples a second.
        """
        top = min(region.high_hz, self.highest_hz)
        end_s = min(region.end_s, self.duration_s, region.start_s + MOST_S)
        inside = replace(region, end_s=end_s, low_hz=min(region.low_hz, top / 2), high_hz=top)
        return inside if end_s - region.start_s > _LEAST_S else None

    @property
    def middle(self) -> Region:
        """A few seconds from its middle, of all frequencies."""
        start_s = max(0.0, (self.duration_s - MOST_S) / 2)
        return Region(start_s, min(self.duration_s, start_s + MOST_S), 0.0, self.highest_hz)


Both = tuple[Recording, Recording]
"""Query and match."""


@dataclass(frozen=True, slots=True)
class Place:
    """A numbered place of both tracks; ``name`` is empty where it is no matched region."""

    number: int
    query: Region
    match: Region
    name: str = ""


@dataclass(frozen=True, slots=True)
class Frames:
    """What is framed on both spectrograms.

    Attributes
    ----------
    places : tuple of Place
        At least one.
    are_matched : bool
        Whether they are what the recommender found alike; else one stretch of either track that can be
        heard.
    """

    places: tuple[Place, ...]
    are_matched: bool

    @classmethod
    def of(cls, why: Reasons, both: Both) -> Frames:
        """Frame the matched regions that matter, or the middles where there are none."""
        found = [(mark, both[0].within(mark.query), both[1].within(mark.match)) for mark in marks(why.parts)]
        inside = [(mark, query, match) for mark, query, match in found if query and match]
        if not inside:
            return cls((Place(1, both[0].middle, both[1].middle),), False)
        return cls(
            tuple(
                Place(number, query, match, phrase(mark.part.name))
                for number, (mark, query, match) in enumerate(inside, start=1)
            ),
            True,
        )

    def strips(self, both: Both) -> tuple[Strip, Strip]:
        """Draw both tracks: around matched regions, or as wholes."""
        query = self._drawn(both[0], [place.query for place in self.places])
        return query, self._drawn(both[1], [place.match for place in self.places])

    def sounds(self, both: Both, level_lufs: float) -> list[bytes]:
        """Code each place of both tracks as MP3, one after the other, equally loud, no louder than a level.

        Raises
        ------
        AudioError
            A file cannot be decoded.
        """
        gain = min(1.0, 10 ** ((level_lufs - PAIR_LUFS) / 20))
        query = self._clips(both[0], [place.query for place in self.places])
        match = self._clips(both[1], [place.match for place in self.places])
        joined = (pair_clip(one, other) for one, other in zip(query, match, strict=True))
        return [encode(amplified(clip, gain), KBPS) for clip in joined]

    def _drawn(self, of: Recording, regions: Sequence[Region]) -> Strip:
        whole = ((0.0, of.duration_s),)
        return draw(of.image, cuts(regions, of.duration_s) if self.are_matched else whole)

    def _clips(self, of: Recording, regions: Sequence[Region]) -> list[Clip]:
        """Read places of one track in one pass: with all else turned down, or as they are."""
        if not self.are_matched:
            clips = read_clips(of.path, [(region.start_s, region.end_s) for region in regions])
            return [faded(clip, _FADE_S) for clip in clips]
        spans = [span_of([region], BED_DB, CONTEXT_S) for region in regions]
        return [
            extract_from(clip, start_s, [region], BED_DB, of.path)
            for clip, (start_s, _), region in zip(read_clips(of.path, spans), spans, regions, strict=True)
        ]
