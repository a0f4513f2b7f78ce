"""How likely two entries are one recording: a score that is the sum of named parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from soundglass.library.linkage.folding import sounding
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.naming import Name, name_of

TITLE, ARTIST, DURATION, VERSION = 0.5, 0.3, 0.1, 0.1
"""What each part can add to the score."""
UNKNOWN_ARTIST, UNKNOWN_DURATION, UNNAMED_VERSION = 0.5, 0.5, 0.5
"""The share of a part that counts where one side is silent."""

EXCLUDING_S = 15.0
"""Lengths further apart belong to different recordings."""
_NEAR_S, _NEAR_SHARE = 3.0, 0.03
_EXCERPT_S = 31.0
_UNLIKE = 0.6
_FEWER_ARTISTS, _SUBTITLE = 0.97, 0.97
_SAME_PERSON, _SAME_LETTERS = 0.8, 0.9
_ONE_SLIP, _TWO_SLIPS = 4, 10
_SLIPPED = 0.9
_AS_IT_SOUNDS = 0.98


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list, and its name taken apart."""

    listed: Listed
    name: Name

    @classmethod
    def of(cls, listed: Listed) -> Entry:
        """Take the name of an entry apart."""
        return cls(listed, name_of(listed))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two entries are one recording.

    Attributes
    ----------
    title, artist, duration, version, isrc : float
        The parts of the score; ``isrc`` is what an equal code adds to the others to make 1.
    against : str
        What excludes that it is one recording, in words; empty where nothing does.
    """

    title: float
    artist: float
    duration: float
    version: float
    isrc: float = 0.0
    against: str = ""

    @property
    def score(self) -> float:
        """Sum the parts; 0 to 1."""
        return self.title + self.artist + self.duration + self.version + self.isrc

    @property
    def parts(self) -> dict[str, float]:
        """Name the parts."""
        names = ("title", "artist", "duration", "version", "isrc")
        return {name: getattr(self, name) for name in names}


def likeness(one: Entry, other: Entry) -> Likeness:
    """Score two entries; their order does not matter.

    Notes
    -----
    A title or artist adds its weight times how alike the spellings are (normalised indel likeness, by
    rapidfuzz), from nothing at 0.6 to all at 1. Lengths within 3 s or 3 % add all of theirs, at 15 s nothing.
    Another version (live, a remix), another number in the title, and lengths more than 15 s apart exclude a
    pair. A length of at most 31 s beside a much longer one is that of an excerpt and says nothing. An equal
    ISRC decides.
    """
    artist = artist_similarity(one.name, other.name)
    version, against = _compared_versions(one.name, other.name)
    apart = seconds_apart(one.listed, other.listed)
    if not against and apart is not None and abs(apart) > EXCLUDING_S:
        against = f"{abs(apart):.0f} s {'longer' if apart > 0 else 'shorter'}"
    parts = (
        TITLE * _graded(title_similarity(one.name, other.name)),
        ARTIST * (UNKNOWN_ARTIST if artist is None else _graded(artist)),
        DURATION * _duration_grade(apart, one.listed.duration_s),
        VERSION * version,
    )
    if one.listed.isrc and one.listed.isrc == other.listed.isrc:
        return Likeness(*parts, isrc=1.0 - sum(parts))
    return Likeness(*parts, against=against)


def title_similarity(one: Name, other: Name) -> float:
    """Compare titles, 0 to 1; words in brackets may be missing on one side."""
    if not one.title or not other.title:
        return 0.0
    if one.title == other.title or one.letters == other.letters:
        return 1.0
    if one.title.isascii() and other.title.isascii():
        best = _spelling(one.title, other.title)
    else:
        best = _spelling_of_scripts(one.title, other.title, one.title_latin, other.title_latin)
    if (one.main == one.title) != (other.main == other.title):
        best = max(
            best, _SUBTITLE * _spelling_of_scripts(one.main, other.main, one.main_latin, other.main_latin)
        )
    return best


def artist_similarity(one: Name, other: Name) -> float | None:
    """Compare who is named, 0 to 1, in any order; one may leave some out. ``None`` if one names nobody."""
    if not one.artists or not other.artists:
        return None
    if one.artists == other.artists:
        return 1.0
    joined = (
        " ".join(names) for names in (one.artists, other.artists, one.artists_latin, other.artists_latin)
    )
    whole = _spelling_of_scripts(*joined)
    if whole >= _SAME_LETTERS:
        return whole
    if len(one.artists) == len(other.artists):
        return min(_found(one, other), _found(other, one))
    few, many = sorted((one, other), key=lambda name: len(name.artists))
    return _FEWER_ARTISTS * _found(few, many)


def _found(few: Name, many: Name) -> float:
    """Average over people how alike somebody of the other side is called; who is not there counts nothing."""
    likest = [
        max(
            _spelling_of_scripts(wanted, person, wanted_latin, in_latin)
            for person, in_latin in zip(many.artists, many.artists_latin, strict=True)
        )
        for wanted, wanted_latin in zip(few.artists, few.artists_latin, strict=True)
    ]
    if len(likest) == 1:
        return likest[0]
    return sum(alike for alike in likest if alike >= _SAME_PERSON) / len(likest)


def seconds_apart(one: Listed, other: Listed) -> float | None:
    """Say by how many seconds the other is longer; ``None`` if a length is unknown or an excerpt's."""
    if one.duration_s is None or other.duration_s is None:
        return None
    apart = other.duration_s - one.duration_s
    excerpt = min(one.duration_s, other.duration_s) <= _EXCERPT_S and abs(apart) > EXCLUDING_S
    return None if excerpt else apart


def _duration_grade(apart: float | None, duration_s: float | None) -> float:
    if apart is None or duration_s is None:
        return UNKNOWN_DURATION
    longer = max(duration_s, duration_s + apart)
    near = min(max(_NEAR_S, _NEAR_SHARE * longer), EXCLUDING_S - 1.0)
    return min(1.0, max(0.0, (EXCLUDING_S - abs(apart)) / (EXCLUDING_S - near)))


def _compared_versions(one_name: Name, other_name: Name) -> tuple[float, str]:
    """Grade how far versions agree, and say what excludes; a remix may leave out whose it is."""
    if one_name.letters == other_name.letters:
        return 1.0, ""
    if _other_numbers(one_name.numbers, other_name.numbers):
        return 0.0, "another number in the title"
    one, other = one_name.versions, other_name.versions
    if one == other:
        return 1.0, ""
    if {version.kind for version in one} != {version.kind for version in other}:
        odd = min(one ^ other)
        return 0.0, f"only one is {odd.label}"
    for kind in {version.kind for version in one}:
        people = [sorted(version.who for version in side if version.kind == kind) for side in (one, other)]
        same_count = len(people[0]) == len(people[1])
        if not same_count or any(_others(*pair) for pair in zip(*people, strict=True)):
            return 0.0, f"another {kind}"
    unnamed = {"" in {version.who for version in side} for side in (one, other)}
    return (UNNAMED_VERSION if len(unnamed) > 1 else 1.0), ""


def _others(one: str, other: str) -> bool:
    return bool(one and other) and _spelling(one, other) < _SAME_PERSON


def _other_numbers(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether the numbers of two titles differ; one may leave some of the other's out, but not all."""
    return one != other and not (one and other and (one <= other or other <= one))


def _graded(similarity: float) -> float:
    return max(0.0, (similarity - _UNLIKE) / (1.0 - _UNLIKE))


@lru_cache(maxsize=1 << 17)
def _spelling(one: str, other: str) -> float:
    """Compare spellings, 0 to 1, whatever the order of words and where words are parted."""
    joined, other_joined = one.replace(" ", ""), other.replace(" ", "")
    best = max(fuzz.ratio(joined, other_joined), fuzz.token_sort_ratio(one, other)) / 100.0
    if best >= _SLIPPED:
        return best
    shorter = min(len(joined), len(other_joined))
    slips = 2 if shorter >= _TWO_SLIPS else 1 if shorter >= _ONE_SLIP else 0
    if slips and OSA.distance(joined, other_joined, score_cutoff=slips) <= slips:
        return _SLIPPED
    return best


def _spelling_of_scripts(one: str, other: str, one_latin: str, other_latin: str) -> float:
    """Compare within one script as it stands, across scripts in Latin letters, as spelt or as it sounds."""
    if one == other:
        return 1.0
    if one.isascii() == other.isascii():
        return _spelling(one, other)
    by_letter, by_sound = (
        _spelling(one_latin, other_latin),
        _spelling(sounding(one_latin), sounding(other_latin)),
    )
    return max(by_letter, _AS_IT_SOUNDS * by_sound)
