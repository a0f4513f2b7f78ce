from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, recommender_of, store_of
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Track
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.surfaces.library import Library

NAMES = ("energy", "valence", "tempo", "acousticness")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Twelve tracks; every third is from audio."""
    tracks = [Track(f"t{i}", "csv" if i % 3 else "audio", title=str(i)) for i in range(12)]
    return store_of(tmp_path_factory.mktemp("mixed"), random_values(12, names=NAMES), tracks)


def test_rows_are_those_of_one_origin(mixed: Store) -> None:
    assert FeatureRecommender.from_store(mixed, "audio").rows.tolist() == [0, 3, 6, 9]
    assert FeatureRecommender.from_store(mixed, "csv").rows.tolist() == [1, 2, 4, 5, 7, 8, 10, 11]


def test_the_space_is_that_of_the_stored_values(mixed: Store) -> None:
    from_store = FeatureRecommender.from_store(mixed, "csv")
    values = {name: column[from_store.rows] for name, column in random_values(12, names=NAMES).items()}
    direct = recommender_of(values)
    np.testing.assert_array_equal(from_store.space.axes, direct.space.axes)
    np.testing.assert_array_equal(
        from_store.exact_scores(4, np.array([1, 11])), direct.exact_scores(2, np.array([0, 7]))
    )
    np.testing.assert_array_equal(from_store.scores(4), direct.scores(2))


def test_weights_reach_the_space(mixed: Store) -> None:
    plain, other = (FeatureRecommender.from_store(mixed, "csv", w) for w in (None, {"tempo": 0.0}))
    assert not np.allclose(plain.scores(1), other.scores(1))


def test_other_origin_is_refused(mixed: Store) -> None:
    with pytest.raises(FeatureMismatchError, match="audio"):
        FeatureRecommender.from_store(mixed, "csv").scores(3)


def test_a_row_beyond_the_library_is_refused(mixed: Store) -> None:
    with pytest.raises(FeatureMismatchError):
        FeatureRecommender.from_store(mixed, "csv").position(99)


def test_an_origin_without_tracks_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(2, names=NAMES))
    with pytest.raises(LibraryError, match="audio"):
        FeatureRecommender.from_store(store, "audio")


def test_audio_beside_it_does_not_move_a_table(tmp_path: Path) -> None:
    values = random_values(10, names=NAMES)
    tracks = [Track(f"t{i}", "csv") for i in range(10)]
    alone = FeatureRecommender.from_store(
        store_of(tmp_path / "a", {n: v[:6] for n, v in values.items()}, tracks[:6]), "csv"
    )
    others = tracks[:6] + [replace(track, origin="audio") for track in tracks[6:]]
    beside = FeatureRecommender.from_store(store_of(tmp_path / "b", values, others), "csv")
    np.testing.assert_array_equal(alone.scores(2), beside.scores(2))


def test_real_table_agrees_and_averages_zero(spotify_library: Library) -> None:
    recommender = FeatureRecommender.from_store(Store(spotify_library.uri), "csv")
    assert len(recommender.rows) == 28_356
    for query in (0, 9_999, 28_355):
        exact = recommender.exact_scores(query, recommender.rows)
        comparable = np.isfinite(exact)
        np.testing.assert_allclose(recommender.scores(query), exact, rtol=1e-5, atol=1e-5)
        assert exact[comparable].mean() == pytest.approx(0, abs=1e-3)
        assert exact[query] == pytest.approx(1, abs=1e-12)
