"""Workers' side of tiles and waveforms: what is heard becomes pictures and peaks."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np

from soundglass.core.settings import DEFAULTS
from soundglass.core.types import Json
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.mel import TOP_DB, MelImage
from soundglass.spectrogram import power_to_db
from soundglass.surfaces.web.sight.columns import Columns
from soundglass.surfaces.web.sight.layout import (
    FINEST_IN_PART,
    FULL_SCALE,
    PART_FRAMES,
    TILE_COLUMNS,
    Layout,
)
from soundglass.surfaces.web.sight.stretch import hear, stretches


def tile(path: str, duration_s: float, brightest_db: float, level: int, n: int) -> Json:
    """Draw one tile of a fine level from its own stretch of the file.

    Parameters
    ----------
    path : str
    duration_s : float
        Of the recording; fixes the layout.
    brightest_db : float
        Mel power that has the brightest colour; what lies 80 dB below it is black.
    level, n : int

    Returns
    -------
    str
        A PNG, as base64.
    """
    first, n_frames = Layout(duration_s).frames(level, n)
    columns = Columns.of(hear(Path(path), first, n_frames).mel, level)
    return _drawn(columns, level, first, math.ceil(n_frames / (1 << level)), brightest_db)


def part(path: str, duration_s: float, brightest_db: float, number: int) -> Json:
    """Draw all coarser tiles of a part and find its peaks, hearing it once.

    Returns
    -------
    dict
        ``tiles``: PNGs as base64 by ``"level/n"``; ``peaks``: lowest and highest sample of every frame,
        as base64 of little-endian 16-bit pairs.
    """
    layout = Layout(duration_s)
    begin = number * PART_FRAMES
    end = min(begin + PART_FRAMES, layout.n_frames)
    heard = [
        (Columns.of(chunk.mel, FINEST_IN_PART), chunk.peaks)
        for chunk in stretches(Path(path), begin, end - begin)
    ]
    finest = Columns.chained([columns for columns, _ in heard])
    tiles = {}
    for level in range(FINEST_IN_PART, layout.n_levels):
        columns = finest.coarser(level - FINEST_IN_PART)
        for n in range(begin // (TILE_COLUMNS << level), math.ceil(end / (TILE_COLUMNS << level))):
            first, n_frames = layout.frames(level, n)
            left = (first - begin) >> level
            width = math.ceil(n_frames / (1 << level))
            cut = columns[left : left + width]
            tiles[f"{level}/{n}"] = _drawn(cut, level, first, width, brightest_db)
    peaks = np.concatenate([extremes for _, extremes in heard]).clip(-1, 1)
    return {"tiles": tiles, "peaks": _text(np.rint(peaks * FULL_SCALE).astype("<i2").tobytes())}


def _drawn(columns: Columns, level: int, first_frame: int, width: int, brightest_db: float) -> str:
    """Write columns as a PNG of a width; what the recording falls short of is black."""
    settings = replace(DEFAULTS.spectrogram, hop_length=DEFAULTS.spectrogram.hop_length << level)
    decibels = (power_to_db(columns.power).T - np.float32(brightest_db)).clip(-TOP_DB, 0.0)
    start_s = first_frame / DEFAULTS.spectrogram.frame_rate
    return _text(png(MelImage(decibels, start_s, TOP_DB, settings).fitted(width)))


def _text(content: bytes) -> str:
    return b64encode(content).decode("ascii")
