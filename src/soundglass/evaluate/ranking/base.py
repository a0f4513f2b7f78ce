"""What every compared system offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundglass.recommend.base import Proposer


class System(Protocol):
    """Something that says how alike tracks are.

    Every :class:`soundglass.recommend.base.Recommender` is one.
    """

    @property
    def name(self) -> str:
        """As tables call it."""
        ...

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the library that it can rank, ascending."""
        ...

    def scores(self, query: int) -> NDArray[np.floating]:
        """Score all of ``rows`` to a row, higher being more alike; NaN where they cannot be compared.

        It may be given again and must not be written to.
        """
        ...


@dataclass(frozen=True, slots=True)
class Among:
    """A system that is held to some of its rows."""

    system: System
    rows: NDArray[np.int64]
    places: NDArray[np.intp]

    @property
    def name(self) -> str:
        """The system's."""
        return self.system.name

    def scores(self, query: int) -> NDArray[np.floating]:
        """Score those rows."""
        return self.system.scores(query)[self.places]


def is_slow(system: System) -> bool:
    """Tell whether scoring a whole library takes a system long enough to avoid it."""
    return isinstance(system.system if isinstance(system, Among) else system, Proposer)
