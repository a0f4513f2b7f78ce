"""Maps: every track of a library as a point on a plane, and how far each point can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.matching import TokenTable
from soundglass.embeddings.tokens import directions
from soundglass.recommend.base import Recommender

Method: TypeAlias = Literal["pca", "tsne"]

N_KNOWN = 90
"""How many neighbours of a track a map takes into account: three times the perplexity of t-SNE."""

N_JUDGED = 10
"""How many neighbours a map is judged by."""

_SEED = 0
_START_SPREAD = 1e-4
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest tracks of every track, nearest first.

    Attributes
    ----------
    positions : ndarray of int32, shape (n_tracks, n_known)
        Where among all tracks they stand.
    distances : ndarray of float32, shape (n_tracks, n_known)
        Of any unit.
    """

    positions: NDArray[np.int32]
    distances: FloatArray


@dataclass(frozen=True, slots=True)
class MapCoordinates:
    """The tracks of a library on a plane.

    Attributes
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library.
    xy : ndarray of float32, shape (n_tracks, 2)
        Centred; the farthest coordinate is 1 or -1. Directions mean nothing by themselves.
    method : {"pca", "tsne"}
    kept : float
        Share of the ``N_JUDGED`` nearest tracks that are among the ``N_JUDGED`` nearest on the map, 0 to 1;
        NaN for a single track.
    trust : ndarray of float32, shape (n_tracks,)
        How far the surroundings of each point can be trusted: 1 where its ``N_JUDGED`` nearest on the map are
        its nearest, 0 where none of them is even among its ``N_KNOWN`` nearest.
    shares : (float, float) or None
        Of the variance of the points, what the two axes show, 0 to 1; ``None`` for t-SNE, whose axes mean
        nothing.
    """

    rows: NDArray[np.int64]
    xy: FloatArray
    method: Method
    kept: float
    trust: FloatArray
    shares: tuple[float, float] | None = None

    @property
    def trustworthiness(self) -> float:
        """The mean of ``trust``: stricter than Venna & Kaski's, whose 0 is the worst of all maps."""
        return float(self.trust.mean(dtype=np.float64))

    @property
    def errors(self) -> FloatArray:
        """The projection error of each point, shape (n_tracks,): 1 - ``trust``."""
        return 1 - self.trust


def lay_out(
    rows: NDArray[np.int64],
    points: NDArray[np.floating],
    method: Method = "tsne",
    neighbours: Neighbours | None = None,
) -> MapCoordinates:
    """Lay a library out on a plane; the same points and neighbours give the same map.

    Parameters
    ----------
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library.
    points : ndarray, shape (n_tracks, n_axes)
        The tracks in a space, finite. Their principal components are the map, or what t-SNE starts from.
    method : {"pca", "tsne"}
        Principal components keep far apart what is far apart, t-SNE keeps together what is near.
    neighbours : Neighbours, optional
        What t-SNE is to keep together and the map is judged by; by default the nearest of the points.

    Notes
    -----
    t-SNE by openTSNE (Poličar, Stražar & Zupan, 2024), started from principal components (Kobak & Berens,
    2019): Barnes-Hut (van der Maaten, 2014), above 10,000 tracks by interpolation (Linderman et al., 2019).
    """
    near = nearest_points(points) if neighbours is None else neighbours
    xy = principal_plane(points)
    shares = shown_variance(points, xy) if method == "pca" else None
    if method == "tsne" and len(xy) > 2:
        xy = _tsne(near, xy)
    xy = fitted(xy)
    kept, trust = judge(xy, near)
    return MapCoordinates(rows, xy, method, kept, trust, shares)


def principal_plane(points: NDArray[np.floating]) -> FloatArray:
    """Project points, shape (n_tracks, n_axes), onto their first two principal components.

    Returns
    -------
    ndarray, shape (n_tracks, 2)
        Each component points where its largest loading is positive; 0 where there is no second one.
    """
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    plane = np.zeros((len(points), 2), dtype=np.float32)
    plane[:, : axes.shape[1]] = centred @ axes
    return plane


def shown_variance(points: NDArray[np.floating], plane: FloatArray) -> tuple[float, float]:
    """Give the share of the variance of points that either axis of a plane shows; 0 where none varies."""
    whole = float(points.var(axis=0, dtype=np.float64).sum()) or 1.0
    first, second = (plane.var(axis=0, dtype=np.float64) / whole).tolist()
    return first, second


def nearest_points(points: NDArray[np.floating], n: int = N_KNOWN) -> Neighbours:
    """Find the nearest of points, shape (n_tracks, n_axes), by Euclidean distance, trying all."""
    n = min(n, len(points) - 1)
    centred = (points - points.mean(axis=0, dtype=np.float64)).astype(np.float32)
    squares = np.einsum("ij,ij->i", centred, centred)
    found = Neighbours(np.empty((len(points), n), np.int32), np.empty((len(points), n), np.float32))
    for start in range(0, len(points), _BLOCK if n else 1 + len(points)):
        block = slice(start, start + _BLOCK)
        apart = squares[block, None] + squares - 2 * centred[block] @ centred.T
        own = np.arange(len(apart))
        apart[own, start + own] = np.inf
        nearest = np.argpartition(apart, n - 1, axis=1)[:, :n]
        _keep(found, block, nearest, np.sqrt(np.maximum(np.take_along_axis(apart, nearest, axis=1), 0)))
    return found


def nearest_by_score(recommender: Recommender, among: Neighbours, n: int = N_KNOWN) -> Neighbours:
    """Find the tracks that a recommender scores highest to each of its tracks, among some that are near.

    Parameters
    ----------
    among : Neighbours
        Of all the recommender's rows; in a space where likely ones are near and are found fast.

    Returns
    -------
    Neighbours
        The distance is √(1 - score), a score above 1 being taken as 1 and one that is not known as -1.
    """
    rows, n = recommender.rows, min(n, among.positions.shape[1])
    found = Neighbours(np.empty((len(rows), n), np.int32), np.empty((len(rows), n), np.float32))
    for own, (row, likely) in enumerate(zip(rows.tolist(), among.positions, strict=True)):
        scores = np.nan_to_num(recommender.exact_scores(row, rows[likely]), nan=-1.0)
        _keep(found, slice(own, own + 1), likely[None], np.sqrt(np.maximum(0.0, 1.0 - scores))[None])
    return found


def _keep(
    found: Neighbours, block: slice, positions: NDArray[np.integer], distances: NDArray[np.floating]
) -> None:
    """Set a block of neighbours to the nearest of those given, ties by position."""
    order = np.lexsort((positions, distances))[:, : found.positions.shape[1]]
    found.positions[block] = np.take_along_axis(positions, order, axis=1)
    found.distances[block] = np.take_along_axis(distances, order, axis=1)


def pooled(table: TokenTable, weights: NDArray[np.floating]) -> FloatArray:
    """Average the directions of each recording's tokens, as points of length 1 for a map.

    Parameters
    ----------
    table : TokenTable
    weights : ndarray, shape (n_tokens,)
        Not negative; each recording has one above 0.

    Returns
    -------
    ndarray, shape (n_tracks, n_dimensions)
    """
    sums = np.empty((len(table), table.vectors.shape[1]), dtype=np.float32)
    for track, own in enumerate(table.spans()):
        sums[track] = weights[own] @ directions(table.vectors[own])
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return sums


def judge(xy: FloatArray, neighbours: Neighbours) -> tuple[float, FloatArray]:
    """Say how well a map keeps neighbours: :attr:`MapCoordinates.kept` and ``trust``.

    Notes
    -----
    Trustworthiness as Venna & Kaski (2001) define it, for single points, all ranks beyond the known ones
    being taken as the next.
    """
    from scipy.spatial import cKDTree

    n_known = neighbours.positions.shape[1]
    n_judged = min(N_JUDGED, n_known)
    if not n_judged:
        return float("nan"), np.ones(len(xy), dtype=np.float32)
    shown = cKDTree(xy).query(xy, n_judged + 1)[1]
    itself = shown == np.arange(len(xy))[:, None]
    itself[~itself.any(axis=1), -1] = True  # of more tracks on one spot than are asked for
    others = shown[~itself].reshape(len(xy), n_judged)
    same = neighbours.positions[:, None, :] == others[:, :, None]
    ranks = np.where(same.any(axis=2), same.argmax(axis=2), n_known)
    beyond = np.maximum(0, ranks + 1 - n_judged) / (n_known + 1 - n_judged)
    return float((ranks < n_judged).mean()), (1.0 - beyond.mean(axis=1)).astype(np.float32)


def fitted(xy: FloatArray) -> FloatArray:
    """Centre points, shape (n_tracks, 2), and bring the farthest coordinate to 1 or -1."""
    centred = xy - xy.mean(axis=0)
    scaled: FloatArray = (centred / (float(np.abs(centred).max()) or 1.0)).astype(np.float32)
    return scaled


def _tsne(neighbours: Neighbours, plane: FloatArray) -> FloatArray:
    """Lay tracks out by t-SNE, from where they are on a plane, shape (n_tracks, 2)."""
    from openTSNE import TSNE
    from openTSNE.affinity import PrecomputedAffinities, joint_probabilities_nn

    perplexity = max(1.0, (neighbours.positions.shape[1] - 1) / 3)
    near = joint_probabilities_nn(neighbours.positions, neighbours.distances, [perplexity])
    spread = float(plane[:, 0].std()) or 1.0
    # One thread, as the order in which several add up changes the last digits, and those the map.
    found = TSNE(n_jobs=1, random_state=_SEED).fit(
        affinities=PrecomputedAffinities(near, normalize=False),
        initialization=plane.astype(np.float64) * (_START_SPREAD / spread),
    )
    return np.asarray(found, dtype=np.float32)
