"""How alike tracks look by the pictures that scans keep of them, so that nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import RESAMPLES
from soundglass.embeddings.picture import N_COLUMNS, PICTURE, PICTURE_VERSION
from soundglass.evaluate.visual.ms_ssim import ms_ssim
from soundglass.evaluate.visual.pairs import PER_QUERY, RANDOM
from soundglass.evaluate.visual.pictures import Picture
from soundglass.evaluate.visual.seen import Measure, Seen
from soundglass.explain.answer import nearest
from soundglass.explain.compare import spread
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender
from soundglass.recommend.filters import Filters

N_RANDOM = 30
"""Tracks drawn at random that one track is compared with."""

N_QUERIES = 60
"""Tracks of a library whose matches are looked at."""

_WAS_LOOKED_AT = f"picture_version = {PICTURE_VERSION}"  # the pictures themselves are large to ask for


@dataclass(frozen=True, slots=True)
class Looks:
    """How alike one track looks to some others, and to tracks drawn at random.

    Attributes
    ----------
    matches : dict of int to float
        Row of the library to MS-SSIM, 1 for the same picture; those without a picture are missing.
    random : ndarray of float, shape (n_drawn,)
        Of the tracks drawn.
    """

    matches: dict[int, float]
    random: NDArray[np.float64]

    def mean(self, rows: Sequence[int]) -> float:
        """Average over some of the matches; NaN where none of them has a picture."""
        known = [self.matches[row] for row in rows if row in self.matches]
        return float(np.mean(known)) if known else float("nan")

    def more_alike(self, rows: Sequence[int]) -> float:
        """Give how likely one of the matches looks more alike than a track drawn; ties count half."""
        known = np.array([self.matches[row] for row in rows if row in self.matches])
        if not len(known) or not len(self.random):
            return float("nan")
        apart = known[:, None] - self.random
        return float((np.sign(apart).mean() + 1) / 2)


def alike(one: Picture, other: Picture) -> float:
    """Give the MS-SSIM of two stored pictures, each stretched in time until it is as wide as high."""
    first, second = (np.repeat(picture / 255, len(picture) // N_COLUMNS, axis=1) for picture in (one, other))
    return ms_ssim(first, second)


def pictures_of(store: Store, rows: Sequence[int]) -> dict[int, Picture]:
    """Read the stored pictures of tracks, lowest band first; those without are missing."""
    stored = store.take(rows, ["picture"])["picture"].to_pylist() if len(rows) else []
    return {
        int(row): np.frombuffer(packed, PICTURE)["pixels"][0]
        for row, packed in zip(rows, stored, strict=True)
        if packed is not None and len(packed) == PICTURE.itemsize
    }


def look_at(store: Store, query: int, matches: Sequence[int], n_random: int = N_RANDOM) -> Looks | None:
    """Compare how a track looks with how its matches do, and others drawn at random.

    Parameters
    ----------
    query : int
        Row of the library.
    matches : sequence of int
        Rows of the library.
    n_random : int
        How many tracks are drawn; the same every time.

    Returns
    -------
    Looks or None
        ``None`` where the track has no picture.
    """
    rng = np.random.default_rng(query)
    others = store.rows_where(_WAS_LOOKED_AT)
    others = others[others != query]
    drawn = rng.permutation(others)[:n_random].tolist()
    pictures = pictures_of(store, list(dict.fromkeys([query, *matches, *drawn])))
    own = pictures.get(query)
    if own is None:
        return None
    values = {row: alike(own, picture) for row, picture in pictures.items() if row != query}
    return Looks(
        {row: values[row] for row in matches if row in values},
        np.array([values[row] for row in drawn if row in values], dtype=np.float64),
    )


def look_over(
    store: Store,
    recommenders: Sequence[Recommender],
    n_queries: int = N_QUERIES,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Seen | None:
    """Compare how alike the best matches of recommenders look, over a library.

    Parameters
    ----------
    recommenders : sequence of Recommender
        Their matches are chosen among the tracks that all of them can rank and whose scan made pictures.
    n_queries : int
        Of how many tracks, evenly spread over the library; ``PER_QUERY`` matches each.
    progress : callable
        Told after every track: how many are done, of how many.

    Returns
    -------
    Seen or None
        By recommender and ``RANDOM``; ``None`` where fewer than ``PER_QUERY + 1`` tracks can be looked at.
    """
    rows = store.rows_where(_WAS_LOOKED_AT)
    for one in recommenders:
        rows = np.intersect1d(rows, one.rows, assume_unique=True)
    if len(rows) <= PER_QUERY:
        return None
    queries = spread(rows, n_queries)
    kinds = [*(one.name for one in recommenders), RANDOM]
    values = {kind: np.full((len(queries), PER_QUERY), np.nan) for kind in kinds}
    for at, query in enumerate(queries.tolist()):
        others = rows[rows != query]
        found = {
            one.name: nearest(store, one, query, PER_QUERY, Filters(), others)[1] for one in recommenders
        }
        found[RANDOM] = np.random.default_rng(query).permutation(others)[:PER_QUERY].tolist()
        _fill(values, at, query, found, pictures_of(store, _different(query, found)))
        progress(at + 1, len(queries))
    artists = store.take(queries, ["artist"])["artist"].to_pylist()
    groups = [artist or f"track {row}" for artist, row in zip(artists, queries, strict=True)]
    return Seen(Measure("MS-SSIM", alike, 1), values, groups, RESAMPLES, 0)


def _different(query: int, found: Mapping[str, Sequence[int]]) -> list[int]:
    return list(dict.fromkeys([query, *(row for rows in found.values() for row in rows)]))


def _fill(
    values: Mapping[str, NDArray[np.float64]],
    at: int,
    query: int,
    found: Mapping[str, Sequence[int]],
    pictures: Mapping[int, Picture],
) -> None:
    for kind, rows in found.items():
        for place, row in enumerate(rows):
            if query in pictures and row in pictures:
                values[kind][at, place] = alike(pictures[query], pictures[row])
