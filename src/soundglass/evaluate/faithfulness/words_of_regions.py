"""What sentences say of regions, checked by cutting the regions out of the audio and measuring them anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from soundglass.core.types import Part, Region
from soundglass.evaluate.faithfulness.region_audio import Heard
from soundglass.evaluate.faithfulness.sentences import Statement
from soundglass.evaluate.faithfulness.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Test:
    """One measurable condition behind a word.

    Attributes
    ----------
    what : str
    measure : callable
    bound : float
    at_least : bool
        Whether the measure must reach the bound, or stay below.
    tolerance : float
        How far another transform may put the measure beyond the bound: about what nine in ten of 1,800
        regions differ by between the words' own measurement and this one.
    """

    what: str
    measure: Callable[[Heard], float]
    bound: float
    at_least: bool
    tolerance: float

    def holds(self, heard: Heard, *, strictly: bool) -> bool:
        """Check the condition, to the letter or within the tolerance."""
        beyond = (self.measure(heard) - self.bound) * (1 if self.at_least else -1)
        return beyond >= (0 if strictly else -self.tolerance)


_FAINT = Test("level in dB", lambda h: h.level_db, -15, False, 2.5)
_PRESENT = Test("level in dB", lambda h: h.level_db, -6, True, 2.5)
_EVEN = Test("fluctuation in dB", lambda h: h.fluctuation_db, 1.8, False, 0.7)
_SOFT = Test("attack in dB", lambda h: h.attack_db, 8, False, 3)
_MARKED = Test("attack in dB", lambda h: h.attack_db, 8, True, 3)
_SHARP = Test("attack in dB", lambda h: h.attack_db, 15, True, 3)
_REPEATS = Test("autocorrelation of onsets", lambda h: h.regularity, 0.6, True, 0.15)
_FAST = Test("autocorrelation of onsets from 3 a second", lambda h: h.fast_regularity, 0.6, True, 0.2)
_RISES = Test("octaves a second", lambda h: h.slope, 0.25, True, 0.15)
_FALLS = Test("octaves a second", lambda h: h.slope, -0.25, False, 0.15)
_BROAD = Test("octaves", lambda h: math.log2(h.high_hz / max(h.low_hz, 20)), 2, True, 0.4)
_LOW = Test("share below 500 Hz", lambda h: h.below_500, 0.6, True, 0.05)
_HIGH = Test("share above 1400 Hz", lambda h: h.above_1400, 0.6, True, 0.05)
_MIDDLE = Test("share from 150 to 4000 Hz", lambda h: h.within_150_4000, 0.6, True, 0.05)
_TONAL = Test("prominence in dB", lambda h: h.prominence_db, 4, True, 2)
_NOISY = Test("prominence in dB", lambda h: h.prominence_db, 1, False, 1.5)

MEANINGS: Mapping[str, Sequence[Test]] = {
    "faint": (_FAINT,),
    "driving": (_MARKED, _FAST, _PRESENT),
    "steady": (_EVEN, _SOFT),
    "rising": (_RISES,),
    "falling": (_FALLS,),
    "broad": (_BROAD,),
    "low": (_LOW,),
    "high": (_HIGH,),
    "mid-range": (_MIDDLE,),
    "pulse": (_MARKED, _REPEATS),
    "drone": (_EVEN, _SOFT, _TONAL, _LOW),
    "struck tone": (_SHARP, _TONAL),
    "hit": (_SHARP, _NOISY),
    "accent": (_SHARP,),
    "tone": (_TONAL,),
    "noise": (_NOISY,),
    "sound": (),
}
"""What each word of a region's name says of it."""


def words_of(name: str) -> list[str]:
    """Split the name of a region into words that have a meaning each.

    Raises
    ------
    KeyError
        A word has none.
    """
    *adjectives, noun = name.split(" ")
    if adjectives and adjectives[-1] == "struck":
        adjectives, noun = adjectives[:-1], f"struck {noun}"
    words = [*adjectives, noun]
    for word in words:
        MEANINGS[word]
    return words


def sides_said(statement: Statement, part: Part) -> list[Region]:
    """Give the regions a statement describes: both that match, or the one that is missed."""
    sides = {
        "little in the match is like": (part.query,),
        "little in the query is like": (part.match,),
    }.get(statement.kind, (part.query, part.match))
    return [side for side in sides if isinstance(side, Region)]


def check_words(statement: Statement, heard: Sequence[Heard], *, strictly: bool) -> Iterator[Verdict]:
    """Judge each word of a region's name on each of the regions it is said of."""
    for word in words_of(statement.subject):
        if tests := MEANINGS[word]:
            for region in heard:
                false = [test for test in tests if not test.holds(region, strictly=strictly)]
                found = "; ".join(f"{t.what} {t.measure(region):.2f}, bound {t.bound:g}" for t in false)
                yield Verdict(f"“{word}”", not false, f"{statement}: {found}")
