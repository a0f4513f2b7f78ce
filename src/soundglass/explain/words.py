"""Claims become clauses, and clauses one sentence (DESIGN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import FeatureEvidence
from soundglass.explain.claims import Claim, Kind

HARDLY = 0.05
"""Of a score below this is said how small it is."""

_AT_RANDOM = "alike than tracks picked at random"


def clauses(claims: Sequence[Claim], against: Claim | None) -> tuple[str, str]:
    """Say what two tracks share, and what speaks against it; each is empty where nothing is safe to say.

    Parameters
    ----------
    claims : sequence of Claim
        What holds of the named parts, most important first.
    against : Claim or None
        What holds of the largest negative part.
    """
    return _common(claims), _contrast(against) if against is not None else ""


def composed(shared: str, opposed: str, score: float) -> str:
    """Make a sentence of two clauses.

    Parameters
    ----------
    shared, opposed : str
        What two tracks share, and what speaks against it; may be empty.
    score : float
        Below 0.05 it is said first how little alike they are, and the difference before what they share.

    Examples
    --------
    ``"Both are unusually calm and acoustic, at nearly the same tempo (92 and 90 BPM), but the match is
    brighter in tone (3200 against 1400 Hz)."``
    """
    if score >= HARDLY:
        text = capitalised(shared) or f"They are more {_AT_RANDOM}"
        return f"{text}, but {opposed}." if opposed else f"{text}."
    text = f"They are {'hardly more' if score >= 0 else 'less'} {_AT_RANDOM}"
    text += f": {opposed}" if opposed else ""
    return f"{text}; still, {shared}." if shared else f"{text}."


def capitalised(text: str) -> str:
    """Make the first letter a capital."""
    return text[:1].upper() + text[1:]


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
        return f"both are {joint.join(qualities)}" + (f", {rest}" if rest else "")
    return f"they are {rest}" if rest else ""


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
    first, *others = [(c.feature.noun, pair_text(*labels(c))) for c in claims]
    same = "nearly the same" if kind is Kind.SAME_TEMPO and " and " in first[1] else "the same"
    start = f"{_PHRASES[kind].format(same, first[0])} ({first[1]})"
    return listed([start, *(f"{noun} ({values})" for noun, values in others)])


def _contrast(claim: Claim) -> str:
    x, y = labels(claim)
    if claim.kind is Kind.DIFFERENT:
        return f"the match is {claim.feature.comparatives[claim.high]} ({pair_text(y, x, 'against')})"
    far = "far apart" if claim.kind is Kind.FAR_KEYS else "further apart than most"
    return f"they are {far} in {claim.feature.noun} ({pair_text(x, y)})"


def labels(claim: Claim) -> tuple[str, str]:
    """Give the values of both sides as people read them; a mode is read within its key."""
    query, match = claim.query, claim.match
    whole = claim.part.query, claim.part.match
    if claim.feature.name == "mode" and all(isinstance(side, FeatureEvidence) for side in whole):
        query, match = whole  # type: ignore[assignment]
    return query.label, match.label


def pair_text(x: str, y: str, between: str = "and") -> str:
    """Write two values with their unit once: ``92 and 90 BPM``; a value they share is written once."""
    if x == y:
        return x if between == "and" else f"{x} {between} {y}"
    number, _, unit = x.partition(" ")
    shared = bool(unit) and unit not in {"major", "minor"} and y.endswith(f" {unit}")
    return f"{number if shared else x} {between} {y}"


def listed(items: Sequence[str], last: str = " and ") -> str:
    """Join words as a list is spoken: ``a, b and c``."""
    return last.join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
