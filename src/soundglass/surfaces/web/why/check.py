"""How do we know: a pair's own explanation put to the test, on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.errors import AudioError, FeatureMismatchError, LibraryError
from soundglass.core.types import FeatureEvidence, Region
from soundglass.evaluate.faithfulness.one_pair import CLEAR, FeaturesTaken, Taken, take_features
from soundglass.evaluate.faithfulness.one_pair_heard import score_hearings
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.removal import usual_spectrum
from soundglass.evaluate.faithfulness.rerun import Rerun
from soundglass.explain.answer import reasons
from soundglass.explain.bars import written
from soundglass.explain.compare import spread
from soundglass.explain.named import named_parts, of_kind
from soundglass.explain.words import listed
from soundglass.surfaces.web.sound.routes import file_of
from soundglass.surfaces.web.state import Web
from soundglass.surfaces.web.why.asked import Question
from soundglass.surfaces.web.why.hearing import heard

_SPECTRUM_OF = 256
"""Tracks whose median energy makes the noise."""

_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Tested:
    """One recommender's reasons, tested.

    Attributes
    ----------
    by : {"features", "spectrogram"}
    taken : Taken
    names : tuple of str
        What was taken away: names of features, numbers of regions.
    features : FeaturesTaken or None
        The whole order of features; ``None`` for regions.
    """

    by: str
    taken: Taken
    names: tuple[str, ...]
    features: FeaturesTaken | None

    @property
    def moved(self) -> bool:
        """Whether the score that was computed anew is another than the one that is listed."""
        return abs(self.taken.score - self.taken.listed) >= CLEAR

    @property
    def without(self) -> str:
        """Say what was taken away."""
        if self.by == "features":
            return f"without {listed(self.names)}"
        return "without this region" if len(self.names) == 1 else f"without these {len(self.names)} regions"

    @property
    def instead(self) -> str:
        """Say what was taken away for comparison."""
        n = len(self.names)
        if self.by == "features":
            return "without another feature" if n == 1 else f"without {n} other features"
        return "without a random one as large" if n == 1 else f"without {n} random ones as large"

    @property
    def finding(self) -> str:
        """Say what the scores did."""
        taken = self.taken
        before, after, others = map(written, (taken.score, taken.without, taken.by_chance))
        moved = "stays" if before == after else "falls" if taken.without < taken.score else "rises"
        moved = f"stays {after}" if moved == "stays" else f"{moved} from {before} to {after}"
        opening = f"{self.without[:1].upper()}{self.without[1:]}"
        return f"{opening} the score {moved}; {self.instead} it is {others} on average."

    @property
    def conclusion(self) -> str:
        """Say what that means for the explanation."""
        n, low = len(self.taken.random), self.taken.as_low
        among = f"{low:,} of {n:,} {'random' if self.by == 'spectrogram' else 'other'} choices"
        things = "features" if self.by == "features" else "regions"
        match self.taken.verdict:
            case "holds":
                return f"The check holds: the score hangs on the {things} named. {among} took as much away."
            case "leans":
                return (
                    f"The check leans that way: the {things} named matter more than others do on average, "
                    f"but {among} took as much away."
                )
        spread_out = {
            "features": "the likeness lies in many features at once",
            "spectrogram": "the likeness is spread over the recording, and the music goes on elsewhere",
        }[self.by]
        return (
            f"The check fails for this pair: taking the {things} named away hurts no more than taking "
            f"others. It may be that {spread_out}; do not lean on these {things} alone."
        )


@dataclass(frozen=True, slots=True)
class Check:
    """All that could be tested of a pair, and why the rest could not."""

    tested: tuple[Tested, ...]
    notes: tuple[str, ...]


def check(web: Web, asked: Question) -> Check:
    """Test the reasons of a pair; each once in the life of a snapshot."""
    if asked.is_same:
        return Check((), ("They are the same track: there is nothing to test.",))
    wanted: dict[str, Callable[[], Tested]] = {
        "features": lambda: _of_features(asked),
        "spectrogram": lambda: _of_regions(web, asked),
    }
    tested, notes = [], []
    for by in wanted if asked.by == "blend" else (asked.by,):
        key = ("check", by, asked.query, asked.match, asked.by, asked.weight)
        try:
            tested.append(asked.now.kept(key, wanted[by]))
        except (AudioError, FeatureMismatchError, LibraryError) as error:
            notes.append(f"The {by} could not be tested: {_line(error)}")
    return Check(tuple(tested), tuple(notes))


def _of_features(asked: Question) -> Tested:
    now, (query, match) = asked.now, (asked.query, asked.match)
    origin = asked.tracks[0].origin
    parts = of_kind(FeatureEvidence, asked.reasons.parts)
    n_named = len(of_kind(FeatureEvidence, named_parts(asked.reasons.parts)[0]))
    listed_score = reasons(now.store, now.explainer("features", query, match), query, match).score
    found = take_features(FeatureReference.of(now.store, origin), query, match, listed_score, parts, n_named)
    names = tuple(name.replace("_", " ") for name in found.order[:n_named])
    return Tested("features", found.taken, names, found)


def _of_regions(web: Web, asked: Question) -> Tested:
    now, (query, match), marked = asked.now, (asked.query, asked.match), asked.marks
    if not marked:
        raise FeatureMismatchError("no region speaks for this pair", remedy=None)
    path = file_of(now, match)
    rows = spread(np.arange(now.n_tracks), _SPECTRUM_OF)
    centres, powers = now.kept("usual spectrum", lambda: usual_spectrum(now.store, rows))
    answer = web.workshop.ask(
        "without",
        timeout_s=_TIMEOUT_S,
        path=str(path),
        regions=[_edges(mark.match) for mark in marked],
        spectrum=[centres.tolist(), powers.tolist()],
    )
    score = reasons(now.store, now.explainer("spectrogram", query, match), query, match).score
    taken = score_hearings(Rerun(now.store), query, match, score, heard(answer))
    return Tested("spectrogram", taken, tuple(str(mark.number) for mark in marked), None)


def _edges(region: Region) -> Sequence[float]:
    return region.start_s, region.end_s, region.low_hz, region.high_hz


def _line(error: AudioError | FeatureMismatchError | LibraryError) -> str:
    remedy = f" {error.remedy}." if error.remedy else ""
    return f"{error.message}.{remedy}"
