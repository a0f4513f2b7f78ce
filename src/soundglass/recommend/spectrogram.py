"""The ``spectrogram`` recommender: likeness of learned spectrogram tokens (DESIGN 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import LibraryError
from soundglass.core.types import FloatArray
from soundglass.embeddings.matching import TokenTable, cosines
from soundglass.embeddings.tokens import TokenSet
from soundglass.library.background import Standings
from soundglass.library.packing import STANDING_COLUMNS, TOKEN_COLUMNS, tokens_from_row
from soundglass.library.store import Store
from soundglass.library.token_columns import HAS_TOKENS, joined, sound_tokens
from soundglass.recommend.base import OfRows

Values = NDArray[np.float64]

_SCAN = "Run 'soundglass scan' on the music"
_LEAST_UNLIKENESS = 1e-6


@dataclass(frozen=True, slots=True)
class Matches:
    """The tokens of one track, each with the nearest token of another.

    Attributes
    ----------
    partners : ndarray of int, shape (n_tokens,)
        Which of the other's tokens is nearest.
    best : ndarray, shape (n_tokens,)
        Cosine with it.
    means : ndarray, shape (n_tokens,)
        The same for a random track of the library, on average.
    weights : ndarray, shape (n_tokens,)
        Sum to 1.
    contributions : ndarray, shape (n_tokens,)
        Signed shares of the score.
    """

    partners: NDArray[np.intp]
    best: Values
    means: Values
    weights: Values
    contributions: Values


@dataclass(frozen=True, slots=True)
class Terms:
    """The score of a pair, token by token: the query's tokens, then the match's."""

    query: Matches
    match: Matches

    @property
    def score(self) -> float:
        """The sum of all contributions."""
        return float(self.query.contributions.sum() + self.match.contributions.sum())


class SpectrogramRecommender(OfRows):
    """Likeness by tokens: how much nearer than usual the nearest token of the other track is.

    Parameters
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    table : TokenTable
        The tokens of the same tracks.
    standings : Standings
        All measured against one background.
    describe : callable
        Reads the whole token sets of rows of the library, with their boxes.

    Notes
    -----
    With tokens u of the query and v of the match, their shares a and b (Σa = Σb = 1), means m, scales g, and

        best_i = max_j ⟨u_i, v_j⟩        best_j = max_i ⟨u_i, v_j⟩        r = Σ a_i (1 - m_i)
        score  = 1 - g_q g_x (½ Σ a_i (1 - best_i) / r_q + ½ Σ b_j (1 - best_j) / r_x)
        term_i = ½ a_i ((1 - m_i) - g_q g_x (1 - best_i)) / r_q

    so the terms of all tokens sum to the score, which is 1 for the same recording and 0 on average over the
    pairs of the background. Measured against that background (:mod:`soundglass.library.background`) are

        m_i = mean of best_i    a_i ∝ weight_i / deviation of best_i    g = c exp(0.75 σ)

    where σ is the standard deviation of Σ a_i (1 - best_i) / r. This is late interaction (Khattab & Zaharia,
    ColBERT, 2020), both ways and centred, with local scales (Zelnik-Manor & Perona, 2004). The scales are
    what keeps hubs down: a track of small σ lies in the middle of the library, near to everything (figures
    in ``docs/decisions/0008`` and ``0012``).

    A track takes 4.2 kB of memory: 125 MB for 30,000, 4.2 GB for a million.
    """

    name = "spectrogram"
    lacking = ("a track without spectrogram tokens is not compared", _SCAN)

    def __init__(
        self,
        rows: NDArray[np.int64],
        table: TokenTable,
        standings: Standings,
        describe: Callable[[Sequence[int]], list[TokenSet]],
    ) -> None:
        self.rows = rows
        self.token_sets = describe
        self._table = table
        self._shares = standings.shares
        self._means = standings.means
        self._scales = standings.scales.astype(np.float64)
        self._unlikeness = table.sums(standings.shares * (1 - standings.means.astype(np.float64)))
        self._last: tuple[int, FloatArray] | None = None
        self._pooled = _pooled(table, standings.shares)
        # Where the whole background is one recording, nothing can be more alike than usual.
        self._unlikeness[self._unlikeness < _LEAST_UNLIKENESS] = np.nan

    @classmethod
    def from_store(cls, store: Store) -> SpectrogramRecommender:
        """Read the tokens of all tracks that have been measured against the library's background.

        Raises
        ------
        LibraryError
            There is no such track, or they were measured against different backgrounds.
        """
        names = ["_rowoffset", "token_vectors", *STANDING_COLUMNS]
        columns = store.columns(names, f"{HAS_TOKENS} AND background IS NOT NULL")
        columns, table = sound_tokens(columns, "token_shares", "token_means")
        n_backgrounds = len(columns["background"].unique())
        if n_backgrounds != 1:
            found = (
                "holds tracks measured against different backgrounds" if n_backgrounds else "holds no tokens"
            )
            raise LibraryError(found, path=store.uri, remedy=_SCAN)
        rows = np.asarray(columns["_rowoffset"], dtype=np.int64)
        shares, means = (joined(columns[name], np.float32) for name in ("token_shares", "token_means"))
        scales = np.asarray(columns["token_scale"], dtype=np.float32)

        def describe(rows: Sequence[int]) -> list[TokenSet]:
            found = (tokens_from_row(row) for row in store.take(rows, TOKEN_COLUMNS).to_pylist())
            return [tokens for tokens in found if tokens is not None]

        return cls(rows, table, Standings(means, shares, scales), describe)

    @property
    def points(self) -> FloatArray:
        """The tokens of each track pooled, (n_tracks, 2 · n_dimensions): tracks that score high are near."""
        return self._pooled

    # -- scores ----------------------------------------------------------------------------------------

    def scores(self, query: int) -> FloatArray:
        """Score all rows to the query row; NaN where the background is one recording only."""
        if self._last is None or self._last[0] != query:  # a pair is explained with several looks at them
            scores = self._scores(self.position(query), None, np.float32).astype(np.float32)
            scores.flags.writeable = False
            self._last = query, scores
        return self._last[1]

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> Values:
        """Score some rows in double precision."""
        return self._scores(self.position(query), self.positions(matches), np.float64)

    def propose(self, query: int, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name n of more allowed rows: those whose pooled tokens point most nearly where the query's do.

        Of 30,000 tracks 1,024 hold 97.5 % of the ten best (``python -m benchmarks.token_search``).
        """
        # Not a matrix product, which would wait for a second thread.
        alike = np.einsum("ij,j->i", self._pooled, self._pooled[self.position(query)])
        unlike = self._scales * (1 - alike)
        unlike[~allowed] = np.inf
        return self.rows[np.argpartition(unlike, n)[:n]]

    def _scores(self, query: int, tracks: NDArray[np.intp] | None, kind: type[np.floating]) -> Values:
        """Score some tracks, or all, to one, with cosines of this precision."""
        table = self._table if tracks is None else self._table.take(tracks)
        shares = self._shares if tracks is None else self._shares[self._table.places(tracks)]
        every: slice | NDArray[np.intp] = slice(None) if tracks is None else tracks
        own = self._table.span(query)
        own_shares = self._shares[own].astype(kind)
        there, back = np.empty((2, len(table)))
        for found in table.compare(self._table.vectors[own], kind):
            # Not a matrix product, whose last digits depend on what else is in the block.
            there[found.tracks] = (own_shares[:, None] * (1 - found.there())).sum(axis=0)
            unlike = shares[found.tokens] * (1 - found.back())
            back[found.tracks] = np.add.reduceat(unlike, found.begin)
        there /= self._unlikeness[query]
        back /= self._unlikeness[every]
        scores: Values = 1 - self._scales[query] * self._scales[every] * (there + back) / 2
        return scores

    def terms(self, query: int, match: int) -> Terms:
        """Split the score of a pair into one term per token, exactly."""
        one, other = self.positions(np.array([query, match]))
        of_one, of_other = self._table.span(one), self._table.span(other)
        alike = cosines(self._table.vectors[of_one], self._table.vectors[of_other])
        scale = float(self._scales[one] * self._scales[other])
        return Terms(self._matches(one, alike, scale), self._matches(other, alike.T, scale))

    def _matches(self, track: int, alike: Values, scale: float) -> Matches:
        own = self._table.span(track)
        weights, means = self._shares[own].astype(np.float64), self._means[own].astype(np.float64)
        best = alike.max(axis=1)
        shares = weights / self._unlikeness[track] * ((1 - means) - scale * (1 - best)) / 2
        return Matches(alike.argmax(axis=1), best, means, weights / weights.sum(), shares)


def _pooled(table: TokenTable, shares: FloatArray) -> FloatArray:
    """Give the direction of each track's mean token, seen from that of all, (n_tracks, 2 · n_dimensions).

    What is positive and what is negative are averaged apart, so that tokens that are opposite do not cancel.
    """
    pooled = np.empty((len(table), 2 * table.vectors.shape[1]), dtype=np.float32)
    for tracks, tokens in table.blocks():
        weights = shares[tokens] / np.sqrt(table.squares[tokens])
        weighted = table.vectors[tokens] * weights[:, None]
        halves = np.concatenate([np.maximum(weighted, 0), np.maximum(-weighted, 0)], axis=1)
        pooled[tracks] = np.add.reduceat(halves, table.starts[tracks] - tokens.start, axis=0)
    pooled -= pooled.mean(axis=0)
    pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return pooled
