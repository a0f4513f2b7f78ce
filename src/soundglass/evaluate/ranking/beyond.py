"""What accuracy does not say of a system: what it shows of a library, how diverse and known that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import bootstrap_mean
from soundglass.core.types import Json
from soundglass.evaluate.context import Context
from soundglass.evaluate.findings import Cell, Table
from soundglass.evaluate.ranking.base import System
from soundglass.evaluate.ranking.diversity import RANK_BY, Judge, Lists, judges
from soundglass.evaluate.ranking.exposure import Exposure, exposure
from soundglass.evaluate.ranking.lists import N_LISTED, nearest

_UNLIKE = "unlike by "


@dataclass(frozen=True, slots=True)
class Beyond:
    """What was found beyond accuracy.

    Attributes
    ----------
    exposures : mapping of str to Exposure
        By the name of the system.
    """

    tables: tuple[Table, ...]
    exposures: Mapping[str, Exposure]
    notes: tuple[str, ...]


def beyond_accuracy(
    context: Context, systems: Sequence[System], queries: NDArray[np.int64], artists: NDArray[np.str_]
) -> Beyond:
    """Measure how evenly the whole library is listed, and the lists of some queries.

    Parameters
    ----------
    systems : sequence of System
        All with the same rows.
    queries : ndarray of int, shape (n_queries,)
        Rows whose lists are judged.
    artists : ndarray of str, shape (n_tracks,)
        Of the systems' rows; empty where unknown.
    """
    if not systems or not len(queries):
        return Beyond((), {}, ())
    rows = systems[0].rows
    exposures = {system.name: exposure(context, system, artists) for system in systems}
    partly = [f"{name} about {one.n_asked}" for name, one in exposures.items() if one.n_asked < len(rows)]
    notes = (f"Of {len(rows)} tracks, exposure is known in part: {', '.join(partly)}",) if partly else ()
    groups = artists[np.searchsorted(rows, queries)]
    return Beyond(
        (_exposure_table(exposures), _list_table(context, systems, queries, groups)), exposures, notes
    )


def _exposure_table(exposures: Mapping[str, Exposure]) -> Table:
    return Table(
        "How evenly the library is listed",
        ("system", f"coverage@{N_LISTED}", "Gini", f"skew of N{N_LISTED}", "largest hub", "anti-hubs"),
        tuple(
            (name, one.coverage, one.gini, one.skewness, one.largest_hub, one.antihubs)
            for name, one in exposures.items()
        ),
        f"Every track is asked about once; N{N_LISTED} is in how many of the lists of {N_LISTED} a track is. "
        "Coverage and anti-hubs: the shares of tracks that are in some list and in none. Good are high "
        "coverage and low Gini, skew, hubs. Intervals: 95 %, artists drawn with replacement.",
    )


def _list_table(
    context: Context, systems: Sequence[System], queries: NDArray[np.int64], groups: NDArray[np.str_]
) -> Table:
    of_all = judges(context, systems)
    rows = []
    for at, system in enumerate(systems):
        context.progress("judge lists", at, len(systems))
        found = nearest(context, system, queries, N_LISTED)
        lists = np.where(found >= 0, np.searchsorted(system.rows, found), -1)
        cells = [_cell(context, system, judge, of_all[judge], lists, groups) for judge in of_all]
        rows.append((system.name, *cells))
    context.progress("judge lists", len(systems), len(systems))
    return Table(
        f"What lists of {N_LISTED} hold",
        ("system", *of_all),
        tuple(rows),
        "Different: the share of pairs in a list that have no artist or genre in common. Unlike: 1 − the "
        "mean score of the pairs, 1 being as unlike as random tracks; no system is judged by what it ranks "
        "by. Novelty: mean self-information of the tracks' popularity. Lift: their mean popularity over the "
        "library's. Intervals: 95 %, artists of the queries drawn with replacement.",
    )


def _cell(
    context: Context, system: System, heading: str, judge: Judge, lists: Lists, groups: NDArray[np.str_]
) -> Cell:
    if system.name in RANK_BY.get(heading.removeprefix(_UNLIKE), ()):
        return None
    state = blake2b(lists.tobytes(), digest_size=8).hexdigest()
    key = f"{heading} of the lists {state} by {system.name} among {len(system.rows)}"
    values = context.kept(key, partial(_values, judge, lists))
    return bootstrap_mean(values, groups, context.settings.resamples, context.settings.seed)


def _values(judge: Judge, lists: Lists) -> Json:
    values: list[float] = judge(lists).tolist()
    return values
