"""The steps of a participant, in order: which page, in which condition, about which tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from soundglass.evaluate.study.conditions import Cell
from soundglass.evaluate.study.plan import Role

StepKind: TypeAlias = Literal[
    "sound", "instructions", "expectation", "impression", "trial", "scales", "comment"
]
"""Sound check, what comes, ratings before and after listening, forward simulation, scales, last words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the study; it is answered as a whole, once.

    Attributes
    ----------
    id : str
        Unique for a participant, as in ``3-trial-1``.
    block : int or None
        1 to 8 by order of presentation, 0 for the practice, ``None`` outside of blocks.
    cell : Cell or None
        The condition; of the practice, too.
    item_set : str or None
        The key of what the block is about.
    trial : int or None
        Which of the set's trials, from 0.
    higher_side : {"left", "right", ""}
        Of a trial: where the one stands that the recommender ranks higher; participants are not told.
    scales : tuple of str
        Ids of the scales the page asks.
    must_hear : tuple of Role
        Tracks of which ``Design.listen_s`` must have been heard before an answer.
    """

    id: str
    kind: StepKind
    block: int | None = None
    cell: Cell | None = None
    item_set: str | None = None
    trial: int | None = None
    higher_side: Literal["left", "right", ""] = ""
    scales: tuple[str, ...] = ()
    must_hear: tuple[Role, ...] = ()
