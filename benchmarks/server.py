"""How fast the web app starts and answers, and what memory it takes: ``python -m benchmarks.server LIBRARY``.

The library may be one of :mod:`benchmarks.large_library`. The server runs as people start it; its pages are
asked for one after another from this process, with random tracks, and timed until the last byte has come.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

from soundglass.library.store import Store

_ASKED = 60
_WORDS = 200


def main() -> None:
    """Start the server, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server")
    parser.add_argument("library", help="the library to serve")
    parser.add_argument("-n", type=int, default=_ASKED, help="how often each address is asked for")
    asked = parser.parse_args()
    store = Store(asked.library)
    rng = np.random.default_rng(0)
    rows = rng.choice(len(store), min(len(store), 4 * asked.n), replace=False)
    names = store.take(rows, ["id", "title"]).to_pylist()
    print(f"{len(store):,} tracks")
    start = time.perf_counter()
    with serving(asked.library) as (process, address), httpx.Client(base_url=address, timeout=120) as client:
        print(f"ready after {time.perf_counter() - start:.2f} s")
        client.get("/study").raise_for_status()
        print(f"first page after {time.perf_counter() - start:.2f} s")
        _memory("at first", process.pid)
        _report(client, [name["id"] for name in names], [name["title"] for name in names], asked.n, rng)
        _memory("at last", process.pid)


def _report(
    client: httpx.Client, ids: list[str], titles: list[str], n: int, rng: np.random.Generator
) -> None:
    def one() -> str:
        return str(rng.choice(ids))

    pages: dict[str, Callable[[], str]] = {
        "search": lambda: f"/api/search?q={_misspelt(str(rng.choice(titles)), rng)}",
        "track page by features": lambda: f"/tracks/{one()}?by=features",
        "track page by spectrogram": lambda: f"/tracks/{one()}?by=spectrogram",
        "track page by blend": lambda: f"/tracks/{one()}?by=blend",
        "recommendations by features": lambda: f"/tracks/{one()}/similar?by=features",
        "recommendations by spectrogram": lambda: f"/tracks/{one()}/similar?by=spectrogram",
        "why page by features": lambda: f"/tracks/{one()}/why/{one()}?by=features",
        "why page by spectrogram": lambda: f"/tracks/{one()}/why/{one()}?by=spectrogram",
        "points of the map": lambda: "/api/map/points?by=features&method=pca",
        "steered list": lambda: f"/api/tracks/{one()}/steer?off=tempo&shift_energy=-1",
    }
    for name, address in pages.items():
        first, *times = _timed(client, address, n + 1)
        print(
            f"{name}: first {first:.0f} ms, then median {np.median(times):.0f} ms, "
            f"95th percentile {np.percentile(times, 95):.0f} ms"
        )


def _timed(client: httpx.Client, address: Callable[[], str], n: int) -> list[float]:
    times = []
    for _ in range(n):
        asked, start = address(), time.perf_counter()
        answer = client.get(asked, headers={"Accept": "text/html"})
        times.append(1e3 * (time.perf_counter() - start))
        if answer.status_code != 200:
            raise SystemExit(f"{asked}: {answer.status_code}")
    return times


def _misspelt(title: str, rng: np.random.Generator) -> str:
    """Leave a letter out of what somebody has typed so far."""
    typed = title[: int(rng.integers(3, 12))]
    at = int(rng.integers(len(typed))) if typed else 0
    return httpx.QueryParams({"q": typed[:at] + typed[at + 1 :] or "a"}).get("q") or "a"


@contextmanager
def serving(library: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``soundglass serve`` on a free port; give the process and its address."""
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen([*command, "--library", library], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield process, found[0]
    finally:
        process.terminate()
        process.wait()


def _memory(when: str, pid: int) -> None:
    """Print what the server and its workers hold, on Linux."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return
    sizes = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", status.read_text()))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    theirs = [
        int(size) // 1024
        for child in children
        for size in re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{child}/status").read_text())
    ]
    print(
        f"memory {when}: {int(sizes['VmRSS']) // 1024} MB, most so far {int(sizes['VmHWM']) // 1024} MB"
        + (f"; workers {theirs} MB" if theirs else "")
    )


if __name__ == "__main__":
    main()
