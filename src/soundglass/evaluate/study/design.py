"""How a study is laid out: what its organiser decides before the first participant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from soundglass.core.errors import SoundglassError

SCALES: Final = ("ess", "trust", "resque", "tlx")
BACKGROUND: Final = ("about", "gold_msi", "ncs")
PLANNED: Final = 96
"""Six times all orders: the least at which a difference of ten percentage points is likely to be found."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a study's organiser decides.

    Attributes
    ----------
    seed : int
        Of all that is drawn: tracks, orders, sides.
    trials : int
        Forward simulations in each block, 1 to 8.
    listen_s : float
        How much of a track must be heard before an answer, 0.5 to 30 seconds.
    show_names : bool
        Whether participants see titles and artists.
    scales : tuple of str
        Ids of the scales asked after every block, in order.
    background : tuple of str
        Ids of the scales asked once, before the first block.
    organiser, contact : str
        Who asks for consent, and whom to write to; shown to participants.
    planned : int
        How many complete participants are aimed at.
    accuracy_of_interest : float
        The smallest difference of two accuracies that would matter, as a proportion.
    effect_of_interest : float
        The smallest difference of two ratings that would matter, in standard deviations.
    """

    seed: int = 0
    trials: int = 3
    listen_s: float = 10.0
    show_names: bool = False
    scales: tuple[str, ...] = SCALES
    background: tuple[str, ...] = BACKGROUND
    organiser: str = ""
    contact: str = ""
    planned: int = PLANNED
    accuracy_of_interest: float = 0.10
    effect_of_interest: float = 0.5

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise SoundglassError(f"{self.seed} is no seed", remedy="Choose 0 or more")
        if not 1 <= self.trials <= 8:
            raise SoundglassError(f"{self.trials} trials a block cannot be asked", remedy="Choose 1 to 8")
        if not 0.5 <= self.listen_s <= 30:
            raise SoundglassError(
                f"{self.listen_s:g} s cannot be asked to be heard", remedy="Choose 0.5 to 30 seconds"
            )
        if not 0 < self.accuracy_of_interest < 1 or not 0 < self.effect_of_interest < math.inf:
            raise SoundglassError(
                "a difference that would matter has to be above 0",
                remedy="Choose as in 0.1 of right answers, and 0.5 standard deviations of ratings",
            )
        asked = (*self.scales, *self.background)
        if len(set(asked)) < len(asked):
            raise SoundglassError("a questionnaire is named twice", remedy="Name each once")
