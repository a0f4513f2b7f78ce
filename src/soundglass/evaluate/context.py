"""What every part of an evaluation is given: a library at one snapshot, what was found before, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """How much is evaluated.

    Attributes
    ----------
    queries : int
        At most so many tracks are asked about for ranking, evenly spread over the library.
    visual_queries : int
        The same for visual similarity.
    pairs : int
        Recommended pairs whose audio is changed again and again.
    plants : int
        Pairs of recordings into which a loop is planted.
    resamples : int
        Of each bootstrap.
    listeners : Path, optional
        A table of users and the artists they listen to.
    labels : Path, optional
        A table that says more of tracks than their tags do.
    peers : bool
        Whether other programs that are installed are measured too.
    seed : int
    """

    queries: int = 1500
    visual_queries: int = 100
    pairs: int = 30
    plants: int = 30
    resamples: int = 10_000
    listeners: Path | None = None
    labels: Path | None = None
    peers: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """One evaluation.

    Attributes
    ----------
    store : Store
        At one snapshot.
    explainers : Explainers
        Of that snapshot.
    kept : Kept
        What was found before, if the run was interrupted.
    progress : callable
        Told what is being done, how much of it is done, of how much.
    """

    store: Store
    explainers: Explainers
    kept: Kept
    settings: EvaluationSettings = field(default_factory=EvaluationSettings)
    progress: Callable[[str, int, int], None] = lambda _, __, ___: None
