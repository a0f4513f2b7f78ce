"""Letters that people write in several ways become one way; scripts stay what they are."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_STYLED = {"$": "s", "!": "i", "@": "a", "€": "e"}
_WITHIN_WORD = re.compile(r"(?<=[a-z])[$!@€](?=[a-z])|(?<![a-z])\$(?=[a-z])")
_APOSTROPHES = frozenset("'’‘ʼ`´′ʻ")
_KEPT = frozenset("LNM")


class _Plain(dict[int, str]):
    """What each character becomes: letters, digits and their marks stay, the rest parts words."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _APOSTROPHES or unicodedata.category(character) == "Cf":
            plain = ""
        else:
            plain = character if unicodedata.category(character)[0] in _KEPT else " "
        return self.setdefault(code, plain)


_PLAIN = _Plain()


def letters(text: str) -> str:
    """Fold case, width and the diacritics of Latin letters; punctuation and other scripts stay.

    Unicode's NFKC with case folding; Latin letters lose their marks, those of other scripts, where a mark
    makes another letter (``й``, ``が``), keep them.
    """
    if "&" in text:
        text = html.unescape(text)
    if text.isascii():
        return text.casefold()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept, after_latin = [], False
    for character in unicodedata.normalize("NFD", text.translate(_UNDECOMPOSED)):
        if unicodedata.combining(character):
            if after_latin:
                continue
        else:
            after_latin = "a" <= character <= "z"
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_UNDECOMPOSED)


def words(text: str) -> str:
    """Reduce what :func:`letters` gave to words parted by single spaces; signs alone (``!!!``) stay."""
    spelt = _WITHIN_WORD.sub(lambda sign: _STYLED[sign[0]], text.replace("&", " and "))
    plain = " ".join(spelt.translate(_PLAIN).split())
    return plain or "".join(text.split())


@lru_cache(maxsize=1 << 16)
def latin(text: str) -> str:
    """Write words of any script in Latin letters, letter by letter: ``кино`` becomes ``kino``."""
    if text.isascii():
        return text
    from anyascii import anyascii

    return words(letters(anyascii(text))) or text


_SOUNDS = (
    ("shch|sch|sh", "s"),
    ("dzh|dj|tz|j", "i"),
    ("kh|ch", "h"),
    ("ck|q", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("ts|zh|z", "s"),
    ("(?:ou|oo|oy)(?=[aeiou])", "v"),
    ("ooy|ow|ou|oo|oy", "u"),
    ("ee|y", "i"),
    ("w", "v"),
    ("x", "ks"),
    ("c(?=[ei])", "s"),
    ("c", "k"),
    ("mp", "b"),
    ("nt", "d"),
    ("gk", "g"),
    (r"(.)\1+", r"\1"),
)


@lru_cache(maxsize=1 << 16)
def sounding(text: str) -> str:
    """Write what :func:`latin` gave as it sounds, so that ways to write other scripts in Latin come together.

    ``Чайковский`` is Chaykovskiy or Tchaikovsky; ``back`` in Cyrillic and back is ``bak``. What is left
    compares names across scripts; it is too coarse to tell words of one script apart.
    """
    for written, sound in _SOUNDS:
        text = re.sub(written, sound, text)
    return text
