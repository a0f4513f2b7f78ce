"""What lossy coding does to a sound: through MP3 and back."""

from __future__ import annotations

from io import BytesIO

import soundfile

from soundglass.audio.clip import Clip
from soundglass.core.errors import AudioError

_COMPRESSION = 0.68
"""What libsndfile (1.2) calls LAME's constant 128 kbit/s at 32, 44.1 and 48 kHz."""

_RATES = (32_000, 44_100, 48_000)


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
    clip = clip if clip.channels <= 2 else clip.spread_over(1)
    clip = clip if clip.sample_rate in _RATES else clip.resampled(44_100)
    file = BytesIO()
    try:
        soundfile.write(
            file,
            clip.samples,
            clip.sample_rate,
            format="MP3",
            subtype="MPEG_LAYER_III",
            bitrate_mode="CONSTANT",
            compression_level=_COMPRESSION,
        )
        file.seek(0)
        decoded, rate = soundfile.read(file, always_2d=True, dtype="float32")
    except soundfile.SoundFileError as error:
        raise AudioError("cannot be coded as MP3", remedy="This libsndfile may lack LAME") from error
    return Clip(decoded[: len(clip.samples)], rate)
