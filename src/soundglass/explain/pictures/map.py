"""The map of a library: every track as a point, coloured by cluster, genre, artist or a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE, PITCH_CLASSES
from soundglass.core.errors import SoundglassError
from soundglass.explain.atlas import Atlas
from soundglass.explain.pictures.labels import put_labels
from soundglass.explain.pictures.style import INK, MARKERS, SERIES, lines, look, new_figure, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

KINDS = ("cluster", "genre", "artist")
"""What colours can mean besides a feature."""

MANY = 2000
"""More points than these are one image, also in SVG, and in no order, so that no group hides the others."""

MOST_GROUPS = 7

_WIDTH, _HEIGHT = 9.6, 6.4
_LEGEND_LETTERS, _NOTE_LETTERS, _TITLE_LETTERS = 34, 120, 30
_OTHERS, _UNKNOWN = "#b3b3b3", "#d9d9d9"
_N_LABELS = 6
_EACH = 20
_SCALE = "viridis"

Members = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Group:
    """Points of one colour and marker."""

    label: str
    members: Members
    colour: str
    marker: str


def draw_map(atlas: Atlas, colour: str = "cluster", errors: bool = False) -> Figure:
    """Draw a map, with what it is worth and the names of its clusters.

    Parameters
    ----------
    atlas : Atlas
    colour : str
        "cluster", "genre", "artist" or the name of a feature.
    errors : bool
        Points are the larger and the paler the less their surroundings can be trusted.

    Raises
    ------
    SoundglassError
        The colour is none of these.
    """
    refuse_unknown_colour(colour)
    with look():
        figure = new_figure(_WIDTH, _HEIGHT, f"{_tracks(len(atlas.tracks))} by {atlas.by}")
        axes = figure.subplots()
        notes = [*atlas.notes] if colour == "cluster" else []
        if colour in KINDS:
            handles = _draw_groups(axes, atlas, _groups(atlas, colour), errors)
        else:
            handles, constant = _draw_values(figure, axes, atlas, colour, errors)
            notes += constant
        _finish(axes, atlas)
        handles += _error_handles() if errors else []
        if handles:
            figure.legend(handles=handles, loc="outside right upper", labelspacing=0.9, handletextpad=0.6)
        if notes:
            said = "\n".join(lines(". ".join(notes) + ".", _NOTE_LETTERS))
            figure.supxlabel(said, x=0.01, ha="left", fontsize=8.5)
        marked = _badges(axes, atlas) if colour == "cluster" else []
        named = _worth_naming(atlas)
        put_labels(figure, axes, atlas.coordinates.xy, _titles(atlas, named), marked)
    return figure


def refuse_unknown_colour(colour: str) -> None:
    """Raise if colours cannot mean this."""
    if colour not in KINDS and colour not in CATALOGUE:
        raise SoundglassError(
            f"a map cannot be coloured by {colour!r}",
            remedy=f"By {', '.join(KINDS)} or a feature: {', '.join(CATALOGUE)}",
        )


def worth(atlas: Atlas) -> str:
    """Say in a line how the map was made and how much of the truth it shows."""
    placed = atlas.coordinates
    trusted = f"trustworthiness {placed.trustworthiness:.2f}" if len(atlas.tracks) > 1 else "a single track"
    if placed.shares is None:
        return f"t-SNE · {trusted} · near is alike, far apart means little"
    return f"PCA · both axes show {sum(placed.shares):.0%} of the variance · {trusted}"


# -- colours -----------------------------------------------------------------------------------------------


def _groups(atlas: Atlas, colour: str) -> list[_Group]:
    if colour == "cluster":
        return _cluster_groups(atlas)
    kinds = [
        (track.genres[0] if track.genres else "") if colour == "genre" else track.artist
        for track in atlas.tracks
    ]
    return _named_groups(kinds, f"no {colour} known")


def _cluster_groups(atlas: Atlas) -> list[_Group]:
    everything = np.ones(len(atlas.tracks), dtype=bool)
    if atlas.clustering is None or not atlas.clusters:
        return [_Group("", everything, SERIES[0], MARKERS[0])]
    labels = atlas.clustering.labels
    groups = [
        _Group(f"{cluster.number} · {cluster.label}", labels == place, _series(place), _marker(place))
        for place, cluster in enumerate(atlas.clusters)
    ]
    alone = labels < 0
    return [*([_Group("in no cluster", alone, _OTHERS, ".")] if alone.any() else []), *groups]


def _named_groups(kinds: Sequence[str], unknown: str) -> list[_Group]:
    """Make a group of each of the most frequent names, and one of all others."""
    names = np.array(kinds, dtype=object)
    frequent = sorted(Counter(filter(None, kinds)).items(), key=lambda counted: (-counted[1], counted[0]))
    shown = [name for name, _ in frequent[: MOST_GROUPS if len(frequent) > MOST_GROUPS + 1 else None]]
    groups = [_Group(name, names == name, _series(i), _marker(i)) for i, name in enumerate(shown)]
    others = np.array([bool(kind) and kind not in shown for kind in kinds], dtype=bool)
    rest = [
        _Group(unknown, names == "", _UNKNOWN, "."),
        _Group(f"{len(frequent) - len(shown)} others", others, _OTHERS, "."),
    ]
    return [*(group for group in rest if group.members.any()), *groups]


def _series(place: int) -> str:
    return SERIES[place % len(SERIES)]


def _marker(place: int) -> str:
    return MARKERS[place % len(MARKERS)]


# -- points ------------------------------------------------------------------------------------------------


def _draw_groups(axes: Axes, atlas: Atlas, groups: Sequence[_Group], errors: bool) -> list[Line2D]:
    size, alpha = _point(atlas, errors)
    if len(atlas.tracks) > MANY:
        colours = np.empty(len(atlas.tracks), dtype=object)
        for group in groups:
            colours[group.members] = group.colour
        _scatter(axes, atlas, np.ones(len(colours), dtype=bool), size, alpha, c=colours.tolist())
    else:
        for group in groups:
            _scatter(axes, atlas, group.members, size, alpha, c=group.colour, marker=group.marker)
    round_ones = len(atlas.tracks) > MANY
    return [
        _handle(group.label, int(group.members.sum()), group.colour, "o" if round_ones else group.marker)
        for group in sorted(groups, key=lambda group: group.marker == ".")
        if group.label
    ]


def _draw_values(
    figure: Figure, axes: Axes, atlas: Atlas, name: str, errors: bool
) -> tuple[list[Line2D], list[str]]:
    """Draw points in the colours of a feature's values; say so where all are the same, or none is known."""
    feature = CATALOGUE[name]
    values = np.asarray(atlas.features.get(name, np.full(len(atlas.tracks), np.nan)), dtype=np.float64)
    known = np.isfinite(values)
    size, alpha = _point(atlas, errors)
    handles, notes = list[Any](), list[str]()
    if not known.all():
        _scatter(axes, atlas, ~known, size, alpha, c=_UNKNOWN, marker="x")
        handles.append(_handle(f"{name} unknown", int((~known).sum()), _OTHERS, "x"))
    if not known.any():
        return handles, [f"{feature.noun.capitalize()} is known of no track"]
    low, high = np.percentile(values[known], (1, 99) if known.sum() >= 100 else (0, 100)).tolist()
    source = "csv" if atlas.tracks and atlas.tracks[0].origin == "csv" else feature.made
    if values[known].min() == values[known].max():
        notes.append(f"{feature.noun.capitalize()} is {feature.text(low, source)} for all tracks")
    cyclic = name == "key"
    drawn = _scatter(
        axes,
        atlas,
        known,
        size,
        alpha,
        c=values[known],
        cmap="twilight" if cyclic else _SCALE,
        vmin=0 if cyclic else low,
        vmax=12 if cyclic else high,
    )
    unit = feature.unit_in(source)
    bar = figure.colorbar(drawn, ax=axes, label=f"{name} ({unit})" if unit else name, pad=0.02, aspect=35)
    if cyclic:
        bar.set_ticks(range(12), labels=PITCH_CLASSES)
    return handles, notes


def _scatter(
    axes: Axes,
    atlas: Atlas,
    members: Members,
    size: NDArray[np.float64],
    alpha: NDArray[np.float64],
    **how: Any,  # noqa: ANN401  (passed through)
) -> Any:  # noqa: ANN401  (a collection of matplotlib)
    places = np.flatnonzero(members)
    shuffled = np.random.default_rng(0).permutation(len(places)) if len(places) > MANY else slice(None)
    places = places[shuffled]
    if not isinstance(how["c"], str):
        how["c"] = np.asarray(how["c"])[shuffled]
    x, y = atlas.coordinates.xy[places].T
    many = len(atlas.tracks) > MANY
    return axes.scatter(
        x,
        y,
        s=size[places],
        alpha=alpha[places],  # type: ignore[arg-type]  # an array is taken
        linewidths=0.9 if how.get("marker") == "x" else 0,
        rasterized=many,
        **how,
    )


def _point(atlas: Atlas, errors: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give size (points²) and opacity of every point: the more there are, the smaller."""
    n = len(atlas.tracks)
    size, alpha = float(np.clip(600 / n**0.5, 3, 60)), float(np.clip(30 / n**0.5, 0.3, 0.85))
    wrong = atlas.coordinates.errors.astype(np.float64) if errors else np.zeros(n)
    return size * (1 + 3 * wrong), alpha * (1 - 0.8 * wrong)


# -- words -------------------------------------------------------------------------------------------------


def _handle(label: str, n: int, colour: str, marker: str, size: float = 7.0, alpha: float = 1.0) -> Line2D:
    from matplotlib.lines import Line2D

    number = f"\n{_tracks(n)}" if n else ""
    text = "\n".join(lines(label.replace("δ ", "δ\u00a0"), _LEGEND_LETTERS, 4)) + number
    return Line2D(
        [],
        [],
        linestyle="",
        marker=marker,
        markersize=size,
        color=colour,
        alpha=alpha,
        label=text,
        mew=1.2 if marker == "x" else 0,
    )


def _tracks(n: int) -> str:
    return f"{n:,} {'track' if n == 1 else 'tracks'}"


def _error_handles() -> list[Line2D]:
    """Show how points look whose surroundings are true, half true and not true at all."""
    texts = {
        0.0: "projection error 0: its neighbours are its nearest",
        0.5: "0.5",
        1.0: "1: none of them is near",
    }
    return [
        _handle(text, 0, INK, "o", 4.0 * (1 + 3 * error) ** 0.5, 0.85 * (1 - 0.8 * error))
        for error, text in texts.items()
    ]


def _finish(axes: Axes, atlas: Atlas) -> None:
    """Say on the map what it is worth, and what its axes are, where they are anything."""
    axes.set_title(worth(atlas), fontsize=9, color=INK)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.06)
    quiet_axes(axes)
    shares = atlas.coordinates.shares
    if shares is not None:
        for spine in ("left", "bottom"):
            axes.spines[spine].set_visible(True)
        axes.set_xlabel(f"PC1 ({shares[0]:.0%} of the variance)")
        axes.set_ylabel(f"PC2 ({shares[1]:.0%} of the variance)")


def _badges(axes: Axes, atlas: Atlas) -> list[int]:
    """Put the number of each cluster on the track in its middle; give these tracks."""
    found = []
    for place, cluster in enumerate(atlas.clusters):
        x, y = atlas.coordinates.xy[cluster.typical[0]].tolist()
        axes.plot([x], [y], marker="o", ms=15, color="white", mec=_series(place), mew=2, zorder=4)
        axes.text(x, y, str(cluster.number), ha="center", va="center", fontsize=9, weight="bold", zorder=5)
        found.append(cluster.typical[0])
    return found


def _worth_naming(atlas: Atlas) -> list[int]:
    """Choose a few tracks whose titles help: those in the middle of clusters, or some that lie far apart."""
    n = len(atlas.tracks)
    if n <= _EACH and not atlas.clusters:
        return list(range(n))
    if atlas.clusters:
        rounds: Iterable[Sequence[int]] = (cluster.typical for cluster in atlas.clusters)
        typical = [*rounds]
        return [own[i] for i in range(2) for own in typical if len(own) > i]
    xy = atlas.coordinates.xy.astype(np.float64)
    found = [int(np.linalg.norm(xy, axis=1).argmin())]
    while len(found) < min(n, _N_LABELS):
        apart = np.linalg.norm(xy[:, None] - xy[found], axis=2).min(axis=1)
        found.append(int(apart.argmax()))
    return found


def _titles(atlas: Atlas, tracks: Sequence[int]) -> dict[int, str]:
    return {track: "\n".join(lines(atlas.tracks[track].label, _TITLE_LETTERS, 2)) for track in tracks}
