"""The sound check: a few short tones to count, which only those can who hear them."""

from __future__ import annotations

import io
import wave
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Json

DURATION_S: Final = 8.0
"""As long whatever the number of tones, so that it tells nothing."""

_FEWEST, _MOST = 3, 6
_RATE = 44_100
_PITCH_HZ = 660.0
_TONE_S, _RAMP_S = 0.35, 0.02
_PEAK = 0.15
"""About -23 LUFS, as loud as the tracks of a study."""


def places(seed: int) -> tuple[int, ...]:
    """Draw in which whole seconds there is a tone: in 3 to 6 of 8.

    Parameters
    ----------
    seed : int
        Of a participant.
    """
    drawn = np.random.default_rng([seed, 4])
    n = int(drawn.integers(_FEWEST, _MOST + 1))
    return tuple(sorted(drawn.choice(int(DURATION_S), n, replace=False).tolist()))


def are_counted(seed: int, answer: Json) -> bool:
    """Whether somebody gave the number of tones."""
    return type(answer) is int and answer == len(places(seed))


def wav(seed: int) -> bytes:
    """Make the tones.

    Parameters
    ----------
    seed : int
        Of a participant.

    Returns
    -------
    bytes
        A WAV file as long for any number of tones: mono, 44.1 kHz, 16 bit; exact silence between them.
    """
    samples = np.zeros(round(DURATION_S * _RATE))
    tone = _tone()
    for place in places(seed):
        start = round((place + 0.5) * _RATE) - len(tone) // 2
        samples[start : start + len(tone)] = tone
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(np.round(samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()


def _tone() -> NDArray[np.float64]:
    """Make one tone that begins and ends softly."""
    t = np.arange(round(_TONE_S * _RATE)) / _RATE
    ramp = np.clip(np.minimum(t, t[-1] - t) / _RAMP_S, 0, 1)
    shaped: NDArray[np.float64] = _PEAK * np.sin(np.pi / 2 * ramp) ** 2 * np.sin(2 * np.pi * _PITCH_HZ * t)
    return shaped
