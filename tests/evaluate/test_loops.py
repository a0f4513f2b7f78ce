"""Loops are as loud as they are said to be, and touch nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.evaluate.faithfulness import loops

N = round(loops.LOOP_S * SAMPLE_RATE)


@pytest.fixture
def host() -> np.ndarray:
    rng = np.random.default_rng(0)
    return (0.1 * rng.normal(size=10 * SAMPLE_RATE)).astype(np.float32)


def planted(host: np.ndarray, level_db: float, levelled: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Mix a tone in from 4 s on, and undo the last scaling: what lies there, all, and the host's level."""
    loop = np.sin(2 * np.pi * 440 * np.arange(N) / SAMPLE_RATE)
    mixed = loops.mixed(host, loop, 4.0, level_db, levelled=levelled).astype(np.float64)
    mixed *= host[0] / mixed[0]
    return mixed[4 * SAMPLE_RATE :][:N], mixed, float(host.std())


@pytest.mark.parametrize("level_db", [0.0, 3.0, 6.0])
def test_on_top_the_loop_is_as_much_louder_than_the_host_as_asked(host: np.ndarray, level_db: float) -> None:
    there, _, level = planted(host, level_db, False)
    loop = there - host[4 * SAMPLE_RATE :][:N]
    middle = loop[N // 10 : -N // 10]
    assert 20 * np.log10(middle.std() / level) == pytest.approx(level_db, abs=0.05)


@pytest.mark.parametrize("level_db", [0.0, 6.0])
def test_levelled_the_stretch_is_as_loud_as_the_host(host: np.ndarray, level_db: float) -> None:
    there, _, level = planted(host, level_db, True)
    assert there.std() == pytest.approx(level, rel=0.01)


@pytest.mark.parametrize("levelled", [False, True])
def test_the_rest_stays_and_nothing_is_beyond_full_scale(host: np.ndarray, levelled: bool) -> None:
    _, whole, _ = planted(host, 0.0, levelled)
    outside = np.r_[0 : 4 * SAMPLE_RATE, 4 * SAMPLE_RATE + N : len(host)]
    np.testing.assert_allclose(whole[outside], host[outside], atol=1e-6)
    loop = loops.beat()
    assert np.abs(loops.mixed(host, loop, 0.0, 20.0, levelled=levelled)).max() == pytest.approx(0.9)


@pytest.mark.parametrize("make", loops.MADE, ids=lambda make: make.__name__)
def test_made_loops_sound_from_beginning_to_end(make: object) -> None:
    assert callable(make)
    loop = make()
    assert loop.shape == (N,)
    assert all(part.std() > 0.01 for part in np.array_split(loop, 6))
    np.testing.assert_array_equal(loop, make())


def test_a_loop_is_cut_where_there_is_sound(host: np.ndarray) -> None:
    cut = loops.cut(host, 2.0)
    assert cut is not None
    np.testing.assert_array_equal(cut, host[2 * SAMPLE_RATE :][:N])
    host[2 * SAMPLE_RATE :] = 0
    assert loops.cut(host, 2.0) is None
    assert loops.cut(host, 8.0) is None
