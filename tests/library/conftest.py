"""A library, music made on the spot, and a pool that works in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pool_here import PoolHere
from scanning import Maker, counts, retag, rows

from media_files import music, write
from soundglass.library import scan as scan_module
from soundglass.library.health import check
from soundglass.library.listening import Listener
from soundglass.library.scan import scan
from soundglass.library.schema import printable
from soundglass.library.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty library."""
    return Store(str(tmp_path / "library.lance"), create=True)


@pytest.fixture(scope="session")
def listener() -> Listener:
    return Listener.load()


@pytest.fixture
def pool(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> PoolHere:
    """Make scans of this test work in this process."""
    here = PoolHere(listener)
    monkeypatch.setattr(scan_module, "WorkerPool", here)
    return here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


@pytest.fixture
def make(folder: Path) -> Maker:
    """Make a second of music; another seed is another recording."""

    def maker(name: str, seed: int = 0, **tags: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, "flac", music(1.0, 22_050, 1, seed), 22_050)
        retag(path, **tags)
        return path

    return maker


@pytest.fixture
def run(store: Store, folder: Path, pool: PoolHere) -> Callable[..., dict[str, int]]:
    """Scan the music folder in this process, and check that the library stays sound."""

    def runner(*roots: Path, **options: object) -> dict[str, int]:
        done = scan(store, roots or [folder], **options)
        assert check(store).problems == []
        for row in rows(store, "path", "files"):
            assert not row["files"] or row["path"] == printable(os.fsdecode(row["files"][0]["path"]))
        return counts(done)

    return runner
