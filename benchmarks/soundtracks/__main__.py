"""Print how well systems find tracks of the same soundtrack, release and artist: see the package."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.soundtracks.measures import Distances, Retrieval, hubs, precision_with_copies, retrieval
from benchmarks.soundtracks.ours import Ours, ours
from benchmarks.soundtracks.peers import peers
from benchmarks.soundtracks.systems import System, Vectors, baselines
from benchmarks.soundtracks.truth import Tracks, with_copies
from soundglass.core.errors import SoundglassError

_TRUTHS = ("soundtrack", "release", "artist", "other of release")
_REST = "nDCG@10 (release), hub skew, most, never"


def main() -> None:
    """Run the systems that are asked for, or all, and print one row for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soundtracks")
    parser.add_argument("folder", type=Path, help="what tools/fetch_game_music.py gathered")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="systems whose name has one of these words")
    parser.add_argument(
        "--vectors",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "FILE"),
        help="rows of a .npy file",
    )
    parser.add_argument(
        "--as-shipped", action="store_true", help="count the soundtrack that is linked six times"
    )
    arguments = parser.parse_args()
    tracks = Tracks.read(arguments.folder)
    made_elsewhere = [Vectors(name, np.load(file)) for name, file in arguments.vectors]
    systems = [*baselines(), *made_elsewhere, *peers(), *ours(arguments.folder / "library.lance")]
    if arguments.only:
        systems = [s for s in systems if any(word in s.name for word in arguments.only)]
    print_head(tracks, as_shipped=arguments.as_shipped)
    for system, distances in measured(systems, tracks, arguments.folder / "distances"):
        cells = row_with_copies(distances, tracks) if arguments.as_shipped else row(distances, tracks)
        print(f"{system.name:<32} {system.hears:<12} {cells}", flush=True)


def measured(systems: list[System], tracks: Tracks, cache: Path) -> Iterator[tuple[System, Distances]]:
    """Measure distances; those of others are kept in a folder, delete it to measure anew."""
    cache.mkdir(exist_ok=True)
    for system in systems:
        kept = cache / f"{re.sub('[^a-z0-9]+', '-', f'{system.name} {system.hears}'.lower())}.npy"
        if kept.is_file():
            yield system, np.load(kept)
            continue
        try:
            distances = system.distances(tracks.files)
        except (ImportError, SoundglassError) as error:
            print(f"{system.name:<32} skipped: {error}")
            continue
        if not isinstance(system, Ours | Vectors):  # those change
            np.save(kept, distances)
        yield system, distances


def print_head(tracks: Tracks, *, as_shipped: bool) -> None:
    """Print what the columns mean, how many queries each has and the most that can be reached."""
    print(f"{len(tracks.files)} tracks; share of the five nearest of the same ..., with its 95 % interval")
    if as_shipped:
        print(f"{'system':<32} {'hears':<12} soundtrack")
        return
    print(f"{'system':<32} {'hears':<12} {''.join(f'{name:<19}' for name in _TRUTHS)}{_REST}")
    any_order = np.zeros((len(tracks.files), len(tracks.files)))
    found = retrievals(any_order, tracks)
    print(f"{'(queries)':<45} {''.join(f'{one.n_queries:<19}' for one in found)}")
    print(f"{'(the most there can be)':<45} {''.join(f'{one.ceiling:<19.3f}' for one in found)}")


def retrievals(distances: Distances, tracks: Tracks) -> list[Retrieval]:
    """Measure retrieval by every truth.

    The last is filtered: tracks by the query's artist are left out, and queries whose artist is unknown.
    """
    known = (tracks.artist != "")[:, None]
    return [
        retrieval(distances, tracks.of_same_soundtrack),
        retrieval(distances, tracks.of_same_release),
        retrieval(distances, tracks.by_same_artist),
        retrieval(distances, tracks.of_same_release & known, tracks.by_same_artist),
    ]


def row(distances: Distances, tracks: Tracks) -> str:
    """Write the figures of one system."""
    found, hub = retrievals(distances, tracks), hubs(distances)
    shares = "".join(f"{one.precision:.3f} ({one.low:.2f}-{one.high:.2f})  " for one in found)
    return f"{shares}{found[1].ndcg:.3f}  {hub.skewness:5.2f}  {hub.most:4d}  {hub.never:4d}"


def row_with_copies(distances: Distances, tracks: Tracks) -> str:
    """Write the one figure of a search for files that follows links."""
    return f"{precision_with_copies(distances, *with_copies(tracks)):.3f}"


if __name__ == "__main__":
    main()
