"""Simple sounds for tests to take apart."""

from __future__ import annotations

import math

import numpy as np

from soundglass.audio.clip import Clip


def noise(seconds: float = 3.0, rate: int = 44_100, channels: int = 1, level: float = 0.2) -> Clip:
    drawn = np.random.default_rng(0).normal(0, level, (round(seconds * rate), channels))
    return Clip(drawn.astype(np.float32), rate)


def tone(hz: float, rate: int, seconds: float = 3.0, level: float = 1.0) -> Clip:
    time = np.arange(round(seconds * rate)) / rate
    return Clip((level * np.sin(2 * np.pi * hz * time)).astype(np.float32)[:, None], rate)


def decibels(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-12))
