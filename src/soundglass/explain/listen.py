"""Regions of a spectrogram made audible, with the original phase (DESIGN 3.2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip, read_clip
from soundglass.core.errors import AudioError
from soundglass.core.types import Region
from soundglass.features.loudness import LoudnessMeter

Values = NDArray[np.float64]

_HOP_S = 1024 / 44_100
_OVERLAP = 4
_EDGE_BINS = 4
_EDGE_SHARE = 1 / 8

EDGE_S = (_OVERLAP + 1) / 2 * _HOP_S
"""How far a region is heard beyond its start and end, fading: half a window and half a hop, 58 ms."""

PAIR_LUFS = -18.0
PAIR_PEAK = 10 ** (-1 / 20)
_MOST_GAIN = 10 ** (30 / 20)


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
    Weighted overlap-add (Griffin & Lim, 1984) with Hann windows of 93 ms. The gains of a region do not change
    while it lasts, so there is no musical noise.
    """
    _refuse_unheard(regions, end_s=clip.duration_s, highest_hz=clip.sample_rate / 2)
    hop = max(1, round(_HOP_S * clip.sample_rate))
    n_fft, n_samples = _OVERLAP * hop, len(clip.samples)
    ahead = n_fft - hop
    n_frames = (ahead + n_samples - 1) // hop + 1
    window = np.hanning(n_fft + 1)[:-1, None]
    signal = np.zeros(((n_frames + _OVERLAP - 1) * hop, clip.channels))
    signal[ahead : ahead + n_samples] = clip.samples
    kept = np.zeros_like(signal)
    for frame, gains in enumerate(_masks(clip, regions, bed_db, hop, n_frames)):
        if gains.any():
            span = slice(frame * hop, frame * hop + n_fft)
            spectrum = np.fft.rfft(signal[span] * window, axis=0) * gains[:, None]
            kept[span] += np.fft.irfft(spectrum, n_fft, axis=0) * window
    kept /= (window[::hop] ** 2).sum()
    return replace(clip, samples=kept[ahead : ahead + n_samples].astype(np.float32))


def extract(
    path: Path, regions: Sequence[Region], *, bed_db: float = -math.inf, context_s: float = 1.0
) -> Clip:
    """Read the regions of a recording as a sound of their own.

    Parameters
    ----------
    path : Path
        An audio file.
    regions : sequence of Region
        Seconds from the start of the file, and Hz; several are heard when they come.
    bed_db : float
        Gain of all the rest in dB, 0 or less.
    context_s : float
        Where there is such a bed, how much of it is heard before and after.

    Returns
    -------
    Clip
        At the file's rate, with its channels; it starts and ends 58 ms (or ``context_s``) beyond the regions.
        Made quieter as a whole where samples would exceed full scale.

    Raises
    ------
    AudioError
        The file cannot be decoded; or as :func:`keep_regions`.
    """
    _refuse_unheard(regions, path=path)
    beyond_s = EDGE_S if bed_db == -math.inf else max(EDGE_S, context_s)
    start_s = max(0.0, min(region.start_s for region in regions) - beyond_s)
    clip = read_clip(path, start_s, max(region.end_s for region in regions) + beyond_s)
    _refuse_unheard(regions, end_s=start_s + clip.duration_s, highest_hz=clip.sample_rate / 2, path=path)
    moved = [replace(r, start_s=r.start_s - start_s, end_s=r.end_s - start_s) for r in regions]
    kept = keep_regions(clip, moved, bed_db)
    if bed_db > -math.inf:
        kept = _faded(kept)
    return _amplified(kept, 1 / max(1.0, kept.peak))


def pair_clip(query: Clip, match: Clip, gap_s: float = 0.4) -> Clip:
    """Put one sound after another, equally loud, to compare them by ear.

    Parameters
    ----------
    query, match : Clip
        Of any rates and numbers of channels.
    gap_s : float
        Seconds of silence between.

    Returns
    -------
    Clip
        At the higher rate of the two, mono if both are, stereo otherwise. Both are equally loud: -18 LUFS, or
        less where that would take more than 30 dB of gain or peaks above -1 dBFS. Digital silence stays so.

    Notes
    -----
    Loudness by ITU-R BS.1770-4, or where it is undefined for one of the two (below 0.4 s, or too quiet), the
    unweighted power of both.
    """
    rate = max(query.sample_rate, match.sample_rate)
    channels = min(2, max(query.channels, match.channels))
    pair = [clip.resampled(rate).spread_over(channels) for clip in (query, match)]
    gap = np.zeros((round(gap_s * rate), channels), np.float32)
    first, second = _equally_loud(pair)
    return Clip(np.concatenate([first.samples, gap, second.samples]), rate)


def _masks(clip: Clip, regions: Sequence[Region], bed_db: float, hop: int, n_frames: int) -> Iterator[Values]:
    """Give the gains of each STFT frame, shape (n_bins,)."""
    rate, n_fft = clip.sample_rate, _OVERLAP * hop
    bed = 10 ** (min(bed_db, 0.0) / 20)
    centres = (np.arange(n_frames) - _OVERLAP / 2 + 1) * hop / rate
    bins = np.arange(n_fft // 2 + 1) * rate / n_fft
    times = np.array([_time_gains(centres, region, hop / rate, clip.duration_s) for region in regions])
    bands = np.array([_band_gains(bins, region, _EDGE_BINS * rate / n_fft, rate / 2) for region in regions])
    for frame in range(n_frames):
        yield bed + (1 - bed) * np.minimum(times[:, frame] @ bands, 1.0)


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


def _refuse_unheard(
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


def _faded(clip: Clip) -> Clip:
    """Fade in and out over 58 ms, for a sound cut from the middle of another."""
    length = min(round(EDGE_S * clip.sample_rate), len(clip.samples) // 2)
    ramp = np.hanning(2 * length + 1)[:length].astype(np.float32)
    gains = np.ones((len(clip.samples), 1), np.float32)
    gains[:length, 0], gains[len(gains) - length :, 0] = ramp, ramp[::-1]
    return replace(clip, samples=clip.samples * gains)


def _amplified(clip: Clip, gain: float) -> Clip:
    return replace(clip, samples=clip.samples * np.float32(gain))


def _equally_loud(clips: Sequence[Clip]) -> list[Clip]:
    """Amplify all sounds to one loudness, as far as gain and peaks allow."""
    measured = list(zip(clips, _loudness(clips), strict=True))
    target = PAIR_LUFS
    for clip, lufs in measured:
        if clip.peak:
            target = min(target, lufs + 20 * math.log10(min(_MOST_GAIN, PAIR_PEAK / clip.peak)))
    return [_amplified(clip, 10 ** ((target - lufs) / 20)) if clip.peak else clip for clip, lufs in measured]


def _loudness(clips: Sequence[Clip]) -> list[float]:
    """Measure all sounds on the one scale that tells of each; LUFS, or dB of power."""
    loudness = []
    for clip in clips:
        meter = LoudnessMeter(clip.sample_rate, clip.channels)
        meter.push(clip.samples)
        loudness.append(meter.finish()[0].value)
    if any(math.isnan(lufs) for clip, lufs in zip(clips, loudness, strict=True) if clip.peak):
        powers = [float(np.square(clip.samples, dtype=np.float64).sum(axis=1).mean()) for clip in clips]
        return [10 * math.log10(power) if power else -math.inf for power in powers]
    return loudness
