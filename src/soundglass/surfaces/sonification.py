"""A spectrogram becomes a file to listen to: of a recording, or of an image that was made of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from soundglass.audio.clip import write_clip
from soundglass.audio.excerpt import read_excerpt
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.explain.pictures.image import read_png
from soundglass.explain.pictures.mel import MelImage, mel_of
from soundglass.explain.sonify import sonify

SECONDS = 10.0
"""How much of a recording is heard unless it is told."""

_PNG = b"\x89PNG"


@dataclass(frozen=True, slots=True)
class Sonification:
    """A sound that was made of a spectrogram.

    Attributes
    ----------
    path : str
        Where it is.
    source : str
        What the spectrogram was of.
    start_s, seconds : float
        Which stretch of that it is.
    error_db : float
        As in :class:`soundglass.explain.sonify.Sonified`.
    sentence : str
        The error in words.
    """

    path: str
    source: str
    start_s: float
    seconds: float
    error_db: float
    sentence: str


def is_png(path: Path) -> bool:
    """Tell whether a file is a PNG image, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_PNG)) == _PNG
    except OSError:
        return False


def write_sonified(
    source: Path, out: Path, start_s: float | None = None, seconds: float | None = None
) -> Sonification:
    """Make a sound from the log-mel spectrogram of a file alone.

    Parameters
    ----------
    source : Path
        An audio file, of which nothing but its log-mel spectrogram is used; or a PNG that
        ``soundglass spectrograms`` made.
    out : Path
        WAV or FLAC; an existing file is replaced.
    start_s : float, optional
        Seconds from the start of the recording; its middle if left out, the start of an image.
    seconds : float, optional
        How long; 10 s of a recording if left out, all of an image.

    Raises
    ------
    SoundglassError
        The file cannot be read or holds no such stretch, or the sound cannot be made or written.
    """
    image = _of_image(source, start_s, seconds) if is_png(source) else _of_recording(source, start_s, seconds)
    found = sonify(image)
    write_clip(found.clip, out)
    return Sonification(
        str(out), str(source), image.start_s, found.clip.duration_s, found.error_db, found.sentence
    )


def _of_recording(path: Path, start_s: float | None, seconds: float | None) -> MelImage:
    settings = DEFAULTS.spectrogram
    heard = read_excerpt(path, settings.sample_rate, start_s, SECONDS if seconds is None else seconds)
    return mel_of(heard.samples, heard.start_s)


def _of_image(path: Path, start_s: float | None, seconds: float | None) -> MelImage:
    """Cut frames out of an image, whose times are those of its recording."""
    image = read_png(path, foreign=False)
    first = 0 if start_s is None else max(0, round((start_s - image.start_s) / image.hop_s))
    last = image.n_frames if seconds is None else first + 1 + round(seconds / image.hop_s)
    if first >= image.n_frames:
        raise SoundglassError(
            f"ends at {image.end_s:.2f} s, before {start_s} s", path=path, remedy="Choose an earlier start"
        )
    cut = image.decibels[:, first:last]
    return replace(image, decibels=cut, start_s=image.start_s + first * image.hop_s)
