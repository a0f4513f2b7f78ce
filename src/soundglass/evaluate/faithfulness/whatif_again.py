"""Counterfactual sentences carried out: the change is made, the score and the place are found anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from soundglass.core.catalogue import CATALOGUE, PITCH_CLASSES
from soundglass.core.types import Part, Region
from soundglass.evaluate.faithfulness.reference_features import FeatureReference, Values
from soundglass.evaluate.faithfulness.reference_tokens import TokenReference
from soundglass.evaluate.faithfulness.sentences import Imagined, imagined, number, seconds
from soundglass.evaluate.faithfulness.verdicts import Verdict
from soundglass.evaluate.faithfulness.witnesses import Witness
from soundglass.explain.whatif import Counterfactual

FEATURE_CHANGE, REGION_CHANGE = "what if: a feature had another value", "what if: a region were left out"
"""Counterfactuals as they are meant: at the value that is told in full, without the tokens of the part."""

TIE = 2e-6
"""Scores that are closer, relative to 1 + the score's size, may stand in any order."""

_CENT = 0.005 + 2e-6


@dataclass(frozen=True, slots=True)
class Standing:
    """A match among all tracks that a witness can compare with the query.

    Attributes
    ----------
    score : float
    rivals : ndarray
        Scores of the others.
    """

    score: float
    rivals: Values

    @classmethod
    def of(cls, witness: Witness, query: int, match: int) -> Standing:
        """Find it; rows of the library."""
        scores = witness.scores(query)
        others = (witness.rows != query) & (witness.rows != match) & np.isfinite(scores)
        return cls(float(scores[np.searchsorted(witness.rows, match)]), scores[others])

    def is_at(self, place: int, score: float) -> bool:
        """Whether a score takes a place; scores within 2e-6 of each other may stand in any order."""
        margin = TIE * (1 + abs(score))
        return (
            int((self.rivals > score + margin).sum()) < place <= 1 + int((self.rivals > score - margin).sum())
        )

    def bears_out(self, told: Imagined, score: float) -> bool:
        """Whether places and scores are as they are told where the changed score is this."""
        holds = self.is_at(told.actual_rank, self.score) and self.is_at(told.rank, score)
        if told.score is None or told.actual_score is None:
            return holds and abs(score - self.score) <= 2 * _CENT
        written = ((told.score, score), (told.actual_score, self.score))
        return holds and all(abs(number(text) - value) <= _CENT for text, value in written)


def check_feature_change(
    standing: Standing,
    reference: FeatureReference,
    share: float,
    pair: tuple[int, int],
    change: Counterfactual,
) -> Iterator[Verdict]:
    """Give a feature of the match the other value and judge what is told of it.

    Parameters
    ----------
    share : float
        Of likeness of features in the score.
    pair : (int, int)
        Rows of query and match.
    """
    told = imagined(change.sentence)
    if told is None or told.feature not in reference.values:
        yield Verdict(FEATURE_CHANGE, False, f"not understood: {change.sentence}")
        return
    query, match = map(reference.position, pair)
    before = float(reference.scores(query)[match])

    def follows(values: Mapping[str, float]) -> float:
        changed = {name: np.array([value]) for name, value in values.items()}
        return standing.score + share * (float(reference.scores(query, changed, match)[0]) - before)

    written = _value(told.feature, told.value)
    exact = {**written, told.feature: change.value}
    score = follows(exact)
    shown = f"{change.sentence} Found: {score:.4f}, not {change.score:.4f}"
    yield Verdict(FEATURE_CHANGE, standing.bears_out(told, score), shown)
    yield Verdict(
        "what if, at the value as the words round it", standing.bears_out(told, follows(written)), shown
    )


def check_region_change(
    standing: Standing,
    reference: TokenReference,
    share: float,
    pair: tuple[int, int],
    change: Counterfactual,
    tokens: Iterable[tuple[Part, frozenset[int]]],
) -> Iterator[Verdict]:
    """Take the tokens of a region out of the match and judge what is told of it.

    Parameters
    ----------
    tokens : iterable of (Part, frozenset of int)
        The parts of the score and which tokens of the match each is made of.
    """
    told = imagined(change.sentence)
    meant = [] if told is None else [(part, own) for part, own in tokens if _is_meant(told, part)]
    if told is None or not meant:
        yield Verdict(REGION_CHANGE, False, f"not understood, or no such region: {change.sentence}")
        return
    before = reference.score(*pair)

    def follows(left_out: frozenset[int]) -> float:
        return standing.score + share * (reference.score(*pair, left_out) - before)

    scores = [follows(own) for _, own in meant]
    shown = (
        f"{change.sentence} Found: {', '.join(f'{score:.4f}' for score in scores)}, not {change.score:.4f}"
    )
    holds = any(abs(score - change.score) <= TIE and standing.bears_out(told, score) for score in scores)
    yield Verdict(REGION_CHANGE, holds, shown)
    boxes = [
        frozenset(
            reference.within(pair[1], [p.match for p in (part, *part.members) if isinstance(p.match, Region)])
        )
        for part, _ in meant
    ]
    holds = any(standing.bears_out(told, follows(box)) for box in boxes)
    yield Verdict("what if, without any token in the boxes", holds, shown)


def _is_meant(told: Imagined, part: Part) -> bool:
    start = part.match.start_s if isinstance(part.match, Region) else -1.0
    return part.name.split(", ")[0] == told.region and 0 <= start - seconds(told.actual) < 1


def _value(feature: str, written: str) -> dict[str, float]:
    """Read an imagined value as it is written; a key is set with its mode."""
    tonic, _, mode = written.partition(" ")
    if feature == "key":
        of_mode = {"mode": float(mode == "major")} if mode else {}
        return {"key": float(PITCH_CLASSES.index(tonic)), **of_mode}
    if feature == "mode":
        return {"mode": float(written == "major")}
    value = float(seconds(written)) if CATALOGUE[feature].name == "duration" else number(written)
    return {feature: value}
