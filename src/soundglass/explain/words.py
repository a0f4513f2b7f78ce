"""Claims become one sentence (DESIGN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.claims import Claim, Kind

MAX_NAMED = 3
ENOUGH = 0.6
WORTH_SAYING = 0.02
_AT_RANDOM = "alike than tracks picked at random"


def named_parts(parts: Sequence[Part]) -> tuple[list[Part], Part | None]:
    """Choose what is worth saying.

    Returns
    -------
    list of Part
        The fewest parts, at most three, that carry at least 60 % of the positive mass.
    Part or None
        The largest negative one, if it takes away at least a fiftieth of the positive mass.
    """
    positive = sorted((p for p in parts if p.contribution > 0), key=lambda p: -p.contribution)
    mass = sum(p.contribution for p in positive)
    named: list[Part] = []
    while len(named) < min(MAX_NAMED, len(positive)) and sum(p.contribution for p in named) < ENOUGH * mass:
        named.append(positive[len(named)])
    against = min(parts, key=lambda p: p.contribution, default=None)
    if against is None or against.contribution >= -max(WORTH_SAYING * mass, 1e-9):
        return named, None
    return named, against


def sentence(claims: Sequence[Claim], against: Claim | None, score: float) -> str:
    """Say why two tracks are alike, and what speaks against it.

    Parameters
    ----------
    claims : sequence of Claim
        What holds of the named parts, most important first.
    against : Claim or None
        What holds of the largest negative part.
    score : float
        Below 0 the difference comes first.

    Examples
    --------
    ``"Both are unusually calm and acoustic, at nearly the same tempo (92 and 90 BPM), but the match is
    brighter in tone (3200 against 1400 Hz)."``
    """
    common, contrast = _common(claims), _contrast(against) if against is not None else ""
    if score >= 0:
        text = common or f"They are more {_AT_RANDOM}"
        return f"{text}, but {contrast}." if contrast else f"{text}."
    text = f"They are less {_AT_RANDOM}" + (f": {contrast}" if contrast else "")
    return f"{text}; still, {common[0].lower()}{common[1:]}." if common else f"{text}."


def _common(claims: Sequence[Claim]) -> str:
    unusual = [_adjective(c) for c in claims if c.kind is Kind.BOTH_UNUSUAL]
    rather = [_adjective(c) for c in claims if c.kind is Kind.BOTH_RATHER]
    kinds = dict.fromkeys(claim.kind for claim in claims if claim.kind in _PHRASES)
    phrases = [_phrase(kind, [c for c in claims if c.kind is kind]) for kind in kinds]
    several = len(kinds) < len(claims) - len(unusual) - len(rather)
    rest = listed(phrases, ", and " if several else " and ")
    qualities = [f"unusually {listed(unusual)}"] * bool(unusual) + [f"rather {listed(rather)}"] * bool(rather)
    if qualities:
        joint = ", and " if len(unusual) > 1 or len(rather) > 1 else " and "
        return f"Both are {joint.join(qualities)}" + (f", {rest}" if rest else "")
    return f"They are {rest}" if rest else ""


def _adjective(claim: Claim) -> str:
    return claim.feature.words[claim.high]


_PHRASES = {
    Kind.SAME_TEMPO: "at {} {}",
    Kind.OCTAVE_TEMPO: "two to one in {1}",
    Kind.NEAR_OCTAVE: "nearly two to one in {1}",
    Kind.SAME_KEY: "in {} {}",
    Kind.RELATED_KEY: "in related {1}s",
    Kind.SAME_VALUE: "in {} {}",
    Kind.ALIKE: "alike in {1}",
    Kind.NEARER: "nearer than most in {1}",
}


def _phrase(kind: Kind, claims: Sequence[Claim]) -> str:
    first, *others = [(c.feature.noun, _pair(*labels(c))) for c in claims]
    same = "nearly the same" if kind is Kind.SAME_TEMPO and " and " in first[1] else "the same"
    start = f"{_PHRASES[kind].format(same, first[0])} ({first[1]})"
    return listed([start, *(f"{noun} ({values})" for noun, values in others)])


def _contrast(claim: Claim) -> str:
    x, y = labels(claim)
    if claim.kind is Kind.DIFFERENT:
        return f"the match is {claim.feature.comparatives[claim.high]} ({_pair(y, x, 'against')})"
    far = "far apart" if claim.kind is Kind.FAR_KEYS else "further apart than most"
    return f"they are {far} in {claim.feature.noun} ({_pair(x, y)})"


def labels(claim: Claim) -> tuple[str, str]:
    """Give the values of both sides as people read them; a mode is read within its key."""
    query, match = claim.query, claim.match
    whole = claim.part.query, claim.part.match
    if claim.feature.name == "mode" and all(isinstance(side, FeatureEvidence) for side in whole):
        query, match = whole  # type: ignore[assignment]
    return query.label, match.label


def _pair(x: str, y: str, between: str = "and") -> str:
    """Write two values with their unit once: ``92 and 90 BPM``; a value they share is written once."""
    if x == y:
        return x if between == "and" else f"{x} {between} {y}"
    number, _, unit = x.partition(" ")
    shared = bool(unit) and unit not in {"major", "minor"} and y.endswith(f" {unit}")
    return f"{number if shared else x} {between} {y}"


def listed(items: Sequence[str], last: str = " and ") -> str:
    """Join words as a list is spoken: ``a, b and c``."""
    return last.join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
