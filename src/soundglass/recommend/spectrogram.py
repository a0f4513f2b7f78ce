"""The ``spectrogram`` recommender: likeness of learned spectrogram tokens (DESIGN 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import LibraryError
from soundglass.core.types import FloatArray
from soundglass.embeddings.matching import cosines
from soundglass.embeddings.tokens import N_DIMENSIONS, TokenSet
from soundglass.library.packing import TOKEN_COLUMNS, tokens_from_row
from soundglass.library.store import Store
from soundglass.library.token_columns import HAS_TOKENS
from soundglass.library.token_sources import MeasuredTokens, StoredTokens, TokenSource
from soundglass.recommend.base import OfRows

Values = NDArray[np.float64]

_SCAN = "Run 'soundglass scan' on the music"
_STANDING = ("_rowoffset", "background", "token_scale")
_LEAST_UNLIKENESS = 1e-6
_BLOCK = 4096

HELD = 30_000
"""Libraries of up to so many tracks with tokens have them in memory."""


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
    tokens : TokenSource
        Of the same tracks, all measured against one background. Tracks whose tokens make no sense are left
        out.
    scales : ndarray of float32, shape (n_tracks,)
        As :class:`~soundglass.library.background.Standings` has them.
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

    A track takes 0.5 kB of memory, 51 MB for 100,000. The tokens of up to ``HELD`` of them are in memory,
    too, 3.7 kB each; those of a larger library are read when they are asked for.
    """

    name = "spectrogram"
    lacking = ("a track without spectrogram tokens is not compared", _SCAN)

    def __init__(
        self,
        rows: NDArray[np.int64],
        tokens: TokenSource,
        scales: FloatArray,
        describe: Callable[[Sequence[int]], list[TokenSet]],
    ) -> None:
        outline = _outlined(tokens, len(rows))
        torn = len(outline.tracks) < len(rows)
        self.rows = rows[outline.tracks]
        self.token_sets = describe
        self._tokens = tokens.only(outline.tracks) if torn else tokens
        self._scales = scales[outline.tracks].astype(np.float64)
        self._unlikeness = outline.unlikeness
        self._pooled = outline.pooled
        self._last: tuple[int, FloatArray] | None = None

    @classmethod
    def from_store(cls, store: Store) -> SpectrogramRecommender:
        """Read the tokens of all tracks that have been measured against the library's background.

        Raises
        ------
        LibraryError
            There is no such track, or they were measured against different backgrounds.
        """
        known = store.columns(_STANDING, f"{HAS_TOKENS} AND background IS NOT NULL")
        if len(known["background"].unique()) > 1:
            raise LibraryError(
                "holds tracks measured against different backgrounds", path=store.uri, remedy=_SCAN
            )
        rows = np.asarray(known["_rowoffset"], dtype=np.int64)
        scales = np.asarray(known["token_scale"], dtype=np.float32)
        stored = StoredTokens(store, rows)
        tokens: TokenSource = stored
        if len(rows) <= HELD:
            sound, tokens = stored.held()
            rows, scales = rows[sound], scales[sound]

        def describe(rows: Sequence[int]) -> list[TokenSet]:
            found = (tokens_from_row(row) for row in store.take(rows, TOKEN_COLUMNS).to_pylist())
            return [tokens for tokens in found if tokens is not None]

        made = cls(rows, tokens, scales, describe)
        if not len(made.rows):
            raise LibraryError("holds no tokens", path=store.uri, remedy=_SCAN)
        return made

    @property
    def points(self) -> FloatArray:
        """The tokens of each track pooled, (n_tracks, 2 · n_dimensions): tracks that score high are near."""
        return self._pooled

    # -- scores ----------------------------------------------------------------------------------------

    def scores(self, query: int) -> FloatArray:
        """Score all rows to the query row; NaN where the background is one recording only."""
        last = self._last  # a pair is explained with several looks at them, and others may ask meanwhile
        if last is None or last[0] != query:
            position, found = self.position(query), np.empty(len(self.rows), dtype=np.float32)
            own = self._tokens.take(np.array([position]))
            for tracks, heard in self._tokens.pieces():
                found[tracks] = self._scored(position, own, tracks, heard, np.float32)
            found.flags.writeable = False
            last = self._last = query, found
        return last[1]

    def exact_scores(self, query: int, matches: NDArray[np.int64]) -> Values:
        """Score some rows in double precision."""
        position, tracks = self.position(query), self.positions(matches)
        own, others = self._tokens.take(np.array([position])), self._tokens.take(tracks)
        return self._scored(position, own, tracks, others, np.float64)

    def guesses(self, query: int) -> FloatArray:
        """Guess the scores of all rows to the query row, by where their pooled tokens point."""
        position = self.position(query)
        # Not a matrix product, which would wait for a second thread.
        alike = np.einsum("ij,j->i", self._pooled, self._pooled[position])
        scales = (self._scales[position] * self._scales).astype(np.float32)
        guesses: FloatArray = 1 - scales * (1 - alike)
        return guesses

    def propose(self, query: int, n: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name n of more allowed rows: those whose pooled tokens point most nearly where the query's do.

        Of 30,000 tracks 1,024 hold 97.5 % of the ten best (``python -m benchmarks.token_search``).
        """
        unlike = -self.guesses(query)
        unlike[~allowed] = np.inf
        return self.rows[np.argpartition(unlike, n)[:n]]

    def _scored(
        self,
        query: int,
        own: MeasuredTokens,
        tracks: NDArray[np.intp],
        others: MeasuredTokens,
        kind: type[np.floating],
    ) -> Values:
        """Score tracks with these tokens to one with its own, with cosines of this precision."""
        own_shares = own.shares.astype(kind)
        there, back = np.empty((2, len(tracks)))
        for found in others.table.compare(own.table.vectors, kind):
            # Not a matrix product, whose last digits depend on what else is in the block.
            there[found.tracks] = (own_shares[:, None] * (1 - found.there())).sum(axis=0)
            unlike = others.shares[found.tokens] * (1 - found.back())
            back[found.tracks] = np.add.reduceat(unlike, found.begin)
        there /= self._unlikeness[query]
        back /= self._unlikeness[tracks]
        scores: Values = 1 - self._scales[query] * self._scales[tracks] * (there + back) / 2
        return scores

    def terms(self, query: int, match: int) -> Terms:
        """Split the score of a pair into one term per token, exactly."""
        return self.terms_of(query, [match])[0]

    def terms_of(self, query: int, matches: Sequence[int]) -> list[Terms]:
        """Split the scores of several pairs."""
        tracks = self.positions(np.array([query, *matches]))
        heard = self._tokens.take(tracks)
        spans = list(heard.table.spans())
        of_query, found = spans[0], []
        for track, of_match in zip(tracks[1:].tolist(), spans[1:], strict=True):
            alike = cosines(heard.table.vectors[of_query], heard.table.vectors[of_match])
            scale = float(self._scales[tracks[0]] * self._scales[track])
            sides = (int(tracks[0]), of_query, alike), (track, of_match, alike.T)
            found.append(Terms(*(self._matches(one, heard, own, near, scale) for one, own, near in sides)))
        return found

    def _matches(self, track: int, heard: MeasuredTokens, own: slice, alike: Values, scale: float) -> Matches:
        weights, means = heard.shares[own].astype(np.float64), heard.means[own].astype(np.float64)
        best = alike.max(axis=1)
        shares = weights / self._unlikeness[track] * ((1 - means) - scale * (1 - best)) / 2
        return Matches(alike.argmax(axis=1), best, means, weights / weights.sum(), shares)


@dataclass(frozen=True, slots=True)
class _Outline:
    """What is kept of all tracks whose tokens make sense.

    Attributes
    ----------
    tracks : ndarray of int, shape (n_tracks,)
        Which they are, ascending.
    unlikeness : ndarray, shape (n_tracks,)
        r of each; NaN where the whole background is one recording, and nothing can be more alike than usual.
    pooled : ndarray of float32, shape (n_tracks, 2 · n_dimensions)
        The direction of each track's mean token, seen from that of all.
    """

    tracks: NDArray[np.intp]
    unlikeness: Values
    pooled: FloatArray


def _outlined(tokens: TokenSource, n: int) -> _Outline:
    found, unlikeness = np.zeros(n, dtype=np.bool_), np.full(n, np.nan)
    pooled = np.zeros((n, 2 * N_DIMENSIONS), dtype=np.float32)
    for tracks, heard in tokens.pieces():
        found[tracks] = True
        unlikeness[tracks] = heard.table.sums(heard.shares * (1 - heard.means.astype(np.float64)))
        pooled[tracks] = _pooled(heard)
    unlikeness[unlikeness < _LEAST_UNLIKENESS] = np.nan
    if not found.all():
        unlikeness, pooled = unlikeness[found], pooled[found]
    pooled -= pooled.mean(axis=0) if len(pooled) else 0
    for first in range(0, len(pooled), _BLOCK):
        block = pooled[first : first + _BLOCK]
        block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return _Outline(np.flatnonzero(found), unlikeness, pooled)


def _pooled(heard: MeasuredTokens) -> FloatArray:
    """Give the mean token of each track, (n_tracks, 2 · n_dimensions).

    What is positive and what is negative are averaged apart, so that tokens that are opposite do not cancel.
    """
    table = heard.table
    weights = heard.shares / np.sqrt(table.squares)
    pooled = np.empty((len(table), 2 * N_DIMENSIONS), dtype=np.float32)
    for tracks, tokens in table.blocks():
        whole = table.vectors[tokens].astype(np.float32)
        positive = np.maximum(whole, 0)
        halves = np.concatenate([positive, positive - whole], axis=1)
        for track in range(tracks.start, tracks.stop):
            own = table.span(track)
            pooled[track] = weights[own] @ halves[own.start - tokens.start : own.stop - tokens.start]
    return pooled
