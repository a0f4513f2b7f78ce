"""Draw the pictures of the documentation from the demo music, small enough to live beside the text.

``python tools/draw_docs_images.py [KIND …] [--library demo.lance] [--into FOLDER]`` draws all kinds, or some.
Without a library the demo music is analysed anew, in a temporary folder.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageColor

import soundglass
from soundglass.demo import demo_music
from soundglass.explain.pictures.style import INK, OUTLINES, PALE, SERIES, encoded
from soundglass.surfaces.library import Library

INTO = Path(__file__).parents[1] / "docs" / "images"
WIDTHS, COLOURS = (900, 800, 700, 620), (256, 160, 96, 64, 48, 40, 32, 26, 22)
MOST_BYTES = 60_000
KEPT = tuple(dict.fromkeys(["#ffffff", "#d9d9d9", INK, PALE, *SERIES[:3], *OUTLINES]))
QUERY, MATCH = "cave theme", "geosphere03"
"""Quiet music: its spectrograms are dark, and small as files."""

KINDS: Mapping[str, Callable[[Library], Figure]] = {
    "track": lambda library: library.pictures.track(QUERY),
    "results": lambda library: library.pictures.results(QUERY, n=2),
    "results-features": lambda library: library.pictures.results(QUERY, by="features", n=2),
    "pair": lambda library: library.pictures.pair(QUERY, MATCH),
    "contributions": lambda library: library.pictures.contributions(QUERY, "magical theme"),
    "parts": lambda library: library.pictures.parts(QUERY, n=6),
    "top": lambda library: library.pictures.top(10, by="energy"),
    "contrast": lambda library: library.pictures.contrast("energy", shown=2),
    "map": lambda library: library.pictures.map(),
}


def small(figure: Figure) -> bytes:
    """Encode a figure as a PNG as wide and with as many colours as fit into ``MOST_BYTES``."""
    whole = Image.open(BytesIO(encoded(figure))).convert("RGB")
    for width, colours in product(WIDTHS, COLOURS):
        image = whole.copy()
        image.thumbnail((width, 10 * width), Image.Resampling.LANCZOS)
        file = BytesIO()
        few(image, colours).save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    raise SystemExit(f"{file.tell():,} bytes are too many; draw less")


def few(image: Image.Image, colours: int) -> Image.Image:
    """Take an image down to so many colours, each pixel to the nearest.

    Half of them are chosen by how much there is of each, half so that rare ones count as well; those that
    stand for something are always among them.
    """
    found, places = np.unique(np.asarray(image).reshape(-1, 3), axis=0, return_inverse=True)
    half = (colours - len(KEPT)) // 2
    chosen = [*main_colours(image, half), *main_colours(Image.fromarray(found[np.newaxis]), half)]
    palette = np.array([*map(ImageColor.getrgb, KEPT), *chosen])
    nearest = np.array([((palette - colour) ** 2).sum(axis=1).argmin() for colour in found.astype(int)])
    reduced = Image.fromarray(nearest.astype(np.uint8)[places].reshape(image.height, image.width))
    reduced.putpalette(palette.astype(np.uint8).tobytes())
    return reduced


def main_colours(image: Image.Image, n: int) -> list[tuple[int, int, int]]:
    """Give at most n colours that stand for all of an image's, by median cut."""
    counted = image.quantize(n, Image.Quantize.MEDIANCUT).convert("RGB").getcolors() or []
    return [(int(red), int(green), int(blue)) for _, (red, green, blue) in counted]


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--library", help="the demo music, analysed before")
    parser.add_argument("--into", type=Path, default=INTO)
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        library = soundglass.open(asked.library or Path(folder) / "demo.lance")
        if not asked.library:
            library.scan(demo_music(), workers=1)
        for kind in asked.kinds or KINDS:
            file = asked.into / f"picture-{kind}.png"
            file.write_bytes(small(KINDS[kind](library)))
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
