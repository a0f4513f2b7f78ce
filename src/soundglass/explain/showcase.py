"""Pick a track that shows what a library can do."""

from __future__ import annotations

import numpy as np

from soundglass.core.errors import LibraryError
from soundglass.core.types import Track
from soundglass.explain.answer import recommend
from soundglass.explain.compare import spread
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.filters import Filters

_SAMPLE = 50


def showcase(store: Store, explainers: Explainers) -> Track:
    """Pick a track with a close match, one that has been listened to if there is any.

    Raises
    ------
    LibraryError
        The library is empty.
    """
    if not len(store):
        raise LibraryError("is empty", path=store.uri, remedy="Scan a folder of music")
    rows = store.rows_where("token_weights IS NOT NULL")
    sample = spread(rows if len(rows) else np.arange(len(store)), _SAMPLE).tolist()
    answers = [recommend(store, explainers.of("features", row), row, 1, Filters()) for row in sample]
    return max(answers, key=lambda a: a.results[0].score if a.results else float("-inf")).query
