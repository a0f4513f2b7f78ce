"""The track that shows what a library can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.explain.registry import Explainers
from soundglass.explain.showcase import showcase
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


def test_the_showcase_has_the_closest_match_of_all(demo_library: Library) -> None:
    store = Store(demo_library.uri)
    shown = showcase(store, Explainers(store))
    ids = store.columns(["id"])["id"].to_pylist()
    nearest = {track: demo_library.similar(track, n=1)[0].score for track in ids}
    assert nearest[shown.id] >= sorted(nearest.values())[-2]  # all are asked but one: fifty at most


def test_an_empty_library_has_nothing_to_show(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "empty.lance"), create=True)
    with pytest.raises(LibraryError, match="is empty"):
        showcase(store, Explainers(store))
