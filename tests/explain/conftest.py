"""Libraries that explanations are checked on."""

from __future__ import annotations

from pathlib import Path

import pytest

from feature_tables import random_values, store_of
from soundglass.library.store import Store
from soundglass.library.tables import read_table
from soundglass.recommend.features import FeatureRecommender
from soundglass.surfaces.library import Library


@pytest.fixture(scope="session")
def spotify(spotify_library: Library) -> tuple[Store, FeatureRecommender]:
    """28,356 tracks in the TidyTuesday layout."""
    store = Store(spotify_library.uri)
    return store, FeatureRecommender.from_store(store, "csv")


@pytest.fixture(scope="session")
def spotify114k(
    tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> tuple[Store, FeatureRecommender]:
    """Nearly 10,000 tracks in the 114k layout."""
    store = Store(str(tmp_path_factory.mktemp("explain") / "114k.lance"), create=True)
    read_table(shared_data / "csv" / "spotify114k_sample_10000.csv").store_in(store)
    return store, FeatureRecommender.from_store(store, "csv")


@pytest.fixture(scope="session")
def demo(demo_library: Library) -> tuple[Store, FeatureRecommender]:
    """The demo music, its features found from audio."""
    store = Store(demo_library.uri)
    return store, FeatureRecommender.from_store(store, "audio")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, FeatureRecommender]:
    """Sixty made-up tracks; some values are missing."""
    store = store_of(tmp_path_factory.mktemp("small"), random_values(60, seed=21, missing=0.05))
    return store, FeatureRecommender.from_store(store, "csv")
