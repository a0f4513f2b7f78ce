"""Which matches people want to see: no copies of the same recording, no more than so many by one artist."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from soundglass.core.types import Track

IDENTICAL_SCORE = 0.9999
_EDITION = re.compile(
    r"\b((\d{4} )?(digital )?re-?master(ed)?( \d{4})?|mono|stereo|explicit|clean|radio edit|single version|"
    r"album version|original mix|bonus track|deluxe|feat\.?.*|ft\.? .*|with .*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to leave out of a list of recommendations.

    Attributes
    ----------
    where : str or None
        SQL condition on the library's columns.
    per_artist : int or None
        At most so many tracks by one artist.
    exclude_same : frozenset of {"artist", "album"}
        Leave out tracks that share this with the query.
    copies : bool
        Show other copies of a recording, too.
    """

    where: str | None = None
    per_artist: int | None = None
    exclude_same: frozenset[Literal["artist", "album"]] = frozenset()
    copies: bool = False


@dataclass(slots=True)
class Selection:
    """Accepts matches best first, as long as the filters let them through.

    Attributes
    ----------
    left_out : Counter
        Reason to number of tracks refused for it.
    """

    query: Track
    filters: Filters
    chosen: list[tuple[Track, float]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def offer(self, track: Track, score: float) -> bool:
        """Take a match, or count why not."""
        reason = self._refusal(track, score)
        if reason is None:
            self.chosen.append((track, score))
            return True
        self.left_out[reason] += 1
        return False

    def _refusal(self, track: Track, score: float) -> str | None:
        filters = self.filters
        if not filters.copies:
            if same_recording(self.query, track, score):
                return "copies of the same recording"
            if any(same_recording(other, track) for other, _ in self.chosen):
                return "copies of a track already shown"
        for what in sorted(filters.exclude_same):
            if (own := getattr(self.query, what)) and simple(own) == simple(getattr(track, what)):
                return f"of the same {what}"
        if filters.per_artist is not None and track.artist:
            artist = simple(track.artist)
            if sum(simple(other.artist) == artist for other, _ in self.chosen) >= filters.per_artist:
                return "over the number per artist"
        return None


def same_recording(one: Track, other: Track, score: float | None = None) -> bool:
    """Tell whether two tracks are one recording: a copy, another release, a remaster.

    Parameters
    ----------
    score : float, optional
        Their ``features`` score; all features and the length being equal is enough.
    """
    apart = abs(one.duration_s - other.duration_s)
    as_long = not math.isfinite(apart) or apart <= max(2.0, 0.01 * one.duration_s)
    if score is not None and score >= IDENTICAL_SCORE and apart <= 0.05:
        return True
    if not as_long or not one.title or not one.artist:
        return False
    if fuzz.ratio(_main_title(one.title), _main_title(other.title)) < 95:
        return False
    return fuzz.token_set_ratio(simple(one.artist), simple(other.artist)) >= 90


def simple(text: str) -> str:
    """Fold case, accents and punctuation, so that spellings of one name meet."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[^\w\s]", " ", "".join(c for c in folded if not unicodedata.combining(c))).split()
    )


def _main_title(title: str) -> str:
    """Drop what only names the edition: ``"Help! - Remastered 2009"`` becomes ``"help"``."""
    return simple(_EDITION.sub(" ", re.sub(r"[()\[\]-]", " ", title))) or simple(title)
