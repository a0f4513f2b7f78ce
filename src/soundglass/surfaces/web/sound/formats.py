"""Which files browsers play as they are."""

from __future__ import annotations

_PCM = frozenset({"pcm_u8", "pcm_16", "pcm_24", "pcm_s16le", "pcm_s24le", "float", "pcm_f32le"})
_PLAYED = {
    "mp3": ("audio/mpeg", frozenset({"mp3"})),
    "mov": ("audio/mp4", frozenset({"aac", "mp3", "flac", "opus"})),
    "aac": ("audio/aac", frozenset({"aac"})),
    "flac": ("audio/flac", frozenset({"flac"})),
    "ogg": ("audio/ogg", frozenset({"vorbis", "opus", "flac"})),
    "wav": ("audio/wav", _PCM),
}
"""Container to its media type and the codecs in it that Chromium and Firefox play; older Safari lacks Ogg."""


def played_as(demuxer: str, codec: str) -> str | None:
    """Name the media type by which browsers play a file as it is, ``None`` where most do not.

    Parameters
    ----------
    demuxer : str
        What :func:`soundglass.audio.pcm.demuxer_of` says of the file.
    codec : str
        What the scan found in it: a name of FFmpeg's, or of libsndfile's for PCM.
    """
    media_type, codecs = _PLAYED.get(demuxer, ("", frozenset()))
    return media_type if codec in codecs else None
