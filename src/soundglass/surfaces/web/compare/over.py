"""Two recommenders over the whole library: worked out in the background, once for a snapshot."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from soundglass.core.contract import finite
from soundglass.core.errors import SoundglassError
from soundglass.core.statistics import Estimate
from soundglass.core.types import Json
from soundglass.evaluate.visual.pairs import RANDOM
from soundglass.evaluate.visual.seen import Seen
from soundglass.evaluate.visual.stored import N_QUERIES, look_over
from soundglass.explain.compare import SAMPLE, compare_library
from soundglass.surfaces.answers import library_comparison_json
from soundglass.surfaces.web.state import Snapshot

N_MATCHES = 10
LARGE, SAMPLE_OF_LARGE = 20_000, 60
"""Of a library with more tracks than that, fewer are asked about: each takes seconds."""

PATIENCE_S = 60.0
"""Work that nobody has asked after for so long is given up."""

_COMPARING, _LOOKING, _WAITING = "Comparing lists", "Comparing spectrograms", "Waiting for another comparison"
_NICENESS = 15

Tell = Callable[[str, int, int], None]

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, and how far it is.

    Attributes
    ----------
    result : json
        ``None`` until all is done.
    failure : SoundglassError or None
        Why it could not be done.
    """

    doing: str = _WAITING
    done: int = 0
    of: int = 0
    result: Json = None
    failure: SoundglassError | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is more to come."""
        return self.result is None and self.failure is None


class _GivenUp(Exception):  # noqa: N818
    """Nobody asks any longer."""


class Background:
    """Work that a thread of low priority does while somebody asks after it.

    Parameters
    ----------
    work : callable
        Told how to say what it does, how much of it is done, of how much; gives the result.
    """

    def __init__(self, work: Callable[[Tell], Json]) -> None:
        self._work = work
        self._asking = threading.Lock()
        self._asked = 0.0
        self._progress: Progress | None = None

    def ask(self) -> Progress:
        """Say how far the work is; the first to ask starts it."""
        with self._asking:
            self._asked = time.monotonic()
            if self._progress is None:
                self._progress = Progress()
                threading.Thread(target=self._run, daemon=True).start()
            return self._progress

    def _run(self) -> None:
        _step_back()
        end: Progress | None
        try:
            while not _one_at_a_time.acquire(timeout=1.0):
                self._tell(_WAITING, 0, 0)
            try:
                end = Progress(result=self._work(self._tell))
            finally:
                _one_at_a_time.release()
        except _GivenUp:
            end = None
        except SoundglassError as error:
            end = Progress(failure=error)
        except Exception as error:  # the thread has nobody to tell but who asks
            end = Progress(failure=SoundglassError(f"something went wrong that should not ({error})"))
        self._progress = end

    def _tell(self, doing: str, done: int, of: int) -> None:
        if time.monotonic() - self._asked > PATIENCE_S:
            raise _GivenUp
        self._progress = Progress(doing, done, of)


def comparison_of(now: Snapshot, by: str, other: str) -> Progress:
    """Say how far the comparison of two recommenders over a snapshot is, and start it if need be.

    Raises
    ------
    SoundglassError
        They are one and the same.
    """
    if by == other:
        raise SoundglassError("a comparison is of two recommenders", remedy="Choose two different ones")

    def make() -> Background:
        return Background(lambda tell: _compared(now, by, other, tell))

    return now.kept(("comparison over the library", by, other), make).ask()


def _compared(now: Snapshot, by: str, other: str, tell: Tell) -> Json:
    one, two = (now.explainer(name).recommender for name in (by, other))
    sample = SAMPLE_OF_LARGE if now.n_tracks > LARGE else SAMPLE
    found = compare_library(
        now.store, one, two, N_MATCHES, sample, lambda done, of: tell(_COMPARING, done, of + N_QUERIES)
    )
    asked = min(sample, found.n_tracks)
    seen = look_over(
        now.store, (one, two), progress=lambda done, of: tell(_LOOKING, asked + done, asked + of)
    )
    told = library_comparison_json(found)
    notes = told.pop("notes")
    told = {name: finite(value) for name, value in told.items()}
    return {**told, "looks": None if seen is None else _looks_json(seen, (by, other)), "notes": notes}


def _looks_json(seen: Seen, by: tuple[str, str]) -> Json:
    found = seen.differences([(name, RANDOM) for name in by])
    return {
        "measure": seen.measure.name,
        "means": {name: _estimate(seen.mean(name)) for name in (*by, RANDOM)},
        "differences": [
            {"by": one.one, "mean": _estimate(one.mean), "effect": _estimate(one.effect), "p": finite(one.p)}
            for one in found
        ],
    }


def _estimate(found: Estimate) -> dict[str, Json]:
    return {name: finite(value) for name, value in asdict(found).items()}


def _step_back() -> None:
    """Let whoever waits for an answer go first, where threads have priorities of their own."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
