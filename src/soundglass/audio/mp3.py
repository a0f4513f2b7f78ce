"""Sounds as MP3: small enough to embed in a page, and what that coding does to them."""

from __future__ import annotations

from io import BytesIO

import soundfile

from soundglass.audio.clip import Clip
from soundglass.core.errors import AudioError

_RATES = (32_000, 44_100, 48_000)
_KBPS = (64, 320)
"""Lowest and highest constant bit rate; at lower ones LAME lowers the sample rate."""

_ROUND_TRIP_KBPS = 128


def encode(clip: Clip, kbps: int = 96) -> bytes:
    """Code a sound as a mono MP3 of constant bit rate, small enough to embed in a page.

    Parameters
    ----------
    clip : Clip
        Of channels the mean is coded. It is resampled to 44.1 kHz from a rate other than 32, 44.1 or 48 kHz.
    kbps : int
        kbit/s, 64 to 320; MP3 has 64, 80, 96, 112, 128, 160, … and the nearest is taken.

    Returns
    -------
    bytes
        The same for the same samples. A second takes 125 * ``kbps`` bytes.

    Raises
    ------
    AudioError
        There is no such bit rate, or the coder gives up, as on an empty clip.
    """
    if not _KBPS[0] <= kbps <= _KBPS[1]:
        raise AudioError(f"MP3 has no {kbps} kbit/s", remedy=f"Choose from {_KBPS[0]} to {_KBPS[1]}")
    return _coded(clip.spread_over(1), kbps)


def through_mp3(clip: Clip) -> Clip:
    """Encode at 128 kbit/s by LAME and decode.

    Parameters
    ----------
    clip : Clip
        Of one or two channels; of more, the mean is coded. It is resampled to 44.1 kHz from a rate
        that MP3 lacks at this bit rate.

    Returns
    -------
    Clip
        As long as it went in, at the rate it was coded at; the coder's delay is taken away.

    Raises
    ------
    AudioError
        The coder gives up, as on an empty clip.
    """
    clip = _at_coded_rate(clip if clip.channels <= 2 else clip.spread_over(1))
    decoded, rate = soundfile.read(BytesIO(_coded(clip, _ROUND_TRIP_KBPS)), always_2d=True, dtype="float32")
    return Clip(decoded[: len(clip.samples)], rate)


def _coded(clip: Clip, kbps: int) -> bytes:
    clip, file = _at_coded_rate(clip), BytesIO()
    try:
        if not len(clip.samples):
            raise AudioError("there is no sound to be coded as MP3", remedy="Choose a longer piece")
        soundfile.write(
            file,
            clip.samples,
            clip.sample_rate,
            format="MP3",
            subtype="MPEG_LAYER_III",
            bitrate_mode="CONSTANT",
            compression_level=(320 - kbps) / 288,  # libsndfile (1.2): 0 is 320, 1 is 32 kbit/s
        )
    except soundfile.SoundFileError as error:
        raise AudioError("cannot be coded as MP3", remedy="This libsndfile may lack LAME") from error
    return file.getvalue()


def _at_coded_rate(clip: Clip) -> Clip:
    return clip if clip.sample_rate in _RATES else clip.resampled(44_100)
