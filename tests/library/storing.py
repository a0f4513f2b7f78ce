"""What tests of the store share: rows to store, and what lies in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from soundglass.core.errors import LibraryError
from soundglass.core.types import Track
from soundglass.embeddings.tokens import N_DIMENSIONS, TokenSet
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


def row(track_id: str, title: str = "", **values: float) -> TrackRow:
    return TrackRow(Track(track_id, "audio", title=title), values, [FileStamp(f"/m/{track_id}", 1, 2)])


def some_tokens(n_tokens: int = 5, n_traits: int = 3, seed: int = 0) -> TokenSet:
    """Make tokens as they might be found within the first second and the lowest Hz."""
    rng = np.random.default_rng(seed)
    weights = rng.random(n_tokens).astype(np.float32)
    return TokenSet(
        rng.integers(-127, 128, (n_tokens, N_DIMENSIONS)).astype(np.int8),
        weights / weights.sum(),
        np.sort(rng.random((n_tokens, 2, 2)).astype(np.float32)).reshape(n_tokens, 4),
        rng.integers(0, 256, (n_tokens, n_traits)).astype(np.uint8),
    )


def ids(store: Store) -> list[str]:
    return store.columns(["id"])["id"].to_pylist()


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@contextmanager
def refused(message: str) -> Iterator[None]:
    with pytest.raises(LibraryError, match=message) as caught:
        yield
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
