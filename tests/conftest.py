"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

import soundglass
from soundglass.surfaces.library import Library

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of evaluation data beside the checkout; it is not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared evaluation data is not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The demo music, analysed once for all test processes."""
    from soundglass.demo import demo_music

    # One worker, as tracks are stored in the order in which workers are done.
    return _once(tmp_path_factory, "demo.lance", lambda library: library.scan(demo_music(), workers=1))


@pytest.fixture(scope="session")
def spotify_library(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Library:
    """28,356 tracks with Spotify's features."""
    table = shared_data / "csv" / "tidytuesday_spotify_songs.csv.gz"
    return _once(tmp_path_factory, "spotify.lance", lambda library: library.import_table(table))


def _once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Library], object]) -> Library:
    """Fill a library in a folder that parallel test processes share."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    library = soundglass.open(shared / name)
    with FileLock(shared / f"{name}.lock"):
        done = shared / f"{name}.done"
        if not done.exists():
            fill(library)
            done.touch()
    return library
