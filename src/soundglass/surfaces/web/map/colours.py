"""What colours on a map mean: groups, or a scale of values; one byte a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, PITCH_CLASSES, Feature
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Source
from soundglass.library.store import Store
from soundglass.surfaces.web.map.ground import Drawn
from soundglass.surfaces.web.map.sheet import Clusters

KINDS = ("genre", "artist", "cluster")
"""What colours can mean besides a feature."""

MOST_GROUPS = 8
OTHERS, UNKNOWN = 254, 255
STEPS = 250
"""A value's byte is 0 to 249, from the low end of the scale to the high one."""

_OUTER = (1.0, 99.0)
_FEW = 100

Codes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Group:
    """Points of one colour and shape.

    Attributes
    ----------
    code : int
        Their byte: 0 for the first group, ``OTHERS`` or ``UNKNOWN``.
    """

    code: int
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A value that is written beside a scale; ``at`` is 0 for its low end and 1 for its high one."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour of every point.

    Attributes
    ----------
    by : str
        "genre", "artist", "cluster" or the name of a feature.
    kind : {"groups", "scale", "circle"}
        A circle ends where it begins.
    codes : ndarray of uint8, shape (n_points,)
    groups : tuple of Group
        The largest first; the last ones may be ``OTHERS`` and ``UNKNOWN``. Of a scale at most the last.
    ticks : tuple of Tick
    unit : str
    note : str
        What to know of them, if anything.
    """

    by: str
    kind: Literal["groups", "scale", "circle"]
    codes: Codes
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...] = ()
    unit: str = ""
    note: str = ""


def refuse_unknown(by: str) -> None:
    """Raise if colours cannot mean this."""
    if by not in KINDS and by not in CATALOGUE:
        raise SoundglassError(
            f"a map cannot be coloured by {by[:40]!r}",
            remedy=f"By {', '.join(KINDS)} or a feature: {', '.join(CATALOGUE)}",
        )


def colours_of(store: Store, drawn: Drawn, by: str, clusters: Clusters | None) -> Colours:
    """Find the colour of every point.

    Parameters
    ----------
    by : str
        One of ``KINDS`` or a feature.
    clusters : Clusters or None
        ``None`` where they are not found yet.
    """
    refuse_unknown(by)
    if by == "cluster":
        return _of_clusters(clusters, len(drawn.rows))
    if by in KINDS:
        return _of_names(_names(store, drawn, by), by, f"no {by} known")
    feature, source, values = CATALOGUE[by], _source(store, drawn, by), _values(store, drawn, by)
    if by in ("mode", "time_signature"):
        whole = np.where(np.isfinite(values), values.round(), np.nan)
        texts = ["" if np.isnan(value) else feature.text(value) for value in whole.tolist()]
        return _of_names(np.array(texts, dtype=object), by, f"no {feature.noun} known")
    return _of_values(values, feature, source)


def default_of(store: Store, drawn: Drawn) -> str:
    """Choose what colours mean where nobody says: genre where tracks have some, or else energy."""
    names = _names(store, drawn, "genre")
    return "genre" if len(set(names.tolist()) - {""}) > 1 else "energy"


def _of_clusters(clusters: Clusters | None, n_points: int) -> Colours:
    if clusters is None or not clusters.named:
        note = "Clusters are being looked for" if clusters is None else clusters.notes[0]
        everything = Group(OTHERS, "all tracks", n_points)
        return Colours("cluster", "groups", np.full(n_points, OTHERS, np.uint8), (everything,), note=note)
    alone = clusters.labels < 0
    codes = np.where(alone, OTHERS, clusters.labels).astype(np.uint8)
    groups = [
        Group(place, f"{one.number} · {one.name}", one.size) for place, one in enumerate(clusters.named)
    ]
    if alone.any():
        groups.append(Group(OTHERS, "in no cluster", int(alone.sum())))
    return Colours("cluster", "groups", codes, tuple(groups), note=". ".join(clusters.notes))


def _of_names(names: NDArray[np.object_], by: str, unknown: str) -> Colours:
    """Make a group of each of the most frequent names, and one of all others."""
    known, places, counts = np.unique(names.astype(str), return_inverse=True, return_counts=True)
    order = [at for at in np.lexsort((known, -counts)).tolist() if known[at]]
    shown = order if len(order) <= MOST_GROUPS else order[:MOST_GROUPS]
    code_of = np.full(len(known), OTHERS, dtype=np.uint8)
    code_of[known == ""] = UNKNOWN
    code_of[shown] = np.arange(len(shown))
    codes = code_of[places]
    groups = [Group(code, str(known[at]), int(counts[at])) for code, at in enumerate(shown)]
    rest = {OTHERS: f"{len(order) - len(shown):,} others", UNKNOWN: unknown}
    groups += [Group(code, label, int((codes == code).sum())) for code, label in rest.items()]
    note = "" if order else f"{unknown.capitalize()} of any track"
    return Colours(by, "groups", codes, tuple(group for group in groups if group.n), note=note)


def _of_values(values: NDArray[np.float64], feature: Feature, source: Source) -> Colours:
    """Spread values over a scale; the few outermost share its ends."""
    known = np.isfinite(values)
    codes = np.full(len(values), UNKNOWN, dtype=np.uint8)
    n_unknown = int((~known).sum())
    groups = (Group(UNKNOWN, f"no {feature.noun} known", n_unknown),) if n_unknown else ()
    if not known.any():
        return Colours(feature.name, "scale", codes, groups, note=f"No {feature.noun} is known of any track")
    if feature.name == "key":
        codes[known] = (values[known] % 12 * STEPS / 12).astype(np.uint8)
        ticks = tuple(Tick(at / 12, name) for at, name in enumerate(PITCH_CLASSES))
        return Colours("key", "circle", codes, groups, ticks)
    low, high = np.percentile(values[known], _OUTER if known.sum() >= _FEW else (0, 100)).tolist()
    spread = (values[known] - low) / ((high - low) or 1.0)
    codes[known] = np.clip(spread * (STEPS - 1), 0, STEPS - 1).round().astype(np.uint8)
    marks = (low, (low + high) / 2, high) if high > low else (low,)
    ticks = tuple(Tick(at / 2, feature.text(value, source)) for at, value in enumerate(marks))
    same = f"{feature.noun.capitalize()} is {feature.text(low, source)} for all tracks"
    note = same if values[known].min() == values[known].max() else ""
    return Colours(feature.name, "scale", codes, groups, ticks, feature.unit_in(source), note)


def _names(store: Store, drawn: Drawn, by: str) -> NDArray[np.object_]:
    column = pc.fill_null(store.columns([by])[by], "")
    names: NDArray[np.object_] = column.to_numpy().astype(object)[drawn.rows]
    return names


def _values(store: Store, drawn: Drawn, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.asarray(store.columns([name])[name], dtype=np.float64)[drawn.rows]
    return values


def _source(store: Store, drawn: Drawn, name: str) -> Source:
    origin = store.take(drawn.rows[:1], ["origin"])["origin"][0].as_py()
    return "csv" if origin == "csv" else CATALOGUE[name].made
