"""Words beside a title that make it another recording, and words that do not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from soundglass.library.linkage.folding import words


class Version(NamedTuple):
    """A kind of recording, and whose: ``Version("remix", "loud luxury")``."""

    kind: str
    who: str

    @property
    def label(self) -> str:
        """As people say it."""
        article = "an" if self.kind[0] in "aeiou8" else "a"
        return f"{article} {self.kind}" + (f" ({self.who})" if self.who else "")


_LANGUAGES = (
    "spanish",
    "english",
    "french",
    "german",
    "italian",
    "portuguese",
    "korean",
    "japanese",
    "chinese",
)
_KINDS = {
    "karaoke version": r"karaoke|in the style of|backing track|(?:originally|as) performed by|made famous by",
    "cover": r"cover|tribute|originally by",
    "sped-up version": r"sped up|speed up|nightcore|speeded|fast version",
    "slowed version": r"slowed|reverb|chopped|screwed|daycore",
    "8D version": r"8d",
    "instrumental": r"instrumental|off vocal|without vocals",
    "a cappella": r"a ?cap+ella",
    "live recording": r"live|unplugged|concert|en vivo|ao vivo|en directo|en direct|sessions?",
    "demo": r"demos?|outtake|rough mix|early take|alternate(?: take| version)?|alt version|take \d+",
    "acoustic version": r"acoustic|stripped(?: down| back)?|piano version|piano",
    "orchestral version": r"orchestral|symphonic|strings version|with orchestra|orchestra version",
    "remake": r"re ?recorded|re ?recording|re ?make|new recording|\w+s version",
    "extended version": r"extended(?: version| mix| edit)?|12 ?(?:inch|in)(?: version| mix)?|long version",
    **{f"{name} version": name for name in _LANGUAGES},
    "remix": r"re ?mix(?:ed|es)?|rmx|mix|mixed|bootleg|mash ?up|flip|rework|reworked|refix|vip|dub|edit",
}
_KIND = {kind: re.compile(rf"\b(?:{pattern})\b") for kind, pattern in _KINDS.items()}
_NAMED_KINDS = frozenset({"remix", "cover", "remake"})
"""Kinds of which there may be several by different people."""

_FROM = re.compile(r"from\b")
_LONG = 4
_OFTEN = (
    "remix",
    "remaster",
    "remastered",
    "version",
    "original",
    "acoustic",
    "instrumental",
    "karaoke",
    "radio",
)
_VERSION = re.compile(r"\b(?:version|ver)\b")
_COMMON_WORDS = """
a an and at by for from in of on the to with
album audio ep cd edit edition film lp mix movie music radio single soundtrack stereo theme track ver version
4k anniversary best bonus censored clean cut deluxe default digital digitally dirty expanded explicit final
full greatest hd hits hq international lyric lyrics main mono new no official original release reissue short
special standard studio uk uncensored us video visualizer
master mastered mastering re recorded remaster remasterd remastered rerecorded
bootleg cover dub extended flip mashup mixed refix remix remixed rework reworked rmx vip
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that do not say whose version it is."""
_PUBLISHED = re.compile(
    r"^from\b|\b(?:remaster(?:ed|izado|ise|ised)?|remasterd|mono|stereo|deluxe|edition|bonus|explicit|clean|"
    r"radio|single|album|soundtrack|motion picture|ost|official|lyrics?|audio|video|hd|hq|4k|digital|"
    r"anniversary|expanded|reissue|uncensored|censored|visualizer|recorded at)\b|^(?:19|20)\d\d$"
)
_ORIGINAL = re.compile(r"\b(?:original|version|edit|mix)\b")
_BARE = re.compile(
    r"(?P<main>.*\S)\s+(?P<version>(?:(?:official )?remix|instrumental|karaoke(?: version)?|nightcore|"
    r"sped up|acoustic version|live version|radio (?:edit|version|mix)|remaster(?:ed)?(?: (?:19|20)\d\d)?|"
    r"(?:19|20)\d\d remaster(?:ed)?(?: version)?))"
)


def version_of(aside: str) -> Version | None:
    """Name the version that a piece of a title beside the song's name tells of, if it tells of one.

    Parameters
    ----------
    aside : str
        What stood in brackets or after a dash, letters folded.
    """
    text = _respelt(aside)
    kind = next((kind for kind, pattern in _KIND.items() if pattern.search(text)), None)
    if _FROM.match(text) and kind != "live recording":
        return None
    who = " ".join(word for word in text.split() if word not in _COMMON and not word[0].isdecimal())
    if kind == "remix" and not who:
        return Version(kind, "") if re.search(r"\b(?:re ?mix|rmx|vip|dub|bootleg|mash ?up)\b", text) else None
    if kind is not None:
        return Version(kind, who if kind in _NAMED_KINDS else "")
    other = _VERSION.search(text) and not _PUBLISHED.search(text)
    return Version("version", who) if other and who else None


def is_edition(aside: str) -> bool:
    """Tell whether a piece of a title says only how a recording was published."""
    text = _respelt(aside)
    return bool(_PUBLISHED.search(text) or _ORIGINAL.search(text))


def _respelt(aside: str) -> str:
    """Reduce to words, and mend a slip in those that matter: ``remsater``."""
    return " ".join(map(_mended, words(aside).split()))


@lru_cache(maxsize=1 << 14)
def _mended(word: str) -> str:
    if len(word) < _LONG or word in _COMMON:
        return word
    return next((known for known in _OFTEN if OSA.distance(word, known, score_cutoff=1) <= 1), word)


def trailing_version(main: str) -> tuple[str, Version | None]:
    """Take a version that stands at the end without brackets off a title, as in ``Despacito Remix``."""
    found = _BARE.fullmatch(main)
    if found is None:
        return main, None
    return found["main"], version_of(found["version"])
