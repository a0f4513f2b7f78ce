"""Likeness to several tracks: the sum it is said to be, found as brute force finds it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_tables import random_values, recommender_of
from pictures import mel_pca_of, random_pictures
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.recommend import base
from soundglass.recommend.base import Proposer, Recommender, best_first
from soundglass.recommend.blend import BlendRecommender
from soundglass.recommend.seeds import AWAY, SeededProposer, SeededRecommender, seeded
from token_sets import random_token_sets, spectrogram_of

N = 120
FEATURES = recommender_of(random_values(N, seed=1, missing=0.2))
SPECTROGRAM = spectrogram_of(random_token_sets(N, seed=2))
RECOMMENDERS = {
    "features": FEATURES,
    "spectrogram": SPECTROGRAM,
    "blend": BlendRecommender(FEATURES, SPECTROGRAM, 0.4),
    "mel-pca": mel_pca_of(random_pictures(N, seed=3)),
}

some_rows = st.lists(st.integers(1, N - 1), max_size=3, unique=True)
names = st.sampled_from(sorted(RECOMMENDERS))


def reference(recommender: Recommender, query: int, more: Sequence[int], less: Sequence[int]) -> np.ndarray:
    """The formula of the docstring, track by track."""
    found = []
    for row in recommender.rows:
        of = lambda seed, row=row: float(recommender.exact_scores(seed, np.array([row]))[0])  # noqa: E731
        away = [of(seed) for seed in less]
        taken = max([0.0, *(score for score in away if not np.isnan(score))])
        score = np.mean([of(seed) for seed in [query, *more]]) - AWAY * taken
        found.append(np.nan if row in [*more, *less] else score)
    return np.array(found)


@settings(max_examples=30, deadline=None)
@given(names, some_rows, some_rows)
def test_scores_are_the_mean_less_a_share_of_what_is_turned_away_from(
    name: str, more: list[int], less: list[int]
) -> None:
    less = [row for row in less if row not in more]
    recommender = RECOMMENDERS[name]
    wanted, own = reference(recommender, 0, more, less), seeded(recommender, more, less)
    np.testing.assert_allclose(own.exact_scores(0, recommender.rows), wanted, rtol=0, atol=1e-12)
    np.testing.assert_allclose(own.scores(0), wanted, rtol=1e-4, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(names, some_rows, some_rows)
def test_factors_times_scores_sum_to_the_score(name: str, more: list[int], less: list[int]) -> None:
    less = [row for row in less if row not in more]
    recommender = RECOMMENDERS[name]
    own = seeded(recommender, more, less)
    rows = recommender.rows[np.isfinite(own.exact_scores(0, recommender.rows))]
    total = np.zeros(len(rows))
    for seed, factors in own.factors(0, rows):
        counted = factors != 0
        total[counted] += factors[counted] * recommender.exact_scores(seed, rows[counted])
    np.testing.assert_allclose(total, own.exact_scores(0, rows), rtol=0, atol=1e-12)
    assert sum(factors[0] for _, factors in own.factors(0, rows[:1])) >= 1 - AWAY - 1e-12


@pytest.mark.parametrize("name", sorted(RECOMMENDERS))
def test_best_first_is_brute_force(name: str) -> None:
    recommender, more, less = RECOMMENDERS[name], [7, 30], [11]
    own, exact = seeded(recommender, more, less), reference(RECOMMENDERS[name], 0, more, less)
    exact[0] = np.nan
    ranked = list(best_first(own, 0))
    known = np.isfinite(exact)
    wanted = sorted(zip((-exact[known]).tolist(), own.rows[known].tolist(), strict=True))
    np.testing.assert_allclose([score for _, score in ranked], [-score for score, _ in wanted], atol=1e-12)
    assert {row for row, _ in ranked} == {row for _, row in wanted}
    assert not {7, 30, 11, 0} & {row for row, _ in ranked}


def test_without_further_tracks_nothing_changes() -> None:
    own = seeded(FEATURES)
    np.testing.assert_array_equal(own.exact_scores(3, FEATURES.rows), FEATURES.exact_scores(3, FEATURES.rows))
    assert list(best_first(own, 3)) == list(best_first(FEATURES, 3))
    assert own.name == "features"


def test_zero_is_still_a_random_track_and_one_the_same_recording() -> None:
    features = recommender_of(random_values(300, seed=4))
    exact = SeededRecommender(features, [5, 9]).exact_scores(2, features.rows)
    whole = np.mean([features.exact_scores(row, features.rows) for row in (2, 5, 9)], axis=0)
    assert whole.mean() == pytest.approx(0, abs=1e-4)
    assert np.nanmax(exact) < 1
    copies = recommender_of({name: np.tile(column, 4) for name, column in random_values(40, seed=5).items()})
    assert SeededRecommender(copies, [40]).exact_scores(0, np.array([80]))[0] == pytest.approx(1, abs=1e-12)


def test_what_is_unlike_the_unwanted_gains_nothing() -> None:
    plain = FEATURES.exact_scores(0, FEATURES.rows)
    away = FEATURES.exact_scores(9, FEATURES.rows)
    own = seeded(FEATURES, [], [9]).exact_scores(0, FEATURES.rows)
    unlike = (away <= 0) & (FEATURES.rows != 9) & np.isfinite(plain)
    assert unlike.any()
    np.testing.assert_array_equal(own[unlike], plain[unlike])
    assert (own[(away > 0) & np.isfinite(own)] < plain[(away > 0) & np.isfinite(own)]).all()


def test_each_track_turned_away_from_stays_in_force() -> None:
    rows = FEATURES.rows
    one, both = (seeded(FEATURES, [], less).exact_scores(0, rows) for less in ([9], [9, 20]))
    finite = np.isfinite(both)
    assert (both[finite] <= one[finite]).all()


def test_neighbours_of_the_unwanted_leave_the_list() -> None:
    gone = []
    for query in range(0, N, 10):
        first = [row for row, _ in islice(best_first(SPECTROGRAM, query), 10)]
        unwanted = first[0]
        alike = {row for row, _ in islice(best_first(SPECTROGRAM, unwanted), 10)}
        after = [row for row, _ in islice(best_first(seeded(SPECTROGRAM, [], [unwanted]), query), 10)]
        gone.append(len(alike & set(first[1:])) - len(alike & set(after)))
    assert np.mean(gone) > 0.5


def test_a_track_cannot_be_both() -> None:
    with pytest.raises(SoundglassError, match="both"):
        seeded(FEATURES, [3], [3])
    with pytest.raises(SoundglassError, match="both"):
        seeded(FEATURES, [], [3]).scores(3)


def test_what_cannot_be_compared_is_refused() -> None:
    gaps = spectrogram_of(random_token_sets(20, seed=6), step=2)
    with pytest.raises(FeatureMismatchError):
        seeded(gaps, [3]).exact_scores(0, gaps.rows)


def test_the_query_may_be_named_again_and_tracks_twice() -> None:
    rows = FEATURES.rows
    np.testing.assert_array_equal(
        seeded(FEATURES, [0, 5, 5]).exact_scores(0, rows), seeded(FEATURES, [5]).exact_scores(0, rows)
    )


@pytest.mark.parametrize("less", [[], [80]])
def test_proposals_hold_nearly_all_of_the_best(monkeypatch: pytest.MonkeyPatch, less: list[int]) -> None:
    monkeypatch.setattr(base, "PROPOSED", 120)
    large = spectrogram_of(random_token_sets(600, seed=10), step=2)
    own = seeded(large, [40], less)
    assert isinstance(own, SeededProposer)
    assert isinstance(own, Proposer)
    found = []
    for query in range(100, 1200, 100):
        exact = own.exact_scores(query, own.rows)
        exact[np.searchsorted(own.rows, query)] = np.nan
        best = own.rows[np.argsort(-np.nan_to_num(exact, nan=-9))][:10].tolist()
        ranked = list(islice(best_first(own, query), 10))
        np.testing.assert_allclose(
            [score for _, score in ranked], own.exact_scores(query, np.array([r for r, _ in ranked]))
        )
        found += [row in best for row, _ in ranked]
    assert np.mean(found) >= 0.95


def test_only_what_is_allowed_is_proposed() -> None:
    allowed = SPECTROGRAM.rows % 2 == 0
    proposed = SeededProposer(SPECTROGRAM, [4], [6]).propose(0, 50, allowed)
    assert (proposed % 2 == 0).all()
    assert not {4, 6} & set(proposed.tolist())
    assert len(proposed) + 2 >= 50
