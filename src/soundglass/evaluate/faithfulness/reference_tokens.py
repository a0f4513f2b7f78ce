"""DESIGN 3.2 written out a second time, plainly, from the stored tokens, to check what is recommended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Region
from soundglass.embeddings import EMBEDDING_VERSION
from soundglass.library.store import Store

Values: TypeAlias = NDArray[np.float64]

_N_DIMENSIONS = 64
_EDGE = 1e-3
_COLUMNS = ("token_vectors", "token_boxes", "token_shares", "token_means", "token_scale")


@dataclass(frozen=True, slots=True)
class _Track:
    """One track as it is stored.

    Attributes
    ----------
    vectors : ndarray of int8, shape (n_tokens, n_dimensions)
    boxes : ndarray, shape (n_tokens, 4)
        Start and end in seconds, low and high in Hz.
    shares, means : ndarray, shape (n_tokens,)
        a and m of each token.
    scale : float
        g.
    """

    vectors: NDArray[np.int8]
    boxes: Values
    shares: Values
    means: Values
    scale: float

    def directions(self) -> Values:
        """Give the tokens as vectors of unit length."""
        whole = self.vectors.astype(np.float64)
        whole /= np.sqrt((whole**2).sum(axis=1))[:, None]
        return whole

    def unlike(self, best: Values, kept: list[int]) -> float:
        """Compare what some tokens miss with what they miss in a random track."""
        shares = self.shares[kept]
        return float((shares * (1 - best[kept])).sum() / (shares * (1 - self.means[kept])).sum())


class TokenReference:
    """Likeness of tokens by definition, slowly.

    Parameters
    ----------
    store : Store
        A library with tokens that have been measured against its background.
    """

    def __init__(self, store: Store) -> None:
        current = f"embedding_version = {EMBEDDING_VERSION} AND token_weights IS NOT NULL"
        table = store.columns(["_rowoffset", *_COLUMNS], f"{current} AND background IS NOT NULL")
        self._tracks: dict[int, _Track] = {}
        for row in table.to_pylist():
            vectors, *others = (row[name] for name in _COLUMNS[:4])
            boxes, shares, means = (np.frombuffer(packed, "<f4").astype(np.float64) for packed in others)
            self._tracks[row["_rowoffset"]] = _Track(
                np.frombuffer(vectors, np.int8).reshape(-1, _N_DIMENSIONS),
                boxes.reshape(-1, 4),
                shares,
                means,
                float(row["token_scale"]),
            )

    @property
    def rows(self) -> list[int]:
        """Rows of the library that have tokens, ascending."""
        return sorted(self._tracks)

    def score(self, query: int, match: int, left_out: Collection[int] = ()) -> float:
        """Score a pair, as if some tokens of the match were not there; NaN where none would be left."""
        one, other = self._tracks[query], self._tracks[match]
        kept = [token for token in range(len(other.means)) if token not in left_out]
        if not kept:
            return float("nan")
        alike = one.directions() @ other.directions()[kept].T
        back = np.zeros(len(other.means))
        back[kept] = (one.directions() @ other.directions().T).max(axis=0)[kept]
        missed = one.unlike(alike.max(axis=1), list(range(len(one.means)))) + other.unlike(back, kept)
        return 1 - one.scale * other.scale * missed / 2

    def share_nearer(self, row: int, region: Region, other: int) -> float:
        """Give the share of the library that holds something nearer to a region than another track does.

        What a track holds is as near as its nearest tokens to those that lie within the region, on average.
        """
        heard = self._tracks[row].directions()[self.within(row, [region])]
        near = {
            at: float((heard @ track.directions().T).max(axis=1).mean())
            for at, track in self._tracks.items()
            if at != row
        }
        rivals = [nearness for at, nearness in near.items() if at != other]
        return float(np.mean([nearness > near[other] for nearness in rivals])) if rivals else 1.0

    def within(self, row: int, regions: Iterable[Region]) -> list[int]:
        """List the tokens of a track that lie within one of some regions."""
        found, boxes = set[int](), self._tracks[row].boxes
        for box in regions:
            low, high = np.array([box.start_s, box.low_hz]), np.array([box.end_s, box.high_hz])
            inside = (boxes[:, 0::2] >= low - _EDGE).all(axis=1) & (boxes[:, 1::2] <= high + _EDGE).all(
                axis=1
            )
            found.update(np.flatnonzero(inside).tolist())
        return sorted(found)

    def regions(self, row: int) -> list[Region]:
        """Give the boxes of all tokens of a track."""
        return [Region(*box) for box in self._tracks[row].boxes.tolist()]
