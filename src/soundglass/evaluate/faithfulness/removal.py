"""Parts of a recording taken away: a soft mask in time and frequency, and something usual in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip
from soundglass.core.types import FloatArray, Region
from soundglass.embeddings.analysis import Excerpt
from soundglass.embeddings.network import SAMPLE_RATE, mel_power
from soundglass.embeddings.picture import PICTURE, RANGE_DB, band_edges
from soundglass.explain.masks import keep_regions
from soundglass.library.store import Store
from soundglass.spectrogram import hz_to_mel

N_TIMES, N_BANDS = 3, 2
"""Into how many stretches of time and bands what is heard of a recording is divided."""

Unit = tuple[Region, ...]
"""What is taken away at once: one stretch of what is heard, in one band."""

_HIGHEST_HZ = SAMPLE_RATE / 2


def divide(excerpts: Sequence[Excerpt], n_times: int = N_TIMES) -> list[Unit]:
    """Divide what is heard of a recording into equal stretches of time, each into bands of as many mel.

    Whoever says which of them matter more is not helped by their size.

    Returns
    -------
    list of Unit
        By time, then by band; a stretch may go on from one excerpt into the next.
    """
    edges = band_limits()
    units = []
    for stretch in _stretches(excerpts, n_times):
        for low, high in pairwise(edges):
            units.append(tuple(Region(start, end, low, high) for start, end in stretch))
    return units


def band_limits() -> tuple[float, ...]:
    """Give the frequencies, in Hz, that part the bands, which are equally wide in mel."""
    mels = np.linspace(0.0, float(hz_to_mel(np.array([_HIGHEST_HZ]))[0]), N_BANDS + 1)
    grid = np.linspace(0.0, _HIGHEST_HZ, 1 << 14)
    inner = np.interp(mels[1:-1], hz_to_mel(grid), grid)
    return (0.0, *inner.tolist(), _HIGHEST_HZ)


def removals(
    excerpts: Sequence[Excerpt], units: Sequence[Unit], fill: Sequence[FloatArray]
) -> list[FloatArray]:
    """Prepare taking units away: what has to be added to the samples for it.

    Parameters
    ----------
    excerpts : sequence of Excerpt
    units : sequence of Unit
    fill : sequence of ndarray
        What stands in their place, as long as the excerpts.

    Returns
    -------
    list of ndarray, shape (n_units, n_samples), one per excerpt
        Masks of units that touch add up to one, so several units are taken away by adding their sums.
    """
    prepared = []
    for excerpt, other in zip(excerpts, fill, strict=True):
        changes = np.zeros((len(units), len(excerpt.samples)), dtype=np.float32)
        for index, unit in enumerate(units):
            regions = _within(unit, excerpt)
            if regions:
                changes[index] = _kept(other - excerpt.samples, regions)
        prepared.append(changes)
    return prepared


def without(
    excerpts: Sequence[Excerpt], prepared: Sequence[FloatArray], taken: NDArray[np.bool_]
) -> list[Excerpt]:
    """Take units away.

    Parameters
    ----------
    prepared : sequence of ndarray
        From :func:`removals`.
    taken : ndarray of bool, shape (n_units,)
    """
    return [
        replace(excerpt, samples=excerpt.samples + changes[taken].sum(axis=0))
        for excerpt, changes in zip(excerpts, prepared, strict=True)
    ]


def removed(excerpts: Sequence[Excerpt], regions: Unit, fill: Sequence[FloatArray]) -> list[Excerpt]:
    """Take some regions away at once; they may overlap."""
    return without(excerpts, removals(excerpts, [regions], fill), np.array([True]))


# -- what stands in their place ----------------------------------------------------------------------------


def usual_spectrum(
    store: Store, rows: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the library's median energy in each band, from the pictures of its tracks, or of some of them.

    Returns
    -------
    centres, powers : ndarray, shape (n_bands,)
        Hz, and power density re each track's mean; white where the library has no pictures.
    """
    edges = band_edges()
    centres = (edges[1:] + edges[:-1]) / 2
    heard = centres < _HIGHEST_HZ
    found = store.columns(["picture"]) if rows is None else store.take(rows, ["picture"])
    stored = found["picture"].drop_null().to_pylist()
    if not stored:
        return centres[heard], np.ones(int(heard.sum()))
    levels = []
    for packed in stored:
        pixels = np.frombuffer(packed, PICTURE)[0]["pixels"][heard].astype(np.float64)
        power = 10 ** ((pixels / 255 - 1) * RANGE_DB / 10)
        levels.append(power / power.mean())
    return centres[heard], np.median(np.concatenate(levels, axis=1), axis=1)


def noise(
    excerpts: Sequence[Excerpt],
    spectrum: tuple[NDArray[np.float64], NDArray[np.float64]],
    rng: np.random.Generator,
) -> list[FloatArray]:
    """Make noise of a spectrum, as loud as the excerpts together are."""
    made = []
    for excerpt in excerpts:
        white = np.fft.rfft(rng.normal(size=len(excerpt.samples)))
        frequencies = np.fft.rfftfreq(len(excerpt.samples), 1 / SAMPLE_RATE)
        made.append(np.fft.irfft(white * np.sqrt(np.interp(frequencies, *spectrum)), len(excerpt.samples)))
    return as_loud([samples.astype(np.float32) for samples in made], excerpts)


def as_loud(fill: Sequence[FloatArray], excerpts: Sequence[Excerpt]) -> list[FloatArray]:
    """Bring samples to the mean mel power of some excerpts; each is repeated or cut to the length of one."""
    fitted = [
        np.resize(fill[index % len(fill)], len(excerpt.samples)) for index, excerpt in enumerate(excerpts)
    ]
    own, wanted = _level(fitted), _level([excerpt.samples for excerpt in excerpts])
    gain = np.float32(np.sqrt(wanted / own)) if own > 0 else np.float32(0)
    return [gain * samples for samples in fitted]


def _level(pieces: Sequence[FloatArray]) -> float:
    return float(np.mean([mel_power(samples).mean(dtype=np.float64) for samples in pieces]))


def _stretches(excerpts: Sequence[Excerpt], n: int) -> list[list[tuple[float, float]]]:
    """Cut the excerpts, put end to end, into n equal stretches, in seconds of the recording."""
    lengths = [len(excerpt.samples) / SAMPLE_RATE for excerpt in excerpts]
    begins = [0.0, *np.cumsum(lengths).tolist()]
    cuts = np.linspace(0.0, begins[-1], n + 1)
    found = []
    for start, end in pairwise(cuts.tolist()):
        pieces = []
        for excerpt, begin, length in zip(excerpts, begins, lengths, strict=False):
            low, high = max(start, begin) - begin, min(end, begin + length) - begin
            if high - low > 1 / SAMPLE_RATE:
                pieces.append((excerpt.start_s + low, excerpt.start_s + high))
        found.append(pieces)
    return found


def _within(unit: Unit, excerpt: Excerpt) -> list[Region]:
    """Give what of a unit lies in an excerpt, in seconds from its start."""
    length = len(excerpt.samples) / SAMPLE_RATE
    moved = [
        replace(
            r, start_s=max(0.0, r.start_s - excerpt.start_s), end_s=min(length, r.end_s - excerpt.start_s)
        )
        for r in unit
    ]
    return [region for region in moved if region.end_s - region.start_s > 1 / SAMPLE_RATE]


def _kept(samples: FloatArray, regions: Sequence[Region]) -> FloatArray:
    kept: FloatArray = keep_regions(Clip(samples[:, None], SAMPLE_RATE), regions).samples[:, 0]
    return kept
