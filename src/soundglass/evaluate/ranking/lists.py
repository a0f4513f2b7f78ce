"""The first places of a system's lists, found batch by batch and kept."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.base import System

N_LISTED = 10
"""Places of a list that people see."""

_BATCH = 512


def nearest(context: Context, system: System, queries: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Find the rows a system puts first.

    Parameters
    ----------
    queries : ndarray of int, shape (n_queries,)
        Rows of the library, among the system's.
    n : int
        How many places.

    Returns
    -------
    ndarray of int, shape (n_queries, n)
        Rows of the library, best first; the query is never among them, ties are in the order of rows. -1
        where nothing more can be compared.
    """
    state = blake2b(system.rows.tobytes(), digest_size=8).hexdigest()
    found: list[list[int]] = []
    for start in range(0, len(queries), _BATCH):
        context.progress(f"lists of {system.name}", start, len(queries))
        batch = queries[start : start + _BATCH]
        asked = blake2b(batch.tobytes(), digest_size=8).hexdigest()
        key = f"{n} nearest by {system.name} among {state} of {asked}, seed {context.settings.seed}"
        found += context.kept(key, partial(_lists, system, batch, n))
    context.progress(f"lists of {system.name}", len(queries), len(queries))
    return np.array(found, dtype=np.int64).reshape(len(queries), n)


def first_places(scores: NDArray[np.floating], n: int, but: int) -> NDArray[np.intp]:
    """Find the places of the n highest finite scores, fewer where there are no more.

    Parameters
    ----------
    but : int
        A place that is left out.
    """
    ordered = np.where(np.isfinite(scores), scores, -np.inf)
    ordered[but] = -np.inf
    size = min(n, int(np.isfinite(ordered).sum()))
    if not size:
        return np.empty(0, np.intp)
    near = np.flatnonzero(ordered >= np.partition(ordered, -size)[-size])
    return near[np.argsort(-ordered[near], kind="stable")[:size]]


def _lists(system: System, queries: NDArray[np.int64], n: int) -> Json:
    lists = np.full((len(queries), n), -1, dtype=np.int64)
    for of_query, query in zip(lists, queries.tolist(), strict=True):
        own = int(np.searchsorted(system.rows, query))
        places = first_places(system.scores(query), n, own)
        of_query[: len(places)] = system.rows[places]
    return lists.tolist()
