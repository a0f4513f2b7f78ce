"""The page of a track and its profile: numbers against counts by hand, words against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import FeatureEvidence, Track
from soundglass.explain.profile import Reading
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.recommend.space import FeatureSpace
from soundglass.surfaces.answers import profile_json
from soundglass.surfaces.web.answer import pathless
from soundglass.surfaces.web.track.contract import ProfileShape
from soundglass.surfaces.web.track.spread import HEIGHT, WIDTH, spreads
from soundglass.surfaces.web.track.words import FLAGS, alternatives, error_text, standing

HTML = {"Accept": "text/html"}


@pytest.fixture
def own(client: Callable[..., TestClient], own_demo: Path) -> TestClient:
    return client(own_demo)


def reading(
    name: str, value: float, percentile: float | None, support: dict[str, object] | None = None
) -> Reading:
    feature = CATALOGUE[name]
    shown = FeatureEvidence(value, feature.unit, percentile, feature.made, feature.text(value))
    return Reading(feature, shown, None, support or {})


def test_the_profile_is_that_of_the_command_line(own: TestClient, own_demo: Path) -> None:
    library = soundglass.open(own_demo)
    track = library.find("vermocsar")
    answer = own.get(f"/api/tracks/{track.id}")
    TypeAdapter(ProfileShape).validate_python(answer.json())
    found, wanted = answer.json(), profile_json(library.features(track.id))
    assert found["track"].pop("path") != wanted["track"]["path"]
    assert found == pathless(wanted, []) | {"track": {**found["track"]}}


def test_every_feature_is_shown_with_value_standing_and_source(own: TestClient, own_demo: Path) -> None:
    library = soundglass.open(own_demo)
    track = library.find("vermocsar")
    text = own.get(f"/tracks/{track.id}", headers=HTML).text
    profile = library.features(track.id)
    for one in profile.readings:
        assert one.feature.name.replace("_", " ") in text
        if one.shown.value is not None:
            assert one.shown.label in text
            assert standing(one) in text or standing(one).capitalize() in text
    assert text.count('class="histogram"') == 12
    for one in profile.readings:
        for other in alternatives(one) if one.feature.name in {"key", "tempo"} else ():
            assert other.label in text


def test_histograms_count_what_a_loop_counts() -> None:
    rng = np.random.default_rng(4)
    values = {
        "energy": rng.beta(2, 5, 500),
        "duration": np.exp(rng.normal(5.4, 0.5, 500)),
        "loudness": rng.normal(-12, 4, 500),
        "key": rng.integers(0, 12, 500).astype(float),
        "mode": rng.integers(0, 2, 500).astype(float),
    }
    found = spreads(FeatureSpace.fit({name: of_all.astype(np.float32) for name, of_all in values.items()}))
    for name, spread in found.items():
        ordered = np.sort(values[name].astype(np.float32))
        on_axis = np.log2(ordered) if name == "duration" else ordered
        counts = [0] * len(spread.counts)
        for value in on_axis:
            at = sum(value >= edge for edge in spread.edges[1:-1])
            counts[at] += 1
        assert spread.counts.tolist() == counts
        heights = [float(h) for h in re.findall(r"v(-[\d.]+)h", spread.bars)]
        assert min(heights) == -HEIGHT
        assert len(heights) == np.count_nonzero(spread.counts)
    assert found["energy"].edges[[0, -1]].tolist() == [0, 1]
    assert found["energy"].place(0.25) == WIDTH / 4
    assert found["duration"].place(1e9) == WIDTH
    assert found["key"].share(3.0) == np.mean(values["key"] == 3)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_library_of_one_value_has_a_histogram(value: float) -> None:
    found = spreads(FeatureSpace.fit({"loudness": np.full(3, value, np.float32)}))["loudness"]
    assert found.counts.sum() == 3
    assert found.place(value) == WIDTH / 2


@pytest.mark.parametrize(
    ("percentile", "said"),
    [
        (93.4, "more energetic than 93 %"),
        (12.0, "calmer than 88 %"),
        (50.0, "in the middle of the library"),
        (99.9, "more energetic than nearly all"),
        (0.1, "calmer than nearly all"),
        (None, ""),
    ],
)
def test_where_a_value_stands_is_said_in_words(percentile: float | None, said: str) -> None:
    assert standing(reading("energy", 0.5, percentile)) == said


def test_errors_have_their_unit_and_tables_have_none() -> None:
    assert error_text(reading("loudness", -12.0, 50)) == "± 0.1 LUFS"
    assert error_text(reading("tempo", 120.0, 50)) == "± 0.6 BPM"
    assert error_text(reading("brightness", 1500.0, 50)) == "± 40 Hz"
    from_table = reading("loudness", -12.0, 50)
    evidence = FeatureEvidence(-12.0, "dB", 50, "csv", "-12 dB")
    assert error_text(Reading(from_table.feature, evidence, None, {})) == ""


def test_tempi_that_read_alike_are_said_once_and_named_by_their_ratio() -> None:
    given = [
        {"bpm": bpm, "strength": 1 - at / 10} for at, bpm in enumerate((119.9, 60.08, 239.9, 80.0, 80.1, 48))
    ]
    found = alternatives(reading("tempo", 120.0, 50, {"alternatives": given}))
    assert [(one.label, one.said) for one in found] == [
        ("60 BPM", "half"),
        ("240 BPM", "double"),
        ("80 BPM", ""),
    ]


def keep(library: Path, *rows: TrackRow) -> Path:
    store = Store(str(library), create=True)
    with store.writing("test"):
        store.upsert(rows)
    return library


def test_a_row_of_a_table_says_that_there_is_no_sound(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    values = {"energy": 0.5, "tempo": 120.0, "loudness": -7.0}
    rows = [TrackRow(Track(f"t{n}", "csv", title=f"Row {n}"), values | {"energy": n / 9}) for n in range(10)]
    answer = client(keep(tmp_path / "table", *rows)).get("/tracks/t3", headers=HTML)
    assert answer.status_code == 200
    assert "It comes from a table: there is no sound." in answer.text
    assert "<audio" not in answer.text.partition("<main")[2].partition("</main>")[0]
    assert "player.js" not in answer.text
    assert "calmer than 65 %".capitalize() in answer.text
    assert "−7.0 dB" in answer.text
    assert "LUFS" not in answer.text.partition("<details>")[0]


def test_titles_of_any_script_and_missing_ones_are_shown(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    gone = FileStamp(str(tmp_path / "gone.mp3"), 1, 1)
    rows = [
        TrackRow(Track("rtl", "csv", title="<b>שלום</b> عالم", artist="日本語"), {"energy": 0.2}),
        TrackRow(Track("bare", "audio"), {"energy": 0.3}, [gone]),
        TrackRow(Track("odd", "audio", title="x", flags=tuple(FLAGS)), {}, [gone]),
    ]
    one = client(keep(tmp_path / "odd", *rows))
    text = one.get("/tracks/rtl", headers=HTML).text
    assert "<bdi>&lt;b&gt;שלום&lt;/b&gt; عالم</bdi>" in text
    text = one.get("/tracks/bare", headers=HTML).text
    assert "<h1><bdi>gone.mp3</bdi></h1>" in text
    assert "It is no longer there. Is the disk mounted?" in text
    assert str(tmp_path) not in text
    text = one.get("/tracks/odd", headers=HTML).text
    assert all(said in text for said in FLAGS.values())


def test_an_unknown_track_is_one_line(own: TestClient) -> None:
    answer = own.get("/tracks/nobody", headers=HTML)
    assert answer.status_code == 404
    assert "There is no such track" in answer.text
    assert own.get("/api/tracks/nobody").json()["error"].startswith("There is no such track")


def test_every_flag_a_recording_may_have_has_words() -> None:
    from soundglass.audio.decode import Decoded

    documented = re.findall(r"``(\w+)``", (Decoded.__doc__ or "").partition("flags : tuple of str")[2])
    assert set(documented) == set(FLAGS)
