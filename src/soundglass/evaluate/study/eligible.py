"""Which tracks of a library can be part of a study, and why others cannot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.types import Track
from soundglass.evaluate.study.conditions import CELLS, RECOMMENDERS, By
from soundglass.evaluate.study.design import Design
from soundglass.explain.answer import tracks
from soundglass.explain.base import Explainer
from soundglass.explain.registry import Explainers
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.recommend.filters import same_recording

MARGIN_S: Final = 1.0
"""A track is so much longer than what must be heard of it, or more."""

LONGEST_S: Final = 900.0
"""What is longer is rather a mix, a symphony or an audiobook than a track."""

QUIETEST_LUFS: Final = -26.0
"""All tracks of a study are made as quiet as its quietest; were that less, a laptop could not play it."""

LOUDEST_LUFS: Final = -23.0
"""As loud as broadcasts (EBU R 128), and as the tones of the sound check."""

SAMPLE: Final = 600
"""How many tracks queries and candidates are drawn from."""

_BATCH: Final = 128
_SPOILT: Final = frozenset({"silent", "short", "cut", "damaged", "truncated", "non_finite"})


@dataclass(frozen=True, slots=True)
class Eligible:
    """The tracks a study is made of.

    Attributes
    ----------
    rows : ndarray of int
        Rows of the library that both recommenders can compare and that can be heard, ascending.
    drawn : dict of int to Track
        Those of them that queries and candidates are drawn from, by row, in random order: with a file,
        and each recording once.
    loudness : dict of int to float
        LUFS, by row, of all of ``rows``.
    left_out : tuple of str
        Why others are not among them: ``"3 without audio"``.
    n_tracks : int
        Of the library.
    """

    rows: NDArray[np.int64]
    drawn: dict[int, Track]
    loudness: dict[int, float]
    left_out: tuple[str, ...]
    n_tracks: int


def tracks_needed(trials: int) -> int:
    """Say how many tracks a study needs, whatever the recommenders say of them.

    Nine queries (eight sets and the practice) with a match of either recommender; and two candidates a
    trial, one in the practice, of which each may be shown in two sets. Where both recommenders recommend the
    same track, fewer will do.
    """
    n_sets = len(CELLS)
    return 3 * (n_sets + 1) + math.ceil((2 * trials * n_sets + 2) / 2)


def too_small(store: Store, eligible: Eligible, trials: int) -> SoundglassError:
    """Say that a library is too small, how many tracks are needed and how many there are."""
    needed, found = tracks_needed(trials), len(eligible.drawn)
    why = f" ({', '.join(eligible.left_out)})" if eligible.left_out else ""
    fewer = f", or ask one trial a block, for {tracks_needed(1)} tracks" if trials > 1 else ""
    if found >= needed:
        return SoundglassError(
            f"has {found} tracks that can be used, but its recommenders do not differ enough on them",
            path=store.uri,
            remedy=f"Scan more and other music{fewer}",
        )
    return SoundglassError(
        f"is too small for a study of {trials} {'trial' if trials == 1 else 'trials'} a block: "
        f"{needed} tracks are needed, {found} of its {eligible.n_tracks} can be used{why}",
        path=store.uri,
        remedy=f"Scan more music{fewer}",
    )


def has_file(store: Store, row: int, track: Track) -> bool:
    """Tell whether the file of a track is still there."""
    return bool(track.path) and (Path(track.path).is_file() or file_of(store, row).is_file())


def find_eligible(store: Store, explainers: Explainers, design: Design) -> Eligible:
    """Find which tracks can be part of a study.

    Parameters
    ----------
    store : Store
        At one snapshot.
    explainers : Explainers
        Of that snapshot.
    design : Design
        Its seed draws, and tracks are longer than its ``listen_s``.

    Raises
    ------
    SoundglassError
        No track of the library can be compared by both recommenders.
    """
    known = store.columns(["_rowoffset", "id", "origin", "duration", "loudness", "flags"]).to_pydict()
    rows = np.asarray(known["_rowoffset"], dtype=np.int64)
    compared = _compared(explainers)
    seconds, lufs = (np.array(known[name], dtype=np.float64) for name in ("duration", "loudness"))
    spoilt = np.array([bool(_SPOILT.intersection(flags or ())) for flags in known["flags"]], dtype=bool)
    least_s = design.listen_s + MARGIN_S
    left = np.ones(len(rows), dtype=bool)
    left_out = []
    for reason, refused in (
        ("without audio", np.array([origin != "audio" for origin in known["origin"]], dtype=bool)),
        ("not analysed for both recommenders", ~np.isin(rows, compared)),
        (f"shorter than {least_s:g} s", ~(seconds >= least_s)),
        (f"longer than {LONGEST_S / 60:g} minutes", seconds > LONGEST_S),
        ("damaged or silent", spoilt | ~np.isfinite(lufs)),
        (f"quieter than {QUIETEST_LUFS:g} LUFS", lufs < QUIETEST_LUFS),
    ):
        if count := int((left & refused).sum()):
            left_out.append(f"{count} {reason}")
        left &= ~refused
    ids = np.array(known["id"], dtype=object)[left]
    by_id = rows[left][np.argsort(ids, kind="stable")]
    order = np.random.default_rng([design.seed, 0]).permutation(by_id)
    drawn, dropped = _drawn(store, order.tolist())
    loudness = dict(zip(rows[left].tolist(), lufs[left].tolist(), strict=True))
    return Eligible(np.sort(rows[left]), drawn, loudness, (*left_out, *dropped), len(rows))


def compared_by(explainers: Explainers) -> dict[By, Explainer]:
    """Give the two recommenders of a study with their reasons."""
    return {by: explainers.of(by) for by in RECOMMENDERS}


def _compared(explainers: Explainers) -> NDArray[np.int64]:
    """Give the rows that both recommenders compare; none where one of them has none at all."""
    try:
        one, other = (explainer.recommender.rows for explainer in compared_by(explainers).values())
    except LibraryError:
        return np.empty(0, np.int64)
    return np.intersect1d(one, other, assume_unique=True)


def _drawn(store: Store, order: Sequence[int]) -> tuple[dict[int, Track], list[str]]:
    """Take tracks until there are enough; leave out those whose file is gone, and further copies."""
    drawn: dict[int, Track] = {}
    by_length: defaultdict[int, list[Track]] = defaultdict(list)
    gone = copies = 0
    for first in range(0, len(order), _BATCH):
        batch = list(order[first : first + _BATCH])
        for row, track in zip(batch, tracks(store, batch), strict=True):
            near = [t for at in (-1, 0, 1) for t in by_length[_length_key(track) + at]]
            if not has_file(store, row, track):
                gone += 1
            elif any(same_recording(track, other) for other in near):
                copies += 1
            else:
                drawn[row] = track
                by_length[_length_key(track)].append(track)
        if len(drawn) >= SAMPLE:
            break
    counted = (gone, "whose file is gone"), (copies, "copies of others")
    return drawn, [f"{count} {reason}" for count, reason in counted if count]


def _length_key(track: Track) -> int:
    """Put what may be equally long into neighbouring boxes."""
    return round(track.duration_s / (max(3.0, 0.01 * LONGEST_S)))
