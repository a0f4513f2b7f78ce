"""The mel-spectrogram of a recording or a stretch of it, and how it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.blocks import SILENCE
from soundglass.audio.excerpt import read_excerpt
from soundglass.core.errors import AudioError
from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray, Region
from soundglass.explain.pictures.style import INK, SPECTROGRAM, look, new_figure, quiet_axes
from soundglass.spectrogram import hz_to_mel, log_mel, mel_feet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

TOP_DB = 80.0
"""What lies further below the maximum is drawn as if it were silence."""

_MOST_COLUMNS = 2400
_LABEL_SHARE = 0.12
"""Of the height of a small picture, for a number above or below a region."""


@dataclass(frozen=True, slots=True, eq=False)
class MelImage:
    """Mel band power over time, in decibels below its maximum.

    Attributes
    ----------
    decibels : ndarray of float32, shape (n_mels, n_frames)
        From ``-top_db`` to 0, lowest band first; all ``-top_db`` for silence.
    start_s : float
        Time of the first frame's centre, in seconds from the start of the recording.
    top_db : float
        How far below the maximum the floor lies, in dB.
    settings : SpectrogramSettings
        How it was computed.
    """

    decibels: FloatArray
    start_s: float = 0.0
    top_db: float = TOP_DB
    settings: SpectrogramSettings = DEFAULTS.spectrogram

    @property
    def n_frames(self) -> int:
        """How many frames."""
        return int(self.decibels.shape[1])

    @property
    def hop_s(self) -> float:
        """Seconds from frame to frame."""
        return self.settings.hop_length / self.settings.sample_rate

    @property
    def end_s(self) -> float:
        """Where the last frame hands over, in seconds from the start of the recording."""
        return self.start_s + self.n_frames * self.hop_s

    @property
    def feet_hz(self) -> NDArray[np.float64]:
        """Where the bands' triangles stand, as :func:`soundglass.spectrogram.mel_feet`."""
        return mel_feet(self.settings.n_mels, self.settings.f_min, self.settings.f_max)

    def mel_position(self, hz: float) -> float:
        """Give the place of a frequency among the bands; the centre of the lowest is 0, of the next 1."""
        lowest, second, wanted = hz_to_mel(np.array([*self.feet_hz[:2], hz])).tolist()
        return float((wanted - lowest) / (second - lowest) - 1.0)

    def fitted(self, n_frames: int) -> MelImage:
        """Cut to so many frames, or lengthen to them by silence."""
        missing = max(0, n_frames - self.n_frames)
        kept = self.decibels[:, :n_frames]
        return replace(self, decibels=np.pad(kept, ((0, 0), (0, missing)), constant_values=-self.top_db))


def mel_of(
    samples: FloatArray,
    start_s: float = 0.0,
    top_db: float = TOP_DB,
    settings: SpectrogramSettings = DEFAULTS.spectrogram,
) -> MelImage:
    """Compute the mel-spectrogram of mono samples at the settings' rate.

    Equal to librosa's ``power_to_db(melspectrogram(samples), ref=np.max, top_db=top_db)``, but for silence
    (no sample above -80 dBFS), which librosa gives as all 0.

    Raises
    ------
    AudioError
        There are no samples.
    """
    if not samples.size:
        raise AudioError("holds no sound", remedy="Choose a longer stretch")
    peak = float(np.abs(samples).max())
    return below_maximum(log_mel(samples, settings, top_db), peak, start_s, top_db, settings)


def below_maximum(
    decibels: FloatArray,
    peak: float,
    start_s: float = 0.0,
    top_db: float = TOP_DB,
    settings: SpectrogramSettings = DEFAULTS.spectrogram,
) -> MelImage:
    """Count decibels, shape (n_mels, n_frames), from their maximum; what peaks in silence is all floor."""
    if peak < SILENCE:
        return MelImage(np.full_like(decibels, -top_db), start_s, top_db, settings)
    return MelImage(decibels - decibels.max(), start_s, top_db, settings)


def read_mel(
    path: Path, start_s: float = 0.0, end_s: float | None = None, top_db: float = TOP_DB
) -> MelImage:
    """Compute the mel-spectrogram of a file or a stretch of it.

    Parameters
    ----------
    path : Path
        An audio file.
    start_s, end_s : float, optional
        Seconds from the start of the recording; to its end if left out.
    top_db : float
        How far below the maximum the floor lies.

    Raises
    ------
    AudioError
        The file cannot be decoded, or ends before the stretch.
    """
    settings = DEFAULTS.spectrogram
    seconds = None if end_s is None else end_s - start_s
    excerpt = read_excerpt(path, settings.sample_rate, start_s, seconds)
    return mel_of(excerpt.samples, excerpt.start_s, top_db, settings)


def draw_mel(image: MelImage, title: str, *, axes: bool = True, grey: bool = False) -> Figure:
    """Draw a mel-spectrogram with time, frequency and a scale of decibels, or bare.

    Parameters
    ----------
    image : MelImage
    title : str
        May be empty.
    axes : bool
        Whether there are axes and a scale.
    grey : bool
        Black to white instead of colours.
    """
    with look():
        figure = new_figure(8.0, 3.6, title)
        panel = figure.add_subplot()
        drawn = draw_mel_on(panel, image, hertz=axes, seconds=axes, grey=grey)
        if axes:
            bar = figure.colorbar(drawn, ax=panel, pad=0.015, aspect=28)
            bar.set_label("level (dB re maximum)")
            bar.outline.set_visible(False)
    return figure


def draw_mel_on(
    axes: Axes, image: MelImage, *, hertz: bool = True, seconds: bool = True, grey: bool = False
) -> AxesImage:
    """Draw a mel-spectrogram on axes of seconds and bands (:meth:`MelImage.mel_position`).

    Parameters
    ----------
    axes : Axes
    image : MelImage
    hertz, seconds : bool
        Whether that axis is labelled; as many ticks are shown as have room.
    grey : bool
        Black to white instead of colours.
    """
    if not (hertz or seconds):
        quiet_axes(axes)
    shown, step = _thinned(image.decibels)
    left = image.start_s - image.hop_s / 2
    right = left + shown.shape[1] * step * image.hop_s
    n_mels = len(shown)
    drawn = axes.imshow(
        shown,
        origin="lower",
        aspect="auto",
        cmap="gray" if grey else SPECTROGRAM,
        vmin=-image.top_db,
        vmax=0.0,
        extent=(left, right, -0.5, n_mels - 0.5),
    )
    axes.set_xlim(left, image.end_s - image.hop_s / 2)
    _label(axes, image, hertz=hertz, seconds=seconds)
    return drawn


def outline(axes: Axes, image: MelImage, region: Region, number: int, colour: str) -> None:
    """Outline a region on a drawn mel-spectrogram and number it; nothing where it lies beyond what is drawn.

    Parameters
    ----------
    axes : Axes
        As :func:`draw_mel_on` left them.
    image : MelImage
    region : Region
        Seconds from the start of the recording, and Hz.
    number : int
        Stands at a corner, outside the region where there is room above or below it.
    colour : str
        Both line and number have a dark halo, so that they show on every ground.
    """
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x0, x1 = (min(max(at, left), right) for at in (region.start_s, region.end_s))
    y0, y1 = (min(max(image.mel_position(hz), low), high) for hz in (region.low_hz, region.high_hz))
    if x0 >= x1 or y0 >= y1:
        return
    halo = [withStroke(linewidth=3.2, foreground=INK)]
    axes.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=colour, linewidth=1.6, path_effects=halo)
    )
    room = _LABEL_SHARE * (high - low)
    above, below = high - y1 > room, y0 - low > room
    y, va = (y1, "bottom") if above else (y0, "top") if below else (y1, "top")
    x, ha = (x0, "left") if x0 < left + 0.94 * (right - left) else (x1, "right")
    axes.annotate(
        str(number),
        (x, y),
        (2 if ha == "left" else -2, 2 if va == "bottom" else -2),
        textcoords="offset points",
        ha=ha,
        va=va,
        color=colour,
        fontsize=9,
        fontweight="bold",
        path_effects=[withStroke(linewidth=2.4, foreground=INK)],
    )


def _label(axes: Axes, image: MelImage, *, hertz: bool, seconds: bool) -> None:
    from soundglass.explain.pictures.ticks import label_hertz, label_seconds

    if hertz:
        label_hertz(axes, image.mel_position)
    else:
        axes.set_yticks([])
    if seconds:
        label_seconds(axes)
    else:
        axes.set_xticks([])


def _thinned(decibels: FloatArray) -> tuple[FloatArray, int]:
    """Average so many neighbouring frames that no more columns are left than a picture shows."""
    step = math.ceil(decibels.shape[1] / _MOST_COLUMNS)
    if step <= 1:
        return decibels, 1
    edges = np.arange(0, decibels.shape[1], step)
    widths = np.diff(np.append(edges, decibels.shape[1])).astype(np.float32)
    sums: FloatArray = np.add.reduceat(decibels, edges, axis=1)
    return sums / widths, step
