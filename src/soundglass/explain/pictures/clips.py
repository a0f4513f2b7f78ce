"""Ten seconds of a track beside ten seconds of others: small spectrograms with a caption each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.pictures.mel import MelImage, draw_mel_on
from soundglass.explain.pictures.style import lines, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLIP_S = 10.0
"""The middle of a recording; of a shorter one, all of it."""

_GROUND, _TEXT = "#ececec", "#4d4d4d"


def draw_clip(
    axes: Axes,
    track: Track,
    read: Callable[[Track, float, float | None], MelImage],
    caption: Sequence[str],
    letters: int,
    *,
    hertz: bool = True,
) -> None:
    """Draw the middle of a track, or say why that cannot be done.

    Parameters
    ----------
    read : callable
        Gives the spectrogram of a track between two times; raises :class:`SoundglassError` without one.
    caption : sequence of str
        Lines above it, each cut or broken to so many letters, the first in two lines at most.
    letters : int
    hertz : bool
        Whether the frequencies are labelled.
    """
    head, *rest = caption
    said = [*lines(head, letters, 2), *(line for text in rest for line in lines(text, letters, 2))]
    axes.set_title("\n".join(said), fontsize=8.5)
    start = max(0.0, (track.duration_s - CLIP_S) / 2) if track.duration_s > CLIP_S else 0.0
    try:
        image = read(track, start, start + CLIP_S)
    except SoundglassError as error:
        quiet_axes(axes)
        axes.set_facecolor(_GROUND)
        why = "\n".join(lines(f"No spectrogram: {error.message}", letters, 5))
        axes.text(0.5, 0.5, why, ha="center", va="center", color=_TEXT, fontsize=8, transform=axes.transAxes)
        return
    draw_mel_on(axes, image, hertz=hertz)
    axes.set_xlabel("")
