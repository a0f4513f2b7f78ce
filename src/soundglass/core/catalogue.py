"""The catalogue: every feature with its unit, range, scale, weight, origin and how far to trust it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from soundglass.core.errors import CatalogueError
from soundglass.core.types import Source

PITCH_CLASSES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


class Scale(Enum):
    """How a feature becomes axes on which distance makes sense (DESIGN 3.1)."""

    LINEAR = "linear"
    LOG2 = "log2"
    QUANTILE = "quantile"
    TEMPO = "tempo"
    FIFTHS = "fifths"


@dataclass(frozen=True, slots=True)
class Feature:
    """One named number of a recording.

    Attributes
    ----------
    name : str
        Column name; Spotify's where Spotify has one.
    group : str
        The part of a score it belongs to; features of one group measure nearly one thing.
    unit : str
        Empty for dimensionless values.
    table_unit : str
        The unit of values from a table, where it is another.
    low, high : float
        Values outside are impossible, and an error in a table.
    scale : Scale
    weight : float
        Weight of each of its axes in the distance.
    made : {"measured", "estimated"}
        How Soundglass finds it from audio: by signal processing or by a learned model.
    error : float
        Typical absolute error in ``unit`` when found from audio (tempo: relative); words never claim less.
    trust : str
        Where that figure comes from.
    method : str
        How it is found, with the source of the method.
    words : tuple of str
        What people call its low and its high end.
    comparatives : tuple of str
        How a track is called that has less of it, or more.
    noun : str
        What two tracks are alike in.
    says : str
        One line of meaning.
    """

    name: str
    group: str
    unit: str
    table_unit: str
    low: float
    high: float
    scale: Scale
    weight: float
    made: Literal["measured", "estimated"]
    error: float
    trust: str
    method: str
    words: tuple[str, str]
    comparatives: tuple[str, str]
    noun: str
    says: str

    @property
    def is_ranked(self) -> bool:
        """Whether more and less of it means something, so that a percentile does."""
        return self.name not in {"key", "mode", "time_signature"}

    def text(self, value: float, source: Source = "measured") -> str:
        """Format a value as people read it.

        Examples
        --------
        >>> CATALOGUE["tempo"].text(120.3)
        '120 BPM'
        """
        match self.name:
            case "key":
                return PITCH_CLASSES[round(value) % 12]
            case "mode":
                return "major" if value >= 0.5 else "minor"
            case "time_signature":
                return f"{value:.0f} beats a bar"
            case "duration":
                return f"{round(value) // 60}:{round(value) % 60:02d}"
        return f"{value:.{self._digits}f} {self.unit_in(source)}".strip().replace("-", "−")

    def rounded(self, value: float) -> float:
        """Round a value to what :meth:`text` shows of it."""
        return float(round(value, self._digits))

    @property
    def _digits(self) -> int:
        if self.name in {"key", "mode", "time_signature", "duration"} or self.unit in {"BPM", "Hz"}:
            return 0
        return 1 if self.unit else 2

    def unit_in(self, source: Source) -> str:
        """Give the unit of values from this source."""
        return self.table_unit if source == "csv" else self.unit


def _read(name: str, entry: Mapping[str, Any]) -> Feature:
    low, high = entry["range"]
    return Feature(
        name=name,
        group=entry["group"],
        unit=entry.get("unit", ""),
        table_unit=entry.get("table_unit", entry.get("unit", "")),
        low=low,
        high=high,
        scale=Scale(entry["scale"]),
        weight=entry["weight"],
        made=entry["made"],
        error=entry["error"],
        trust=entry["trust"],
        method=entry["method"],
        words=tuple(entry["words"]),
        comparatives=tuple(entry["comparatives"]),
        noun=entry["noun"],
        says=entry["says"],
    )


def _load() -> tuple[Feature, ...]:
    text = resources.files("soundglass.core").joinpath("catalogue.toml").read_text("utf-8")
    return tuple(_read(name, entry) for name, entry in tomllib.loads(text).items())


_ALL = _load()
CATALOGUE: Mapping[str, Feature] = MappingProxyType({f.name: f for f in _ALL})
GROUPS: Mapping[str, tuple[Feature, ...]] = MappingProxyType(
    {group: tuple(f for f in _ALL if f.group == group) for group in dict.fromkeys(f.group for f in _ALL)}
)


def feature(name: str) -> Feature:
    """Look a feature up.

    Raises
    ------
    CatalogueError
        There is no such feature.
    """
    try:
        return CATALOGUE[name]
    except KeyError:
        known = ", ".join(CATALOGUE)
        raise CatalogueError(f"there is no feature called {name!r}", remedy=f"Known: {known}") from None


def key_text(key: float, mode: float) -> str:
    """Name a key; ``mode`` may be NaN.

    Examples
    --------
    >>> key_text(9, 0)
    'A minor'
    """
    tonic = PITCH_CLASSES[round(key) % 12]
    return tonic if math.isnan(mode) else f"{tonic} {CATALOGUE['mode'].text(mode)}"
