"""Claims become one sentence (DESIGN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.claims import Claim, Kind

MAX_NAMED = 3
ENOUGH = 0.6
WORTH_SAYING = 0.02


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


def sentence(claims: Sequence[Claim], against: Claim | None) -> str:
    """Say why two tracks are alike, and what speaks against it.

    Parameters
    ----------
    claims : sequence of Claim
        What holds of the named parts, most important first.
    against : Claim or None
        What holds of the largest negative part.

    Examples
    --------
    ``"Both are unusually calm and acoustic, at the same tempo (92 and 90 BPM); but this one is brighter in
    tone (3200 Hz against 1400 Hz)."``
    """
    text = _common(claims) or "They have little in common"
    if against is not None:
        text += f"; but {_contrast(against)}" if claims else f": {_contrast(against)}"
    return text + "."


def _common(claims: Sequence[Claim]) -> str:
    unusual = [_adjective(c) for c in claims if c.kind is Kind.BOTH_UNUSUAL]
    rather = [_adjective(c) for c in claims if c.kind is Kind.BOTH_RATHER]
    phrases = [_phrase(kind, [c for c in claims if c.kind is kind]) for kind in _kinds(claims)]
    qualities = [f"unusually {listed(unusual)}"] * bool(unusual) + [f"rather {listed(rather)}"] * bool(rather)
    if qualities:
        return f"Both are {listed(qualities)}" + (f", {listed(phrases)}" if phrases else "")
    return f"They are {listed(phrases)}" if phrases else ""


def _adjective(claim: Claim) -> str:
    return claim.feature.words[claim.high]


def _kinds(claims: Sequence[Claim]) -> list[Kind]:
    """List the kinds that are said as phrases, in order of importance."""
    return [kind for kind in dict.fromkeys(claim.kind for claim in claims) if kind in _PHRASES]


_PHRASES = {
    Kind.SAME_TEMPO: "at the same {}",
    Kind.OCTAVE_TEMPO: "two to one in {}",
    Kind.SAME_KEY: "in the same {}",
    Kind.RELATED_KEY: "in related {}s",
    Kind.SAME_VALUE: "in the same {}",
    Kind.ALIKE: "alike in {}",
    Kind.NEARER: "nearer than most in {}",
}


def _phrase(kind: Kind, claims: Sequence[Claim]) -> str:
    first, *others = [(c.feature.noun, f"({_pair(*labels(c.part))})") for c in claims]
    start = f"{_PHRASES[kind].format(first[0])} {first[1]}"
    return listed([start, *(f"{noun} {values}" for noun, values in others)])


def _contrast(claim: Claim) -> str:
    x, y = labels(claim.part)
    if claim.kind is Kind.DIFFERENT:
        return f"this one is {claim.feature.comparatives[claim.high]} ({_pair(y, x, 'against')})"
    return f"they are further apart than most in {claim.feature.noun} ({_pair(x, y)})"


def labels(part: Part) -> tuple[str, str]:
    """Give the values of both sides as people read them."""
    query, match = part.query, part.match
    return (
        query.label if isinstance(query, FeatureEvidence) else "",
        match.label if isinstance(match, FeatureEvidence) else "",
    )


def _pair(x: str, y: str, between: str = "and") -> str:
    """Write two values with their unit once: ``92 and 90 BPM``; a value they share is written once."""
    if x == y:
        return x if between == "and" else f"{x} {between} {y}"
    number, _, unit = x.partition(" ")
    shared = bool(unit) and unit not in {"major", "minor"} and y.endswith(f" {unit}")
    return f"{number if shared else x} {between} {y}"


def listed(items: Sequence[str]) -> str:
    """Join words as a list is spoken: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
