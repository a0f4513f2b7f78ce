"""A map's answers in JSON and in bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlencode

import numpy as np

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.contract import track_json
from soundglass.core.types import Json, Track
from soundglass.recommend.maps import Method
from soundglass.surfaces.web.map.colours import UNKNOWN, Colours
from soundglass.surfaces.web.map.near import Neighbour, beyond
from soundglass.surfaces.web.map.sheet import Clusters, NamedCluster, Placed
from soundglass.surfaces.web.map.shown import Shown
from soundglass.surfaces.web.map.words import lines_words
from soundglass.surfaces.web.state import Snapshot


def map_json(now: Snapshot, shown: Shown) -> dict[str, Json]:
    """Give a map without its points."""
    placed, version = shown.placed, now.version
    points = urlencode({"by": shown.by, "method": shown.shown, "snapshot": version})
    colours = urlencode({"by": shown.by, "colour": shown.colours.by, "snapshot": version})
    return {
        "by": shown.by,
        "method": shown.method,
        "shown": shown.shown,
        "snapshot": version,
        "n_points": shown.n_points,
        "n_left_out": shown.n_left_out,
        "state": shown.state,
        "working": shown.working,
        "problem": shown.problem,
        "trustworthiness": _known(placed.trust) if placed else None,
        "kept": _known(placed.kept) if placed else None,
        "shares": list(placed.shares) if placed and placed.shares else None,
        "made": shown.made,
        "trust": shown.trust,
        "clusters": [
            _cluster_json(now, shown, one) for one in (shown.clusters.named if shown.clusters else ())
        ],
        "colour": _colour_json(shown.colours),
        "points": f"/api/map/points?{points}" if placed else None,
        "colours": f"/api/map/colours?{colours}",
        "notes": list(shown.notes),
    }


def points_bytes(placed: Placed) -> bytes:
    """Give x, y and error of all points, each as a little-endian float32; an error not known yet is NaN."""
    rows = np.column_stack([placed.xy, placed.errors])
    return rows.astype("<f4").tobytes()


def points_json(
    tracks: Sequence[Track], points: Sequence[int], placed: Placed | None, clusters: Clusters | None
) -> list[Json]:
    """Give some points with their tracks."""
    return [
        {
            **track_json(track),
            "point": point,
            "audio": track.origin == "audio",
            "error": _known(float(placed.errors[point])) if placed else None,
            "cluster": _cluster_of(clusters, point),
            "value": "",
        }
        for track, point in zip(tracks, points, strict=True)
    ]


def value_text(now: Snapshot, row: int, colours: Colours, point: int, track: Track) -> str:
    """Say what the colour of a point means."""
    code = int(colours.codes[point])
    if colours.by == "genre":
        return ", ".join(track.genres)
    if colours.by in CATALOGUE and code != UNKNOWN:
        feature = CATALOGUE[colours.by]
        source = "csv" if track.origin == "csv" else feature.made
        value = now.store.take([row], [feature.name])[feature.name][0].as_py()
        return f"{feature.noun} {feature.text(value, source)}"
    return ""


def neighbours_json(
    shown: tuple[str, Method], now: Snapshot, own: Json, found: Sequence[Neighbour], n_points: int
) -> dict[str, Json]:
    """Give a track's true nearest neighbours."""
    tracks = now.tracks([one.row for one in found])
    return {
        "by": shown[0],
        "shown": shown[1],
        "snapshot": now.version,
        "track": own,
        "neighbours": [
            {
                **track_json(track),
                "point": one.point,
                "score": one.score,
                "nearer": one.nearer,
                "far": one.far,
            }
            for one, track in zip(found, tracks, strict=True)
        ],
        "words": lines_words(sum(one.far for one in found), len(found), beyond(n_points)),
    }


def _cluster_json(now: Snapshot, shown: Shown, cluster: NamedCluster) -> Json:
    x, y = shown.placed.xy[cluster.typical[0]].tolist() if shown.placed else (None, None)
    rows = shown.drawn.rows[list(cluster.typical)].tolist()
    return {
        "number": cluster.number,
        "name": cluster.name,
        "label": cluster.label,
        "size": cluster.size,
        "x": x,
        "y": y,
        "typical": [track_json(track) for track in now.tracks(rows)],
    }


def _colour_json(colours: Colours) -> Json:
    return {
        "by": colours.by,
        "kind": colours.kind,
        "groups": [asdict(group) for group in colours.groups],
        "ticks": [asdict(tick) for tick in colours.ticks],
        "unit": colours.unit,
        "note": colours.note,
    }


def _cluster_of(clusters: Clusters | None, point: int) -> str | None:
    label = -1 if clusters is None else int(clusters.labels[point])
    if clusters is None or not 0 <= label < len(clusters.named):
        return None
    return f"{clusters.named[label].number} · {clusters.named[label].name}"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
