"""What a study claimed its spectrograms show, and which of it holds in a library."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

from soundglass.explain.patterns.association import Association

NOTICEABLE = 0.2
"""A correlation weaker than this is hardly seen, however sure it is (0.1 to 0.3 is small: Cohen, 1988)."""


class Verdict(Enum):
    """What becomes of a claim."""

    HOLDS = "holds"
    IN_PART = "holds in part"
    WEAK = "weak"
    FAILS = "does not hold"
    CONTRADICTED = "contradicted"
    UNKNOWN = "cannot be said"


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a phrase of a claim means in numbers.

    Attributes
    ----------
    words : str
    statistic : str
    sign : {-1, 1}
        Whether the statistic should rise or fall with the feature.
    why : str
        Why it means that.
    """

    words: str
    statistic: str
    sign: int
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the study about a feature, and its phrases."""

    says: str
    feature: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim, what was found of each phrase (``None`` where it could not be looked for), and the verdict."""

    claim: Claim
    found: tuple[Association | None, ...]
    verdicts: tuple[Verdict, ...]
    verdict: Verdict


@cache
def claims() -> tuple[Claim, ...]:
    """Read the study's claims."""
    text = resources.files("soundglass.explain.patterns").joinpath("claims.toml").read_text("utf-8")
    return tuple(
        Claim(one["says"], one["feature"], tuple(Phrase(**phrase) for phrase in one["phrase"]))
        for one in tomllib.loads(text)["claim"]
    )


def check(claim: Claim, find: Callable[[str, str], Association | None]) -> Checked:
    """Check a claim, phrase by phrase.

    Parameters
    ----------
    find : callable
        Feature and statistic to what was found of them.
    """
    found = tuple(find(claim.feature, phrase.statistic) for phrase in claim.phrases)
    verdicts = tuple(map(judge, found, (phrase.sign for phrase in claim.phrases)))
    return Checked(claim, found, verdicts, overall(verdicts))


def judge(found: Association | None, sign: int) -> Verdict:
    """Judge an association by what was expected of it.

    It holds where the interval leaves 0 out on the expected side and ρ is ``NOTICEABLE``, is weak where ρ is
    not, is contradicted where the interval leaves 0 out on the other side, and else does not hold.
    """
    if found is None or math.isnan(found.low):
        return Verdict.UNKNOWN
    near, far = (found.low, found.high) if sign > 0 else (-found.high, -found.low)
    if near > 0:
        return Verdict.HOLDS if abs(found.rho) >= NOTICEABLE else Verdict.WEAK
    return Verdict.CONTRADICTED if far < 0 else Verdict.FAILS


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """Judge a claim by its phrases: all must hold, or it holds in part, or as badly as its worst phrase."""
    kinds = set(verdicts)
    if len(kinds) == 1:
        return kinds.pop()
    if Verdict.HOLDS in kinds:
        return Verdict.IN_PART
    worst = (Verdict.CONTRADICTED, Verdict.FAILS, Verdict.WEAK, Verdict.UNKNOWN)
    return next(kind for kind in worst if kind in kinds)
