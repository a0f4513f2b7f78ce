"""Which conditions are compared with which, fixed before anybody takes part, and what that gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from soundglass.core.statistics import RESAMPLES, holm
from soundglass.evaluate.study.analysis.accuracy import COMPARISONS
from soundglass.evaluate.study.analysis.paired import Paired, compare_paired
from soundglass.evaluate.study.conditions import (
    EXPLANATION_NAMES,
    EXPLANATIONS,
    RECOMMENDERS,
    By,
    Explanation,
)
from soundglass.evaluate.study.measured import Floats, Measure


class Pair(NamedTuple):
    """One explanation against another."""

    one: Explanation
    other: Explanation

    def __str__(self) -> str:
        return f"{EXPLANATION_NAMES[self.one]} − {EXPLANATION_NAMES[self.other]}"


CONFIRMATORY: Final = tuple(Pair(*pair) for pair in COMPARISONS)
"""Each explanation with none, and either real one with the placebo."""

EXPLORATORY: Final = (Pair("regions", "bars"),)
"""Which explanation does more; nothing is concluded from it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One explanation against another in one measure.

    Attributes
    ----------
    by : {"features", "spectrogram"} or None
        Of which recommender's explanations; ``None`` for the mean of both.
    found : Paired
        Of simulation accuracy over both recommenders, the difference and p are those of the mixed logistic
        model. ``p_holm`` is corrected for all comparisons of one measure that answer one question: the
        confirmatory ones, those of the single recommenders, the exploratory ones.
    """

    measure: Measure
    pair: Pair
    by: By | None
    found: Paired


def pairs_of(measure: Measure, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Give the pairs whose conditions both have a measure."""
    return tuple(pair for pair in pairs if not {pair.one, pair.other} & set(measure.not_for))


def compare(
    measure: Measure,
    values: Floats,
    pairs: Sequence[Pair],
    by: Sequence[By | None] = (None,),
    n: int = RESAMPLES,
) -> tuple[Comparison, ...]:
    """Compare explanations within participants, with Holm's correction for all that is compared at once.

    Parameters
    ----------
    values : ndarray of float, shape (n_people, 4, 2)
        As :func:`~soundglass.evaluate.study.measured.table` gives them.
    by : sequence of {"features", "spectrogram", None}
        Of which recommenders' explanations; ``None`` for the mean of both.
    n : int
        How many draws intervals of effect sizes rest on.
    """
    wanted = [(pair, one) for one in by for pair in pairs_of(measure, pairs)]
    found = [
        compare_paired(of(values, pair.one, one), of(values, pair.other, one), n) for pair, one in wanted
    ]
    corrected = holm([one.p for one in found])
    return tuple(
        Comparison(measure, pair, one, replace(paired, p_holm=float(p)))
        for (pair, one), paired, p in zip(wanted, found, corrected, strict=True)
    )


def of(values: Floats, explanation: Explanation, by: By | None) -> Floats:
    """Give a measure in one condition, shape (n_people,): of one recommender, or the mean of both."""
    own = values[:, EXPLANATIONS.index(explanation)]
    means: Floats = np.asarray(own.mean(axis=1) if by is None else own[:, RECOMMENDERS.index(by)], np.float64)
    return means
