"""Recommendations whose audio can be heard again: some tracks, each with what is recommended first for it."""

from __future__ import annotations

from itertools import islice

from soundglass.audio.clip import Clip
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.pieces import Recording, read_piece, recordings
from soundglass.explain.compare import spread
from soundglass.recommend.base import best_first

PIECE_S = 12.0
"""Seconds from the middle of each recording."""

Pair = tuple[Recording, Recording]


def recommended(context: Context) -> list[Pair]:
    """Take some tracks, evenly spread over the library, each with what is recommended first for it.

    Raises
    ------
    SoundglassError
        The library has no tokens.
    """
    recommender = context.explainers.of("spectrogram").recommender
    known = {one.row: one for one in recordings(context.store, recommender.rows)}
    found = []
    for query in spread(recommender.rows, context.settings.pairs).tolist():
        first = next(islice(best_first(recommender, query), 1), None)
        if first is not None and query in known and first[0] in known:
            found.append((known[query], known[first[0]]))
    return found


def read_pair(context: Context, pair: Pair) -> tuple[Clip, Clip] | None:
    """Read a piece of either; ``None`` where one cannot be read."""
    query, match = (read_piece(context.store, one, PIECE_S) for one in pair)
    return None if query is None or match is None else (query, match)
