"""Draw the pictures of the documentation from the demo music, small enough to live beside the text.

``python tools/draw_docs_images.py [KIND …] [--library demo.lance] [--into FOLDER]`` draws all kinds, or some.
Without a library the demo music is analysed anew, in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageColor
from playwright.sync_api import sync_playwright

import soundglass
from soundglass.demo import demo_music
from soundglass.explain.pictures.style import INK, OUTLINES, PALE, SERIES, encoded
from soundglass.surfaces.library import Library

ROOT = Path(__file__).parents[1]
INTO = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("SOUNDGLASS_CHROMIUM", str(ROOT / "build" / "chromium" / "chromium"))
WIDTH, COLOURS = 900, 112
KEPT = tuple(dict.fromkeys(["#ffffff", "#d9d9d9", INK, PALE, *SERIES[:3], *OUTLINES]))
QUERY, MATCH = "laboratory", "ivory tower"

KINDS: Mapping[str, Callable[[Library], Figure]] = {
    "track": lambda library: library.pictures.track(QUERY),
    "results": lambda library: library.pictures.results(QUERY, n=2),
    "results-features": lambda library: library.pictures.results(QUERY, by="features", n=2),
    "pair": lambda library: library.pictures.pair(QUERY, MATCH),
    "contributions": lambda library: library.pictures.contributions(QUERY, MATCH),
    "parts": lambda library: library.pictures.parts(QUERY, n=6),
    "top": lambda library: library.pictures.top(10, by="energy"),
    "contrast": lambda library: library.pictures.contrast("energy", shown=3),
    "map": lambda library: library.pictures.map(n_clusters=3),
}


def small(image: Image.Image) -> bytes:
    """Encode a picture as a PNG of at most ``WIDTH`` pixels a row and ``COLOURS`` colours."""
    image.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    file = BytesIO()
    few(image, COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


def drawn(kind: str, library: Library, folder: Path) -> Image.Image:
    """Draw one kind."""
    if kind == "report":
        return seen(library.report(QUERY, folder / "report.html", n=2))
    return Image.open(BytesIO(encoded(KINDS[kind](library)))).convert("RGB")


def seen(page: Path) -> Image.Image:
    """Look at the upper part of a page in a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1160, "height": 1560}, color_scheme="light")
        tab.goto(page.as_uri())
        shown = tab.screenshot()
        browser.close()
    return Image.open(BytesIO(shown)).convert("RGB")


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
        for kind in asked.kinds or (*KINDS, "report"):
            file = asked.into / f"{kind}.png"
            file.write_bytes(small(drawn(kind, library, Path(folder))))
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
