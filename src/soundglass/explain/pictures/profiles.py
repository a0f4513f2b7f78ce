"""The features of tracks as bars: percentiles, so that tempo and energy share an axis, and raw values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from soundglass.core.types import FeatureEvidence
from soundglass.explain.pictures.style import AGAINST, FOR, INK, look, name_of, new_figure
from soundglass.explain.profile import Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

USUAL = (
    "energy",
    "danceability",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "tempo",
    "loudness",
)
"""What tables of features have, and what is shown of several tracks."""

PERCENTILE = "percentile within the library"
_NAME_LETTERS = 30
_INSIDE = 45.0


def draw_profile(profile: Profile, note: str = "") -> Figure:
    """Draw all features of one track.

    Parameters
    ----------
    profile : Profile
    note : str
        What else there is to say, in a line below.
    """
    placed = [reading for reading in profile.readings if reading.shown.percentile is not None]
    with look():
        figure = new_figure(7.2, 1.3 + 0.26 * max(len(placed), 2) + 0.2 * bool(note), profile.track.label)
        axes = figure.add_subplot()
        names = [reading.feature.name.replace("_", " ") for reading in placed]
        _draw_bars(axes, [reading.shown for reading in placed], FOR, units=True)
        axes.set_yticks(range(len(placed)), names)
        axes.set_xlabel(PERCENTILE)
        if not placed:
            axes.axis("off")
            axes.text(0, 0.5, "No feature of it is known.", transform=axes.transAxes)
        if note:
            figure.supxlabel(note, x=0.01, ha="left", fontsize=9)
    return figure


def draw_profiles_on(
    figure: Figure | SubFigure,
    profiles: Sequence[Profile],
    first: Mapping[str, Sequence[FeatureEvidence]] = MappingProxyType({}),
) -> list[Axes]:
    """Draw the usual features of several tracks: a column each, with one bar a track.

    Parameters
    ----------
    figure : Figure or SubFigure
    profiles : sequence of Profile
    first : mapping of str to sequence of FeatureEvidence
        What stands before them in a colour of its own, one value a track.

    Returns
    -------
    list of Axes
        One a feature that any of the tracks has.
    """
    columns: dict[str, Sequence[FeatureEvidence | None]] = dict(first)
    for name in USUAL:
        if name not in columns:
            values: list[FeatureEvidence | None] = [_reading(profile, name) for profile in profiles]
            columns |= {name: values} if any(values) else {}
    if not columns:
        empty = figure.add_subplot()
        empty.axis("off")
        empty.text(0, 0.5, "No feature of these tracks is known.", transform=empty.transAxes)
        return [empty]
    drawn: list[Axes] = list(figure.subplots(1, len(columns), sharey=True, squeeze=False)[0])
    for axes, (name, of_tracks) in zip(drawn, columns.items(), strict=True):
        _draw_bars(axes, of_tracks, AGAINST if name in first else FOR)
        axes.set_title(_with_unit(name, of_tracks), fontsize=7.5)
    numbered = [f"{at} · {name_of(p.track, _NAME_LETTERS)}" for at, p in enumerate(profiles, start=1)]
    drawn[0].set_yticks(range(len(profiles)), numbered)
    figure.supxlabel(PERCENTILE, fontsize=9)
    return drawn


def _reading(profile: Profile, name: str) -> FeatureEvidence | None:
    shown = next(reading.shown for reading in profile.readings if reading.feature.name == name)
    return shown if shown.percentile is not None else None


def _with_unit(name: str, values: Sequence[FeatureEvidence | None]) -> str:
    unit = next((value.unit for value in values if value is not None), "")
    return f"{name.replace('_', ' ')} ({unit})" if unit else name.replace("_", " ")


def _draw_bars(
    axes: Axes, values: Sequence[FeatureEvidence | None], colour: str, *, units: bool = False
) -> None:
    """Draw percentiles from top to bottom, with what was measured written at each."""
    for row, value in enumerate(values):
        if value is None or value.percentile is None:
            axes.text(2, row, "unknown", va="center", fontsize=7.5, color="#595959")
            continue
        axes.barh(row, value.percentile, height=0.72, color=colour)
        inside = value.percentile > _INSIDE
        axes.annotate(
            value.label if units else value.label.partition(" ")[0],
            (value.percentile, row),
            xytext=(-3 if inside else 3, 0),
            textcoords="offset points",
            ha="right" if inside else "left",
            va="center",
            fontsize=7.5,
            color="white" if inside else INK,
        )
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 50, 100])
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7.5)
