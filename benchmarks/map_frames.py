"""How fast the map is drawn while it is moved and zoomed: ``python -m benchmarks.map_frames LIBRARY``.

A headless Chromium opens the map of a library that is served as people serve it, and turns the wheel at
another place with every frame. Where there is a graphics processor, ``--gpu`` lets it draw; else the page
writes pixels itself. Processor time is that of all of Chromium.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.server import serving

_CHROMIUM = Path(__file__).parents[1] / "build" / "chromium" / "chromium"
_SIZE = ViewportSize(width=1440, height=900)

_MOVE = """(frames) => new Promise((done) => {
  const canvas = document.getElementById("map-canvas"), times = [];
  const box = canvas.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  let before = performance.now(), n = 0;
  const step = (now) => {
    times.push(now - before);
    before = now;
    const at = { deltaY: 40 * Math.sin(n / 15), clientX: x + 100 * Math.sin(n / 9), clientY: y };
    canvas.dispatchEvent(new WheelEvent("wheel", { ...at, bubbles: true, cancelable: true }));
    if (++n < frames) requestAnimationFrame(step);
    else done(times.slice(10));
  };
  requestAnimationFrame(step);
})"""


def main() -> None:
    """Serve, move, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.map_frames")
    parser.add_argument("library", help="the library to serve")
    parser.add_argument("--colour", default="energy", help="what colours mean")
    parser.add_argument("--frames", type=int, default=310, help="how many frames")
    parser.add_argument("--chromium", default=str(_CHROMIUM), help="the browser's program")
    parser.add_argument("--gpu", action="store_true", help="let the browser use a graphics processor")
    asked = parser.parse_args()
    mark = f"--soundglass-map={os.getpid()}"
    options = ["--no-sandbox", mark, *([] if asked.gpu else ["--disable-gpu"])]
    with serving(asked.library) as (_, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=options)
        page = browser.new_page(viewport=_SIZE)
        page.goto(f"{address}/map?method=pca&colour={asked.colour}")
        page.wait_for_selector("#map-canvas[data-drawn]:not([data-drawn=''])", state="attached")
        page.wait_for_timeout(3000)
        _report(page, mark, asked.frames)
        browser.close()


def _report(page: Page, mark: str, frames: int) -> None:
    n = page.get_attribute("#map-about", "data-n")
    by = page.get_attribute("#map-canvas", "data-by")
    before = _processor_s(mark)
    times = np.array(page.evaluate(_MOVE, frames))
    used = 1000 * (_processor_s(mark) - before) / frames
    median, most = np.percentile(times, (50, 95))
    print(f"{int(n or 0):,} points drawn by {by}, {len(times)} frames")
    print(f"median {median:.1f} ms, 95th percentile {most:.1f} ms")
    if sys.platform == "linux":
        print(f"processor time {used:.1f} ms a frame, load of this machine {os.getloadavg()[0]:.1f}")


def _processor_s(mark: str) -> float:
    """Add up the processor time of the browser's processes."""
    total, own = 0.0, set[int]()
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        with contextlib.suppress(OSError, ValueError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) in own or mark in (process / "cmdline").read_text():
                own.add(int(process.name))
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


if __name__ == "__main__":
    main()
