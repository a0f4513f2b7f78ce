"""Answers that show themselves in notebooks, and turn into tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from soundglass.core.types import Recommendations
from soundglass.explain.answer import Pair
from soundglass.explain.profile import Profile

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Recommended(Recommendations):
    """Recommendations with players and spectrograms in notebooks."""

    @classmethod
    def of(cls, answer: Recommendations) -> Recommended:
        """Take over an answer."""
        return cls(**{field.name: getattr(answer, field.name) for field in fields(answer)})

    def to_arrow(self, *, parts: bool = False) -> pa.Table:
        """Lay the results out, or all parts, as :func:`soundglass.surfaces.notebook.tables.to_arrow` does."""
        from soundglass.surfaces.notebook.tables import to_arrow

        return to_arrow(self, parts=parts)

    def to_pandas(self, *, parts: bool = False) -> pd.DataFrame:
        """Give a data frame of the results, or of all parts, as :meth:`to_arrow` does; needs pandas."""
        from soundglass.surfaces.notebook.tables import to_pandas

        return to_pandas(self, parts=parts)

    def _repr_html_(self) -> str:
        from soundglass.surfaces.notebook.html import recommendations_html

        return recommendations_html(self)


@dataclass(frozen=True, slots=True)
class ExplainedPair(Pair):
    """A pair explained in full, with both tracks to see and hear in notebooks."""

    @classmethod
    def of(cls, answer: Pair) -> ExplainedPair:
        """Take over an answer."""
        return cls(**{field.name: getattr(answer, field.name) for field in fields(answer)})

    def _repr_html_(self) -> str:
        from soundglass.surfaces.notebook.html import pair_html

        return pair_html(self)


@dataclass(frozen=True, slots=True)
class TrackProfile(Profile):
    """All features of a track, as a table in notebooks."""

    @classmethod
    def of(cls, answer: Profile) -> TrackProfile:
        """Take over an answer."""
        return cls(**{field.name: getattr(answer, field.name) for field in fields(answer)})

    def _repr_html_(self) -> str:
        from soundglass.surfaces.notebook.html import profile_html

        return profile_html(self)
