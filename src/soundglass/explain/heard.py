"""Where two recordings are heard to be alike most: one stretch of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from soundglass.audio.decode import read_mono
from soundglass.embeddings.analysis import Embedder
from soundglass.explain.phrases import time_text
from soundglass.explain.relevance import Relevance, in_favour, relevance
from soundglass.explain.stretch import intensity, stretch
from soundglass.library.listening import SAMPLE_RATE, excerpts_of
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.recommend.spectrogram import SpectrogramRecommender

THROUGHOUT = 0.5
"""A stretch of more than this share of what is heard points at nothing in particular."""

_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording, in seconds from its start.

    Attributes
    ----------
    share : float
        Which share of all that speaks for the pair is heard there, 0 to 1.
    extent : float
        Which share of all that is heard it is.
    """

    start_s: float
    end_s: float
    share: float
    extent: float

    def said_of(self, side: str) -> str:
        """Say it of one track."""
        if self.extent >= THROUGHOUT:
            return f"throughout the {side}"
        return f"from {time_text(self.start_s)} to {time_text(math.ceil(self.end_s))} of the {side}"


class HeardMost(NamedTuple):
    """The stretch of either recording that the likeness of a pair is heard in most."""

    query: Stretch
    match: Stretch

    @property
    def sentence(self) -> str:
        """Say it in words."""
        return f"Heard most {self.query.said_of('query')} and {self.match.said_of('match')}."


def heard_most(store: Store, recommender: SpectrogramRecommender, pair: tuple[int, int]) -> HeardMost:
    """Hear two recordings again and find where they are alike most.

    Parameters
    ----------
    pair : (int, int)
        Rows of the library.

    Raises
    ------
    SoundglassError
        A file is gone or cannot be read.
    """
    query, match = heard_again(store, recommender, pair)
    return HeardMost(heard_in(query), heard_in(match))


def heard_again(
    store: Store, recommender: SpectrogramRecommender, pair: tuple[int, int]
) -> tuple[Relevance, Relevance]:
    """Hear two recordings again and map what speaks for the pair on either; raises as :func:`heard_most`."""
    embedder, amounts = Embedder.load(), in_favour(recommender.terms(*pair))
    sides = []
    for row, tokens, of_side in zip(pair, recommender.token_sets(pair), amounts, strict=True):
        excerpts = excerpts_of(read_mono(file_of(store, row), SAMPLE_RATE))
        sides.append(relevance(tokens, of_side, embedder, excerpts))
    return sides[0], sides[1]


def heard_in(of: Relevance) -> Stretch:
    """Find the stretch of most relevance among the times that are heard at all."""
    starts, ends = of.boxes[:, 0].astype(np.float64), of.boxes[:, 1].astype(np.float64)
    times = np.arange(float(starts.min()) + _STEP_S / 2, float(ends.max()), _STEP_S)
    times = times[((times[:, None] >= starts) & (times[:, None] < ends)).any(axis=1)]
    profile, found = of.profile(times), stretch(intensity(of, times))
    within = times[found]
    share = float(profile[found].sum() / profile.sum()) if profile.sum() > 0 else 0.0
    ends_at = float(within[0]) - _STEP_S / 2, float(within[-1]) + _STEP_S / 2
    return Stretch(*ends_at, share, len(within) / len(times))
