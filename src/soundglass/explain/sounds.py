"""What may be said of the sound in two regions: typed qualities that the traits can be checked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from soundglass.embeddings.traits import Traits

LOW_HZ, MID_HZ, HIGH_HZ = 500.0, (150.0, 4000.0), 1400.0
"""Where low ends, what is in the middle, and where high begins; of the words that hold the first is said."""

WIDEST_OCTAVES = 3.0
SAME_RATE = 0.08
MAX_QUALITIES = 3

NOUN = "sound"
"""What a region is called where nothing better holds."""


class Quality(Enum):
    """What can hold of one region by its traits, in the order in which the words are spoken."""

    FAINT = "its band is 15 dB or more below the track"
    DRIVING = "pulsing, three times a second or faster, at most 6 dB below the track"
    STEADY = "its level varies by at most 1.8 dB and rises nowhere by more than 8 dB in 32 ms"
    RISING = "its centroid climbs evenly, a quarter of an octave a second or more"
    FALLING = "its centroid falls evenly, a quarter of an octave a second or more"
    BROAD = "its band is two octaves or wider"
    LOW = "all of its band lies below 500 Hz"
    HIGH = "all of its band lies above 1400 Hz"
    MID_RANGE = "all of its band lies from 150 to 4000 Hz"
    PULSING = "onsets of 8 dB or more that repeat, with an autocorrelation of 0.6 or more"
    SHARP = "its level rises by 15 dB or more within 32 ms"
    TONAL = "its band stands out from its neighbours by 4 dB or more"
    NOISY = "its band stands out from its neighbours by at most 1 dB"

    def holds(self, traits: Traits) -> bool:
        """Check the quality against measured traits."""
        return traits.high_hz > 0 and _CHECKS[self](traits)


def _pulses(traits: Traits) -> bool:
    return traits.regularity >= 0.6 and traits.attack_db >= 8


_CHECKS: Mapping[Quality, Callable[[Traits], bool]] = {
    Quality.FAINT: lambda t: t.level_db <= -15,
    Quality.DRIVING: lambda t: _pulses(t) and t.pulse_rate >= 3 and t.level_db >= -6,
    Quality.STEADY: lambda t: t.fluctuation_db <= 1.8 and t.attack_db <= 8,
    Quality.RISING: lambda t: t.slope >= 0.25,
    Quality.FALLING: lambda t: t.slope <= -0.25,
    Quality.BROAD: lambda t: t.high_hz >= 4 * t.low_hz,
    Quality.LOW: lambda t: t.high_hz <= LOW_HZ,
    Quality.HIGH: lambda t: t.low_hz >= HIGH_HZ,
    Quality.MID_RANGE: lambda t: MID_HZ[0] <= t.low_hz and t.high_hz <= MID_HZ[1],
    Quality.PULSING: _pulses,
    Quality.SHARP: lambda t: t.attack_db >= 15,
    Quality.TONAL: lambda t: t.prominence_db >= 4,
    Quality.NOISY: lambda t: t.prominence_db <= 1,
}
_RANGES = (Quality.LOW, Quality.HIGH, Quality.MID_RANGE)
_ADJECTIVES = tuple(Quality)[: tuple(Quality).index(Quality.PULSING)]
_NOUNS: Sequence[tuple[frozenset[Quality], str]] = (
    (frozenset({Quality.PULSING}), "pulse"),
    (frozenset({Quality.STEADY, Quality.TONAL, Quality.LOW}), "drone"),
    (frozenset({Quality.SHARP, Quality.TONAL}), "struck tone"),
    (frozenset({Quality.SHARP, Quality.NOISY}), "hit"),
    (frozenset({Quality.SHARP}), "accent"),
    (frozenset({Quality.TONAL}), "tone"),
    (frozenset({Quality.NOISY}), "noise"),
)


@dataclass(frozen=True, slots=True)
class Sound:
    """What some regions have in common.

    Attributes
    ----------
    qualities : frozenset of Quality
        Those that hold in every one of them.
    band : (float, float) or None
        The narrowest range, in Hz, that holds the main bands of all; ``None`` if wider than three octaves.
    pulse_rate : float or None
        Onsets a second, where all pulse at one rate within 8 %.
    """

    qualities: frozenset[Quality]
    band: tuple[float, float] | None
    pulse_rate: float | None

    @property
    def noun(self) -> str:
        """What kind of sound it is."""
        return _noun(self.qualities)

    @property
    def phrase(self) -> str:
        """The kind with what else holds, as in "driving low pulse"."""
        return _phrase(self.qualities)

    @property
    def name(self) -> str:
        """The phrase with its range, as in "steady low drone, 60–180 Hz"."""
        details = [hertz(*self.band)] if self.band else []
        if self.pulse_rate:
            details.append(f"{self.pulse_rate:.1f} a second")
        return ", ".join([self.phrase, *details])


def common_sound(regions: Sequence[Traits]) -> Sound:
    """Find what holds in every one of some regions."""
    qualities = frozenset.intersection(*map(_qualities, regions))
    low, high = min(t.low_hz for t in regions), max(t.high_hz for t in regions)
    narrow = low > 0 and math.log2(high / low) <= WIDEST_OCTAVES
    rate = None
    rates = [t.pulse_rate for t in regions]
    if Quality.PULSING in qualities and max(rates) <= (1 + SAME_RATE) * min(rates):
        rate = math.sqrt(max(rates) * min(rates))
    return Sound(qualities, (low, high) if narrow else None, rate)


def _noun(qualities: frozenset[Quality]) -> str:
    return next((noun for needed, noun in _NOUNS if needed <= qualities), NOUN)


@lru_cache(maxsize=1024)
def _phrase(qualities: frozenset[Quality]) -> str:
    further_ranges = [quality for quality in _RANGES if quality in qualities][1:]
    said = [q for q in _ADJECTIVES if q in qualities and q not in further_ranges]
    words = [quality.name.lower().replace("_", "-") for quality in said[:MAX_QUALITIES]]
    return " ".join([*words, _noun(qualities)])


@lru_cache(maxsize=8192)
def _qualities(traits: Traits) -> frozenset[Quality]:
    return frozenset(quality for quality in Quality if quality.holds(traits))


def hertz(low: float, high: float) -> str:
    """Write a range with two digits that count, rounded outwards: ``60–180 Hz``."""
    return f"{_two_digits(low, math.floor)}–{_two_digits(high, math.ceil)} Hz"


def _two_digits(value: float, rounded: Callable[[float], int]) -> int:
    step = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return int(rounded(value / step) * step)
