"""What one population gave, as flat rows: who, in which condition, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from soundglass.evaluate.study.conditions import Cell, Population
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.steps import Side, Step
from soundglass.library.study.records import Given, Participant


@dataclass(frozen=True, slots=True)
class Joined:
    """One step that was answered, and which step that was.

    Attributes
    ----------
    seconds : float
        From the first showing to the answer, by the server's clock.
    """

    participant: Participant
    step: Step
    given: Given

    @property
    def seconds(self) -> float:
        """How long the answer took."""
        return (self.given.answered - self.given.first_shown).total_seconds()


@dataclass(frozen=True, slots=True)
class Simulation:
    """One forward simulation: which of two tracks the recommender would rank higher.

    Attributes
    ----------
    block : int
        1 to 8, by order of presentation.
    item : str
        What all see of it whatever the explanation: the set, the recommender and the trial.
    sure : int
        1 to 5.
    side : {"left", "right"}
        Which one was chosen.
    margin : float
        How far the two tracks' scores are apart, in standard deviations over the library.
    disagree : bool
        Whether the other recommender ranks them the other way round.
    """

    participant: str
    block: int
    cell: Cell
    item: str
    is_correct: bool
    sure: int
    side: Side
    margin: float
    disagree: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Rating:
    """How well a recommendation fits, expected from its explanation and found by listening, 1 to 7."""

    participant: str
    block: int
    cell: Cell
    expectation: int
    impression: int
    known: bool

    @property
    def error(self) -> int:
        """How far the explanation misled, either way: 0 is fully effective (Tintarev & Masthoff, 2012)."""
        return abs(self.expectation - self.impression)

    @property
    def overselling(self) -> int:
        """How much more was expected than found; negative where less was."""
        return self.expectation - self.impression


@dataclass(frozen=True, slots=True)
class Scored:
    """A scale after one block.

    Attributes
    ----------
    score : float
        On the scale's own range, turned items turned back.
    items : tuple of float
        The answers, turned back, in the order of the scale's questions; NaN where there is none.
    """

    participant: str
    block: int
    cell: Cell
    scale: str
    score: float
    items: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one participant.

    Attributes
    ----------
    minutes : float
        From joining to the last answer.
    attention : tuple of bool
        Whether each attention check that was answered was passed.
    distinct : int
        How many different answers there are among all ratings of the scales after blocks.
    n_ratings : int
        How many ratings that are.
    background : mapping of str to float
        Scores of the scales asked once.
    """

    pseudonym: str
    slot: int
    finished: bool
    minutes: float
    attention: tuple[bool, ...]
    distinct: int
    n_ratings: int
    background: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Records:
    """All that one population gave to one study; people and simulated participants are never in one of these.

    Attributes
    ----------
    joined : tuple of Joined
        Every step that was answered, of all participants.
    deleted : int
        How many more joined, whose answers were deleted on request.
    """

    study: str
    population: Population
    plan: Plan
    instruments: Instruments
    people: tuple[Person, ...]
    simulations: tuple[Simulation, ...]
    ratings: tuple[Rating, ...]
    scores: tuple[Scored, ...]
    joined: tuple[Joined, ...]
    deleted: int = 0
