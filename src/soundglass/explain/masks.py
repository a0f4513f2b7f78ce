"""Soft masks on the STFT of a sound: what of it is let through, with the original phase (DESIGN 3.2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip
from soundglass.core.errors import AudioError
from soundglass.core.types import Region

Values = NDArray[np.float64]

_HOP_S = 1024 / 44_100
_OVERLAP = 4
_EDGE_BINS = 4
_EDGE_SHARE = 1 / 8

EDGE_S = (_OVERLAP + 1) / 2 * _HOP_S
"""How far a region is heard beyond its start and end, fading: half a window and half a hop, 58 ms."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The frames and bins of a sound's STFT: Hann windows of 93 ms, a quarter apart.

    Attributes
    ----------
    hop : int
        Samples.
    centres_s : ndarray, shape (n_frames,)
        Middle of each frame, in seconds from the start of the sound.
    bins_hz : ndarray, shape (n_bins,)
    """

    hop: int
    centres_s: Values
    bins_hz: Values

    @classmethod
    def of(cls, clip: Clip) -> Grid:
        """Lay a grid over a sound, from before its first sample to after its last."""
        rate, hop = clip.sample_rate, max(1, round(_HOP_S * clip.sample_rate))
        n_fft = _OVERLAP * hop
        n_frames = (n_fft - hop + len(clip.samples) - 1) // hop + 1
        centres = (np.arange(n_frames) - _OVERLAP / 2 + 1) * hop / rate
        return cls(hop, centres, np.arange(n_fft // 2 + 1) * rate / n_fft)

    @property
    def n_fft(self) -> int:
        """Samples of a frame."""
        return _OVERLAP * self.hop


def let_through(clip: Clip, grid: Grid, gains: Iterable[Values]) -> Clip:
    """Multiply the STFT of a sound by gains.

    Parameters
    ----------
    clip : Clip
    grid : Grid
        Of this sound.
    gains : iterable of ndarray, shape (n_bins,)
        Of each frame, the same for all channels. Where all are 1, the sound stays as it was.

    Returns
    -------
    Clip
        As long as the given one. It is linear in the gains: what gains and one minus them let through
        sums to the sound.

    Notes
    -----
    Weighted overlap-add (Griffin & Lim, 1984).
    """
    hop, n_fft, n_samples = grid.hop, grid.n_fft, len(clip.samples)
    ahead = n_fft - hop
    window = np.hanning(n_fft + 1)[:-1, None]
    signal = np.zeros(((len(grid.centres_s) + _OVERLAP - 1) * hop, clip.channels))
    signal[ahead : ahead + n_samples] = clip.samples
    kept = np.zeros_like(signal)
    for frame, of_frame in enumerate(gains):
        if of_frame.any():
            span = slice(frame * hop, frame * hop + n_fft)
            spectrum = np.fft.rfft(signal[span] * window, axis=0) * of_frame[:, None]
            kept[span] += np.fft.irfft(spectrum, n_fft, axis=0) * window
    kept /= (window[::hop] ** 2).sum()
    return replace(clip, samples=kept[ahead : ahead + n_samples].astype(np.float32))


def keep_regions(clip: Clip, regions: Sequence[Region], bed_db: float = -math.inf) -> Clip:
    """Keep what lies in some regions of a sound, by a soft mask on its STFT with the original phase.

    Gains are 1 inside, -6 dB at the edges, and fade like a raised cosine: over 116 ms in time, beyond which
    nothing is left, and over 43 Hz or an eighth of the frequency, whichever is more. Regions that share an
    edge join without a seam.

    Parameters
    ----------
    clip : Clip
        Any rate and number of channels.
    regions : sequence of Region
        Seconds from the start of the sound, and Hz; they may overlap. An edge at an end of the sound, at 0 Hz
        or at half the sample rate, or beyond, does not fade.
    bed_db : float
        Gain of all the rest in dB, 0 or less.

    Returns
    -------
    Clip
        As long as the given one.

    Raises
    ------
    AudioError
        There is no region, or one is empty or beyond the sound's end or half its sample rate.

    Notes
    -----
    The gains of a region do not change while it lasts, so there is no musical noise.
    """
    refuse_unheard(regions, end_s=clip.duration_s, highest_hz=clip.sample_rate / 2)
    grid = Grid.of(clip)
    return let_through(clip, grid, _of_regions(clip, grid, regions, bed_db))


def refuse_unheard(
    regions: Sequence[Region],
    *,
    end_s: float = math.inf,
    highest_hz: float = math.inf,
    path: Path | None = None,
) -> None:
    """Raise :class:`AudioError` where a region holds nothing, or where there is none."""
    if not regions:
        raise AudioError("no region is named", path=path, remedy="Name at least one")
    for r in regions:
        where = f"the region {r.start_s:.2f} to {r.end_s:.2f} s, {r.low_hz:.0f} to {r.high_hz:.0f} Hz"
        if not (r.start_s < r.end_s > 0 and r.low_hz < r.high_hz > 0):
            problem = "is empty"
        elif r.start_s >= end_s:
            problem = f"lies beyond the end, at {end_s:.2f} s"
        elif r.low_hz >= highest_hz:
            problem = f"lies above the highest frequency, {highest_hz:.0f} Hz"
        else:
            continue
        raise AudioError(f"{where}, {problem}", path=path, remedy="Choose a region within the recording")


def _of_regions(clip: Clip, grid: Grid, regions: Sequence[Region], bed_db: float) -> Iterator[Values]:
    """Give the gains of each frame, shape (n_bins,)."""
    rate, bins = clip.sample_rate, grid.bins_hz
    bed = 10 ** (min(bed_db, 0.0) / 20)
    hop_s, narrowest = grid.hop / rate, _EDGE_BINS * rate / grid.n_fft
    times = np.array([_time_gains(grid.centres_s, region, hop_s, clip.duration_s) for region in regions])
    bands = np.array([_band_gains(bins, region, narrowest, rate / 2) for region in regions])
    for of_frame in times.T:
        yield bed + (1 - bed) * np.minimum(of_frame @ bands, 1.0)


def _time_gains(centres: Values, region: Region, hop_s: float, duration_s: float) -> Values:
    """Weight frames by how much of a hop around their centre lies within a region; their windows fade."""
    start = -math.inf if region.start_s <= 0 else region.start_s
    end = math.inf if region.end_s >= duration_s else region.end_s
    rise, fall = (centres - start) / hop_s + 0.5, (end - centres) / hop_s + 0.5
    return np.clip(rise, 0.0, 1.0) * np.clip(fall, 0.0, 1.0)


def _band_gains(bins: Values, region: Region, narrowest_hz: float, nyquist: float) -> Values:
    """Weight frequencies by a region's band, with raised-cosine edges."""
    gains = np.ones_like(bins)
    if region.low_hz > 0:
        gains *= _rise(bins, region.low_hz, narrowest_hz)
    if region.high_hz < nyquist:
        gains *= 1 - _rise(bins, region.high_hz, narrowest_hz)
    return gains


def _rise(bins: Values, edge_hz: float, narrowest_hz: float) -> Values:
    width = max(narrowest_hz, _EDGE_SHARE * edge_hz)
    rise: Values = 0.5 + 0.5 * np.sin(np.pi * np.clip((bins - edge_hz) / width, -0.5, 0.5))
    return rise
