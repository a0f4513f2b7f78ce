from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

from feature_tables import random_values
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Track
from soundglass.explain.profile import profile, stored_profile
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender

AUDIO = Track("a", "audio", title="T")
VALUES = {"tempo": 120.0, "energy": 0.25, "key": 9.0, "mode": 0.0, "valence": None, "loudness": float("nan")}
EVIDENCE = {"tempo": {"confidence": 0.7, "alternatives": [{"bpm": 60}]}}


def test_every_feature_of_the_catalogue_is_read_in_order() -> None:
    assert [reading.feature.name for reading in profile(AUDIO, VALUES, {}).readings] == list(CATALOGUE)


def test_readings_carry_value_unit_source_error_and_evidence() -> None:
    readings = {reading.feature.name: reading for reading in profile(AUDIO, VALUES, EVIDENCE).readings}
    tempo, energy = readings["tempo"], readings["energy"]
    assert (tempo.shown.value, tempo.shown.unit, tempo.shown.label) == (120.0, "BPM", "120 BPM")
    assert (tempo.shown.source, energy.shown.source) == ("measured", "estimated")
    assert tempo.confidence == 0.7
    assert tempo.support == {"alternatives": [{"bpm": 60}]}
    assert tempo.error == pytest.approx(CATALOGUE["tempo"].error * 120)
    assert energy.error == CATALOGUE["energy"].error
    assert energy.confidence is None
    assert readings["key"].shown.label == "A minor"
    assert EVIDENCE["tempo"]["confidence"] == 0.7


@pytest.mark.parametrize("name", ["valence", "loudness", "danceability"])
def test_what_was_not_found_is_unknown(name: str) -> None:
    reading = next(r for r in profile(AUDIO, VALUES, {}).readings if r.feature.name == name)
    assert (reading.shown.value, reading.shown.percentile, reading.shown.label) == (None, None, "unknown")
    assert reading.error is None


def test_a_table_gives_no_error_estimate() -> None:
    readings = profile(Track("a", "csv"), VALUES, {}).readings
    assert {reading.shown.source for reading in readings} == {"csv"}
    assert all(reading.error is None for reading in readings)


def test_without_a_library_there_is_no_percentile() -> None:
    assert all(reading.shown.percentile is None for reading in profile(AUDIO, VALUES, {}).readings)


def test_a_stored_profile_is_placed_in_the_library(tmp_path: Path) -> None:
    values = random_values(20, seed=3, names=("tempo", "energy", "key", "mode"))
    store = Store(str(tmp_path / "library.lance"), create=True)
    rows = [{name: column[i] for name, column in values.items()} for i in range(20)]
    store.upsert(
        [
            TrackRow(Track(f"t{i}", "audio", title=f"T{i}"), row, evidence=EVIDENCE)
            for i, row in enumerate(rows)
        ]
    )
    space = FeatureRecommender.from_store(store, "audio").space
    found = stored_profile(store, 7, space)
    assert found.track.title == "T7"
    readings = {reading.feature.name: reading for reading in found.readings}
    for name in ("tempo", "energy"):
        assert readings[name].shown.value == pytest.approx(values[name][7])
        wanted = stats.percentileofscore(values[name], values[name][7], kind="mean")
        assert readings[name].shown.percentile == pytest.approx(wanted)
    assert readings["key"].shown.percentile is None
    assert readings["tempo"].confidence == 0.7
    assert readings["valence"].shown.label == "unknown"
    assert stored_profile(store, 7, None).readings[0].shown.percentile is None
