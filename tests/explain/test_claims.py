from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feature_tables import recommender_of
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import FeatureEvidence, Part, Region, Source
from soundglass.explain.claims import Claim, Kind, claim, group_evidence
from soundglass.explain.named import ENOUGH, MAX_NAMED, named_parts
from soundglass.explain.parts import feature_parts, reading
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.distribution import Distribution
from soundglass.recommend.features import FeatureRecommender

Known = tuple[Store, FeatureRecommender]
LIBRARY = {
    "energy": Distribution.of(np.linspace(0, 1, 101)),
    "tempo": Distribution.of(np.linspace(60, 180, 121)),
    "brightness": Distribution.of(np.linspace(500, 3000, 101)),
    "key": Distribution.of(np.arange(12.0)),
    "mode": Distribution.of(np.array([0.0, 1.0])),
    "time_signature": Distribution.of(np.array([3.0, 4.0, 4.0, 5.0])),
}

ERRORS = {"energy": 0.15, "brightness": 50.0, "tempo": 0.04}


def side(name: str, value: float, source: Source = "csv", mode: float = 1.0) -> FeatureEvidence:
    percentile = float(LIBRARY[name].percentiles(value))
    return reading(CATALOGUE[name], value, mode, percentile, source)


def claimed(
    kind: Kind,
    name: str,
    x: float,
    y: float,
    *,
    high: bool = False,
    source: Source = "csv",
    modes: tuple[float, float] = (1.0, 1.0),
) -> bool:
    query, match = side(name, x, source, modes[0]), side(name, y, source, modes[1])
    feature = replace(CATALOGUE[name], error=ERRORS.get(name, 0.0))
    return Claim(kind, Part(feature.group, 0.1, query, match), feature, query, match, high).holds(LIBRARY)


@pytest.mark.parametrize(
    ("kind", "name", "x", "y", "high", "holds"),
    [
        (Kind.BOTH_UNUSUAL, "energy", 0.91, 0.99, True, True),
        (Kind.BOTH_UNUSUAL, "energy", 0.90, 0.99, True, False),
        (Kind.BOTH_UNUSUAL, "energy", 0.05, 0.09, False, True),
        (Kind.BOTH_UNUSUAL, "energy", 0.05, 0.10, False, False),
        (Kind.BOTH_UNUSUAL, "energy", 0.05, 0.99, True, False),
        (Kind.BOTH_UNUSUAL, "energy", 0.95, 0.99, False, False),
        (Kind.BOTH_RATHER, "energy", 0.68, 0.95, True, True),
        (Kind.BOTH_RATHER, "energy", 0.66, 0.95, True, False),
        (Kind.BOTH_RATHER, "energy", 0.32, 0.01, False, True),
        (Kind.BOTH_RATHER, "energy", 0.34, 0.01, False, False),
        (Kind.BOTH_RATHER, "mode", 1, 1, True, False),
        (Kind.SAME_TEMPO, "tempo", 100, 104, False, True),
        (Kind.SAME_TEMPO, "tempo", 104, 100, False, True),
        (Kind.SAME_TEMPO, "tempo", 100, 104.1, False, False),
        (Kind.SAME_TEMPO, "tempo", 0, 0, False, False),
        (Kind.SAME_TEMPO, "energy", 0.5, 0.5, False, False),
        (Kind.OCTAVE_TEMPO, "tempo", 80, 166, False, True),
        (Kind.OCTAVE_TEMPO, "tempo", 166, 80, False, True),
        (Kind.OCTAVE_TEMPO, "tempo", 80, 167, False, False),
        (Kind.OCTAVE_TEMPO, "tempo", 80, 80, False, False),
        (Kind.NEAR_OCTAVE, "tempo", 80, 140, False, True),
        (Kind.NEAR_OCTAVE, "tempo", 80, 138, False, False),
        (Kind.SAME_VALUE, "time_signature", 4, 4, False, True),
        (Kind.SAME_VALUE, "time_signature", 4, 3, False, False),
        (Kind.SAME_VALUE, "mode", 0, 0, False, True),
        (Kind.SAME_VALUE, "energy", 1, 1, False, False),
        (Kind.ALIKE, "energy", 0.50, 0.59, False, True),
        (Kind.ALIKE, "energy", 0.50, 0.61, False, False),
        (Kind.ALIKE, "key", 5, 5, False, False),
        (Kind.NEARER, "energy", 0.50, 0.70, False, True),
        (Kind.NEARER, "energy", 0.50, 0.80, False, False),
        (Kind.DIFFERENT, "energy", 0.50, 0.60, True, True),
        (Kind.DIFFERENT, "energy", 0.50, 0.57, True, False),
        (Kind.DIFFERENT, "energy", 0.50, 0.60, False, False),
        (Kind.DIFFERENT, "energy", 0.60, 0.50, False, True),
        (Kind.DIFFERENT, "key", 0, 6, True, False),
        (Kind.FARTHER, "energy", 0.50, 0.80, False, True),
        (Kind.FARTHER, "energy", 0.50, 0.70, False, False),
        (Kind.FAR_KEYS, "key", 0, 6, False, True),
        (Kind.FAR_KEYS, "key", 0, 4, False, True),
        (Kind.FAR_KEYS, "key", 0, 9, False, False),
        (Kind.FAR_KEYS, "energy", 0, 1, False, False),
    ],
)
def test_claims_hold_and_just_fail(
    kind: Kind, name: str, x: float, y: float, high: bool, holds: bool
) -> None:
    assert claimed(kind, name, x, y, high=high) is holds


@pytest.mark.parametrize(
    ("kind", "keys", "modes", "holds"),
    [
        (Kind.SAME_KEY, (9, 9), (0, 0), True),
        (Kind.SAME_KEY, (9, 9), (0, 1), False),
        (Kind.SAME_KEY, (9, 10), (0, 0), False),
        (Kind.RELATED_KEY, (0, 9), (1, 0), True),
        (Kind.RELATED_KEY, (0, 7), (1, 1), True),
        (Kind.RELATED_KEY, (0, 4), (1, 0), True),
        (Kind.RELATED_KEY, (0, 2), (1, 1), False),
        (Kind.RELATED_KEY, (0, 9), (1, 1), False),
        (Kind.RELATED_KEY, (11, 4), (1, 1), True),
        (Kind.FAR_KEYS, (0, 3), (1, 0), True),
        (Kind.FAR_KEYS, (0, 0), (1, 0), False),
    ],
)
def test_claims_about_keys(
    kind: Kind, keys: tuple[int, int], modes: tuple[float, float], holds: bool
) -> None:
    assert claimed(kind, "key", *keys, modes=modes) is holds


def test_every_kind_is_tested_above() -> None:
    cases = test_claims_hold_and_just_fail, test_claims_about_keys
    seen = {(case[0], case[-1]) for test in cases for case in test.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert seen == {(kind, holds) for kind in Kind for holds in (True, False)}


def test_a_mass_of_equal_values_is_no_tail() -> None:
    """A fifth of the library at the lowest value: its mean percentile is 10, its share is not."""
    crowd = {"energy": Distribution.of(np.concatenate([np.zeros(20), np.linspace(0.1, 1, 80)]))}
    query = reading(CATALOGUE["energy"], 0.0, 1.0, 10.0, "csv")
    found = Claim(Kind.BOTH_UNUSUAL, Part("energy", 0.1, query, query), CATALOGUE["energy"], query, query)
    assert crowd["energy"].percentiles(0.0) == 10
    assert not found.holds(crowd)


@pytest.mark.parametrize(
    ("name", "x", "near", "far"),
    [
        ("energy", 0.5, 0.71, 0.72),  # √2 · 0.15 = 0.212
        ("energy", 0.5, 0.29, 0.28),
        ("brightness", 1000, 1180, 1190),  # a quarter of the spread, 182, is more than √2 · 50
        ("tempo", 100, 105, 109),  # √(4² + 4.2²) = 5.8, a quarter of the spread is 8.7
    ],
)
def test_no_difference_below_the_error_is_claimed(name: str, x: float, near: float, far: float) -> None:
    for y, holds in ((near, False), (far, True)):
        assert claimed(Kind.DIFFERENT, name, x, y, high=y > x, source="measured") is holds
    assert not claimed(Kind.FARTHER, name, x, near, source="estimated")


def test_farther_needs_more_than_the_error() -> None:
    narrow = {"energy": Distribution.of(np.linspace(0.45, 0.55, 11))}
    query, match = (reading(CATALOGUE["energy"], v, 1.0, 50.0, "estimated") for v in (0.45, 0.55))
    found = Claim(Kind.FARTHER, Part("energy", -0.1, query, match), CATALOGUE["energy"], query, match)
    assert not found.holds(narrow)
    table = replace(found, query=replace(query, source="csv"), match=replace(match, source="csv"))
    assert table.holds(narrow)


def test_within_the_error_values_are_alike() -> None:
    assert claimed(Kind.ALIKE, "energy", 0.5, 0.64, source="estimated")
    assert not claimed(Kind.ALIKE, "energy", 0.5, 0.66, source="estimated")


def test_off_the_middle_by_less_than_the_error_is_not_unusual() -> None:
    narrow = {"energy": Distribution.of(np.linspace(0.45, 0.55, 101))}
    for source, holds in (("csv", True), ("estimated", False)):
        query = reading(CATALOGUE["energy"], 0.55, 1.0, 99.0, source)  # type: ignore[arg-type]
        part = Part("energy", 0.1, query, query)
        for kind in (Kind.BOTH_UNUSUAL, Kind.BOTH_RATHER):
            assert Claim(kind, part, CATALOGUE["energy"], query, query, True).holds(narrow) is holds


def test_an_unknown_value_lets_nothing_be_claimed() -> None:
    unknown = reading(CATALOGUE["energy"], float("nan"), 1.0, None, "csv")
    part = Part("energy", 0.0, unknown, side("energy", 0.5))
    assert claim(part, {"energy": LIBRARY["energy"]}) is None
    assert not any(Claim(k, part, CATALOGUE["energy"], unknown, unknown).holds(LIBRARY) for k in Kind)


def test_a_group_speaks_through_the_member_that_tells() -> None:
    values = {"energy": np.linspace(0, 1, 50), "loudness": np.random.default_rng(0).uniform(-20, -3, 50)}
    values["energy"][1] = values["energy"][0] = 0.5
    values["loudness"][:2] = -20, -3
    recommender = recommender_of(values)
    (part,) = feature_parts(recommender, 0, [1])[0]
    assert part.contribution < 0
    found = claim(part, recommender.space.distributions)
    assert found is not None
    assert (found.kind, found.feature.name, found.high) == (Kind.DIFFERENT, "loudness", True)


def test_a_group_of_which_only_the_second_feature_is_held() -> None:
    recommender = recommender_of({"loudness": np.array([-20.0, -19, -3, -4])})
    (part,) = feature_parts(recommender, 0, [2])[0]
    assert [f.name for f, _, _ in group_evidence(part, recommender.space.distributions)] == ["loudness"]
    found = claim(part, recommender.space.distributions)
    assert found is not None
    assert found.feature.name == "loudness"


def test_regions_are_no_feature_evidence() -> None:
    with pytest.raises(TypeError):
        claim(Part("energy", 0.1, Region(0, 1, 0, 1), Region(0, 1, 0, 1)), {"energy": LIBRARY["energy"]})


def values_of(found: Claim, recommender: FeatureRecommender, rows: tuple[int, int]) -> list[float]:
    return [float(recommender.space.values[found.feature.name][recommender.position(r)]) for r in rows]


def recheck(found: Claim, recommender: FeatureRecommender, rows: tuple[int, int]) -> bool:  # noqa: PLR0911
    """Check a claim on the raw columns, by other code than the claim's own."""
    space, feature = recommender.space, found.feature
    x, y = values_of(found, recommender, rows)
    column = space.values[feature.name]
    column = column[np.isfinite(column)].astype(np.float64)
    error = (
        0.0 if recommender.origin == "csv" else feature.error * (max(x, y) if feature.name == "tempo" else 1)
    )
    match found.kind:
        case Kind.BOTH_UNUSUAL | Kind.BOTH_RATHER:
            share = 0.1 if found.kind is Kind.BOTH_UNUSUAL else 1 / 3
            beyond = [np.mean(column >= v) if found.high else np.mean(column <= v) for v in (x, y)]
            return max(beyond) <= share + 1e-9
        case Kind.SAME_TEMPO:
            return max(x, y) / min(x, y) <= 1.04 + 1e-6
        case Kind.OCTAVE_TEMPO:
            return 2 / 1.0401 <= max(x, y) / min(x, y) <= 2 * 1.0401
        case Kind.NEAR_OCTAVE:
            return 2 / 1.1501 <= max(x, y) / min(x, y) <= 2 * 1.1501
        case Kind.SAME_VALUE:
            return x == y
        case Kind.SAME_KEY | Kind.RELATED_KEY | Kind.FAR_KEYS:
            modes = [float(space.values["mode"][recommender.position(row)]) for row in rows]
            circle = [
                (7 * (key + (0 if mode >= 0.5 else 3))) % 12 for key, mode in zip((x, y), modes, strict=True)
            ]
            steps = min((circle[0] - circle[1]) % 12, (circle[1] - circle[0]) % 12)
            if found.kind is Kind.SAME_KEY:
                return x == y and modes[0] == modes[1]
            return steps <= 1 if found.kind is Kind.RELATED_KEY else steps >= 4
        case Kind.ALIKE:
            ranks = [np.mean(column < v) / 2 + np.mean(column <= v) / 2 for v in (x, y)]
            return abs(x - y) <= error or (
                abs(ranks[0] - ranks[1]) <= 0.1 + 1e-9 and abs(x - y) <= column.std() / 2 + 1e-6
            )
        case Kind.NEARER:
            return float(np.mean(np.abs(column - x) < abs(y - x))) < 0.5 + 1e-3
        case Kind.FARTHER:
            return float(np.mean(np.abs(column - x) < abs(y - x))) > 0.5 - 1e-3 and abs(x - y) > error
        case Kind.DIFFERENT:
            return (y > x) == found.high and abs(x - y) > max(error, column.std() / 4)


@pytest.mark.parametrize(("library", "n_queries"), [("spotify", 60), ("spotify114k", 30), ("demo", 40)])
def test_all_that_is_said_of_real_pairs_holds(
    library: str, n_queries: int, request: pytest.FixtureRequest
) -> None:
    _, recommender = request.getfixturevalue(library)
    rng = np.random.default_rng(0)
    checked = 0
    for query in rng.choice(recommender.rows, n_queries, replace=n_queries > len(recommender.rows)).tolist():
        ranked = [row for row, _ in best_first(recommender, query, chunk=4000)]
        matches = [*ranked[:10], *rng.choice(ranked, 10).tolist()]
        for match, parts in zip(matches, feature_parts(recommender, query, matches), strict=True):
            named, against = named_parts(parts)
            positive = [p.contribution for p in parts if p.contribution > 0]
            said = sum(p.contribution for p in named)
            assert len(named) <= MAX_NAMED
            assert said >= ENOUGH * sum(positive) - 1e-12 or len(named) == MAX_NAMED
            for part in [*named, *([against] if against else [])]:
                found = claim(part, recommender.space.distributions)
                if found is not None:
                    assert found.holds(recommender.space.distributions)
                    assert recheck(found, recommender, (query, match)), (found, query, match)
                    checked += 1
    assert checked > 500


@pytest.mark.parametrize(
    ("one", "other", "said"), [(0.95, 0.91, True), (0.95, 0.7, False), (None, None, True)]
)
def test_keys_are_spoken_of_only_where_both_were_found_with_confidence(
    one: float | None, other: float | None, said: bool
) -> None:
    query, match = (replace(side("key", 9, mode=0.0), confidence=sure) for sure in (one, other))
    part = Part("key", 0.1, query, match, (Part("mode", 0.0, side("mode", 0.0), side("mode", 0.0)),))
    found = claim(part, LIBRARY)
    assert (found is not None and found.kind is Kind.SAME_KEY) == said
