"""What may be said to matter in a recording: Soundglass's explanation, and others that it has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Region
from soundglass.embeddings.analysis import Excerpt
from soundglass.evaluate.faithfulness.removal import Unit, band_limits
from soundglass.evaluate.faithfulness.rerun import Rerun
from soundglass.explain.relevance import Relevance, spread_over
from soundglass.library.store import Store
from soundglass.recommend.spectrogram import SpectrogramRecommender

Values = NDArray[np.float64]

OURS = "soundglass"
BOXES = "token boxes alone"
OTHERS = ("token weight, without the pair", "energy", "the study's table")
OCCLUSION, RANDOM = "occlusion", "random"

_STUDY = (("energy", True), ("valence", True), ("acousticness", False))
"""What the study's table says of high values: bright and dense, or not; of low ones it says the opposite."""


def pointed_at(
    rerun: Rerun,
    recommender: SpectrogramRecommender,
    pair: tuple[int, int],
    excerpts: Sequence[Excerpt],
    units: Sequence[Unit],
) -> dict[str, list[float]]:
    """Give the relevance of each unit of the match by every method that knows nothing of removals.

    Parameters
    ----------
    pair : (int, int)
        Rows of the query and the match.
    excerpts : sequence of Excerpt
        Of the match.
    """
    query, match = pair
    (tokens,) = recommender.token_sets([match])
    amounts = recommender.terms(query, match).match.contributions
    cells = rerun.embedder.cells(excerpts)
    directions = rerun.embedder.directions(cells)
    maps = {
        OURS: spread_over(cells, directions, tokens, amounts),
        BOXES: Relevance(tokens.boxes, amounts),
        OTHERS[0]: spread_over(cells, directions, tokens, tokens.weights.astype(np.float64)),
        OTHERS[1]: Relevance(cells.boxes, cells.powers.astype(np.float64)),
    }
    return {name: [_within(of, unit) for unit in units] for name, of in maps.items()}


def by_study(values: Mapping[str, float], medians: Mapping[str, float], units: Sequence[Unit]) -> list[float]:
    """Give the relevance of units as the study's fixed sentences have it.

    "High energy: dense high-frequency bands", "high valence: bright, clean shapes", "low acousticness: harsh
    textures" point at the upper band; "low energy: sparse, darker", "low valence: duller, irregular", "high
    acousticness: smooth, less clutter" at the lower one. The track's values choose the sentences.

    Parameters
    ----------
    values, medians : mapping of str to float
        Of the track, and of the library.
    """
    votes = [(1 if bright else -1) * float(np.sign(values[name] - medians[name])) for name, bright in _STUDY]
    upward = float(np.nansum(votes))
    middle = band_limits()[1]
    return [upward if unit[0].low_hz >= middle else -upward for unit in units]


def study_values(store: Store) -> tuple[dict[str, Values], dict[str, float]]:
    """Read what the study's table depends on: values of all tracks, and the library's medians."""
    columns = store.columns([name for name, _ in _STUDY])
    values = {name: np.asarray(columns[name], dtype=np.float64) for name, _ in _STUDY}
    return values, {name: float(np.nanmedian(of_all)) for name, of_all in values.items()}


def _within(of: Relevance, unit: Sequence[Region]) -> float:
    return sum(of.within(region) for region in unit)
