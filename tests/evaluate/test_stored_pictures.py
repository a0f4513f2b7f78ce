"""How alike tracks look by stored pictures: by definition, the same draws every time, gaps left out."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.embeddings.picture import N_COLUMNS, PICTURE
from soundglass.evaluate.visual.ms_ssim import ms_ssim
from soundglass.evaluate.visual.pairs import PER_QUERY, RANDOM
from soundglass.evaluate.visual.stored import Looks, alike, look_at, look_over, pictures_of
from soundglass.explain.answer import nearest
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.filters import Filters
from soundglass.surfaces.library import Library


@pytest.fixture
def store(demo_library: Library) -> Store:
    return Store(demo_library.uri)


def test_pictures_are_compared_as_wide_as_they_are_high(store: Store) -> None:
    stored = store.take([3, 9], ["picture"])["picture"].to_pylist()
    one, other = (np.frombuffer(packed, PICTURE)["pixels"][0] for packed in stored)
    found = pictures_of(store, [3, 9])
    np.testing.assert_array_equal(found[3], one)
    wide = [np.kron(picture / 255, np.ones((1, 128 // N_COLUMNS))) for picture in (one, other)]
    assert alike(one, other) == pytest.approx(ms_ssim(*wide), abs=1e-12)
    assert alike(one, other) == pytest.approx(alike(other, one), abs=1e-12)
    assert alike(one, one) == pytest.approx(1.0)


def test_a_track_is_compared_with_its_matches_and_with_tracks_drawn(store: Store) -> None:
    looks = look_at(store, 5, [7, 11, 7], n_random=8)
    assert looks is not None
    pictures = pictures_of(store, [5, 7, 11])
    assert looks.matches == {row: alike(pictures[5], pictures[row]) for row in (7, 11)}
    assert len(looks.random) == 8
    assert not np.isclose(looks.random, 1.0).any()
    np.testing.assert_array_equal(looks.random, look_at(store, 5, [], n_random=8).random)  # type: ignore[union-attr]
    assert looks.mean([7, 11, 12]) == pytest.approx(np.mean([*looks.matches.values()]))
    assert np.isnan(looks.mean([12]))


def test_likelihoods_are_shares_of_all_comparisons() -> None:
    looks = Looks({1: 0.5, 2: 0.9}, np.array([0.4, 0.5, 0.6, 0.95]))
    assert looks.more_alike([1]) == pytest.approx((1 + 0.5) / 4)
    assert looks.more_alike([1, 2]) == pytest.approx((1 + 0.5 + 3) / 8)
    assert np.isnan(looks.more_alike([3]))
    assert np.isnan(Looks({1: 0.5}, np.zeros(0)).more_alike([1]))


def test_a_library_is_looked_over_by_its_best_matches(store: Store) -> None:
    explainers = Explainers(store)
    recommenders = [explainers.of(by).recommender for by in ("features", "mel-pca")]
    told: list[tuple[int, int]] = []
    seen = look_over(store, recommenders, 4, lambda done, of: told.append((done, of)))
    assert seen is not None
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert set(seen.values) == {"features", "mel-pca", RANDOM}
    matches = nearest(store, recommenders[1], 0, PER_QUERY, Filters())[1]
    pictures = pictures_of(store, [0, *matches])
    expected = [alike(pictures[0], pictures[row]) for row in matches]
    np.testing.assert_allclose(seen.values["mel-pca"][0], expected)
    assert seen.mean("mel-pca").value > seen.mean(RANDOM).value


def test_tracks_without_a_picture_are_no_pair(spotify_library: Library) -> None:
    store = Store(spotify_library.uri)
    assert look_at(store, 0, [1, 2]) is None
    assert look_over(store, [Explainers(store).features(0).recommender]) is None
