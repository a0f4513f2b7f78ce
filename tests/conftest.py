"""Fixtures every test may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

import soundglass
from soundglass.surfaces.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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


@pytest.fixture(scope="session")
def studied_library(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The demo music with a short listening study, made once for all test processes; to be copied."""
    from soundglass.evaluate.study.design import Design

    def fill(library: Library) -> None:
        shutil.copytree(demo_library.uri, library.uri)
        library.new_study(
            "Trial run", Design(trials=1, listen_s=0.5, organiser="Us", contact="us@example.org")
        )

    return _once(tmp_path_factory, "studied.lance", fill)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium: that of ``SOUNDGLASS_CHROMIUM``, that of the build, or an installed one.

    Of a module, as its event loop would be in the way of others'.
    """
    from playwright.sync_api import sync_playwright

    fetched = Path(__file__).parents[1] / "build" / "chromium" / "chromium"
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    program = os.environ.get("SOUNDGLASS_CHROMIUM") or (str(fetched) if fetched.exists() else installed)
    if program is None:
        pytest.skip("no Chromium here: run python tools/fetch_chromium.py build/chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        launched = playwright.chromium.launch(executable_path=program, args=arguments)
        yield launched
        launched.close()


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
