"""A library, music made on the spot, and a pool that works in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from pool_here import PoolHere

from soundglass.features.analysis import Analyser
from soundglass.features.perceptual import PerceptualModel
from soundglass.library import scan as scan_module
from soundglass.library.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty library."""
    return Store(str(tmp_path / "library.lance"), create=True)


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser(PerceptualModel.load())


@pytest.fixture
def pool(analyser: Analyser, monkeypatch: pytest.MonkeyPatch) -> PoolHere:
    """Make scans of this test work in this process."""
    here = PoolHere(analyser)
    monkeypatch.setattr(scan_module, "WorkerPool", here)
    return here
