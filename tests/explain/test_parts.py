from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from feature_tables import libraries, random_values, recommender_of
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import FeatureEvidence
from soundglass.explain.parts import feature_parts
from soundglass.library.store import Store
from soundglass.recommend.base import best_first
from soundglass.recommend.features import FeatureRecommender

Known = tuple[Store, FeatureRecommender]


@pytest.mark.parametrize("library", ["spotify", "spotify114k", "demo"])
def test_parts_sum_to_the_score_in_real_libraries(library: str, request: pytest.FixtureRequest) -> None:
    _, recommender = request.getfixturevalue(library)
    for query in recommender.rows[:: len(recommender.rows) // 12].tolist():
        ranked = list(best_first(recommender, query, chunk=2000))
        chosen = [*ranked[:40], *ranked[-40:]]
        for (_, score), parts in zip(
            chosen, feature_parts(recommender, query, [row for row, _ in chosen]), strict=True
        ):
            assert abs(sum(part.contribution for part in parts) - score) < 1e-6
            contributions = [part.contribution for part in parts]
            assert contributions == sorted(contributions, reverse=True)


@settings(max_examples=100, deadline=None)
@given(libraries())
def test_parts_sum_to_the_score_in_any_library(values: dict[str, np.ndarray]) -> None:
    if not any(np.isfinite(column).any() for column in values.values()):
        return
    recommender = recommender_of(values)
    for query in recommender.rows.tolist():
        exact = recommender.exact_scores(query, recommender.rows)
        for score, parts in zip(
            exact, feature_parts(recommender, query, recommender.rows.tolist()), strict=True
        ):
            if np.isfinite(score):
                assert abs(sum(part.contribution for part in parts) - score) < 1e-6


def test_evidence_is_the_stored_value_and_its_percentile() -> None:
    values = random_values(30, seed=1)
    parts = {part.name: part for part in feature_parts(recommender_of(values), 4, [9])[0]}
    for name in ("danceability", "tempo", "acousticness"):
        for side, row in ((parts[name].query, 4), (parts[name].match, 9)):
            assert isinstance(side, FeatureEvidence)
            assert side.value == pytest.approx(values[name][row])
            assert side.percentile == pytest.approx(
                stats.percentileofscore(values[name], values[name][row], kind="mean")
            )
            assert side.label == CATALOGUE[name].text(values[name][row])
            assert side.unit == CATALOGUE[name].unit


def test_values_are_written_with_the_digits_they_were_stored_with() -> None:
    parts = feature_parts(recommender_of({"energy": np.array([0.443, 0.1, 0.7])}), 0, [1])[0]
    assert parts[0].query.value == 0.443  # type: ignore[union-attr]


def test_a_group_is_one_part_with_members() -> None:
    parts = {part.name: part for part in feature_parts(recommender_of(random_values(30)), 4, [9])[0]}
    assert "loudness" not in parts
    assert "mode" not in parts
    assert [member.name for member in parts["energy"].members] == ["loudness"]
    assert [member.name for member in parts["key"].members] == ["mode"]


@pytest.mark.parametrize(("origin", "sources"), [("csv", {"csv"}), ("audio", {"measured", "estimated"})])
def test_every_side_tells_its_source(origin: str, sources: set[str]) -> None:
    recommender = recommender_of(random_values(9), origin)  # type: ignore[arg-type]
    sides = [part.query for part in feature_parts(recommender, 0, [1])[0]]
    assert {side.source for side in sides if isinstance(side, FeatureEvidence)} == sources


@pytest.mark.parametrize("who", [0, 1])
def test_what_one_track_lacks_shows_as_unknown_and_adds_nothing(who: int) -> None:
    values = random_values(20)
    values["valence"][who] = np.nan
    part = next(p for p in feature_parts(recommender_of(values), 0, [1])[0] if p.name == "valence")
    assert part.contribution == 0
    sides = (part.query, part.match)
    assert (sides[who].value, sides[who].percentile, sides[who].label) == (None, None, "unknown")  # type: ignore[union-attr]
    assert sides[1 - who].value is not None  # type: ignore[union-attr]


def test_a_feature_that_does_not_vary_is_no_part() -> None:
    values = {**random_values(20), "valence": np.full(20, 0.5)}
    assert "valence" not in {part.name for part in feature_parts(recommender_of(values), 0, [1])[0]}


def test_a_group_without_weight_is_no_part() -> None:
    recommender = recommender_of(random_values(20), weights={"tempo": 0.0})
    assert "tempo" not in {part.name for part in feature_parts(recommender, 0, [1])[0]}


def test_keys_and_modes_have_no_percentile() -> None:
    part = next(p for p in feature_parts(recommender_of(random_values(20)), 0, [1])[0] if p.name == "key")
    assert part.query.percentile is None  # type: ignore[union-attr]
    assert part.members[0].query.percentile is None  # type: ignore[union-attr]
    assert part.query.label.endswith(("major", "minor"))  # type: ignore[union-attr]


def test_no_matches_no_parts() -> None:
    assert feature_parts(recommender_of(random_values(5)), 0, []) == []
