"""What is known of one track: every feature with unit, source, error and evidence, and its tags."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from soundglass.core.catalogue import CATALOGUE, Feature
from soundglass.core.settings import Settings
from soundglass.core.types import FeatureEvidence, Json, Source, Track
from soundglass.explain.parts import reading
from soundglass.library.rows import track_row
from soundglass.library.scan import analyse_file
from soundglass.library.schema import CONFIDENT, TRACK_COLUMNS, FileStamp, track_from_row
from soundglass.library.store import Store
from soundglass.recommend.space import FeatureSpace


@dataclass(frozen=True, slots=True)
class Reading:
    """One feature of one track.

    Attributes
    ----------
    feature : Feature
        Unit, method, typical error and where that figure comes from.
    shown : FeatureEvidence
        Value, label, percentile (``None`` outside a library) and source.
    confidence : float or None
        0 to 1, of this very value, where the method gives one.
    support : mapping
        What else the method saw, such as alternatives.
    """

    feature: Feature
    shown: FeatureEvidence
    confidence: float | None
    support: Mapping[str, Json]

    @property
    def error(self) -> float | None:
        """Typical absolute error in the feature's unit; ``None`` for values a table gave."""
        if self.shown.source == "csv" or self.shown.value is None:
            return None
        relative = self.feature.name == "tempo"
        return self.feature.error * self.shown.value if relative else self.feature.error


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one track.

    Attributes
    ----------
    track : Track
    readings : tuple of Reading
        In catalogue order.
    tags : mapping of str to float
        How likely each tag is, 0 to 1, the likeliest first; empty for silence and for rows of tables.
    """

    track: Track
    readings: tuple[Reading, ...]
    tags: Mapping[str, float]


def stored_profile(store: Store, row: int, space: FeatureSpace | None) -> Profile:
    """Read the profile of a track of the library.

    Parameters
    ----------
    row : int
        Row of the library.
    space : FeatureSpace, optional
        To place the values among the library's.
    """
    columns = (*TRACK_COLUMNS, "evidence", "tags", *CATALOGUE, *(f"{name}_confidence" for name in CONFIDENT))
    record = store.take([row], [*dict.fromkeys(columns)]).to_pylist()[0]
    evidence = json.loads(record["evidence"] or "{}")
    for name in CONFIDENT:
        if (confidence := record[f"{name}_confidence"]) is not None:
            evidence.setdefault(name, {})["confidence"] = round(confidence, 4)
    return profile(track_from_row(record), record, evidence, space, record["tags"])


def measured_profile(file: Path, settings: Settings, space: FeatureSpace | None) -> Profile:
    """Analyse one file without storing it.

    Parameters
    ----------
    file : Path
        Absolute.
    space : FeatureSpace, optional
        To place the values among the library's.

    Raises
    ------
    AudioError
        The file cannot be read.
    """
    identity, analysis = analyse_file(file, settings, ("features", "embedding"))
    row = track_row(identity, analysis, [FileStamp(str(file), 0, 0)])
    return profile(row.track, row.values, row.evidence, space, row.as_row()["tags"])


def profile(
    track: Track,
    values: Mapping[str, float | None],
    evidence: Mapping[str, Mapping[str, Json]],
    space: FeatureSpace | None = None,
    tags: Mapping[str, float] | None = None,
) -> Profile:
    """Put a track's values beside what the catalogue says of them.

    Parameters
    ----------
    values : mapping of str to float
        By feature name; absent or ``None`` where unknown.
    evidence : mapping
        By feature name; ``confidence`` and whatever else the method kept.
    tags : mapping of str to float, optional
        How likely each is, 0 to 1.
    """
    readings = []
    for name, feature in CATALOGUE.items():
        value = values.get(name)
        support = dict(evidence.get(name, {}))
        confidence = support.pop("confidence", None)
        source: Source = "csv" if track.origin == "csv" else feature.made
        value = math.nan if value is None else value
        placed = space is not None and name in space.distributions and math.isfinite(value)
        percentile = float(space.distributions[name].percentiles(value)) if space and placed else None
        shown = reading(feature, value, _or_nan(values.get("mode")), percentile, source)
        readings.append(Reading(feature, shown, confidence, support))
    likeliest = sorted((tags or {}).items(), key=lambda tag: -tag[1])
    return Profile(track, tuple(readings), dict(likeliest))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
