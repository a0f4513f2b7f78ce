from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from soundglass.core.statistics import Floats
from soundglass.evaluate.study.analysis.bootstrap import FEWEST, bca_interval

VALUES = np.random.default_rng(7).lognormal(0, 1, 30)


def ratio(times: Floats) -> Floats:
    """The mean in standard deviations: neither unbiased nor symmetric."""
    n = times.sum(axis=1)
    mean = times @ VALUES / n
    return mean / np.sqrt(times @ VALUES**2 / n - mean**2)


def test_interval_is_that_of_scipys_bca() -> None:
    theirs = stats.bootstrap(
        (VALUES,),
        lambda x, axis: x.mean(axis=axis) / x.std(axis=axis),
        n_resamples=40_000,
        method="BCa",
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = bca_interval(ratio, len(VALUES), 40_000)
    width = theirs.high - theirs.low
    assert (found.value, found.n) == (pytest.approx(VALUES.mean() / VALUES.std()), 30)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.03 * width)


def test_the_same_seed_gives_the_same_interval() -> None:
    one, again, other = (bca_interval(ratio, 30, 500, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_draws_are_of_the_whole_number_whatever_the_blocks() -> None:
    seen: list[Floats] = []

    def count(times: Floats) -> Floats:
        seen.append(times)
        return times[:, 0]

    bca_interval(count, 3000, 1000)
    drawn = np.concatenate(seen[1:-1])
    assert drawn.shape == (1000, 3000)
    assert (drawn.sum(axis=1) == 3000).all()


@pytest.mark.parametrize("n", [0, 1, FEWEST - 1])
def test_few_values_have_no_interval(n: int) -> None:
    found = bca_interval(lambda times: times[:, 0], n) if n else bca_interval(ratio, 0)
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(found.value) == (n == 0)


def test_what_never_varies_has_no_interval() -> None:
    found = bca_interval(lambda times: np.ones(len(times)), 20, 100)
    assert found.value == 1
    assert np.isnan([found.low, found.high]).all()
