from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats
from scipy.spatial.distance import cdist

from feature_tables import Values, libraries, random_values
from soundglass.core.catalogue import CATALOGUE, GROUPS, Scale
from soundglass.core.errors import FeatureMismatchError
from soundglass.recommend.space import MIN_COMMON_WEIGHT, FeatureSpace

Axes = dict[str, np.ndarray]


def reference_axes(values: Values) -> Axes:
    """Each feature's weighted axes by another way than the package's; NaN where unknown."""
    axes = {}
    for name, column in values.items():
        feature, known = CATALOGUE[name], np.isfinite(column)
        if name == "key":
            minor = values["mode"] < 0.5 if "mode" in values else np.zeros(len(column), dtype=bool)
            angle = 2j * np.pi * 7 * (column + 3 * minor) / 12
            known = known & np.isfinite(values.get("mode", column))
            found = np.sqrt(2) * np.exp(np.where(known, angle, np.nan))
            points = np.stack([found.real, found.imag], axis=1)
        elif feature.scale is Scale.TEMPO:
            circle = np.sqrt(2) * np.exp(2j * np.pi * np.log2(column))
            octave = stats.zscore(np.log2(column), nan_policy="omit")
            points = np.stack([circle.real, circle.imag, np.sqrt(0.5) * octave], axis=1)
        else:
            warped = np.log2(column) if feature.scale is Scale.LOG2 else column.copy()
            if feature.scale is Scale.QUANTILE:
                warped[known] = stats.norm.ppf((stats.rankdata(column[known]) - 0.5) / known.sum())
            points = stats.zscore(warped, nan_policy="omit")[:, None]
        axes[name] = points * np.sqrt(feature.weight)
    return axes


def reference_score(axes: Axes, x: int, y: int) -> float:
    """1 − d²/D, the mean squared distance D taken over the library one track at a time."""
    near = mean = 0.0
    for points in axes.values():
        if np.isfinite(points[[x, y]]).all():
            near += ((points[x] - points[y]) ** 2).sum()
            distances = [((points[x] - z) ** 2).sum() for z in points if np.isfinite(z).all()]
            mean += float(np.mean(distances))
    return 1 - near / mean


def shares_by_group(space: FeatureSpace, x: int, y: int) -> dict[str, float]:
    shares = space.shares(x, np.array([y]))[0]
    groups = [space.scales[owner].feature.group for owner in space.owner]
    return {g: sum(s for s, of in zip(shares, groups, strict=True) if of == g) for g in dict.fromkeys(groups)}


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_score_is_one_minus_distance_over_mean_distance(missing: float) -> None:
    values = random_values(30, seed=4, missing=missing)
    space, axes = FeatureSpace.fit(values), reference_axes(values)
    for x in range(0, 30, 7):
        wanted = [reference_score(axes, x, y) for y in range(30)]
        np.testing.assert_allclose(space.exact_scores(x, np.arange(30)), wanted, atol=1e-5)


def test_ranking_is_weighted_euclidean() -> None:
    values = random_values(400, seed=5)
    space = FeatureSpace.fit(values)
    points = np.concatenate(list(reference_axes(values).values()), axis=1)
    for x in range(0, 400, 57):
        wanted = np.argsort(cdist(points[[x]], points)[0])
        assert np.argsort(-space.exact_scores(x, np.arange(400))).tolist() == wanted.tolist()


@pytest.mark.parametrize(("x", "y"), [(0, 1), (3, 8), (5, 5)])
def test_parts_are_the_shapley_values_of_the_interventional_game(x: int, y: int) -> None:
    names = ("energy", "loudness", "tempo", "acousticness", "key", "mode", "duration", "valence")
    values = random_values(11, seed=6, names=names)
    axes = reference_axes(values)
    groups = list(dict.fromkeys(CATALOGUE[name].group for name in values))
    points = {g: np.concatenate([axes[f.name] for f in GROUPS[g] if f.name in axes], axis=1) for g in groups}

    def score(of: dict[str, np.ndarray]) -> float:
        return 1 - sum(((points[g][x] - of[g]) ** 2).sum() for g in groups) / mean_distance

    library = range(11)
    mean_distance = 1.0
    mean_distance = float(np.mean([1 - score({g: points[g][z] for g in groups}) for z in library]))

    def worth(coalition: tuple[str, ...]) -> float:
        """Expected score when the coalition's features are the match's and the rest a random track's."""
        return float(
            np.mean([score({g: points[g][y if g in coalition else z] for g in groups}) for z in library])
        )

    found = shares_by_group(FeatureSpace.fit(values), x, y)
    n = len(groups)
    for group in groups:
        others = [g for g in groups if g != group]
        shapley = sum(
            factorial(size)
            * factorial(n - size - 1)
            / factorial(n)
            * (worth((*coalition, group)) - worth(coalition))
            for size in range(n)
            for coalition in combinations(others, size)
        )
        assert found[group] == pytest.approx(shapley, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(libraries())
def test_shares_sum_to_the_score_in_any_library(values: Values) -> None:
    if not any(np.isfinite(column).any() for column in values.values()):
        with pytest.raises(FeatureMismatchError):
            FeatureSpace.fit(values)
        return
    space = FeatureSpace.fit(values)
    everyone = np.arange(len(space))
    for x in everyone:
        exact, approximate = space.exact_scores(x, everyone), space.approximate_scores(x)
        np.testing.assert_array_equal(np.isfinite(exact), np.isfinite(approximate))
        np.testing.assert_allclose(approximate, exact, rtol=1e-5, atol=1e-5)
        comparable = np.isfinite(exact)
        assert comparable[x] or not comparable.any()
        if comparable[x]:
            assert exact[x] == pytest.approx(1, abs=1e-12)
        shares = space.shares(x, everyone)[comparable]
        np.testing.assert_allclose(shares.sum(axis=1), exact[comparable], atol=1e-9)


def test_scores_average_zero_and_distance_is_symmetric() -> None:
    values = random_values(50, seed=7)
    space = FeatureSpace.fit(values)
    scores = np.array([space.exact_scores(x, np.arange(50)) for x in range(50)])
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=1e-6)
    points = np.concatenate(list(reference_axes(values).values()), axis=1)
    mean_distances = (cdist(points, points) ** 2).mean(axis=1)
    distances = (1 - scores) * mean_distances[:, None]
    np.testing.assert_allclose(distances, distances.T, atol=1e-4)


def test_unit_of_a_linear_feature_does_not_matter() -> None:
    values = random_values(60, seed=8)
    other = {**values, "loudness": values["loudness"] * 7 - 3, "energy": values["energy"] / 4 - 2}
    spaces = FeatureSpace.fit(values), FeatureSpace.fit(other)
    for x in range(0, 60, 11):
        first, second = (space.exact_scores(x, np.arange(60)) for space in spaces)
        np.testing.assert_allclose(first, second, atol=1e-4)


def test_without_tempo_the_other_parts_keep_their_proportions() -> None:
    values = random_values(40, seed=9)
    fewer = {name: column for name, column in values.items() if name != "tempo"}
    with_tempo, without = (shares_by_group(FeatureSpace.fit(v), 2, 9) for v in (values, fewer))
    assert set(with_tempo) - set(without) == {"tempo"}
    ratios = [with_tempo[group] / without[group] for group in without]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)
    assert sum(without.values()) == pytest.approx(
        reference_score({n: a for n, a in reference_axes(values).items() if n != "tempo"}, 2, 9), abs=1e-5
    )


@pytest.mark.parametrize("who", [2, 9])
def test_missing_in_either_track_is_as_if_the_feature_were_not_there(who: int) -> None:
    values = random_values(40, seed=10)
    values["valence"][who] = np.nan
    found = shares_by_group(FeatureSpace.fit(values), 2, 9)
    assert found["valence"] == 0
    fewer = {name: column for name, column in values.items() if name != "valence"}
    wanted = shares_by_group(FeatureSpace.fit(fewer), 2, 9)
    assert {group: found[group] for group in wanted} == pytest.approx(wanted, abs=1e-7)


def test_tracks_with_too_little_in_common_are_not_compared() -> None:
    names = ("energy", "valence", "danceability", "bass_share")
    values = random_values(20, seed=11, names=names)
    values["energy"][1] = values["valence"][2] = np.nan
    values["danceability"][[1, 2]] = np.nan
    values["bass_share"][2] = np.nan
    total = sum(CATALOGUE[name].weight for name in names)
    assert 1.5 / total < MIN_COMMON_WEIGHT < 2.5 / total
    space = FeatureSpace.fit(values)
    for scores in (space.exact_scores(0, np.arange(20)), space.approximate_scores(0)):
        assert np.isnan(scores[[1, 2]]).all()
        assert np.isfinite(scores[3:]).all()
    assert np.isfinite(space.exact_scores(1, np.array([0])))


def test_a_minor_key_stands_with_its_relative_major() -> None:
    keys, modes = np.arange(24.0) % 12, np.repeat([1.0, 0.0], 12)
    space = FeatureSpace.fit({"key": keys, "mode": modes})
    key_axes = space.axes[:, space.owner == 0]
    c_major, a_minor, f_sharp_major = 0, 12 + 9, 6
    np.testing.assert_allclose(key_axes[c_major], key_axes[a_minor], atol=1e-6)
    scores = space.exact_scores(c_major, np.arange(24))
    assert scores[a_minor] > scores[12]  # C minor
    assert np.argmin(scores[:12]) == f_sharp_major


def test_a_key_without_its_mode_has_no_place() -> None:
    values = {
        "key": np.array([0.0, 4, 7, 9]),
        "mode": np.array([1.0, np.nan, 0, 1]),
        "energy": np.arange(4.0),
    }
    space = FeatureSpace.fit(values)
    assert shares_by_group(space, 0, 1)["key"] == 0
    assert shares_by_group(space, 0, 2)["key"] != 0
    without_modes = FeatureSpace.fit({"key": values["key"], "energy": values["energy"]})
    assert shares_by_group(without_modes, 0, 1)["key"] != 0


def test_weight_zero_takes_a_group_out() -> None:
    values = random_values(40, seed=12)
    fewer = {name: column for name, column in values.items() if CATALOGUE[name].group != "energy"}
    everyone = np.arange(40)
    np.testing.assert_allclose(
        FeatureSpace.fit(values, {"energy": 0}).exact_scores(3, everyone),
        FeatureSpace.fit(fewer).exact_scores(3, everyone),
        atol=1e-12,
    )


def test_weights_multiply_terms() -> None:
    values = random_values(40, seed=12)
    plain, heavy = (shares_by_group(FeatureSpace.fit(values, w), 3, 4) for w in (None, {"tempo": 4.0}))
    assert heavy["tempo"] / heavy["valence"] == pytest.approx(4 * plain["tempo"] / plain["valence"], rel=1e-4)


@pytest.mark.parametrize("weights", [{"colour": 1.0}, {"tempo": -1.0}, {"tempo": float("nan")}])
def test_impossible_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(FeatureMismatchError):
        FeatureSpace.fit(random_values(5), weights)


def test_a_library_without_features_is_refused() -> None:
    with pytest.raises(FeatureMismatchError):
        FeatureSpace.fit({"energy": np.full(3, np.nan)})


@pytest.mark.parametrize("n", [1, 2])
def test_tiny_libraries(n: int) -> None:
    space = FeatureSpace.fit(random_values(n, seed=13))
    scores = space.exact_scores(0, np.arange(n))
    if n == 1:
        assert np.isnan(scores).all()
    else:
        np.testing.assert_allclose(scores, [1, -1], atol=1e-6)


def test_moved_is_where_the_changed_track_would_lie() -> None:
    values = random_values(30, seed=14, missing=0.1)
    space = FeatureSpace.fit(values)
    for row in (0, 7):
        point, known = space.moved(row, {})
        np.testing.assert_array_equal(point[0], space.axes[row])
        np.testing.assert_array_equal(known[0], space.patterns[space.pattern[row]])
    twin = {name: float(values[name][3]) for name in values}
    point, known = space.moved(9, twin)
    np.testing.assert_array_equal(point[0], space.axes[3])
    point, _ = space.moved(9, {"tempo": 120.0})
    tempo = [s.feature.name for s in space.scales].index("tempo")
    changed = point[0] != space.axes[9]
    assert set(space.owner[changed]) == {tempo}


def test_what_hardly_varies_beyond_its_error_counts_for_less_in_audio() -> None:
    values = random_values(500, seed=9, names=("energy", "liveness", "tempo", "key", "mode"))
    values["liveness"] = 0.1 + 0.02 * values["liveness"]
    table, audio = FeatureSpace.fit(values), FeatureSpace.fit(values, from_audio=True)
    names = [scale.feature.name for scale in table.scales]
    factor = dict(
        zip(names, (audio.weights / table.weights)[np.unique(table.owner, return_index=True)[1]], strict=True)
    )
    error = CATALOGUE["liveness"].error
    assert factor["liveness"] == pytest.approx((np.std(values["liveness"]) / error) ** 2, rel=1e-4)
    assert factor["liveness"] < 0.02
    assert all(factor[name] == 1.0 for name in ("energy", "tempo", "key", "mode"))


def test_a_track_of_which_next_to_nothing_is_known_is_compared_with_none() -> None:
    values = random_values(50, seed=2)
    for name in values.keys() - {"duration"}:
        values[name][7] = np.nan
    space = FeatureSpace.fit(values)
    assert np.isnan(space.approximate_scores(7)).all()
    assert np.isnan(space.exact_scores(0, np.array([7]))).all()
    assert np.isfinite(space.approximate_scores(0)).sum() == 49
