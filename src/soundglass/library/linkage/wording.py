"""What speaks for and against two entries being one recording, in words."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from soundglass.library.linkage.naming import Name
from soundglass.library.linkage.score import (
    Entry,
    Likeness,
    artist_similarity,
    seconds_apart,
    title_similarity,
)

_ALIKE = 0.8
_FEW_LETTERS = 3
_OTHER_TITLE = "another title"


def reason(one: Entry, other: Entry, found: Likeness) -> str:
    """Say why: ``same title; artists in another order; 2 s longer``."""
    said = (
        "same ISRC" if found.isrc or _same_code(one, other) else "",
        _title(one, other),
        _artist(one, other),
        _version(one.name, other.name),
        found.against or _length(one, other),
    )
    return "; ".join(dict.fromkeys(filter(None, said)))


def _same_code(one: Entry, other: Entry) -> bool:
    return bool(one.listed.isrc) and one.listed.isrc == other.listed.isrc


def _title(one: Entry, other: Entry) -> str:
    names = one.name, other.name
    if names[0].title == names[1].title:
        exact = one.listed.title.casefold() == other.listed.title.casefold()
        return "same title" if exact else "same title, written otherwise"
    if names[0].main == names[1].main:
        return "same title but for words in brackets"
    if names[0].title.isascii() != names[1].title.isascii():
        close = OSA.normalized_similarity(names[0].title_latin, names[1].title_latin) >= _ALIKE
        return "title in another script" if close else f"{_OTHER_TITLE}, in another script"
    said = _spelt("title", names[0].title, names[1].title)
    return "title spelt otherwise" if said == _OTHER_TITLE and title_similarity(*names) >= _ALIKE else said


def _artist(one: Entry, other: Entry) -> str:
    alike = artist_similarity(one.name, other.name)
    if alike is None:
        return "artist unknown"
    people = one.name.artists, other.name.artists
    word = "artist" if max(map(len, people)) == 1 else "artists"
    if people[0] == people[1]:
        swapped = one.listed.artist.casefold() != other.listed.artist.casefold() and word == "artists"
        return "artists in another order" if swapped and _reordered(one, other) else f"same {word}"
    if set(people[0]) < set(people[1]) or set(people[1]) < set(people[0]):
        return "one names fewer artists"
    if " ".join(people[0]).isascii() != " ".join(people[1]).isascii():
        return f"{word} in another script" if alike >= _ALIKE else f"other {word}"
    if len(people[0]) != len(people[1]) and alike >= _ALIKE:
        return "one names fewer artists, spelt otherwise"
    return _spelt(word, " ".join(people[0]), " ".join(people[1]))


def _reordered(one: Entry, other: Entry) -> bool:
    """Tell whether both list the same people, in another order."""
    first, second = ("".join(filter(str.isalnum, e.listed.artist.casefold())) for e in (one, other))
    return first != second and len(first) == len(second)


def _spelt(what: str, one: str, other: str) -> str:
    """Say how a spelling differs."""
    different = OSA.distance(one, other)
    if different <= _FEW_LETTERS and different < max(len(one), len(other)) / 2:
        return f"{what} differs by {different} {'letter' if different == 1 else 'letters'}".replace(
            "artists differs", "artists differ"
        )
    if sorted(one.split()) == sorted(other.split()):
        return f"{what} with words in another order"
    alike = OSA.normalized_similarity(one, other) >= _ALIKE
    if alike:
        return f"{what} spelt otherwise"
    return _OTHER_TITLE if what == "title" else f"other {what}"


def _version(one: Name, other: Name) -> str:
    """Name the versions that both are."""
    if not one.versions or one.versions != other.versions:
        return ""
    return f"both {' and '.join(version.label for version in sorted(one.versions))}"


def _length(one: Entry, other: Entry) -> str:
    apart = seconds_apart(one.listed, other.listed)
    if apart is None:
        known = one.listed.duration_s is not None and other.listed.duration_s is not None
        return "one is an excerpt" if known else "length unknown"
    rounded = round(abs(apart))
    return f"{rounded} s {'longer' if apart > 0 else 'shorter'}" if rounded else "same length"
