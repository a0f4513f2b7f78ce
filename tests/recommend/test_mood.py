"""Tracks near a mood: DESIGN 3.1's formula over what is wished for alone, words that do not overstate."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_tables import random_values, store_of
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.explain.mood import find_mood
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.mood import WISHES, Mood
from soundglass.recommend.space import FeatureSpace
from soundglass.surfaces.library import Library


def recommender(seed: int = 0, missing: float = 0.0) -> FeatureRecommender:
    values = random_values(80, seed, missing)
    return FeatureRecommender(np.arange(80) * 2, FeatureSpace.fit(values), "csv")


def by_hand(of: FeatureRecommender, wishes: dict[str, float]) -> np.ndarray:
    """1 - d2 / (mean d2), with the mean taken over the library's tracks one by one."""
    apart, mean = np.zeros(len(of.rows)), 0.0
    for name, value in wishes.items():
        scale = next(s for s in of.space.scales if s.feature.name == name)
        weight = of.space.weights[of.space.owner == of.space.scales.index(scale)]
        own = scale.axes(of.space.values[name].astype(np.float64))
        d2 = (weight * (own - scale.axes(np.array([value]))) ** 2).sum(axis=1)
        apart += d2
        mean += np.nanmean(d2)
    return 1 - apart / mean


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(st.sampled_from(WISHES), st.floats(0, 1), min_size=1, max_size=4),
    st.integers(0, 5),
    st.sampled_from([0.0, 0.2]),
)
def test_scores_follow_the_definition_and_parts_add_up(
    wishes: dict[str, float], seed: int, missing: float
) -> None:
    of = recommender(seed, missing)
    mood = Mood(of, wishes)
    expected = by_hand(of, wishes)
    assert np.array_equal(np.isnan(mood.scores()), np.isnan(expected))
    np.testing.assert_allclose(mood.scores(), expected, atol=2e-4)
    np.testing.assert_allclose(mood.shares(np.arange(80)).sum(axis=1), mood.scores(), atol=1e-9)


def test_all_that_was_wished_for_scores_1_and_a_random_track_0() -> None:
    of = recommender()
    values = of.space.values
    wishes = {name: float(values[name][7]) for name in ("energy", "valence", "acousticness")}
    scores = Mood(of, wishes).scores()
    assert scores[7] == pytest.approx(1.0, abs=1e-6)
    assert scores.argmax() == 7
    assert scores.mean() == pytest.approx(0.0, abs=1e-4)


def test_wishes_that_make_no_sense_are_refused() -> None:
    of = recommender()
    for wishes, message in (
        ({}, "nothing"),
        ({"tempo": 0.5}, "cannot be wished"),
        ({"energy": 1.2}, "never"),
    ):
        with pytest.raises(SoundglassError, match=message):
            Mood(of, wishes)
    with pytest.raises(SoundglassError, match="never nan"):
        Mood(of, {"energy": math.nan})


def test_a_feature_in_which_no_tracks_differ_does_not_count() -> None:
    values = random_values(20)
    values["liveness"][:] = 0.3
    of = FeatureRecommender(np.arange(20), FeatureSpace.fit(values), "csv")
    mood = Mood(of, {"energy": 0.5, "liveness": 0.9})
    assert (mood.idle, list(mood.wishes)) == (("liveness",), ["energy"])
    with pytest.raises(FeatureMismatchError, match="do not differ in liveness"):
        Mood(of, {"liveness": 0.9})


def test_moods_of_real_music(demo_library: Library) -> None:
    store = Store(demo_library.uri)
    of = Explainers(store).features().recommender
    bpm = of.space.values["tempo"]
    low, high = (float(edge) for edge in np.quantile(bpm, [0.3, 0.8]))
    answer = find_mood(store, of, {"energy": 0.9, "valence": 0.2}, 12, (low, high), per_artist=1)
    scores = [result.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    artists = [result.track.artist for result in answer.results if result.track.artist]
    assert len(artists) == len(set(artists))
    for result in answer.results:
        position = of.position(store.row_of(result.track.id) or 0)
        assert low <= bpm[position] <= high
        assert math.fsum(part.contribution for part in result.parts) == pytest.approx(result.score, abs=1e-9)
        assert {part.name: part.query.value for part in result.parts} == {"energy": 0.9, "valence": 0.2}
        for part in result.parts:
            value = of.space.values[part.name][position]
            assert part.match.value == pytest.approx(float(value), abs=1e-6)
            assert f"{part.match.label} for {part.query.label}" in result.sentence
    best = np.flatnonzero((bpm >= low) & (bpm <= high))
    expected = by_hand(of, {"energy": 0.9, "valence": 0.2})
    assert of.rows[best[expected[best].argmax()]] == store.row_of(answer.results[0].track.id)
    left_out = int(((bpm < low) | (bpm > high)).sum())
    assert f"left out {left_out} tracks outside the tempo" in answer.notes
    with pytest.raises(SoundglassError, match="no tempo lies from 120 to 100"):
        find_mood(store, of, {"energy": 0.5}, 3, (120, 100))


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        (0.55, "Near what you asked in energy (0.55 for 0.50)."),
        (0.95, "The nearest there is, though more energetic (0.95 for 0.50) than you asked."),
        (0.05, "The nearest there is, though calmer (0.05 for 0.50) than you asked."),
    ],
)
def test_only_what_is_within_the_error_is_called_near(has: float, expected: str, tmp_path: Path) -> None:
    values = random_values(6)
    values["energy"] = np.array([has, *[1.0 if has < 0.5 else 0.0] * 5])
    store = store_of(tmp_path, values)
    answer = find_mood(store, Explainers(store).features(0).recommender, {"energy": 0.5}, 6)
    found = next(result for result in answer.results if result.track.id == "t0")
    assert found.sentence == expected
