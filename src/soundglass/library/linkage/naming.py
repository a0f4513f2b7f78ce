"""What a title and its artists say once their wording is taken off: song, version, people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from soundglass.library.linkage.folding import latin, letters, words
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.versions import Version, is_edition, trailing_version, version_of

_BRACKETS = re.compile(r"[(\[{【]([^()\[\]{}【】]*)(?:[)\]}】]|$)")
_DASH = re.compile(r"\s+[-~|]+\s*|\s*[–—]\s+")
_FEATURED = re.compile(r"(?:(?:feat|ft|featuring|with)\b\.?|w/)\s*(.+)")
_FEATURED_OPEN = re.compile(r"\s(?:feat|ft|featuring)\b\.?\s+(.+)$")
_PRODUCED = re.compile(r"(?:prod|produced)\b")
_PARTING = re.compile(
    r"\s*[;,/+×、]\s*|\s+(?:&|(?:and|x|y|vs|with|feat|ft|featuring|con|und|et)\b\.?|w/)\s+|\s*\b(?:feat|ft)\.\s*"
)
_NOBODY = frozenset({"", "various artists", "various", "unknown artist", "unknown", "va", "n a", "the"})
_COUNTED_WORDS = "one two three four five six seven eight nine ten"
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_COUNTED = {**_ROMAN, "i": "1", "v": "5", "x": "10"} | {
    word: str(n) for n, word in enumerate(_COUNTED_WORDS.split(), start=1)
}
_COUNTER = {"pt": "part", "part": "part", "vol": "volume", "volume": "volume", "no": "no", "nr": "no"}
_COUNTER |= {"number": "no", "chapter": "chapter", "act": "act", "book": "book", "movement": "movement"}


@dataclass(frozen=True, slots=True)
class Name:
    """A title and its artists, taken apart and folded.

    Attributes
    ----------
    title : str
        All words of the title but versions, editions and featured artists.
    main : str
        The same without what stands in brackets.
    versions : frozenset of Version
        What makes it another recording than the plain title: live, a remix, …
    numbers : frozenset of str
        The numbers in the title; another number is another piece.
    letters : str
        All letters and digits of the title as it stands.
    artists : tuple of str
        Everybody named, sorted; ``()`` where nobody is.
    title_latin, main_latin, artists_latin
        The same in Latin letters.
    """

    title: str
    main: str
    versions: frozenset[Version]
    numbers: frozenset[str]
    letters: str
    artists: tuple[str, ...]
    title_latin: str
    main_latin: str
    artists_latin: tuple[str, ...]


def name_of(listed: Listed) -> Name:
    """Take the title and artists of an entry apart."""
    title, main, versions, featured = _split_title(listed.title)
    people = [piece for artist in (*listed.artists, *featured) for piece in split_artists(artist)]
    artists = tuple(sorted(dict.fromkeys(people)))
    return Name(
        title,
        main,
        frozenset(versions),
        frozenset(word for word in title.split() if word.isdecimal()),
        words(letters(listed.title)).replace(" ", ""),
        artists,
        _without_article(latin(title)),
        _without_article(latin(main)),
        tuple(map(latin, artists)),
    )


def split_artists(text: str) -> list[str]:
    """Name everybody in a list of artists, folded, without ``The``: ``A & B``, ``A, B``, ``A x B``."""
    pieces = (_without_article(words(piece)) for piece in _PARTING.split(letters(text)))
    return [piece for piece in pieces if piece not in _NOBODY]


def _split_title(title: str) -> tuple[str, str, list[Version], list[str]]:
    """Split a title into all its words, the main ones, versions and featured artists."""
    text = letters(title)
    asides: list[str] = []
    while (bracket := _BRACKETS.search(text)) is not None:
        asides.append(bracket[1].strip())
        text = f"{text[: bracket.start()]} {text[bracket.end() :]}"
    featured: list[str] = []
    main, *after = (_unfeatured(piece, featured) for piece in _DASH.split(f" {text} "))
    main, bare = trailing_version(main)
    versions = [bare] if bare is not None else []
    more, versions_after, featured_after = _sorted_asides(after)
    subtitles, versions_aside, featured_aside = _sorted_asides(asides)
    main = _said(" ".join((main, *more)))
    full = _said(" ".join((main, *subtitles)))
    if not full:
        return (alone := _said(text) or words(letters(title))), alone, [], []
    versions += versions_after + versions_aside
    return full, main or full, versions, [*featured, *featured_after, *featured_aside]


def _unfeatured(piece: str, featured: list[str]) -> str:
    """Take featured artists that are named without brackets off a piece of a title, and note them."""
    found = _FEATURED_OPEN.search(piece.strip())
    if found is None:
        return piece.strip()
    featured.append(found[1])
    return piece.strip()[: found.start()]


def _sorted_asides(asides: Iterable[str]) -> tuple[list[str], list[Version], list[str]]:
    """Tell words of the title, versions and featured artists apart; editions are dropped."""
    kept, versions, featured = [], [], []
    for aside in asides:
        if (people := _FEATURED.match(aside)) is not None:
            featured.append(people[1])
        elif (version := version_of(aside)) is not None:
            versions.append(version)
        elif not is_edition(aside) and not _PRODUCED.match(aside):
            kept.append(aside)
    return kept, versions, featured


def _said(text: str) -> str:
    """Reduce a piece of a title to words, with numbers in digits and without its article."""
    if not text.strip():
        return ""
    found = words(text).split()
    for at, word in enumerate(found):
        counted = at > 0 and found[at - 1] in _COUNTER.values()
        if counted and word in _COUNTED:
            found[at] = _COUNTED[word]
        elif at > 0 and at == len(found) - 1 and word in _ROMAN:
            found[at] = _ROMAN[word]
        elif word in _COUNTER and at + 1 < len(found) and _counts(found[at + 1]):
            found[at] = _COUNTER[word]
    return _without_article(" ".join(found))


def _counts(word: str) -> bool:
    return word.isdecimal() or word in _COUNTED


def _without_article(text: str) -> str:
    return text[4:] if text.startswith("the ") and len(text) > 4 else text
