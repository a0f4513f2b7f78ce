"""The process that finds out what takes long about a map: clusters, nearest tracks, layouts, errors.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.surfaces.web.map.survey``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from soundglass.audio.pool import serve
from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.explain.answer import tracks
from soundglass.explain.apart import feature_values, qualities
from soundglass.explain.clusters import named_clusters
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.recommend.clusters import find_clusters
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.maps import Method, Neighbours, lay_out, nearest_by_score, nearest_points
from soundglass.recommend.spectrogram import SpectrogramRecommender
from soundglass.surfaces.web.map.ground import Drawn, drawn_by
from soundglass.surfaces.web.map.sheet import Clusters, NamedCluster, Progress, Sheet

_POOLED = "Clusters are of each track's tokens taken together, as the map is, not of exact scores"
_PATIENCE = 10
"""How far this process stands back behind others."""

_STAGES = ("looking for clusters", "finding the nearest tracks of each", "laying the tracks out")


def survey(uri: str, version: int, by: str, method: Method, folder: str) -> None:
    """Find out all that a map shows and keep it; what is kept already is not done again.

    Raises
    ------
    LibraryError
        The library has changed meanwhile.
    """
    store, sheet = Store(uri), Sheet(Path(folder))
    if store.version != version:
        raise LibraryError("the library has changed meanwhile", remedy="Load the page again")
    drawn = drawn_by(Explainers(store).of, store, by)
    if not sheet.has("clusters"):
        _tell(sheet, 1)
        sheet.keep_clusters(_clusters(store, drawn))
    if not sheet.has(method):
        _tell(sheet, 2)
        near = sheet.neighbours() or _nearest(sheet, drawn)
        _tell(sheet, 3)
        sheet.keep_placed(lay_out(drawn.rows, drawn.points, method, near))
    sheet.finish()


def _clusters(store: Store, drawn: Drawn) -> Clusters:
    parts = drawn.space.owner if isinstance(drawn, FeatureRecommender) else None
    found = find_clusters(drawn.points, parts=parts)
    rows = drawn.rows.tolist()
    of_all = tracks(store, rows)
    among = qualities(store, rows, of_all, feature_values(store, rows))
    named = named_clusters(found, drawn.points, among, [track.artist for track in of_all])
    pooled = [_POOLED] if isinstance(drawn, SpectrogramRecommender) and named else []
    short = [NamedCluster(one.number, one.size, one.name, one.label, one.typical) for one in named]
    return Clusters(found.labels.astype(np.int8), tuple(short), (found.note, *pooled))


def _nearest(sheet: Sheet, drawn: Drawn) -> Neighbours:
    near = nearest_points(drawn.points)
    if isinstance(drawn, SpectrogramRecommender):
        near = nearest_by_score(drawn, near)
    sheet.keep_neighbours(near)
    return near


def _tell(sheet: Sheet, stage: int) -> None:
    sheet.keep_progress(Progress(stage, len(_STAGES), _STAGES[stage - 1]))


def handle(job: Mapping[str, Json]) -> Json:
    """Answer one job."""
    survey(**job)
    return {}


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(_PATIENCE)
    serve(handle)
