"""All tracks of a study: what is asked about, what is recommended, what is to be compared, how loud it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.types import Track
from soundglass.evaluate.study.choice import Asked, choose_queries
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.eligible import (
    LOUDEST_LUFS,
    QUIETEST_LUFS,
    compared_by,
    find_eligible,
    too_small,
    tracks_needed,
)
from soundglass.evaluate.study.pairing import Pair, candidates_of, pair_up, standing
from soundglass.evaluate.study.plan import PRACTICE
from soundglass.explain.answer import tracks
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tracks of a study, by their rows in the library.

    Attributes
    ----------
    sets : dict of str to Asked
        Queries and matches of the practice, which is the first, and of all sets.
    pairs : dict of str to sequence of (int, int)
        The candidates of each trial.
    tracks : dict of int to Track
        All that participants hear.
    lufs : dict of int to float
        How loud they are.
    """

    sets: dict[str, Asked]
    pairs: dict[str, Sequence[Pair]]
    tracks: dict[int, Track]
    lufs: dict[int, float]

    @property
    def level_lufs(self) -> float:
        """How loud all of them are made: as the quietest, and no louder than ``LOUDEST_LUFS``."""
        return max(QUIETEST_LUFS, min(LOUDEST_LUFS, *self.lufs.values()))


def choose(store: Store, explainers: Explainers, design: Design) -> Chosen:
    """Choose the tracks of a study; the same design and the same library give the same.

    Parameters
    ----------
    store : Store
        At one snapshot.
    explainers : Explainers
        Of that snapshot.
    design : Design

    Raises
    ------
    SoundglassError
        The library is too small; says how many tracks are needed and how many there are.
    """
    eligible = find_eligible(store, explainers, design)
    if len(eligible.drawn) < tracks_needed(design.trials) // 2:
        raise too_small(store, eligible, design.trials)
    by = compared_by(explainers)
    practice, asked = choose_queries(store, by, eligible, design.trials)
    sets = {PRACTICE: practice} | {f"set-{number}": one for number, one in enumerate(asked, start=1)}
    taken = frozenset[int]().union(*(one.rows for one in sets.values()))
    unknown = sorted(taken - eligible.drawn.keys())
    known = eligible.drawn | dict(zip(unknown, tracks(store, unknown), strict=True))
    candidates = candidates_of(eligible.drawn, [known[row] for row in sorted(taken)])
    standings = [standing(by, one, candidates) for one in sets.values()]
    pairs = pair_up(standings[0], standings[1:], candidates, known, design.trials, design.seed)
    if pairs is None:
        raise too_small(store, eligible, design.trials)
    heard = sorted(taken.union(*(pair for of_set in pairs for pair in of_set)))
    return Chosen(
        sets=sets,
        pairs=dict(zip(sets, pairs, strict=True)),
        tracks={row: known[row] for row in heard},
        lufs={row: eligible.loudness[row] for row in heard},
    )
