"""What the page of a track says in words: where a value stands, what is odd, what else a key may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from soundglass.core.types import Json
from soundglass.embeddings.concepts import concepts
from soundglass.explain.profile import Profile, Reading

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "silent": "It is silent: no sample is louder than −80 dBFS.",
        "short": "It is shorter than a second, which is too short for most features.",
        "cut": "It is so long that only its beginning was analysed.",
        "clipped": "It is clipped: its loudest peaks are cut off flat.",
        "peaks_over_full_scale": "It has peaks far above full scale, which were cut down.",
        "non_finite": "It holds samples that are no numbers; they were taken for silence.",
        "damaged": "The file is damaged: parts of it had to be skipped.",
        "truncated": "The file is shorter than it says it is.",
    }
)
"""What is odd about a recording, in a sentence each."""

SOURCES: Mapping[str, str] = MappingProxyType(
    {"csv": "from a table", "measured": "measured", "estimated": "estimated"}
)

_LIKELY, _MOST_TAGS, _MOST_ALTERNATIVES = 0.2, 8, 3
_SAME_TEMPO = 0.03
_RATIOS = ((0.5, "half"), (2.0, "double"), (1 / 3, "a third"), (3.0, "three times"))


@dataclass(frozen=True, slots=True)
class Tag:
    """A word for how a track sounds, from 0 to 1 likely."""

    name: str
    likelihood: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a key or tempo may be instead.

    Attributes
    ----------
    label : str
    said : str
        How it relates to what was found, if that has a name.
    strength : float
        0 to 1, beside what was found.
    """

    label: str
    said: str
    strength: float


def standing(reading: Reading) -> str:
    """Say where a value stands in the library; empty where more or less of it means nothing."""
    percentile = reading.shown.percentile
    if percentile is None:
        return ""
    less, more = reading.feature.comparatives
    if 45 <= percentile <= 55:
        return "in the middle of the library"
    word, share = (more, percentile) if percentile > 50 else (less, 100.0 - percentile)
    return f"{word} than {'nearly all' if share >= 99.5 else f'{int(share)} %'}"


def error_text(reading: Reading) -> str:
    """Write the typical error of a value, as ``± 0.2``; empty for values of tables and lengths."""
    if not reading.error or reading.shown.value is None:
        return ""
    if reading.feature.name == "duration":
        return ""
    amount = f"{reading.error:.0f}" if reading.error >= 10 else f"{reading.error:.2g}"
    return f"± {amount} {reading.shown.unit}".strip()


def flags(found: Sequence[str]) -> list[str]:
    """Say what is odd about a recording; a flag nobody has words for is named."""
    return [FLAGS.get(flag, f"Note: {flag.replace('_', ' ')}.") for flag in found]


def tags(profile: Profile) -> list[Tag]:
    """List the likely tags that labelled music backs."""
    backed = {tag for tag, concept in concepts().items() if concept.holds}
    likely = [(tag, p) for tag, p in profile.tags.items() if p >= _LIKELY and tag in backed]
    return [Tag(tag.replace("_", " "), p) for tag, p in likely[:_MOST_TAGS]]


def alternatives(reading: Reading) -> list[Alternative]:
    """List what a key or tempo may be instead, the likeliest first."""
    given = reading.support.get("alternatives", [])
    found = _keys(given) if reading.feature.name == "key" else _tempi(given, reading.shown.value)
    return list(found)[:_MOST_ALTERNATIVES]


def _keys(given: Sequence[Mapping[str, Json]]) -> Iterator[Alternative]:
    for other in given:
        yield Alternative(str(other["label"]), "", float(other["strength"]))


def _tempi(given: Sequence[Mapping[str, Json]], tempo: float | None) -> Iterator[Alternative]:
    """Leave out what reads like another one."""
    seen = [tempo or 0.0]
    for other in given:
        bpm = float(other["bpm"])
        if any(abs(bpm - one) <= _SAME_TEMPO * one for one in seen):
            continue
        seen.append(bpm)
        ratios = [name for ratio, name in _RATIOS if tempo and abs(bpm / tempo / ratio - 1) < _SAME_TEMPO]
        yield Alternative(f"{bpm:.0f} BPM", ratios[0] if ratios else "", float(other["strength"]))
