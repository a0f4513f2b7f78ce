from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_tables import random_values, recommender_of
from soundglass.core.catalogue import CATALOGUE, GROUPS
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.recommend.space import FeatureSpace
from soundglass.recommend.steered import SteeredRecommender, reweighted
from soundglass.recommend.steering import SHIFTABLE, Steering

WEIGHTS = {"tempo": 0.0, "energy": 3.0, "key": 0.5, "roughness": 1.7}
GAPS = random_values(200, seed=3, missing=0.2)
WHOLE = random_values(200, seed=4)

steerings = st.builds(
    Steering,
    st.dictionaries(st.sampled_from(list(GROUPS)), st.floats(0, 3), max_size=4),
    st.dictionaries(st.sampled_from(SHIFTABLE), st.floats(-3, 3), max_size=4),
    st.none() | st.floats(0, 120),
    st.none() | st.floats(120, 400),
    st.just("blend"),
    st.none() | st.floats(0, 1),
)


# -- what is asked for -----------------------------------------------------------------------


@given(steerings)
def test_json_gives_the_same_steering_back(steering: Steering) -> None:
    again = Steering.from_json(json.loads(json.dumps(steering.to_json(), allow_nan=False)))
    assert again == steering


def test_what_changes_nothing_is_left_out() -> None:
    assert Steering({"tempo": 1.0}, {"energy": 0.0}) == Steering()
    assert not Steering({"tempo": 1})
    assert Steering({"tempo": 0})
    assert Steering(fastest=90)


def test_the_order_does_not_matter_and_the_words_are_the_catalogues() -> None:
    one = Steering({"key": 2, "tempo": 0}, {"tempo": 1, "energy": -1}, 80, 120)
    assert one.to_json() == Steering({"tempo": 0, "key": 2}, {"energy": -1, "tempo": 1}, 80, 120).to_json()
    assert one.wishes == ("calmer", "faster", "not because of tempo", "key counts 2 times", "80 to 120 BPM")
    assert Steering(slowest=90).wishes == ("from 90 BPM",)
    assert Steering(fastest=90.5).wishes == ("up to 90.5 BPM",)


@pytest.mark.parametrize(
    "shape",
    [
        [],
        "calm",
        None,
        {"weigths": {}},
        {"weights": []},
        {"weights": {"loudness": 1}},
        {"weights": {"tempo": -0.1}},
        {"weights": {"tempo": 3.1}},
        {"weights": {"tempo": "1"}},
        {"weights": {"tempo": True}},
        {"weights": {"tempo": math.nan}},
        {"weights": {"tempo": 10**400}},
        {"shifts": {"key": 1}},
        {"shifts": {"metre": 1}},
        {"shifts": {"energy": 4}},
        {"tempo": {"low": 401}},
        {"tempo": {"low": 120, "high": 80}},
        {"tempo": {"high": -1}},
        {"tempo": 120},
        {"by": "spectrogram"},
        {"by": ["features"]},
        {"by": "features", "weight": 0.5},
        {"by": "blend", "weight": 1.5},
    ],
)
def test_what_is_impossible_is_refused_in_one_line_with_a_remedy(shape: object) -> None:
    with pytest.raises(SoundglassError) as refused:
        Steering.from_json(shape)
    assert refused.value.remedy
    assert "\n" not in str(refused.value)


# -- weights ---------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [WHOLE, GAPS], ids=["whole", "gaps"])
def test_reweighting_equals_fitting_with_the_weights(values: dict[str, np.ndarray]) -> None:
    changed, fitted = reweighted(FeatureSpace.fit(values), WEIGHTS), FeatureSpace.fit(values, WEIGHTS)
    for name in ("axes", "norms", "weights", "mean", "variance"):
        np.testing.assert_allclose(getattr(changed, name), getattr(fitted, name), rtol=3e-6, atol=1e-6)
    rows = np.arange(len(fitted))
    for query in (0, 57, 199):
        np.testing.assert_allclose(
            changed.exact_scores(query, rows), fitted.exact_scores(query, rows), atol=2e-6
        )
        np.testing.assert_allclose(
            changed.approximate_scores(query), fitted.approximate_scores(query), atol=1e-5
        )


def test_what_was_fitted_is_left_as_it_was() -> None:
    plain = recommender_of(WHOLE)
    before, values = plain.space.axes.copy(), plain.space.values["energy"].copy()
    SteeredRecommender(plain, Steering(WEIGHTS, {"energy": 2}), 5)
    np.testing.assert_array_equal(plain.space.axes, before)
    np.testing.assert_array_equal(plain.space.values["energy"], values)


def test_turning_all_parts_off_is_refused() -> None:
    with pytest.raises(SoundglassError, match="no part is left"):
        SteeredRecommender(recommender_of(WHOLE), Steering(dict.fromkeys(GROUPS, 0)), 5)


def test_a_track_of_another_origin_is_refused() -> None:
    with pytest.raises(FeatureMismatchError):
        SteeredRecommender(recommender_of(WHOLE), Steering(WEIGHTS), 500)


# -- shifts ----------------------------------------------------------------------------------


def expected_point(
    space: FeatureSpace, query: int, shifts: dict[str, float], weights: dict[str, float]
) -> np.ndarray:
    """Where a query goes on the axes of a space fitted with weights, by the definition of each axis."""
    point = space.axes[query].astype(np.float64)
    for axis, own in enumerate(space.owner):
        feature = space.scales[own].feature
        shift, root = (
            shifts.get(feature.group, 0.0),
            math.sqrt(weights.get(feature.group, 1.0) * feature.weight),
        )
        if not shift:
            continue
        if feature.name != "tempo":
            point[axis] += shift * root
    if "tempo" in shifts:
        octaves = np.log2(space.values["tempo"].astype(np.float64))
        moved = octaves[query] + shifts["tempo"] * octaves.std()
        (a, b, c), root = (
            np.flatnonzero([space.scales[o].feature.name == "tempo" for o in space.owner]),
            math.sqrt(weights.get("tempo", 1.0) * CATALOGUE["tempo"].weight),
        )
        point[[a, b]] = (
            math.sqrt(2) * root * np.array([math.cos(2 * math.pi * moved), math.sin(2 * math.pi * moved)])
        )
        point[c] = math.sqrt(0.5) * root * (moved - octaves.mean()) / octaves.std()
    return point


@pytest.mark.parametrize("weights", [{}, {"energy": 2.0, "key": 0.0, "tempo": 0.5}])
def test_scores_are_those_of_the_moved_query_by_brute_force(weights: dict[str, float]) -> None:
    shifts = {"energy": 0.3, "valence": -0.25, "tempo": -0.2, "duration": 0.1}
    plain = recommender_of(WHOLE)
    far = [
        np.abs(plain.space.distributions[name].percentiles(WHOLE[name]) - 50)
        for name in ("energy", "loudness", "valence", "tempo", "duration")
    ]
    query = int(np.max(far, axis=0).argmin())  # far from all ends, beyond which nothing is asked for
    steered = SteeredRecommender(plain, Steering(weights, shifts), query)
    fitted = FeatureSpace.fit(WHOLE, weights)
    z, axes = expected_point(fitted, query, shifts, weights), fitted.axes.astype(np.float64)
    usual = np.mean([((z - y) ** 2).sum() for y in axes])
    expected = [1 - ((z - y) ** 2).sum() / usual for y in axes]
    others = np.delete(np.arange(200), query)
    np.testing.assert_allclose(steered.exact_scores(query, others), np.delete(expected, query), atol=1e-5)
    np.testing.assert_allclose(np.delete(steered.scores(query), query), np.delete(expected, query), atol=1e-4)
    assert np.mean(expected) == pytest.approx(0, abs=1e-12)


def test_one_is_exactly_what_was_asked_for() -> None:
    values = {name: column.copy() for name, column in WHOLE.items()}
    plain = recommender_of(values)
    wanted = SteeredRecommender(plain, Steering({}, {"energy": 0.4}), 3).wanted
    assert set(wanted) == {"energy", "loudness"}
    for name, column in values.items():
        column[90] = column[3]
        column[91] = wanted[name].asked if name in wanted else column[3]
    plain = recommender_of(values)
    steered = SteeredRecommender(plain, Steering({}, {"energy": 0.4}), 3)
    copy, asked = steered.exact_scores(3, np.array([90, 91]))
    assert asked > 0.9999 > copy


def test_a_shift_goes_no_further_than_the_library() -> None:
    plain = recommender_of(WHOLE)
    for shift in (-3.0, 3.0):
        steered = SteeredRecommender(plain, Steering({}, dict.fromkeys(SHIFTABLE, shift)), 8)
        assert set(steered.wanted) == {f.name for group in SHIFTABLE for f in GROUPS[group]}
        for name, wanted in steered.wanted.items():
            assert WHOLE[name].min() - 1e-4 <= wanted.asked <= WHOLE[name].max() + 1e-2
            assert (wanted.asked - wanted.actual) * shift >= 0
            assert steered.space.values[name][8] == np.float32(wanted.asked)


@pytest.mark.parametrize("name", ["acousticness", "loudness", "brightness", "tempo"])
def test_a_spread_on_a_scale_is_a_spread_on_its_axis(name: str) -> None:
    (scale,) = FeatureSpace.fit({name: WHOLE[name]}).scales
    value = float(np.median(WHOLE[name]))
    moved = scale.moved(value, 0.5)
    before, after = scale.axes(np.array([value, moved]))[:, -1]
    assert after - before == pytest.approx(0.5, abs=0.01)


def test_what_is_unknown_of_the_query_is_not_moved() -> None:
    values = {name: column.copy() for name, column in WHOLE.items()}
    values["valence"][4] = math.nan
    steered = SteeredRecommender(recommender_of(values), Steering({}, {"valence": 1, "energy": 1}), 4)
    assert set(steered.wanted) == {"energy", "loudness"}


@given(steerings, st.integers(0, 199))
@settings(max_examples=40, deadline=None)
def test_shares_sum_to_the_score_and_the_fast_scores_agree(steering: Steering, query: int) -> None:
    plain = recommender_of(GAPS)
    try:
        steered = SteeredRecommender(plain, steering, query)
    except SoundglassError:
        assert {GROUPS[g][0].group for g, w in steering.weights.items() if w == 0}
        return
    rows = np.arange(200)
    exact, position = steered.exact_scores(query, rows), steered.position(query)
    np.testing.assert_allclose(steered.space.shares(position, rows).sum(axis=1), exact, atol=1e-6)
    known = np.isfinite(exact)
    np.testing.assert_array_equal(np.isfinite(steered.scores(query)), known)
    scale = 1 + np.abs(exact[known])
    assert (np.abs(steered.scores(query)[known] - exact[known]) / scale).max(initial=0) < 1e-4


# -- tempo -----------------------------------------------------------------------------------


def test_the_range_of_tempo_takes_tempi_as_they_are_shown() -> None:
    values = random_values(5, seed=1)
    values["tempo"] = np.array([79.4, 79.6, 100.0, 120.4, np.nan])
    plain = recommender_of(values)

    def within(slowest: float | None, fastest: float | None) -> list[bool] | None:
        found = SteeredRecommender(plain, Steering({}, {}, slowest, fastest), 2).within_range()
        return None if found is None else found.tolist()

    assert within(80, 120) == [False, True, True, True, False]
    assert within(None, 100) == [True, True, True, False, False]
    assert within(101, None) == [False, False, False, True, False]
    assert within(None, None) is None


def test_without_any_tempo_nothing_is_in_range() -> None:
    plain = recommender_of(random_values(5, names=["energy", "valence"]))
    found = SteeredRecommender(plain, Steering(slowest=80), 2).within_range()
    assert found is not None
    assert not found.any()
