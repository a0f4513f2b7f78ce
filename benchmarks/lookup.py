"""How fast and how forgiving the search as one types is: ``python -m benchmarks.lookup LIBRARY``."""

from __future__ import annotations

import argparse
import random
import string
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from soundglass.library.lookup import Lookup
from soundglass.library.store import Store

_ASKED = 300
_SHOWN = 5
_SEED = 90210


def main() -> None:
    """Build the index, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lookup")
    parser.add_argument("library")
    store = Store(parser.parse_args().library)
    start = time.perf_counter()
    lookup = Lookup.of(store)
    print(f"{len(store):,} tracks, index built in {time.perf_counter() - start:.2f} s")
    draw = random.Random(_SEED)
    rows = draw.sample(range(len(store)), min(_ASKED, len(store)))
    names = store.take(rows, ["title", "artist"]).to_pylist()
    _report_speed(lookup, names, draw)
    for n_typos in (1, 2):
        _report_found(lookup, store, names, n_typos, draw)


def _report_speed(lookup: Lookup, names: list[dict[str, str]], draw: random.Random) -> None:
    times = defaultdict[str, list[float]](list)
    for kind, typed in _typed(names, draw):
        start = time.perf_counter()
        lookup.find(typed, 20)
        times[kind].append(1e3 * (time.perf_counter() - start))
    times["all"] = [one for of_kind in times.values() for one in of_kind]
    for kind, taken in times.items():
        print(f"{kind}: median {np.median(taken):.1f} ms, 95th percentile {np.percentile(taken, 95):.1f} ms")


def _typed(names: list[dict[str, str]], draw: random.Random) -> Iterator[tuple[str, str]]:
    for name in names:
        title, both = name["title"].lower(), f"{name['artist']} {name['title']}".lower()
        yield "one to three letters", title[: draw.randint(1, 3)]
        yield "half a title", title[: max(4, len(title) // 2)]
        yield "a title", title
        yield "artist and title", both
        yield "a title with two typos", misspelt(title, 2, draw)
        yield "artist and title with two typos", misspelt(both, 2, draw)


def _report_found(
    lookup: Lookup, store: Store, names: list[dict[str, str]], n_typos: int, draw: random.Random
) -> None:
    for kind, text in (("title", "{title}"), ("artist and title", "{artist} {title}")):
        n_found = 0
        for name in names:
            found = lookup.find(misspelt(text.format(**name), n_typos, draw), _SHOWN)
            shown = store.take(found.rows, ["title", "artist"]).to_pylist()
            n_found += any(one["title"] == name["title"] for one in shown)
        print(f"{kind} with {n_typos} typos: {n_found / len(names):.3f} among the first {_SHOWN}")


def misspelt(text: str, n: int, draw: random.Random) -> str:
    """Replace, insert, leave out or swap n letters."""
    for _ in range(n if text else 0):
        at, letter = draw.randrange(len(text)), draw.choice(string.ascii_lowercase)
        match draw.randrange(4):
            case 0:
                text = text[:at] + letter + text[at + 1 :]
            case 1:
                text = text[:at] + letter + text[at:]
            case 2 if len(text) > 3:
                text = text[:at] + text[at + 1 :]
            case _:
                text = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
    return text


if __name__ == "__main__":
    main()
