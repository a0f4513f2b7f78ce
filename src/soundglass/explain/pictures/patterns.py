"""What features look like: for each a typical low and a typical high track, and what tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from soundglass.core.catalogue import feature
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.patterns.patterns import Example, Patterns
from soundglass.explain.patterns.statistics import STATISTICS
from soundglass.explain.pictures.clips import draw_clip
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.style import look, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 9
"""More make a picture that nobody looks at; Spotify's features come first."""
_ROW_IN, _WIDTH_IN, _LETTERS = 2.3, 9.5, 62


def draw_patterns(patterns: Patterns, read: Callable[[Track, float, float | None], MelImage]) -> Figure:
    """Draw a row for each feature that looks like something: a low and a high track.

    Parameters
    ----------
    read : callable
        Gives the spectrogram of a track between two times; raises :class:`SoundglassError` without one.

    Raises
    ------
    SoundglassError
        No feature looks like anything.
    """
    examples = [pattern.example for pattern in patterns.patterns if pattern.example is not None][:MOST_ROWS]
    if not examples:
        raise SoundglassError(
            "there is no picture: nothing seen on the spectrograms stands out from chance",
            remedy="Scan more music",
        )
    title = f"What features look like, in {patterns.n_tracks:,} tracks: a typical low and a typical high one"
    with look():
        figure = new_figure(_WIDTH_IN, 0.6 + _ROW_IN * len(examples), title)
        grid = figure.subplots(len(examples), 2, squeeze=False)
        for row, example in zip(grid, examples, strict=True):
            _draw_example(list(row), example, read)
        for axes in grid[-1]:
            axes.set_xlabel("time (m:ss)")
    return figure


def _draw_example(
    row: list[Axes], example: Example, read: Callable[[Track, float, float | None], MelImage]
) -> None:
    found = example.association
    known, statistic = feature(found.feature), STATISTICS[found.statistic]
    looks = (statistic.less, statistic.more) if found.rho > 0 else (statistic.more, statistic.less)
    for at, (axes, word) in enumerate(zip(row, ("low", "high"), strict=True)):
        value = known.text(example.values[at])
        seen = f"{statistic.title} {statistic.text(example.seen[at])}"
        rho = f"ρ {found.rho:.2f} [{found.low:.2f}, {found.high:.2f}]".replace("-", "−")
        caption = (
            f"{word} {found.feature} ({value}): {looks[at]}",
            f"{seen}; {rho}",
            example.tracks[at].label,
        )
        draw_clip(axes, example.tracks[at], read, caption, _LETTERS, hertz=at == 0)
