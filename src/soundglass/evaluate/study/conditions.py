"""What the study varies: which explanation is shown, and of which recommender."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

Explanation: TypeAlias = Literal["none", "fixed", "bars", "regions"]
By: TypeAlias = Literal["features", "spectrogram"]
Population: TypeAlias = Literal["people", "simulated"]
"""Who answered; the two are never counted together."""

EXPLANATIONS: Final[tuple[Explanation, ...]] = ("none", "fixed", "bars", "regions")
RECOMMENDERS: Final[tuple[By, ...]] = ("features", "spectrogram")

EXPLANATION_NAMES: Final[dict[Explanation, str]] = {
    "none": "no explanation",
    "fixed": "fixed sentence",
    "bars": "sentence + bars",
    "regions": "sentence + spectrogram + audio",
}
"""What researchers read. The fixed sentence is the same for every recommendation: a placebo."""


class Cell(NamedTuple):
    """One combination of what is varied."""

    by: By
    explanation: Explanation

    def __str__(self) -> str:
        return f"{self.by}, {EXPLANATION_NAMES[self.explanation]}"


CELLS: Final[tuple[Cell, ...]] = tuple(
    Cell(by, explanation) for explanation in EXPLANATIONS for by in RECOMMENDERS
)
"""All combinations; each participant sees every one, in a block of its own."""
