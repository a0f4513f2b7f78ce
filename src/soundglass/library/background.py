"""The background: a sample of the library that tells how near tokens are to just any music (DESIGN 3.2)."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.core.errors import LibraryError
from soundglass.core.types import FloatArray, Json
from soundglass.embeddings import EMBEDDING_VERSION
from soundglass.embeddings.matching import Directions, TokenTable
from soundglass.library.failures import translating
from soundglass.library.packing import STANDING_COLUMNS
from soundglass.library.store import Store
from soundglass.library.token_columns import HAS_TOKENS, joined, sound_tokens

if TYPE_CHECKING:
    import lance

SIZE = 256
"""Tracks in a background, or all where the library has fewer."""

GROWTH = 1.5
"""A library grown or shrunk by this factor since the background was drawn gets a new one."""

SHARPNESS = 0.75
"""How strongly the spread of a track's scores to the background sets its scale."""

Values: TypeAlias = NDArray[np.float64]

METHOD_VERSION = 2
"""Grows when what was measured before can no longer be compared with what is measured now."""

_METADATA = b"soundglass.background"
_MADE_BY = [EMBEDDING_VERSION, METHOD_VERSION]
_BATCH = 512
_LEAST_SPREAD = 0.02
_LEAST_UNLIKENESS = 1e-6


@dataclass(frozen=True, slots=True)
class Standings:
    """How tracks with their tokens stand among the tracks of the background.

    Attributes
    ----------
    means : ndarray of float32, shape (n_tokens,)
        m of each token: its cosine with the nearest token of a track, on average over the background.
    shares : ndarray of float32, shape (n_tokens,)
        a of each token, sum 1 for each track: its weight over the standard deviation of that cosine. A token
        that finds something about equally near in every track tells little, unless it is near at all.
    scales : ndarray of float32, shape (n_tracks,)
        g of each track, near 1: large where its scores differ much from track to track. Tracks whose scores
        hardly differ would otherwise be found alike to everything.
    """

    means: FloatArray
    shares: FloatArray
    scales: FloatArray


@dataclass(frozen=True, slots=True)
class Background:
    """The tracks that tokens are measured against.

    Attributes
    ----------
    version : int
        Grows with every drawing; measurements of different versions are not compared.
    n_tracks : int
        How many tracks with tokens the library had when it was drawn.
    ids : tuple of str
    table : TokenTable
        Tokens of the same tracks.
    unit : float
        What scales are multiples of, so that the mean score over all pairs of the background is 0.
    """

    version: int
    n_tracks: int
    ids: tuple[str, ...]
    table: TokenTable
    unit: float

    @classmethod
    def of(
        cls, version: int, n_tracks: int, ids: Sequence[str], table: TokenTable, weights: FloatArray
    ) -> Background:
        """Make a background of these tracks and find its unit."""
        raw = cls(version, n_tracks, tuple(ids), table, 1.0)
        found = [raw._one(table.vectors[at], weights[at], index) for index, at in enumerate(table.spans())]
        scales = np.array([one.scale for one in found])
        mean = float(scales @ np.stack([one.unlike for one in found]) @ scales) / len(found) ** 2
        return cls(version, n_tracks, tuple(ids), table, mean**-0.5 if mean > 0 else 1.0)

    def is_outgrown(self, n_tracks: int) -> bool:
        """Tell whether a library of so many tracks needs a new background."""
        return not self.n_tracks / GROWTH < n_tracks < self.n_tracks * GROWTH

    def measure(self, ids: Sequence[str], table: TokenTable, weights: FloatArray) -> Standings:
        """Measure tracks with these ids, tokens and weights of tokens.

        A track that is in the background counts for the means of its own tokens, as a library's own tracks do
        for its mean, but not for spreads.
        """
        places = {track: index for index, track in enumerate(self.ids)}
        means, shares = np.empty((2, len(weights)), dtype=np.float32)
        scales = np.empty(len(ids), dtype=np.float32)
        for index, (track, at) in enumerate(zip(ids, table.spans(), strict=True)):
            one = self._one(table.vectors[at], weights[at], places.get(track))
            means[at], shares[at], scales[index] = one.means, one.shares, self.unit * one.scale
        return Standings(means, shares, scales)

    def _one(self, vectors: Directions, weights: FloatArray, itself: int | None) -> _Standing:
        best = np.concatenate([found.there() for found in self.table.compare(vectors)], axis=1)
        others = best if itself is None else np.delete(best, itself, axis=1)
        spreads = others.std(axis=1, dtype=np.float64) if others.size else np.zeros(len(best))
        shares = weights / np.maximum(spreads, _LEAST_SPREAD)
        shares /= shares.sum()
        unlike = shares @ (1 - best.astype(np.float64))
        usual = unlike.mean()
        unlike = unlike / usual if usual > _LEAST_UNLIKENESS else np.zeros_like(unlike)
        apart = unlike if itself is None else np.delete(unlike, itself)
        spread = float(apart.std()) if len(apart) else 0.0
        return _Standing(best.mean(axis=1, dtype=np.float64), shares, math.exp(SHARPNESS * spread), unlike)


@dataclass(frozen=True, slots=True)
class _Standing:
    """One track measured; the scale without its unit."""

    means: Values
    shares: Values
    scale: float
    unlike: Values
    """How unlike each track of the background is, by this track's tokens; 1 on average."""


def refresh(store: Store) -> None:
    """Measure the tokens of tracks that lack it, all of them where the library has outgrown its background.

    Tokens that make no sense have no standing. The caller holds the writer's lock. The background is stored
    first, then all that is measured in one atomic commit: readers, and the next refresh after a kill, find
    all tracks measured against one.
    """
    known = store.columns(["_rowoffset", "id", "background"], HAS_TOKENS)
    if not len(known):
        return
    background = read_background(store)
    if background is None or background.is_outgrown(len(known)):
        used = (pc.max(known["background"]).as_py() or 0, background.version if background else 0)
        background = _draw(store, known, max(used) + 1)
        if background is None:
            return
        _write(store, background)
    stale = known.filter(pc.fill_null(pc.not_equal(known["background"], background.version), True))
    rows = np.asarray(stale["_rowoffset"], dtype=np.int64)
    had_one = stale["id"].filter(pc.is_valid(stale["background"]))
    standing = {track: {"id": track, **dict.fromkeys(STANDING_COLUMNS)} for track in had_one.to_pylist()}
    for first in range(0, len(rows), _BATCH):
        measured = _measured(store, background, rows[first : first + _BATCH])
        standing.update((row["id"], row) for row in measured)
    store.merge_columns(list(standing.values()), ("id", *STANDING_COLUMNS))


def _draw(store: Store, known: pa.Table, version: int) -> Background | None:
    """Choose the tracks whose ids have the smallest hashes: at random, but the same ones every time.

    There is no background where the tokens of none of them make sense.
    """
    ids = known["id"].to_pylist()
    chosen = sorted(range(len(ids)), key=lambda index: blake2b(ids[index].encode()).digest())[:SIZE]
    rows = np.asarray(known["_rowoffset"], dtype=np.int64)[sorted(chosen)]
    found, table, weights = _tokens(store, rows)
    return Background.of(version, len(ids), found, table, weights) if found else None


def _measured(store: Store, background: Background, rows: NDArray[np.int64]) -> Iterator[dict[str, Json]]:
    ids, table, weights = _tokens(store, rows)
    standings = background.measure(ids, table, weights)
    for track, at, scale in zip(ids, table.spans(), standings.scales.tolist(), strict=True):
        packed = (of_all[at].astype("<f4").tobytes() for of_all in (standings.means, standings.shares))
        values = (track, *packed, scale, background.version)
        yield dict(zip(("id", *STANDING_COLUMNS), values, strict=True))


def _tokens(store: Store, rows: NDArray[np.int64]) -> tuple[list[str], TokenTable, FloatArray]:
    columns = store.take(rows, ["id", "token_vectors", "token_weights"])
    columns, table = sound_tokens(columns, "token_weights")
    return columns["id"].to_pylist(), table, joined(columns["token_weights"], np.float32)


# -- on disk -----------------------------------------------------------------------------------------------


def _write(store: Store, background: Background) -> None:
    """Store a background in the place of one that can be read, or of whatever else is there."""
    import lance

    about = {"version": background.version, "n_tracks": background.n_tracks, "unit": background.unit}
    vectors = [background.table.vectors[span].tobytes() for span in background.table.spans()]
    schema = pa.schema(
        [("id", pa.string()), ("token_vectors", pa.binary())],
        metadata={_METADATA: json.dumps({**about, "made_by": _MADE_BY}).encode()},
    )
    table = pa.table({"id": background.ids, "token_vectors": vectors}, schema=schema)
    can_be_opened = _open(store) is not None
    with translating("cannot be written", store.uri):
        if store.is_local and not can_be_opened:  # a torn manifest cannot be overwritten
            shutil.rmtree(_uri(store), ignore_errors=True)
        written = lance.write_dataset(table, _uri(store), mode="overwrite" if can_be_opened else "create")
        written.cleanup_old_versions(older_than=timedelta(0))


def read_background(store: Store) -> Background | None:
    """Read the newest background; none where there is none, or none that serves: another is soon drawn."""
    stored = _open(store)
    if stored is None:
        return None
    with contextlib.suppress(LibraryError, ValueError, KeyError), translating("cannot be read", store.uri):
        columns = stored.to_table()
        about = json.loads((columns.schema.metadata or {})[_METADATA])
        whole, table = sound_tokens(columns)
        if about["made_by"] == _MADE_BY and len(whole) == len(columns):
            return Background(
                about["version"], about["n_tracks"], tuple(columns["id"].to_pylist()), table, about["unit"]
            )
    return None


def _open(store: Store) -> lance.LanceDataset | None:
    import lance

    with contextlib.suppress(LibraryError), translating("cannot be opened", store.uri):
        return lance.dataset(_uri(store))
    return None


def _uri(store: Store) -> str:
    return f"{store.uri}/background.lance"
