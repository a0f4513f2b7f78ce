"""What a map says of itself: how it was made, and how far it can be trusted."""

from __future__ import annotations

import math

from soundglass.recommend.maps import N_JUDGED, Method
from soundglass.surfaces.web.map.sheet import Placed, Progress

METHODS: dict[Method, str] = {"tsne": "t-SNE", "pca": "principal components"}

_LEVELS = (
    (0.9, "Nearness on this map can be trusted almost everywhere"),
    (0.75, "Nearness on this map can mostly be trusted"),
    (0.5, "Nearness on this map can be trusted only in part"),
    (0.0, "Nearness on this map says little"),
)


def how_made(method: Method, placed: Placed) -> str:
    """Say what directions and distances mean."""
    if method == "tsne":
        return (
            "Laid out by t-SNE: what lies near is alike, far apart means little, and directions mean nothing."
        )
    shown = f"{sum(placed.shares):.0%}" if placed.shares else "part"
    return f"Laid out by principal components: the two axes show {shown} of how the tracks differ."


def trust_words(placed: Placed, n_points: int) -> str:
    """Say how far a map can be trusted, in words and in numbers."""
    if n_points < 2:
        return "A single track lies anywhere."
    trust, kept = placed.trust, placed.kept
    if math.isnan(trust):
        return "How far it can be trusted is being measured."
    words = next(words for least, words in _LEVELS if trust >= least)
    n = min(N_JUDGED, n_points - 1)
    nearest = f"{n} nearest tracks" if n > 1 else "nearest track"
    return f"{words}: trustworthiness {trust:.2f} of 1. Of each track's {nearest}, it keeps {kept:.0%} near."


def progress_words(progress: Progress | None) -> str:
    """Say how far a map is."""
    if progress is None:
        return "Waiting for its turn"
    return f"Step {progress.stage} of {progress.stages}: {progress.words}"


def lines_words(n_far: int, n: int, beyond: int) -> str:
    """Say how many of a track's true neighbours a map shows far from it."""
    if not n:
        return "It has no neighbours."
    whose = f"its {n} nearest neighbours" if n > 1 else "its nearest neighbour"
    if not n_far:
        return (
            f"All of {whose} are near on this map." if n > 1 else f"{whose.capitalize()} is near on this map."
        )
    are = "is" if n_far == 1 else "are"
    return f"{n_far} of {whose} {are} far away on this map: more than {beyond:,} others lie nearer."
