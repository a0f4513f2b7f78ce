"""What the images of one run have in common."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from soundglass.audio.clip import MAX_CLIP_S
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.spectrogram import SPECTROGRAM_VERSION

IMAGES_VERSION = 1
"""Grows whenever the same file and settings give another image."""

SMALLEST, LARGEST = 16, 4096
"""Pixels a side."""


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """How each image is made.

    Attributes
    ----------
    seconds : float
        Length of the stretch, at most 300.
    start_s : float, optional
        Where in the recording it begins; its middle if left out, as beginnings and ends are often silent or
        unlike the rest, and as the ``mel-pca`` recommender sees it.
    size : int, optional
        Pixels a side; one for each mel band if left out. Cannot be chosen with ``axes``.
    axes : bool
        Draw time, frequency and the scale of decibels around the image.
    grey : bool
        Black to white instead of colours.

    Raises
    ------
    SoundglassError
        A value is out of range.
    """

    seconds: float = 10.0
    start_s: float | None = None
    size: int | None = None
    axes: bool = False
    grey: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= MAX_CLIP_S:
            _refuse(f"no image can show {self.seconds:g} seconds", f"up to {MAX_CLIP_S:g} s")
        if self.start_s is not None and not 0 <= self.start_s < float("inf"):
            _refuse(f"no stretch can start at {self.start_s:g} seconds", "0 or more")
        if self.size is not None and not SMALLEST <= self.size <= LARGEST:
            _refuse(f"no image can be {self.size} pixels wide and high", f"{SMALLEST} to {LARGEST}")
        if self.size is not None and self.axes:
            _refuse("an image with axes has a size of its own", "either a size or axes")

    @property
    def pixels(self) -> int:
        """Width and height of an image without axes."""
        return self.size or DEFAULTS.spectrogram.n_mels

    @property
    def n_frames(self) -> int:
        """How many frames the stretch has."""
        spectrogram = DEFAULTS.spectrogram
        return 1 + round(self.seconds * spectrogram.sample_rate) // spectrogram.hop_length

    @property
    def key(self) -> str:
        """Two images of one file are the same where their keys are."""
        return json.dumps({**asdict(self), "version": [SPECTROGRAM_VERSION, IMAGES_VERSION]})


def _refuse(message: str, allowed: str) -> None:
    raise SoundglassError(message, remedy=f"Choose {allowed}")
