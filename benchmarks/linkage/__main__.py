"""Print precision, recall and time of matching, and of simpler ways."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.linkage.truth import Truth, make_truth, recording
from benchmarks.linkage.wordings import HELD_OUT, SEEN, Wordings
from soundglass.library.linkage.linking import link
from soundglass.library.linkage.listing import Listed, read_listing

_SAMPLE = 500
_TIMED = 30_000


@dataclass(frozen=True)
class Figures:
    """Precision of what is asserted, recall of what is there, and how much is another entry of it."""

    precision: float
    recall: float
    n_asserted: int
    n_copies: int
    n_wrong: int


def measure(truth: Truth, found: Sequence[Listed | None], chosen: Iterable[int]) -> Figures:
    """Compare what was asserted of some rows with the truth."""
    n_right = n_copies = n_recalled = n_asserted = n_present = 0
    for at in chosen:
        own, other = truth.left[at], found[at]
        n_present += truth.present[at]
        if other is None:
            continue
        copy = other.id != own.id and truth.songs.get(other.id) == truth.songs[own.id]
        right = copy or other.id == own.id
        n_asserted += 1
        n_right += right
        n_copies += copy
        n_recalled += truth.present[at] and right
    return Figures(
        n_right / max(n_asserted, 1),
        n_recalled / max(n_present, 1),
        n_asserted,
        n_copies,
        n_asserted - n_right,
    )


def by_exact_title(truth: Truth) -> list[Listed | None]:
    """Match equal titles in lower case, the first entry first."""
    titles: dict[str, Listed] = {}
    for other in truth.right:
        titles.setdefault(other.title.lower(), other)
    return [titles.get(one.title.lower()) for one in truth.left]


def by_token_set(truth: Truth, chosen: Sequence[int]) -> list[Listed | None]:
    """Match the likest artist and title by rapidfuzz's ``token_set_ratio``, from 90 on."""
    names = [f"{other.artist} {other.title}".lower() for other in truth.right]
    asked = [f"{truth.left[at].artist} {truth.left[at].title}".lower() for at in chosen]
    ratios = process.cdist(asked, names, scorer=fuzz.token_set_ratio, dtype=np.uint8, workers=1)
    found: list[Listed | None] = [None] * len(truth.left)
    for at, row in zip(chosen, ratios, strict=True):
        best = int(row.argmax())
        found[at] = truth.right[best] if row[best] >= 90 else None
    return found


def report(tracks: Sequence[Listed], wordings: Wordings) -> None:
    """Print precision and recall of matching and of simpler ways, and what goes wrong."""
    truth = make_truth(tracks, wordings)
    shared = sum(n for n in Counter(truth.songs.values()).values() if n > 1)
    print(
        f"{len(truth.left):,} perturbed tracks against {len(truth.right):,}, of which "
        f"{truth.present.count(False):,} are lures; {shared:,} tracks are of a song listed several "
        f"times (seed {wordings.seed})"
    )
    start = time.process_time()
    matches = link(truth.left, truth.right)
    seconds = time.process_time() - start
    found = [match.other for match in matches]
    everything = range(len(truth.left))
    _print("soundglass match", measure(truth, found, everything), f", {seconds:.1f} s of one core")
    ambiguous = Counter(
        present for match, present in zip(matches, truth.present, strict=True) if match.status == "ambiguous"
    )
    print(f"  ambiguous: {ambiguous[True]:,} that are on the right, {ambiguous[False]:,} that are not")
    for kind in ("", *wordings.kinds):
        rows = [at for at, kinds in enumerate(truth.kinds) if kind in kinds or (not kind and not kinds)]
        _print(f"  {kind or 'only length'}", measure(truth, found, rows))
    for lure in sorted({lure for lure in truth.lures if lure}):
        rows = [at for at, of_row in enumerate(truth.lures) if of_row == lure]
        print(
            f"  lured by {lure}: {measure(truth, found, rows).n_wrong} of {len(rows):,} are wrongly asserted"
        )
    _print("equal titles in lower case", measure(truth, by_exact_title(truth), everything))
    sample = sorted(random.Random(0).sample(everything, min(_SAMPLE, len(everything))))
    _print(f"token_set_ratio >= 90 ({len(sample)} rows)", measure(truth, by_token_set(truth, sample), sample))
    _print(f"soundglass match ({len(sample)} rows)", measure(truth, found, sample))


def report_real(tracks: Sequence[Listed], others: Sequence[Listed]) -> None:
    """Print how two tables that share track ids are joined by names alone."""
    shared = {track.id for track in tracks} & {other.id for other in others}
    songs = {track.id: recording(track) for track in tracks}
    matches = [match for match in link(others, tracks) if match.listed.id in shared]
    same = sum(match.other is not None and match.other.id == match.listed.id for match in matches)
    copy = sum(
        match.other is not None
        and match.other.id != match.listed.id
        and songs[match.other.id] == songs[match.listed.id]
        for match in matches
    )
    status = Counter(match.status for match in matches)
    print(
        f"{len(others):,} tracks of another table, {len(shared)} with an id of this one: {status['matched']} "
        f"matched ({same} to the same id, {copy} to another entry of the song), "
        f"{status['ambiguous']} ambiguous, {status['unmatched']} unmatched"
    )


def report_time(tracks: Sequence[Listed], others: Sequence[Listed]) -> None:
    """Print how long 30,000 against 30,000 take."""
    listed = [*tracks, *others][:_TIMED]
    listed = [replace(one, position=at, id=f"{at}") for at, one in enumerate(listed)]
    start = time.process_time()
    link(listed, listed)
    print(f"{len(listed):,} against {len(listed):,}: {time.process_time() - start:.1f} s of one core")


def _print(title: str, figures: Figures, more: str = "") -> None:
    copies = f", {figures.n_copies:,} by another entry of the song" if figures.n_copies else ""
    print(
        f"{title:34s} precision {figures.precision:.4f}, recall {figures.recall:.4f} "
        f"({figures.n_asserted:,} asserted{copies}){more}"
    )


def _tracks(path: Path) -> list[Listed]:
    """Read a table and keep the first row of each id."""
    once = {one.id or str(one.position): one for one in reversed(read_listing(path)) if one.title}
    return [replace(one, position=at) for at, one in enumerate(reversed(once.values()))]


def main() -> None:
    """Print the figures of one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage")
    parser.add_argument("table", type=Path, help="a table of tracks with ids, titles, artists and lengths")
    parser.add_argument(
        "--with", dest="other", type=Path, help="another table, some of whose ids are the same"
    )
    parser.add_argument(
        "--seen",
        type=int,
        choices=(1, 2),
        help="perturb as when rules and weights were chosen, first or second",
    )
    arguments = parser.parse_args()
    tracks = _tracks(arguments.table)
    report(tracks, SEEN[arguments.seen - 1] if arguments.seen else HELD_OUT)
    if arguments.other:
        others = _tracks(arguments.other)
        report_real(tracks, others)
        report_time(tracks, others)


if __name__ == "__main__":
    main()
