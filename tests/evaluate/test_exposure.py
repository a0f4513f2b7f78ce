from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of
from scipy.stats import skew

from soundglass.evaluate.ranking import exposure as module
from soundglass.evaluate.ranking.exposure import exposure, gini, occurrences, powers, skewness_from_powers


@pytest.fixture
def context(tmp_path):
    return context_of(library_of(tmp_path, tracks_of(2)))


def skewness(counts, n_asked):
    return skewness_from_powers(powers(counts, n_asked).sum(axis=0)[None])[0]


def test_occurrences_are_counted_by_row():
    lists = np.array([[10, 30], [30, -1], [20, 30]])
    assert occurrences(lists, np.array([10, 20, 30, 40])).tolist() == [1, 1, 3, 0]


def test_skewness_is_scipys_where_every_track_is_asked_about():
    counts = np.random.default_rng(0).geometric(0.2, 500)
    assert skewness(counts, 500) == pytest.approx(skew(counts), rel=1e-9)


def test_an_even_spread_has_no_skewness():
    assert np.isnan(skewness(np.full(10, 10), 10))


@pytest.mark.parametrize("n_asked", [3, 4, 6])
def test_powers_of_a_sample_are_right_on_average(n_asked):
    listed = np.random.default_rng(0).random((6, 6)) < 0.5  # who is in whose list
    samples = list(combinations(range(6), n_asked))
    estimates = [powers(listed[list(asked)].sum(axis=0), n_asked) for asked in samples]
    counts = listed.sum(axis=0).astype(float)
    expected = counts[:, None] ** np.arange(4)
    assert np.mean(estimates, axis=0) == pytest.approx(expected, abs=1e-9)


def test_gini_is_half_the_mean_difference_over_the_mean():
    counts = np.array([0, 0, 1, 2, 2, 7])
    values, times = np.unique(counts, return_counts=True)
    expected = np.abs(counts[:, None] - counts).mean() / 2 / counts.mean()
    assert gini(values, times[None].astype(float)) == pytest.approx([expected])


@pytest.mark.parametrize(("counts", "expected"), [([4, 4, 4], 0), ([0, 0, 0, 12], 0.75), ([0, 0], np.nan)])
def test_gini_of_all_alike_and_of_one_for_all(counts, expected):
    values, times = np.unique(counts, return_counts=True)
    assert gini(values, times[None].astype(float)) == pytest.approx([expected], nan_ok=True)


def hub_scores(n):
    """Score so that row 0 is first in every list, and each row is in the list of the one before."""
    scores = np.zeros((n, n))
    scores[:, 0] = 2
    scores[np.arange(n), (np.arange(n) + 1) % n] = 1
    return scores


def test_a_hub_is_measured(context, monkeypatch):
    monkeypatch.setattr(module, "N_LISTED", 2)
    found = exposure(context, Told(hub_scores(20)), [f"a{i}" for i in range(20)])
    counts = occurrences_by_hand(hub_scores(20), 2)
    assert found.largest_hub == counts.max() == 19
    assert found.coverage.value == pytest.approx((counts > 0).mean())
    assert found.antihubs.value == pytest.approx(1 - found.coverage.value)
    assert found.skewness.value == pytest.approx(skew(counts))
    assert found.gini.value == pytest.approx(np.abs(counts[:, None] - counts).mean() / 2 / counts.mean())
    assert found.n_asked == 20
    assert found.gini.low < found.gini.value < found.gini.high


def occurrences_by_hand(scores, n_listed):
    counts = np.zeros(len(scores), dtype=int)
    for query, row in enumerate(scores):
        others = [place for place in np.argsort(-row, kind="stable") if place != query]
        counts[others[:n_listed]] += 1
    return counts


def test_a_large_library_is_asked_in_part_and_only_the_skewness_told(context, monkeypatch):
    monkeypatch.setattr(module, "MOST_PAIRS", 400)
    system = Told(np.random.default_rng(0).random((40, 40)))
    found = exposure(context, system, [""] * 40)
    assert found.n_asked == 10 == len(set(system.asked))
    assert np.isfinite(found.skewness.value)
    assert np.isnan([found.coverage.value, found.gini.value, found.antihubs.value]).all()
    assert found.largest_hub is None


def test_nothing_to_list_is_measured_without_a_complaint(context):
    found = exposure(context, Told(np.full((3, 3), np.nan)), ["", "", ""])
    assert found.coverage.value == 0
    assert found.antihubs.value == 1
    assert found.largest_hub == 0
    assert np.isnan([found.gini.value, found.skewness.value]).all()
