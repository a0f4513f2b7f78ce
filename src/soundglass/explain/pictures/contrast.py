"""Low against high: spectrograms of both ends of a feature, and what their mean spectra differ in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from soundglass.core.catalogue import feature
from soundglass.core.types import Track
from soundglass.explain.contrast import Contrast, End
from soundglass.explain.pictures.clips import draw_clip
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.style import INK, PALE, SERIES, look, new_figure
from soundglass.explain.pictures.ticks import HERTZ

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

LOW, HIGH = SERIES[0], SERIES[1]
_FROM_HZ, _TO_HZ = 40.0, 11_000.0
_COLUMN, _LETTERS = 2.7, 30


def draw_contrast(contrast: Contrast, read: Callable[[Track, float, float | None], MelImage]) -> Figure:
    """Draw the lowest and the highest tracks over the mean spectra of both ends and their difference.

    Parameters
    ----------
    contrast : Contrast
    read : callable
        Gives the spectrogram of a track between two times; raises :class:`SoundglassError` without one.

    Returns
    -------
    Figure
        Two rows of spectrograms, then all tracks of either end on average, and high less low in dB with its
        95 % confidence band, all at one level.
    """
    n = max(1, len(contrast.low.shown), len(contrast.high.shown))
    share = f"{contrast.quantile:.0%}" if contrast.quantile != 0.25 else "quarter"
    title = f"{contrast.feature}: the lowest {share} against the highest, of {contrast.n_tracks:,} tracks"
    with look():
        figure = new_figure(max(9.0, 0.6 + n * _COLUMN), 9.4, title)
        top, bottom = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.9, 1))[:, 0]
        grid = top.subplots(2, n, squeeze=False)
        for row, (end, word) in enumerate(((contrast.low, "low"), (contrast.high, "high"))):
            _draw_end(list(grid[row]), contrast, end, word, read)
        for axes in grid[-1]:
            axes.set_xlabel("time (m:ss)")
        _draw_spectra(bottom, contrast)
    return figure


def _draw_end(
    row: list[Axes],
    contrast: Contrast,
    end: End,
    word: str,
    read: Callable[[Track, float, float | None], MelImage],
) -> None:
    known = feature(contrast.feature)
    for at, axes in enumerate(row):
        if at >= len(end.shown):
            axes.set_axis_off()
            continue
        track, value = end.shown[at], end.values[at]
        says = f"{word}: {contrast.feature} {known.text(value)}"
        draw_clip(axes, track, read, (track.label, says), _LETTERS, hertz=at == 0)


def _draw_spectra(figure: SubFigure, contrast: Contrast) -> None:
    means, apart = figure.subplots(1, 2)
    for end, word, colour, dashes in (
        (contrast.low, "low", LOW, (0, (4, 2))),
        (contrast.high, "high", HIGH, "-"),
    ):
        label = f"{word}, {end.n:,} tracks"
        means.plot(contrast.bands_hz, end.spectrum, color=colour, linestyle=dashes, label=label)
    means.legend()
    means.set_title("mean spectrum, all at one level")
    means.set_ylabel("level (dB)")
    apart.axhline(0.0, color=PALE, linewidth=1.0)
    band = (contrast.least, contrast.most)
    drawn_of = "artists" if contrast.by_artist else "tracks"
    apart.fill_between(
        contrast.bands_hz, *band, color=PALE, alpha=0.35, linewidth=0, label=f"95 %, {drawn_of} drawn anew"
    )
    apart.plot(contrast.bands_hz, contrast.difference, color=INK, label="high less low")
    apart.legend()
    apart.set_title("what high has more of (above 0) or less of")
    apart.set_ylabel("difference (dB)")
    for axes in (means, apart):
        _label_hertz(axes)


def _label_hertz(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xlim(_FROM_HZ, _TO_HZ)
    axes.set_xticks(HERTZ, [f"{hz // 1000}k" if hz >= 1000 else str(hz) for hz in HERTZ])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("frequency (Hz)")
    axes.grid(axis="x")
