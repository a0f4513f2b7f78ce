"""What the systems found, by question and measure, with intervals and differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import Estimate, bootstrap_mean, paired_difference
from soundglass.evaluate.context import Context
from soundglass.evaluate.ranking.measures import MEASURES
from soundglass.evaluate.ranking.protocol import Protocol, Question


@dataclass(frozen=True, slots=True)
class Results:
    """Measures of every list.

    Attributes
    ----------
    by_system : mapping of str to ndarray, shape (n_questions, n_queries, n_measures)
        As :func:`soundglass.evaluate.ranking.protocol.ask` gives them.
    """

    context: Context
    asked: Protocol
    by_system: Mapping[str, NDArray[np.float64]]

    def question(self, truth: str, filtered: bool) -> Question | None:
        """Find a question; ``None`` where the library cannot answer it."""
        wanted = (truth, filtered)
        return next((q for q in self.asked.questions if (q.truth.name, q.filtered) == wanted), None)

    def mean(self, system: str, question: Question, measure: str) -> Estimate:
        """Give a mean over queries."""
        settings = self.context.settings
        values = self._values(system, question, measure)
        return bootstrap_mean(values, self.asked.groups, settings.resamples, settings.seed)

    def difference(self, one: str, other: str, question: Question, measure: str) -> tuple[Estimate, float]:
        """Give how much higher one system's mean is than another's, and its p value."""
        settings = self.context.settings
        ours, theirs = (self._values(system, question, measure) for system in (one, other))
        return paired_difference(ours, theirs, self.asked.groups, settings.resamples, settings.seed)

    def _values(self, system: str, question: Question, measure: str) -> NDArray[np.float64]:
        at = self.asked.questions.index(question)
        values: NDArray[np.float64] = self.by_system[system][at, :, MEASURES.index(measure)]
        return values
