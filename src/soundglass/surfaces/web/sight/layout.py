"""Where the tiles of a recording's spectrogram lie: levels of zoom, columns, times and frequencies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import Json
from soundglass.spectrogram import hz_to_mel

TILE_COLUMNS = 512
"""Pixels from the left to the right of a tile; the last of a level may be narrower."""

COARSEST = 7
"""The last level, on which a column is 3 s and a tile 25 min: two hours are 2,400 columns."""

FINEST_IN_PART = 3
"""This level and coarser ones are drawn in one go, a part of the recording at a time."""

PART_FRAMES = TILE_COLUMNS << COARSEST
"""Frames of a part: one tile of the coarsest level, and all finer ones below it."""

ABOVE_LOUDNESS_DB = 48.0
"""How far above its loudness the brightest colour of a recording lies.

Bands of 24 recordings peak 45 to 56 dB above their recording's loudness, half of them within 49.
"""

FULL_SCALE = 32767
"""Of the 16-bit numbers that peaks are kept as."""

HERTZ = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""What the frequency axis may be labelled with."""

USUAL_LOUDNESS = -23.0
"""LUFS, of what has none (EBU R 128's target)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The tiles of one recording.

    On level 0 a column of pixels is one frame of the spectrogram; each further level has half as many, each
    the mean power of its frames. A row of pixels is a mel band.

    Parameters
    ----------
    duration_s : float
        Of the recording, in seconds.
    """

    duration_s: float
    settings: SpectrogramSettings = field(default=DEFAULTS.spectrogram)

    @property
    def n_frames(self) -> int:
        """Frames of the whole recording, at least one."""
        return 1 + round(max(self.duration_s, 0.0) * self.settings.sample_rate) // self.settings.hop_length

    @property
    def n_levels(self) -> int:
        """How many levels there are: until one tile holds all, at most eight."""
        tiles = math.ceil(self.n_frames / TILE_COLUMNS)
        return min(COARSEST, math.ceil(math.log2(tiles)) if tiles > 1 else 0) + 1

    @property
    def n_parts(self) -> int:
        """How many parts of 25 min at most the recording has."""
        return math.ceil(self.n_frames / PART_FRAMES)

    def seconds_per_pixel(self, level: int) -> float:
        """Give the width of a column, in seconds."""
        return (1 << level) / self.settings.frame_rate

    def n_columns(self, level: int) -> int:
        """Count the columns of a level."""
        return math.ceil(self.n_frames / (1 << level))

    def n_tiles(self, level: int) -> int:
        """Count the tiles of a level."""
        return math.ceil(self.n_columns(level) / TILE_COLUMNS)

    def has(self, level: int, n: int) -> bool:
        """Tell whether there is such a tile."""
        return 0 <= level < self.n_levels and 0 <= n < self.n_tiles(level)

    def frames(self, level: int, n: int) -> tuple[int, int]:
        """Give the first frame of a tile and how many there are."""
        first = n * TILE_COLUMNS << level
        return first, min(TILE_COLUMNS << level, self.n_frames - first)

    def as_json(self) -> Mapping[str, Json]:
        """Say where everything lies, as the player needs it."""
        return {
            "duration_s": self.duration_s,
            "height": self.settings.n_mels,
            "tile_columns": TILE_COLUMNS,
            "parts": self.n_parts,
            "levels": [
                {
                    "level": level,
                    "seconds_per_pixel": self.seconds_per_pixel(level),
                    "columns": self.n_columns(level),
                    "tiles": self.n_tiles(level),
                }
                for level in range(self.n_levels)
            ],
            "hertz": [{"hz": hz, "from_top": from_top(hz, self.settings)} for hz in HERTZ],
        }


def from_top(hz: float, settings: SpectrogramSettings = DEFAULTS.spectrogram) -> float:
    """Give the place of a frequency on a picture: 0 at its upper edge, 1 at its lower."""
    low, high, at = hz_to_mel(np.array([settings.f_min, settings.f_max, hz])).tolist()
    # Bands are centred one step above their lower feet, and half a pixel reaches below the lowest.
    step = (high - low) / (settings.n_mels + 1)
    up = ((at - low) / step - 0.5) / settings.n_mels
    return float(1.0 - min(max(up, 0.0), 1.0))
