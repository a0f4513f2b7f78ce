"""FFmpeg through PyAV, held to one demuxer, known audio codecs and one open file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from io import SEEK_SET
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from soundglass.audio._container import Container
from soundglass.audio.blocks import Decoder, check_format
from soundglass.core.errors import AudioError
from soundglass.core.settings import AudioLimits
from soundglass.core.types import FloatArray

AudioPacket: TypeAlias = "Packet[AudioStream]"

_CODECS = frozenset(
    (
        *("mp3", "mp3float", "mp2", "mp2float", "aac", "alac", "flac", "wavpack"),
        *("vorbis", "libvorbis", "opus", "libopus", "speex", "libspeex"),
        *("wmav1", "wmav2", "wmapro", "wmalossless", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
        *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
        *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw"),
    )
)
_SCALES = {"u8": 2.0**-7, "s16": 2.0**-15, "s32": 2.0**-31, "s64": 2.0**-63, "flt": 1.0, "dbl": 1.0}
_MAX_FAILURES_IN_A_ROW = 64
_LONGEST_PACKET_S = 2.0
_PREROLL_S = 0.5
_EXACT_DEMUXERS = frozenset({"mov", "wv", "asf", "wav", "aiff"})
"""Those whose time stamps after a jump say which samples these are; elsewhere they are estimates."""


class _NamelessFile:
    """An open file as FFmpeg sees it: without a name to start from and without the ID3v2 tags in front."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self.name = ""
        self.read = file.read
        self._file = file
        self._start = start
        file.seek(start)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return self._file.seek(offset + self._start if whence == SEEK_SET else offset, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start


class _PacketClock:
    """Adds up how long packets play, believing neither headers nor single time stamps.

    Durations alone would not do: FFmpeg's for Vorbis are 5 % short, and of a last packet sometimes 27 hours.
    """

    def __init__(self, longest: int) -> None:
        self.ticks = 0
        self._longest = longest
        self._start: int | None = None
        self._duration = 0

    def pass_by(self, packet: AudioPacket) -> None:
        """Count the packet before this one, now that its end is known."""
        start = packet.pts
        step = self._duration if start is None or self._start is None else start - self._start
        if abs(step) > self._longest:
            step = self._duration
        self.ticks += step if abs(step) <= self._longest else 0
        self._start, self._duration = start, packet.duration or 0


class Media:
    """The audio stream of one file, opened by FFmpeg for demuxing or decoding.

    Parameters
    ----------
    path : Path
        The file.
    container : Container
        What its first bytes said; no other demuxer is tried.
    limits : AudioLimits
        Bounds on rate and channels.

    Attributes
    ----------
    codec : str
        FFmpeg's name of the codec.
    sample_rate, channels : int
        As the stream states them (Hz for the rate).
    claimed_s : float or None
        Seconds the header claims, ``None`` where it makes no claim.

    Raises
    ------
    AudioError
        FFmpeg cannot open it, it has no audio, an unknown codec, or a format beyond the limits.
    """

    def __init__(self, path: Path, container: Container, limits: AudioLimits) -> None:
        self.damaged = False
        with ExitStack() as resources:
            raw = resources.enter_context(path.open("rb", buffering=0))
            self._input = resources.enter_context(_open_input(path, raw, container))
            self._stream = _audio_stream(path, self._input)
            context = self._stream.codec_context
            self.sample_rate, self.channels = int(context.sample_rate), int(context.channels)
            check_format(path, self.sample_rate, self.channels, limits)
            self._resources = resources.pop_all()
        context.thread_count = 1
        self._tick_s = float(self._stream.time_base or Fraction(0))
        self._clock = _PacketClock(round(_LONGEST_PACKET_S / self._tick_s) if self._tick_s else 0)
        self.codec = context.name.removesuffix("float")
        duration = self._input.duration if container.has_frame_count else None
        self.claimed_s = None if duration is None else duration / av.time_base * container.claimed_fraction

    def packets(self) -> Iterator[AudioPacket]:
        """Yield the packets of the audio stream, an empty one last; those that cannot be read are skipped."""
        failures = 0
        while failures < _MAX_FAILURES_IN_A_ROW:
            try:
                for packet in self._input.demux(self._stream):
                    failures = 0
                    self._clock.pass_by(packet)
                    yield packet
            except av.EOFError:
                return
            except (av.FFmpegError, OSError):
                failures += 1
                self.damaged = True
            else:
                return

    @property
    def packets_s(self) -> float:
        """Seconds of audio in the packets read so far."""
        return self._clock.ticks * self._tick_s

    def frames(self) -> Iterator[AudioFrame]:
        """Yield decoded frames; packets that cannot be decoded are skipped one by one."""
        for packet in self.packets():
            try:
                yield from self._stream.decode(packet)
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError):
                self.damaged = True

    def jump(self, second: float) -> bool:
        """Make the packets before this time the next ones; false where the file cannot do so."""
        offset = round(max(0.0, second) / self._tick_s) if self._tick_s else 0
        try:
            self._input.seek(offset, stream=self._stream, backward=True)
        except (av.FFmpegError, OSError):
            return False
        return True

    def close(self) -> None:
        """Release the file."""
        self._resources.close()


def _open_input(path: Path, raw: BinaryIO, container: Container) -> InputContainer:
    options = {
        "format_whitelist": container.demuxer,
        "protocol_whitelist": "",
        "codec_whitelist": ",".join(sorted(_CODECS)),
    }
    if container.demuxer == "wav":
        # FFmpeg's long look for compressed audio inside PCM costs 30 ms a file.
        options["probesize"] = "65536"
    try:
        return av.open(
            _NamelessFile(raw, container.start),
            "r",
            format=container.demuxer,
            container_options=options,
            metadata_errors="replace",
            io_open=_refuse,
        )
    except (av.FFmpegError, ValueError, OSError) as error:
        raise AudioError("FFmpeg cannot open it", path=path) from error


def _audio_stream(path: Path, opened: InputContainer) -> AudioStream:
    """Return the first audio stream, if its codec is known and allowed."""
    if not opened.streams.audio:
        raise AudioError("holds no audio", path=path, remedy="Remove it from the music folder")
    stream = opened.streams.audio[0]
    # A codec FFmpeg does not know leaves no context, whatever PyAV's types say.
    codec = getattr(stream.codec_context, "name", "an unknown codec")
    if codec not in _CODECS:
        raise AudioError(f"holds {codec}, which is not decoded here", path=path, remedy="Convert it to FLAC")
    return stream


class PyavSource:
    """One file decoded by FFmpeg; iterating it gives blocks until the end.

    The first frame fixes rate and channels; later frames of another format are dropped as damage.

    Raises
    ------
    AudioError
        As :class:`Media`, or not one frame can be decoded.
    """

    decoder: Decoder = "pyav"

    def __init__(self, path: Path, container: Container, limits: AudioLimits) -> None:
        self._media = Media(path, container, limits)
        self._frames = self._media.frames()
        first = next(self._frames, None)
        if first is None:
            self.close()
            raise AudioError("no audio can be decoded", path=path)
        self._waiting = _samples(first)
        self._is_exact = container.demuxer in _EXACT_DEMUXERS
        self._origin = first.pts
        self._first_frames = int(first.samples)
        self.codec = self._media.codec
        self.sample_rate = int(first.sample_rate)
        self.channels = int(first.layout.nb_channels)
        self._mixed = False
        self._block_frames = limits.block_frames
        try:
            check_format(path, self.sample_rate, self.channels, limits)
        except AudioError:
            self.close()
            raise

    @property
    def damaged(self) -> bool:
        """Whether anything had to be skipped so far."""
        return self._media.damaged or self._mixed

    def __iter__(self) -> Iterator[FloatArray]:
        gathered = [self._waiting]
        held = len(self._waiting)
        for frame in self._frames:
            if not self._fits(frame):
                self._mixed = True
                continue
            gathered.append(_samples(frame))
            held += len(gathered[-1])
            if held >= self._block_frames:
                yield np.concatenate(gathered)
                gathered, held = [], 0
        if held:
            yield np.concatenate(gathered)

    def seek(self, frame: int) -> bool:
        """Make this frame the next that is read; false where the file cannot do so, and is to be opened anew.

        Decoding begins half a second earlier, which settles decoders that build on earlier packets. What
        encoders put before the beginning is left out only by a file opened anew.
        """
        start_s = frame / self.sample_rate - _PREROLL_S
        if start_s <= 0 or not self._is_exact or not self._media.jump(start_s):
            return False
        self._frames = self._media.frames()
        for decoded in self._frames:
            at = self._place(decoded) if self._fits(decoded) else None
            if at is None:
                continue
            if at > frame:
                return False
            samples = _samples(decoded)
            if at + len(samples) > frame:
                self._waiting = samples[frame - at :]
                return True
        return False

    def _fits(self, frame: AudioFrame) -> bool:
        return (frame.sample_rate, frame.layout.nb_channels) == (self.sample_rate, self.channels)

    def _place(self, frame: AudioFrame) -> int | None:
        """Tell by its time stamp which frame of the recording a decoded piece begins with."""
        if frame.pts is None or self._origin is None or not frame.time_base:
            return None
        # What lies before time zero was dropped, so zero is where counting begins.
        elapsed = max(0, frame.pts) - max(0, self._origin)
        if frame.time_base * self.sample_rate <= 1:
            return round(elapsed * frame.time_base * self.sample_rate)
        # Stamps in milliseconds: pieces of one length tell which one it is.
        return round(elapsed * frame.time_base * self.sample_rate / self._first_frames) * self._first_frames

    def close(self) -> None:
        """Release the file."""
        self._media.close()


def _samples(frame: AudioFrame) -> FloatArray:
    """Convert a frame to float32 of shape ``(n_frames, channels)``, full scale 1, channels untouched.

    What lies before time zero, as in an Ogg file cut from a longer one, is dropped, as Vorbis asks for.
    """
    samples = frame.to_ndarray()
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels)
    kind = frame.format.packed.name
    if kind == "u8":
        samples = samples.astype(np.float32) - 128.0
    if frame.pts is not None and frame.pts < 0 and frame.time_base:
        samples = samples[round(-frame.pts * frame.time_base * frame.sample_rate) :]
    scaled: FloatArray = samples.astype(np.float32, order="C") * np.float32(_SCALES[kind])
    return scaled


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError("an audio file may not name other files")
