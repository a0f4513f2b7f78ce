"""Claims become one sentence (DESIGN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.claims import Claim, Kind

MAX_NAMED = 3
ENOUGH = 0.6


def named_parts(parts: Sequence[Part]) -> tuple[list[Part], Part | None]:
    """Choose what is worth saying.

    Returns
    -------
    list of Part
        The fewest parts, at most three, that carry at least 60 % of the positive mass.
    Part or None
        The largest negative one.
    """
    positive = sorted((p for p in parts if p.contribution > 0), key=lambda p: -p.contribution)
    mass = sum(p.contribution for p in positive)
    named: list[Part] = []
    while len(named) < min(MAX_NAMED, len(positive)) and sum(p.contribution for p in named) < ENOUGH * mass:
        named.append(positive[len(named)])
    against = min(parts, key=lambda p: p.contribution, default=None)
    return named, against if against is not None and against.contribution < 0 else None


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
    phrases = [_phrase(c) for c in claims if c.kind not in {Kind.BOTH_UNUSUAL, Kind.BOTH_RATHER}]
    qualities = [f"unusually {listed(unusual)}"] * bool(unusual) + [f"rather {listed(rather)}"] * bool(rather)
    if qualities:
        return f"Both are {listed(qualities)}" + (f", {listed(phrases)}" if phrases else "")
    return f"They are {listed(phrases)}" if phrases else ""


def _adjective(claim: Claim) -> str:
    return claim.feature.words[claim.high]


_PHRASES = {
    Kind.SAME_TEMPO: "at the same tempo ({both})",
    Kind.OCTAVE_TEMPO: "at tempi that fit two to one ({both})",
    Kind.SAME_KEY: "in the same key ({x})",
    Kind.RELATED_KEY: "in related keys ({both})",
    Kind.SAME_VALUE: "in the same metre ({x})",
    Kind.ALIKE: "alike in {noun} ({both})",
    Kind.NEARER: "nearer than most in {noun} ({both})",
}


def _phrase(claim: Claim) -> str:
    x, y = labels(claim.part)
    return _PHRASES[claim.kind].format(x=x, both=_pair(x, y), noun=claim.feature.noun)


def _contrast(claim: Claim) -> str:
    x, y = labels(claim.part)
    if claim.kind is Kind.DIFFERENT:
        return f"this one is {claim.feature.comparatives[claim.high]} ({y} against {x})"
    return f"they are further apart than most in {claim.feature.noun} ({_pair(x, y)})"


def labels(part: Part) -> tuple[str, str]:
    """Give the values of both sides as people read them."""
    query, match = part.query, part.match
    return (
        query.label if isinstance(query, FeatureEvidence) else "",
        match.label if isinstance(match, FeatureEvidence) else "",
    )


def _pair(x: str, y: str) -> str:
    """Write two values with their unit once: ``92 and 90 BPM``."""
    number, _, unit = x.partition(" ")
    return f"{number} and {y}" if unit and y.endswith(f" {unit}") else f"{x} and {y}"


def listed(items: Sequence[str]) -> str:
    """Join words as a list is spoken: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
