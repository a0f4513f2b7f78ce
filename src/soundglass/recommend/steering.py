"""What somebody asks for besides a track: parts that count more, less or not, and more or less of some."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast

from soundglass.core.catalogue import CATALOGUE, GROUPS
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json

MAX_WEIGHT: Final = 3.0
MAX_SHIFT: Final = 3.0

SHIFTABLE: Final[tuple[str, ...]] = tuple(
    group for group, features in GROUPS.items() if all(f.is_ranked for f in features)
)
"""The groups of which there can be more and less."""

Steerable: TypeAlias = Literal["features", "blend"]
STEERABLE: Final[tuple[Steerable, ...]] = ("features", "blend")


@dataclass(frozen=True, slots=True)
class Steering:
    """How a list of recommendations is turned; of JSON-ready values.

    Attributes
    ----------
    weights : mapping of str to float
        Factors on the weights of groups of features, 0 ("not because of tempo") to 3; 1 is left out.
    shifts : mapping of str to float
        By how much more of a group's features a track is looked for, in standard deviations of the library on
        each feature's scale, −3 to 3; 0 is left out.
    slowest, fastest : float or None
        Tempi outside are left out, BPM.
    by : {"features", "blend"}
        The recommender; of the blend, the features' share is steered.
    share : float or None
        Of the blend: the share of the spectrogram, 0 to 1; both have the same say if ``None``.

    Raises
    ------
    SoundglassError
        A name or a number is impossible.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    shifts: Mapping[str, float] = field(default_factory=dict)
    slowest: float | None = None
    fastest: float | None = None
    by: Steerable = "features"
    share: float | None = None

    def __post_init__(self) -> None:
        """Check all there is, and leave out what changes nothing."""
        weights = _checked("weight", self.weights, tuple(GROUPS), 0.0, MAX_WEIGHT)
        shifts = _checked("shift", self.shifts, SHIFTABLE, -MAX_SHIFT, MAX_SHIFT)
        object.__setattr__(self, "weights", MappingProxyType({g: w for g, w in weights.items() if w != 1}))
        object.__setattr__(self, "shifts", MappingProxyType({g: s for g, s in shifts.items() if s}))
        tempo = CATALOGUE["tempo"]
        for bound in (self.slowest, self.fastest):
            if bound is not None and not tempo.low <= bound <= tempo.high:
                raise SoundglassError(
                    f"a tempo of {bound:g} BPM is impossible",
                    remedy=f"Give {tempo.low:g} to {tempo.high:g} BPM",
                )
        if self.slowest is not None and self.fastest is not None and self.slowest > self.fastest:
            raise SoundglassError(
                f"no tempo lies between {self.slowest:g} and {self.fastest:g} BPM",
                remedy="Give the slower one first, as in 80-120",
            )
        if self.by not in STEERABLE:
            raise SoundglassError(
                f"{self.by} cannot be steered", remedy=f"Steer {' or '.join(STEERABLE)}, which know features"
            )
        if self.share is not None and (self.by != "blend" or not 0 <= self.share <= 1):
            raise SoundglassError(
                f"{self.by} takes no weight of {self.share:g}", remedy="Only the blend does, 0 to 1"
            )

    def __bool__(self) -> bool:
        """Tell whether anything is asked for that changes a list."""
        return bool(self.weights or self.shifts or self.has_range)

    @property
    def has_range(self) -> bool:
        """Whether tempi are bounded."""
        return self.slowest is not None or self.fastest is not None

    @property
    def touched(self) -> frozenset[str]:
        """The groups of features that count otherwise, or of which another amount is looked for."""
        return frozenset(self.weights) | frozenset(self.shifts)

    @property
    def wishes(self) -> tuple[str, ...]:
        """What is asked for in words, as in ``("calmer", "not because of tempo", "80 to 120 BPM")``."""
        said = [wish(group, shift) for group, shift in self.shifts.items()]
        said += [
            f"not because of {group}" if not weight else f"{group} counts {weight:g} times"
            for group, weight in self.weights.items()
        ]
        return (*said, *([self.range_text] if self.has_range else []))

    @property
    def range_text(self) -> str:
        """The bounds of tempo in words; empty where there are none."""
        match self.slowest, self.fastest:
            case None, None:
                return ""
            case None, fastest:
                return f"up to {fastest:g} BPM"
            case slowest, None:
                return f"from {slowest:g} BPM"
        return f"{self.slowest:g} to {self.fastest:g} BPM"

    def to_json(self) -> dict[str, Json]:
        """Give the shape profiles are saved in and answers are told in."""
        return {
            "weights": dict(self.weights),
            "shifts": dict(self.shifts),
            "tempo": {"low": self.slowest, "high": self.fastest},
            "by": self.by,
            "weight": self.share,
        }

    @classmethod
    def from_json(cls, shape: Json) -> Steering:
        """Read what :meth:`to_json` gives; what is left out changes nothing.

        Raises
        ------
        SoundglassError
            It is of another shape, or a name or a number is impossible.
        """
        known = {"weights", "shifts", "tempo", "by", "weight"}
        if not isinstance(shape, Mapping) or not known.issuperset(shape):
            raise SoundglassError(
                "this is no steering", remedy=f"Give an object of {', '.join(sorted(known))}"
            )
        tempo = _object("tempo", shape.get("tempo"))
        by = shape.get("by") or "features"
        return cls(
            weights={str(k): _number(k, v) for k, v in _object("weights", shape.get("weights")).items()},
            shifts={str(k): _number(k, v) for k, v in _object("shifts", shape.get("shifts")).items()},
            slowest=_number_or_none("low", tempo.get("low")),
            fastest=_number_or_none("high", tempo.get("high")),
            by=cast("Steerable", by if isinstance(by, str) else repr(by)),
            share=_number_or_none("weight", shape.get("weight")),
        )


def wish(group: str, shift: float) -> str:
    """Say what a shift asks for: ``calmer``, or ``more energetic``."""
    return GROUPS[group][0].comparatives[shift > 0]


def _checked(
    kind: str, numbers: Mapping[str, float], known: tuple[str, ...], low: float, high: float
) -> dict[str, float]:
    """Give numbers in the order of the catalogue."""
    for name, number in numbers.items():
        if name not in known:
            raise SoundglassError(f"there is no {kind} of {name[:40]!r}", remedy=f"Known: {', '.join(known)}")
        if not low <= number <= high:
            raise SoundglassError(f"the {kind} of {name} is {number:g}", remedy=f"Give {low:g} to {high:g}")
    return {name: float(numbers[name]) for name in known if name in numbers}


def _object(name: str, value: Json) -> Mapping[str, Json]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise SoundglassError(f"{name} is no object of names and numbers", remedy="As in {}")
    return value


def _number(name: Json, value: Json) -> float:
    with contextlib.suppress(OverflowError):  # whole numbers in JSON have no bounds
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    raise SoundglassError(f"{str(name)[:40]!r} is no number", remedy="Give one")


def _number_or_none(name: str, value: Json) -> float | None:
    return None if value is None else _number(name, value)
