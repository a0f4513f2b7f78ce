"""A cover for a recording without one: its spectrogram as a range of hills, or initials on a record."""

from __future__ import annotations

import colorsys
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from html import escape

import numpy as np
from numpy.typing import NDArray

_SIDE = 100
_HILLS = 11
_FIRST_Y, _LAST_Y = 30.0, 90.0
_HEIGHT = 22.0
_RINGS = (44, 36, 28)
_CONTRAST = 60.0
"""Differences of level are drawn at full height from here, so that noise in even bands stays flat."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a sleeve is drawn from.

    Attributes
    ----------
    album : str
        What those with one look have in common; the same gives the same colour where there is no key.
    name : str
        Whose initials are shown where there is no picture.
    key, mode, energy : float or None
        As in the catalogue; the key tells the colour, the others how dark and how vivid it is.
    pixels : ndarray of uint8, shape (n_bands, n_columns), optional
        The spectrogram's thumbnail, lowest band first.
    """

    album: str
    name: str
    key: float | None = None
    mode: float | None = None
    energy: float | None = None
    pixels: NDArray[np.uint8] | None = None


def sleeve(look: Look, size: int) -> str:
    """Draw a square SVG, the same for the same look.

    Parameters
    ----------
    look : Look
    size : int
        Side in pixels.
    """
    hue = _hue(look)
    energy = 0.4 if look.energy is None else min(1.0, max(0.0, look.energy))
    ground = _colour(hue, 0.16 + 0.06 * (look.mode or 0.0), 0.25 + 0.3 * energy)
    steps = np.linspace(0, 1, _HILLS).tolist()
    light = [_colour(hue + 0.04 * step, 0.52 + 0.33 * step, 0.3 + 0.4 * energy) for step in steps]
    draw = _initials(look.name, ground, light) if look.pixels is None else _hills(look.pixels, ground, light)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 {_SIDE} {_SIDE}"><path fill="{ground}" d="M0 0h{_SIDE}v{_SIDE}H0z"/>{draw}</svg>'
    )


def _hue(look: Look) -> float:
    """Go round the colours as keys go round the circle of fifths; without a key, choose by album."""
    if look.pixels is not None and look.key is not None:
        return round(look.key) * 7 % 12 / 12
    return blake2b(look.album.encode("utf-8", "replace"), digest_size=1).digest()[0] / 256


def _colour(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def _hills(pixels: NDArray[np.uint8], ground: str, light: list[str]) -> str:
    """Draw one line for each range of bands, high ones behind low ones."""
    bands = np.stack([part.mean(axis=0) for part in np.array_split(pixels.astype(np.float64), _HILLS)])
    low = bands.min(axis=1, keepdims=True)
    rise = (bands - low) / np.maximum(_CONTRAST, np.ptp(bands, axis=1, keepdims=True))
    shape = np.sin(np.linspace(0, np.pi, rise.shape[1] + 2))[1:-1]
    heights = _HEIGHT * shape * (0.15 + 0.85 * rise) * (bands.max(axis=1, keepdims=True) > 0)
    lines = zip(np.linspace(_LAST_Y, _FIRST_Y, _HILLS), heights, light, strict=True)
    return "".join(
        f'<path fill="{ground}" stroke="{colour}" stroke-width="1.1" d="{_line(y, line)}"/>'
        for y, line, colour in reversed(list(lines))
    )


def _line(base: float, heights: NDArray[np.float64]) -> str:
    """Draw a smooth line (Catmull and Rom's spline) from edge to edge through the heights over a base."""
    y = base - np.concatenate([[0, 0, 0], heights, [0, 0, 0]])
    x = np.linspace(-22, _SIDE + 22, len(y))
    path = [f"M{x[1]:.1f} {y[1]:.1f}"]
    for i in range(1, len(y) - 2):
        reach = (x[i + 1] - x[i]) / 3
        rise, fall = (y[i + 1] - y[i - 1]) / 6, (y[i + 2] - y[i]) / 6
        path.append(
            f"C{x[i] + reach:.1f} {y[i] + rise:.1f} {x[i + 1] - reach:.1f} {y[i + 1] - fall:.1f} "
            f"{x[i + 1]:.1f} {y[i + 1]:.1f}"
        )
    return "".join(path)


def _initials(name: str, ground: str, light: list[str]) -> str:
    rings = "".join(
        f'<circle cx="50" cy="50" r="{radius}" fill="none" stroke="{light[0]}" stroke-width="0.6"/>'
        for radius in _RINGS
    )
    letters = "".join(filter(None, (_first_letter(word) for word in name.split())))[:2] or "♪"
    return (
        f'{rings}<circle cx="50" cy="50" r="20" fill="{light[6]}"/>'
        f'<text x="50" y="50" fill="{ground}" font-family="system-ui,sans-serif" font-size="17" '
        f'font-weight="600" text-anchor="middle" dominant-baseline="central">{escape(letters)}</text>'
    )


def _first_letter(word: str) -> str:
    """Give a word's first letter or figure, whatever marks or brackets stand before it."""
    return next((letter.upper()[:1] for letter in word if unicodedata.category(letter)[0] in "LN"), "")
