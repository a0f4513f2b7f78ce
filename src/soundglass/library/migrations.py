"""How a library of an older schema becomes one of the next; each step may be killed and run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from soundglass.library import schema

if TYPE_CHECKING:
    import lance

Migration = Callable[["lance.LanceDataset"], None]


def _add_embeddings(dataset: lance.LanceDataset) -> None:
    """From 1 to 2: columns for tokens, tags and pictures, null until the next scan."""
    missing = [field for field in schema.ADDED_IN_2 if field.name not in dataset.schema.names]
    if missing:
        dataset.add_columns(pa.schema(missing))


MIGRATIONS: Mapping[int, Migration] = {1: _add_embeddings}
"""Schema version to the step that lifts a library to the next one; each step must bear being run twice."""
