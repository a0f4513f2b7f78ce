"""A sound made from a log-mel spectrogram alone: what the spectrogram approach can and cannot see."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import MAX_CLIP_S, Clip
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import SpectrogramSettings
from soundglass.core.types import FloatArray
from soundglass.explain.listen import CUT_S, MOST_PEAK, amplified, faded, loudness
from soundglass.explain.pictures.mel import MelImage
from soundglass.spectrogram import hann_window, log_mel, mel_filterbank

Complex = NDArray[np.complex64]

RANGE_DB = 60.0
"""How far below the loudest cell an image and its sound are compared."""

SOUND_LUFS = -18.0

_SPREAD_STEPS = 30
_STEPS = 64
_MOMENTUM = np.float32(0.99)
_FLOOR = np.float32(1e-10)
_MOST_CORRECTION = np.float32(1e4)
_LARGEST_WINDOW = 1 << 15


@dataclass(frozen=True, slots=True)
class Sonified:
    """The sound of a log-mel spectrogram.

    Attributes
    ----------
    clip : Clip
        Mono, at the spectrogram's rate, at -18 LUFS or what peaks below -1 dBFS allow.
    error_db : float
        Root mean square of the difference in dB between the log-mel of the sound and the image, where the
        image lies less than 60 dB below its maximum; 0 for silence.
    """

    clip: Clip
    error_db: float

    @property
    def sentence(self) -> str:
        """Say how near the sound comes."""
        if not self.clip.peak:
            return "The image is silent, and so is the sound."
        return f"Re-analysed, it differs from the image by {self.error_db:.1f} dB."


def sonify(image: MelImage) -> Sonified:
    """Make a sound whose log-mel spectrogram is a given one; all else is made up.

    Parameters
    ----------
    image : MelImage
        What lies at its floor is silence.

    Raises
    ------
    SoundglassError
        It is shorter than a window or longer than 300 s, or its windows do not overlap evenly.

    Notes
    -----
    A mel band says how much power it holds, but not at which frequencies, nor with which phases. The power is
    spread over the bins by multiplicative updates (Lee & Seung, 2001) from an even start, and phases begin as
    if every peak were a steady tone (single pass inversion: Beauregard, Harish & Wyse, 2015). Then the fast
    Griffin-Lim algorithm (Perraudin, Balazs & Søndergaard, 2013) makes both consistent, with one change: what
    is put back in every step are not the magnitudes of the bins, which were but a guess, but the power of the
    bands, each bin being multiplied so that its bands hold what the image says. All that the image does not
    say is left to consistency. Figures beside other ways: ``docs/decisions/0015``.
    """
    settings = image.settings
    _refuse(image)
    mel = np.where(image.decibels > -image.top_db, 10 ** (image.decibels / 10), 0).T.astype(np.float32)
    if not mel.any():
        return Sonified(
            _clip(np.zeros((image.n_frames - 1) * settings.hop_length, np.float32), settings), 0.0
        )
    samples = _Inversion(settings, len(mel)).samples(mel)
    return Sonified(_clip(samples, settings), _error_db(samples, image))


class _Inversion:
    """The way from mel power, shape (n_frames, n_mels), to samples."""

    def __init__(self, settings: SpectrogramSettings, n_frames: int) -> None:
        self._n_fft, self._hop, self._n_frames = settings.n_fft, settings.hop_length, n_frames
        self._window = hann_window(settings.n_fft)
        self._bank = mel_filterbank(
            settings.sample_rate, settings.n_fft, settings.n_mels, settings.f_min, settings.f_max
        )
        # Of each bin, how much of its power is in each band.
        self._shares = self._bank / np.maximum(self._bank.sum(axis=0), np.finfo(np.float32).tiny)
        self._weight = self._overlapped(np.broadcast_to(self._window**2, (n_frames, self._n_fft)))

    def samples(self, mel: FloatArray) -> FloatArray:
        """Find samples, (n_frames - 1) * hop_length of them."""
        magnitudes = np.sqrt(self._spread(mel))
        spectrum: Complex = magnitudes * np.exp(1j * self._phases(magnitudes))
        before: Complex | None = None
        for _ in range(_STEPS):
            consistent = self._analysed(self._synthesised(spectrum))
            ahead = consistent if before is None else consistent + _MOMENTUM * (consistent - before)
            before = consistent
            spectrum = ahead * np.sqrt(self._corrections(mel, ahead.real**2 + ahead.imag**2))
        return self._synthesised(spectrum)

    def _spread(self, mel: FloatArray) -> FloatArray:
        """Find power over the bins, as even as the bands allow."""
        even = mel / np.maximum(self._bank.sum(axis=1), np.finfo(np.float32).tiny)
        power: FloatArray = even @ self._shares
        for _ in range(_SPREAD_STEPS):
            power *= self._corrections(mel, power)
        return power

    def _phases(self, magnitudes: FloatArray) -> FloatArray:
        """Let every peak of a frame go on as a tone from the frame before; its bins alternate around it."""
        n_bins = magnitudes.shape[1]
        bins, phases = np.arange(n_bins), np.zeros_like(magnitudes)
        running = np.zeros(n_bins)
        for frame, values in enumerate(magnitudes.astype(np.float64)):
            middle = values[1:-1]
            peaks = 1 + np.flatnonzero((middle > values[:-2]) & (middle >= values[2:]))
            if len(peaks):
                left, top, right = values[peaks - 1], values[peaks], values[peaks + 1]
                places = peaks + (left - right) / 2 / (left - 2 * top + right)
                turned = running[peaks] + 2 * np.pi * self._hop / self._n_fft * places
                nearest = np.searchsorted((peaks[1:] + peaks[:-1]) / 2, bins)
                running = (turned[nearest] + np.pi * ((bins - peaks[nearest]) % 2)) % (2 * np.pi)
            phases[frame] = running
        return phases

    def _corrections(self, mel: FloatArray, power: FloatArray) -> FloatArray:
        """Give the factors by which power comes nearer to what the bands hold."""
        floor = _FLOOR * mel.max()
        found: FloatArray = ((mel + floor) / (power @ self._bank.T + floor)) @ self._shares
        np.minimum(found, _MOST_CORRECTION, out=found)
        return found

    def _analysed(self, samples: FloatArray) -> Complex:
        """Give the STFT, frames centred as :class:`soundglass.spectrogram.StreamingSpectrogram` has them."""
        import scipy.fft

        padded = np.pad(samples, self._n_fft // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, self._n_fft)[:: self._hop]
        found: Complex = scipy.fft.rfft(frames * self._window, axis=-1, overwrite_x=True)
        return found

    def _synthesised(self, spectrum: Complex) -> FloatArray:
        """Find the samples whose STFT is nearest by least squares (Griffin & Lim, 1984)."""
        import scipy.fft

        frames = scipy.fft.irfft(spectrum, self._n_fft, axis=-1, overwrite_x=True)
        return self._overlapped(frames * self._window) / self._weight

    def _overlapped(self, frames: FloatArray) -> FloatArray:
        """Add frames where they lie, without the half windows beyond both ends."""
        n_frames, overlap = len(frames), self._n_fft // self._hop
        added = np.zeros((n_frames + overlap - 1, self._hop), np.float32)
        for part in range(overlap):
            added[part : part + n_frames] += frames[:, part * self._hop : (part + 1) * self._hop]
        return added.reshape(-1)[self._n_fft // 2 : self._n_fft // 2 + (n_frames - 1) * self._hop]


def _refuse(image: MelImage) -> None:
    """Raise :class:`SoundglassError` where no sound can be made."""
    n_fft, hop = image.settings.n_fft, image.settings.hop_length
    seconds = (image.n_frames - 1) * image.hop_s
    if n_fft > _LARGEST_WINDOW or n_fft % hop or n_fft < 2 * hop or n_fft % 2:
        raise SoundglassError(
            f"windows of {n_fft} samples every {hop} cannot be put back together",
            remedy="Choose a spectrogram whose windows overlap by half, three quarters or the like",
        )
    if seconds * image.settings.sample_rate < n_fft:
        raise SoundglassError(
            f"{seconds:.2f} s of a spectrogram are too short to be heard", remedy="Choose a longer piece"
        )
    if seconds > MAX_CLIP_S:
        raise SoundglassError(
            f"{seconds:.0f} s of a spectrogram are too long to be made a sound of",
            remedy=f"Choose at most {MAX_CLIP_S:.0f} s",
        )


def _error_db(samples: FloatArray, image: MelImage) -> float:
    compared = image.decibels > -RANGE_DB
    difference = log_mel(samples, image.settings) - image.decibels
    return float(np.sqrt(np.mean(np.square(difference[compared], dtype=np.float64))))


def _clip(samples: FloatArray, settings: SpectrogramSettings) -> Clip:
    """Bring samples to a level to listen to, with no click at either end."""
    clip = faded(Clip(samples[:, np.newaxis], settings.sample_rate), CUT_S)
    if not clip.peak:
        return clip
    lufs = loudness(clip)
    wanted = MOST_PEAK / clip.peak if math.isnan(lufs) else 10 ** ((SOUND_LUFS - lufs) / 20)
    return amplified(clip, min(wanted, MOST_PEAK / clip.peak))
