"""Take a picture of every page of the web app on the demo music: ``python tools/draw_docs_pages.py``.

Names choose some; ``--library demo.lance`` is demo music analysed before (copied: playlists are kept in it),
``--into FOLDER`` puts the pictures elsewhere than among those of the documentation.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import soundglass
from draw_docs_images import CHROMIUM, INTO, MATCH, QUERY, few
from soundglass.demo import demo_music
from soundglass.evaluate.study.conditions import Cell
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.fixed import fixed, way
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.surfaces.library import Library

WIDTH, COLOURS = 1000, 160
DESK = {"width": 1180, "height": 1180}
PHONE = {"width": 390, "height": 844}
SETTLED_MS = 2500


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: an address, what is done there, and what the browser is like."""

    address: str
    act: Callable[[Page], None] = lambda _: None
    dark: bool = False
    phone: bool = False


SHOTS: Mapping[str, Shot] = {
    "home": Shot("/"),
    "search": Shot("/?q=labratory"),
    "track": Shot("/tracks/{query}"),
    "track-list": Shot("/tracks/{query}?by=blend", lambda page: _to(page, "#similar")),
    "why": Shot("/tracks/{query}/why/{match}?by=spectrogram"),
    "why-features": Shot("/tracks/{query}/why/{match}?by=features"),
    "steer": Shot("/tracks/{query}/steer?off=tempo&shift_energy=-1"),
    "map": Shot("/map?by=features&colour=genre"),
    "compare": Shot("/tracks/{query}/compare"),
    "compare-library": Shot("/compare"),
    "playlists": Shot("/playlists"),
    "playlist": Shot("/playlists/{playlist}"),
    "study": Shot("/study/p/{bars}"),
    "study-regions": Shot("/study/p/{regions}"),
    "study-phone": Shot("/study/p/{regions}", phone=True, dark=True),
    "studies": Shot("/study"),
    "api": Shot("/api"),
    "track-dark": Shot("/tracks/{query}", dark=True),
    "why-phone": Shot(
        "/tracks/{query}/why/{match}?by=spectrogram", lambda page: _to(page, ".regions"), phone=True
    ),
}


def _to(page: Page, selector: str) -> None:
    page.locator(selector).scroll_into_view_if_needed()
    page.evaluate(f"document.querySelector('{selector}').scrollIntoView()")


@contextmanager
def serving(library: Path) -> Iterator[str]:
    """Serve a library on a free port; give the address."""
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen([*command, "--library", str(library)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found[0]
    finally:
        process.terminate()
        process.wait()


def names(address: str, library: Library, page: Page) -> dict[str, str]:
    """Find the tracks of the pictures, and make a playlist of some."""
    found = [library.find(QUERY).id, library.find(MATCH).id]
    like = [{"id": one.track.id, "reason": one.sentence} for one in library.similar(QUERY, n=6)]
    body = {"name": "For a rainy evening", "tracks": [{"id": found[0], "reason": ""}, *like]}
    made = page.request.post(f"{address}/api/playlists", data=body, headers={"Origin": address})
    assert made.ok, made.text()
    return {"query": found[0], "match": found[1], "playlist": str(made.json()["id"])}


def participants(library: Library) -> dict[str, str]:
    """Make a study, and have somebody come to each of two pages; give their links' secrets."""
    design = Design(organiser="Music Lab, Example University", contact="lab@example.org")
    studies, record = library.studies, library.new_study("pilot", design)
    study, secrets = fixed(record), {}
    for cell in (Cell("features", "bars"), Cell("spectrogram", "regions")):
        somebody, secret = studies.join(record, "people", consented={}, n_slots=N_SLOTS, order=range(N_SLOTS))
        for step in way(study, somebody.slot, somebody.seed):
            if step.block and step.cell == cell:
                break
            studies.show(somebody, step.id, {}, {})
            studies.answer(somebody, somebody.seat, step.id, {}, {})
        secrets[cell.explanation] = secret
    return secrets


def small(shown: bytes) -> bytes:
    """Encode a picture with few colours, not wider than ``WIDTH`` pixels."""
    image = Image.open(BytesIO(shown)).convert("RGB")
    image.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    file = BytesIO()
    few(image, COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    """Look at the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--library", type=Path, help="the demo music, analysed before")
    parser.add_argument("--into", type=Path, default=INTO)
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = Path(folder) / "demo.lance"
        if asked.library:
            shutil.copytree(asked.library, copy)
        library = soundglass.open(copy)
        if not asked.library:
            library.scan(demo_music(), workers=1)
        with serving(copy) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            ids = names(address, library, browser.new_page()) | participants(library)
            for name in asked.names or SHOTS:
                shot = SHOTS[name]
                settings: dict[str, Any] = {"viewport": PHONE if shot.phone else DESK}
                tab = browser.new_page(color_scheme="dark" if shot.dark else "light", **settings)
                tab.goto(address + shot.address.format(**ids))
                tab.wait_for_timeout(SETTLED_MS)
                shot.act(tab)
                tab.wait_for_timeout(SETTLED_MS / 5)
                file = asked.into / f"web-{name}.png"
                file.write_bytes(small(tab.screenshot()))
                print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
                tab.close()
            browser.close()


if __name__ == "__main__":
    main()
