"""Which matches people want to see: no copies of the same recording, no more than so many by one artist."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from soundglass.core.types import Track

IDENTICAL_SCORE = 0.9999
_SAME_LENGTH = 3.0
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_GUEST = re.compile(r"\s(feat|ft|featuring)\b\.?\s.*$", re.IGNORECASE)
_EDITION = re.compile(
    r"(feat|ft|featuring|with|from|bonus|deluxe)\b.*|.*\bremaster(ed)?\b.*|"
    r"((mono|stereo|explicit|clean|original|album|single|radio) ?)+(version|mix|edit)?",
)
_BETWEEN_NAMES = re.compile(r"[,;&]|\b(?:feat|ft|featuring|vs)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to leave out of a list of recommendations.

    Attributes
    ----------
    where : str or None
        SQL condition on the library's columns.
    per_artist : int or None
        At most so many tracks by one artist; a track by two counts for both.
    exclude_same : frozenset of {"artist", "album"}
        Leave out tracks that share this with the query.
    copies : bool
        Show other copies of a recording, too.
    seeds : tuple of Track
        Tracks that are looked for besides the query, or turned away from: copies of them are left out, too.
    """

    where: str | None = None
    per_artist: int | None = None
    exclude_same: frozenset[Literal["artist", "album"]] = frozenset()
    copies: bool = False
    seeds: tuple[Track, ...] = ()


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
    _by_artist: Counter[str] = field(default_factory=Counter)

    def offer(self, track: Track, score: float) -> bool:
        """Take a match, or count why not."""
        reason = self._refusal(track, score)
        if reason is None:
            self.chosen.append((track, score))
            self._by_artist.update(artists(track.artist))
            return True
        self.left_out[reason] += 1
        return False

    def _refusal(self, track: Track, score: float) -> str | None:
        filters, query = self.filters, self.query
        if not filters.copies:
            if same_recording(query, track, score) or any(same_recording(s, track) for s in filters.seeds):
                return "of the same recording"
            if any(same_recording(other, track) for other, _ in self.chosen):
                return "of a recording already shown"
        if "album" in filters.exclude_same and query.album and _folded(query.album) == _folded(track.album):
            return "of the same album"
        by = artists(track.artist)
        if "artist" in filters.exclude_same and by & artists(query.artist):
            return "by the same artist"
        if filters.per_artist is not None and any(self._by_artist[a] >= filters.per_artist for a in by):
            return "beyond the number per artist"
        return None


def same_recording(one: Track, other: Track, score: float | None = None) -> bool:
    """Tell whether two tracks are one recording: a copy, another release, a remaster.

    They are, if they share title and an artist and are equally long; a live version or a remix is another
    recording.

    Parameters
    ----------
    score : float, optional
        Their ``features`` score; all features and the length being equal is enough.
    """
    apart = abs(one.duration_s - other.duration_s)
    if score is not None and score >= IDENTICAL_SCORE and apart <= 0.05:
        return True
    if math.isfinite(apart) and apart > max(_SAME_LENGTH, 0.01 * one.duration_s):
        return False
    if not one.title or not artists(one.artist) & artists(other.artist):
        return False
    return _title(one.title) == _title(other.title)


@lru_cache(maxsize=4096)
def artists(text: str) -> frozenset[str]:
    """Split ``"A, B feat. C"`` into names, folded so that spellings of one name meet."""
    names = (_folded(name) for name in _BETWEEN_NAMES.split(text))
    return frozenset(name for name in names if name) or frozenset({_folded(text)} - {""})


@lru_cache(maxsize=4096)
def _title(text: str) -> tuple[str, frozenset[str]]:
    """Give a title without what only names the edition, and what else it says of the version.

    ``"Help! - Remastered 2009"`` and ``"Help!"`` are one title; ``"Help! (Live)"`` is another.
    """
    main, *versions = re.split(r"\s[-–—]\s", _BRACKETED.sub(" ", text))
    versions = [part for v in (*versions, *_BRACKETED.findall(text)) for part in re.split("[/;]", v)]
    kept = frozenset(_folded(v) for v in versions if v.strip() and not _EDITION.fullmatch(_spaced(v)))
    main = _GUEST.sub("", main).strip()
    return (_folded(main), kept) if main else (_folded(text), frozenset())


def _folded(text: str) -> str:
    """Fold case, accents, spaces and punctuation; a name of nothing else stays as it is."""
    return _spaced(text).replace(" ", "") or text.strip()


def _spaced(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]", " ", "".join(letters)).split())
