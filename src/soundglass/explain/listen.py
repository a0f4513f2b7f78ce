"""Parts of recordings as sounds of their own: cut out, faded, one after another, equally loud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from soundglass.audio.clip import Clip, read_clip
from soundglass.core.types import Region
from soundglass.explain.masks import EDGE_S, keep_regions, refuse_unheard
from soundglass.features.loudness import LoudnessMeter

PAIR_LUFS = -18.0
MOST_PEAK = 10 ** (-1 / 20) - 2 / 2**15
"""-1 dBFS, less what dither adds when a sound is written in 16 bits."""

CUT_S = 0.01
"""How long a sound fades at either end, where it would not begin or end in silence anyway."""

_MOST_GAIN = 10 ** (30 / 20)


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
        At the file's rate, with its channels; it starts and ends in silence, 58 ms (or ``context_s``) beyond
        the regions. Made quieter as a whole where samples would exceed -1 dBFS.

    Raises
    ------
    AudioError
        The file cannot be decoded; or as :func:`soundglass.explain.masks.keep_regions`.
    """
    refuse_unheard(regions, path=path)
    start_s, end_s = span_of(regions, bed_db, context_s)
    kept = extract_from(read_clip(path, start_s, end_s), start_s, regions, bed_db, path)
    return amplified(kept, gain_within(MOST_PEAK, kept))


def span_of(
    regions: Sequence[Region], bed_db: float = -math.inf, context_s: float = 1.0
) -> tuple[float, float]:
    """Give the seconds of a recording that :func:`extract` hears for some regions."""
    beyond_s = EDGE_S if bed_db == -math.inf else max(EDGE_S, context_s)
    start_s = max(0.0, min(region.start_s for region in regions) - beyond_s)
    return start_s, max(region.end_s for region in regions) + beyond_s


def extract_from(
    clip: Clip, start_s: float, regions: Sequence[Region], bed_db: float = -math.inf, path: Path | None = None
) -> Clip:
    """Keep regions of a recording, in a piece of it that starts at some second, as :func:`extract` does."""
    end_s = start_s + clip.duration_s
    refuse_unheard(regions, end_s=end_s, highest_hz=clip.sample_rate / 2, path=path)
    kept = keep_regions(clip, [moved(region, -start_s) for region in regions], bed_db)
    return faded(kept, EDGE_S if bed_db > -math.inf else CUT_S)


def moved(region: Region, seconds: float) -> Region:
    """Put a region later."""
    return replace(region, start_s=region.start_s + seconds, end_s=region.end_s + seconds)


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
        Both as :func:`equally_loud` gives them.
    """
    return joined(equally_loud(query, match), gap_s)


def equally_loud(query: Clip, match: Clip) -> tuple[Clip, Clip]:
    """Bring two sounds to one loudness and one format.

    Returns
    -------
    Clip, Clip
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
    measured = list(zip(pair, _levels(pair), strict=True))
    target = PAIR_LUFS
    for clip, level in measured:
        if clip.peak:
            target = min(target, level + 20 * math.log10(min(_MOST_GAIN, MOST_PEAK / clip.peak)))
    one, other = (
        amplified(clip, 10 ** ((target - level) / 20)) if clip.peak else clip for clip, level in measured
    )
    return one, other


def joined(clips: Sequence[Clip], gap_s: float) -> Clip:
    """Put sounds of one format one after another, with silence between."""
    first = clips[0]
    gap = np.zeros((round(gap_s * first.sample_rate), first.channels), np.float32)
    pieces = [first.samples]
    for clip in clips[1:]:
        pieces += [gap, clip.samples]
    return replace(first, samples=np.concatenate(pieces))


def faded(clip: Clip, seconds: float) -> Clip:
    """Fade in from nothing and out to nothing, over so long but no more than half of the sound each."""
    length = min(round(seconds * clip.sample_rate), len(clip.samples) // 2)
    ramp = np.hanning(2 * length + 1)[:length].astype(np.float32)
    gains = np.ones((len(clip.samples), 1), np.float32)
    gains[:length, 0], gains[len(gains) - length :, 0] = ramp, ramp[::-1]
    return replace(clip, samples=clip.samples * gains)


def amplified(clip: Clip, gain: float) -> Clip:
    """Multiply all samples."""
    return clip if gain == 1 else replace(clip, samples=clip.samples * np.float32(gain))


def gain_within(peak: float, *clips: Clip) -> float:
    """Give the gain, at most 1, by which no peak of some sounds exceeds another."""
    highest = max(clip.peak for clip in clips)
    return min(1.0, peak / highest) if highest else 1.0


def loudness(clip: Clip) -> float:
    """Measure by ITU-R BS.1770-4, LUFS; NaN below 0.4 s or -70 LUFS."""
    meter = LoudnessMeter(clip.sample_rate, clip.channels)
    meter.push(clip.samples)
    return meter.finish()[0].value


def _levels(clips: Sequence[Clip]) -> list[float]:
    """Measure all sounds on the one scale that tells of each; LUFS, or dB of power."""
    measured = [loudness(clip) for clip in clips]
    if any(math.isnan(lufs) for clip, lufs in zip(clips, measured, strict=True) if clip.peak):
        powers = [float(np.square(clip.samples, dtype=np.float64).sum(axis=1).mean()) for clip in clips]
        return [10 * math.log10(power) if power else -math.inf for power in powers]
    return measured
