"""A map as it is looked at: where points lie, what colours mean, and what is still being found out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from soundglass.recommend.maps import Method, fitted, principal_plane, shown_variance
from soundglass.surfaces.web.map.colours import Colours, colours_of, default_of, refuse_unknown
from soundglass.surfaces.web.map.ground import Drawn, drawn_by
from soundglass.surfaces.web.map.sheet import Clusters, Placed, Sheet
from soundglass.surfaces.web.map.surveyor import Surveyor
from soundglass.surfaces.web.map.words import how_made, progress_words, trust_words
from soundglass.surfaces.web.state import Snapshot

FEWEST_BY_TSNE, MOST_BY_TSNE = 30, 5_000
"""Fewer tracks have no neighbourhoods to keep, and of more it takes minutes, so they are shown otherwise."""

FEWEST = 3
"""Fewer tracks make no map."""

_MOST_AT_ONCE = 5_000_000
"""Numbers whose principal components are found while one waits."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A map.

    Attributes
    ----------
    by : str
        Whose likeness is shown as nearness.
    method, shown : {"pca", "tsne"}
        What was asked for, and what is there to see.
    drawn : Drawn
        The tracks.
    placed : Placed or None
        ``None`` where nothing is laid out yet.
    clusters : Clusters or None
        ``None`` where they are not found yet.
    colours : Colours
    n_left_out : int
        Tracks of the library that have no place on this map.
    working : str
        What is still being found out; empty where nothing is.
    problem : str
        Why something will not be found out.
    """

    by: str
    method: Method
    shown: Method
    drawn: Drawn
    placed: Placed | None
    clusters: Clusters | None
    colours: Colours
    n_left_out: int
    working: str
    problem: str

    @property
    def n_points(self) -> int:
        """How many tracks it shows."""
        return len(self.drawn.rows)

    @property
    def state(self) -> Literal["whole", "working", "failed"]:
        """Whether all is found out."""
        return "failed" if self.problem else "working" if self.working else "whole"

    @property
    def made(self) -> str:
        """How it was made."""
        return how_made(self.shown, self.placed) if self.placed else ""

    @property
    def trust(self) -> str:
        """How far it can be trusted."""
        return trust_words(self.placed, self.n_points) if self.placed else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What else to know of it."""
        few = f"A map of {self.n_points} says little: it takes {FEWEST} tracks at least"
        left_out = f"{self.n_left_out:,} tracks have no place on this map: they are not known by {self.by}"
        found = [few] if self.n_points < FEWEST else []
        return (*found, *([left_out] if self.n_left_out else []))


def look(
    now: Snapshot, surveyor: Surveyor, by: str, method: Method | None = None, colour: str | None = None
) -> Shown:
    """Show what is known of a map, and have the rest found out.

    Parameters
    ----------
    method : {"pca", "tsne"}, optional
        t-SNE if left out, of a large library principal components.
    colour : str, optional
        "genre", "artist", "cluster" or a feature; genre or energy if left out.

    Raises
    ------
    SoundglassError
        There is no such space or colour, or no track in it.
    """
    if colour is not None:
        refuse_unknown(colour)
    drawn = drawn_of(now, by)
    wanted = method or default_method(drawn)
    sheet = sheet_of(now, surveyor, by)
    clusters = clusters_of(now, surveyor, by)
    working = problem = ""
    if clusters is None or not sheet.has(wanted):
        job = {"uri": now.store.uri, "version": now.version, "by": by, "method": wanted}
        problem = surveyor.ask({**job, "folder": str(sheet.folder)}) or ""
        working = "" if problem else progress_words(sheet.progress())
    shown, placed = shown_of(now, surveyor, by, wanted)
    chosen = colour or now.kept(("map default colour", by), lambda: default_of(now.store, drawn))
    colours = _colours(now, drawn, by, chosen, clusters)
    left_out = now.n_tracks - len(drawn.rows)
    return Shown(by, wanted, shown, drawn, placed, clusters, colours, left_out, working, problem)


def drawn_of(now: Snapshot, by: str) -> Drawn:
    """Give the tracks of a space; raises as :func:`soundglass.surfaces.web.map.ground.drawn_by` does."""
    return drawn_by(now.explainer, now.store, by)


def sheet_of(now: Snapshot, surveyor: Surveyor, by: str) -> Sheet:
    """Give the folder of a space."""
    return now.kept(("map sheet", by), lambda: Sheet.of(now.store, by, surveyor.folder))


def default_method(drawn: Drawn) -> Method:
    """Choose how tracks are laid out where nobody says."""
    return "tsne" if FEWEST_BY_TSNE <= len(drawn.rows) <= MOST_BY_TSNE else "pca"


def shown_of(
    now: Snapshot, surveyor: Surveyor, by: str, method: Method | None
) -> tuple[Method, Placed | None]:
    """Give what there is to see of a map: the method that was asked for, or else principal components."""
    wanted = method or default_method(drawn_of(now, by))
    placed = placed_of(now, surveyor, by, wanted)
    return ("pca", placed_of(now, surveyor, by, "pca")) if placed is None else (wanted, placed)


def placed_of(now: Snapshot, surveyor: Surveyor, by: str, method: Method) -> Placed | None:
    """Give where the points lie by a method, if that is known."""
    sheet = sheet_of(now, surveyor, by)
    if sheet.has(method):
        return now.kept(("map", by, method), lambda: sheet.placed(method))
    return _plane(now, drawn_of(now, by), by) if method == "pca" else None


def clusters_of(now: Snapshot, surveyor: Surveyor, by: str) -> Clusters | None:
    """Give the clusters of a space, if they are known."""
    sheet = sheet_of(now, surveyor, by)
    return now.kept(("map clusters", by), sheet.clusters) if sheet.has("clusters") else None


def colours_by(now: Snapshot, surveyor: Surveyor, by: str, colour: str) -> Colours:
    """Give the colour of every point of a space."""
    clusters = clusters_of(now, surveyor, by)
    return _colours(now, drawn_of(now, by), by, colour, clusters)


def _colours(now: Snapshot, drawn: Drawn, by: str, colour: str, clusters: Clusters | None) -> Colours:
    known = colour != "cluster" or clusters is not None
    return now.kept(
        ("map colours", by, colour, known), lambda: colours_of(now.store, drawn, colour, clusters)
    )


def _plane(now: Snapshot, drawn: Drawn, by: str) -> Placed | None:
    """Lay points out by principal components at once, unless that takes too much time and memory."""
    if drawn.points.size > _MOST_AT_ONCE:
        return None

    def make() -> Placed:
        points = drawn.points
        xy = principal_plane(points)
        return Placed(fitted(xy), np.full(len(xy), np.nan, np.float32), math.nan, shown_variance(points, xy))

    return now.kept(("map plane", by), make)
