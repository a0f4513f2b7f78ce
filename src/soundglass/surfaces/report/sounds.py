"""What a page holds of a recording: its spectrogram and pieces of its sound, all from one decoding."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

from soundglass.audio.blocks import AudioBlocks
from soundglass.audio.clip import Clip
from soundglass.audio.decode import decode
from soundglass.audio.mp3 import encode
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray, Region
from soundglass.explain.listen import pair_clip
from soundglass.explain.masks import EDGE_S, keep_regions
from soundglass.explain.pictures.mel import TOP_DB, MelImage, below_maximum
from soundglass.spectrogram import StreamingSpectrogram, power_to_db

KBPS = 64
"""kbit/s, mono: as clear as twice as much in stereo; a minute takes 0.6 MB of a page."""

CONTEXT_S = 1.0
"""What is heard before and after a region, as regions alone are too short to recognise anything."""

MOST_S = 8.0
"""Of a longer region the beginning is heard."""

_FADE_S = 0.01


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a recording.

    Attributes
    ----------
    start_s, end_s : float
        Seconds from the start of the recording.
    """

    start_s: float
    end_s: float

    def holds(self, other: Piece) -> bool:
        """Tell whether another stretch lies within."""
        return self.start_s <= other.start_s and other.end_s <= self.end_s


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as it was heard.

    Attributes
    ----------
    image : MelImage or None
        Of all of it, if it was asked for.
    duration_s : float
    clips : dict of Piece to Clip
        The pieces that were asked for, mono, at the recording's own rate.
    """

    image: MelImage | None
    duration_s: float
    clips: dict[Piece, Clip] = field(repr=False)

    def clip(self, piece: Piece) -> Clip:
        """Give a stretch that lies within one of the pieces."""
        whole = next(kept for kept in self.clips if kept.holds(piece))
        clip = self.clips[whole]
        first, last = (
            round((second - whole.start_s) * clip.sample_rate) for second in (piece.start_s, piece.end_s)
        )
        return Clip(clip.samples[max(0, first) : last], clip.sample_rate)


def around(region: Region, duration_s: float, context_s: float = CONTEXT_S) -> Piece:
    """Give the stretch of a region, or its beginning, with what comes before and after in a recording."""
    end_s = min(region.end_s, region.start_s + MOST_S)
    return Piece(max(0.0, region.start_s - context_s), min(duration_s, end_s + context_s))


def best_piece(
    weighted: Sequence[tuple[Region, float]], duration_s: float, whole_s: float, length_s: float
) -> Piece:
    """Choose the stretch to play: all of a short recording, else where most of the weight lies.

    Parameters
    ----------
    weighted : sequence of (Region, float)
        What is spoken of, and how much it counts; the middle is played where there is nothing.
    duration_s : float
        Of the recording.
    whole_s : float
        Up to this length it is played as a whole.
    length_s : float
        Of the stretch otherwise.
    """
    if duration_s <= whole_s:
        return Piece(0.0, duration_s)
    middle = (duration_s - length_s) / 2
    pieces = [around(region, duration_s) for region, _ in weighted]
    starts = [min(piece.start_s, duration_s - length_s) for piece in pieces] or [middle]

    def covered(start: float) -> float:
        heard = Piece(start, start + length_s)
        return sum(weight for (_, weight), piece in zip(weighted, pieces, strict=True) if heard.holds(piece))

    start = max(starts, key=covered)
    return Piece(start, start + length_s)


def listen(path: Path, pieces: Iterable[Piece], duration_s: float, *, see: bool) -> Recording:
    """Decode a file once, for pieces of its sound and for its spectrogram.

    Parameters
    ----------
    pieces : iterable of Piece
    duration_s : float
        Of the recording, as the library has it.
    see : bool
        Whether the spectrogram is wanted; without it the file is decoded no further than to the last piece.

    Raises
    ------
    AudioError
        The file is gone or cannot be decoded.
    """
    wanted = list(dict.fromkeys(pieces))
    last_s = max((piece.end_s for piece in wanted), default=0.0)

    def consume(blocks: AudioBlocks) -> tuple[MelImage | None, dict[Piece, Clip]]:
        kept: dict[Piece, list[FloatArray]] = {piece: [np.empty(0, np.float32)] for piece in wanted}
        mono, image = _kept(blocks, kept), None
        if see:
            image = _mel_image(mono, blocks.sample_rate)
        else:
            next((block for block in mono if blocks.duration_s >= last_s), None)
        joined = {piece: np.concatenate(chunks)[:, None] for piece, chunks in kept.items()}
        return image, {piece: Clip(samples, blocks.sample_rate) for piece, samples in joined.items()}

    image, clips = decode(path, consume, expected_s=duration_s if see else last_s).result
    return Recording(image, duration_s, clips)


def _kept(blocks: AudioBlocks, kept: dict[Piece, list[FloatArray]]) -> Iterator[FloatArray]:
    """Pass on the mean of the channels, and keep what of it lies within the pieces."""
    at = 0
    for block in blocks:
        mono = np.ascontiguousarray(block.mean(axis=1))
        for piece, chunks in kept.items():
            first, last = (round(second * blocks.sample_rate) - at for second in (piece.start_s, piece.end_s))
            if first < len(mono) and last > 0:
                chunks.append(mono[max(0, first) : last])
        at += len(mono)
        yield mono


def _mel_image(chunks: Iterable[FloatArray], rate: int) -> MelImage:
    settings, peak, mels = DEFAULTS.spectrogram, 0.0, list[FloatArray]()
    spectrogram = StreamingSpectrogram(settings)
    resample = soxr.ResampleStream(rate, settings.sample_rate, 1, dtype="float32", quality="HQ")
    for chunk in chunks:
        peak = max(peak, float(np.abs(chunk).max(initial=0.0)))
        mels += [block.mel.T for block in spectrogram.push(resample.resample_chunk(chunk))]
    last = resample.resample_chunk(np.empty(0, np.float32), last=True)
    mels += [block.mel.T for block in (*spectrogram.push(last), *spectrogram.flush())]
    return below_maximum(power_to_db(np.concatenate(mels, axis=1), TOP_DB), peak)


def only(recording: Recording, region: Region) -> Clip:
    """Give nothing but a region of a recording, by a soft mask on its spectrogram."""
    clip = recording.clip(heard := around(region, recording.duration_s, EDGE_S))
    top = min(region.high_hz, clip.sample_rate / 2)
    bottom = min(region.low_hz, top / 2)  # a recording of few samples a second may have nothing up there
    end_s = min(region.end_s, region.start_s + MOST_S, recording.duration_s)
    moved = Region(region.start_s - heard.start_s, end_s - heard.start_s, bottom, top)
    return keep_regions(clip, [moved])


def one_after_another(query: Clip, match: Clip) -> str:
    """Put two sounds one after another, equally loud, as a data URI."""
    return sound(pair_clip(query, match))


def sound(clip: Clip) -> str:
    """Code a sound as MP3 in a data URI, faded at its ends."""
    return data_uri(mp3(clip), "audio/mpeg")


def mp3(clip: Clip) -> bytes:
    """Code a sound as MP3, faded at its ends."""
    length = min(round(_FADE_S * clip.sample_rate), len(clip.samples) // 2)
    gains = np.ones((len(clip.samples), 1), np.float32)
    ramp = np.linspace(0.0, 1.0, length, endpoint=False, dtype=np.float32)[:, None]
    gains[:length], gains[len(gains) - length :] = ramp, ramp[::-1]
    return encode(Clip(clip.samples * gains, clip.sample_rate), KBPS)


def data_uri(content: bytes, kind: str) -> str:
    """Write bytes as a URI that holds them."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
