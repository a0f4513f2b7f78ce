"""One witness a recommender: judges its parts and sentences by scores that are found in another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.reference_pictures import PictureReference
from soundglass.evaluate.faithfulness.reference_tokens import TokenReference
from soundglass.evaluate.faithfulness.sentences import UNREAD, Statement, seconds, statements
from soundglass.evaluate.faithfulness.verdicts import Verdict
from soundglass.evaluate.faithfulness.words_of_features import FeatureFacts, check_parts, check_roles

HARDLY = 0.05
"""A score below is called hardly more alike than tracks picked at random."""

SUM_ERROR = 1e-6
"""How far the sum of the parts may be from the score."""

Values = NDArray[np.float64]


class Witness(Protocol):
    """Judges one recommender by scores that were found in another way."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the library it knows of."""
        ...

    def scores(self, query: int) -> Values:
        """Score all its rows to one; NaN where two tracks cannot be compared."""
        ...

    def told(
        self, query: int, match: int, said: Sequence[Statement], parts: Sequence[Part]
    ) -> Iterator[Verdict]:
        """Judge what a sentence says of a pair, as far as it understands it, and the parts."""
        ...


def check_sentence(
    witness: Witness, query: int, match: int, score: float, sentence: str, parts: Sequence[Part]
) -> Iterator[Verdict]:
    """Judge a sentence with the score and the parts it stands beside.

    Parameters
    ----------
    query, match : int
        Rows of the library.
    score : float
        As it was told.
    """
    true_score = float(witness.scores(query)[np.searchsorted(witness.rows, match)])
    yield Verdict(
        "score", abs(score - true_score) <= SUM_ERROR * (1 + abs(score)), f"{score:.7f}, not {true_score:.7f}"
    )
    total = sum(part.contribution for part in parts)
    yield Verdict("sum of the parts", abs(total - score) <= SUM_ERROR, f"{total:.7f}, not {score:.7f}")
    said = statements(sentence)
    for statement in said:
        if statement.kind == UNREAD:
            yield Verdict(UNREAD, False, f"{statement.subject} in “{sentence}”")
        elif statement.kind == "alike, against random":
            held = {"more": true_score >= HARDLY, "hardly more": 0 <= true_score < HARDLY}
            yield Verdict(
                "“… alike than tracks picked at random”",
                held.get(statement.subject, true_score < 0),
                sentence,
            )
    yield from witness.told(query, match, said, parts)


class FeatureWitness:
    """Judges the ``features`` recommender."""

    def __init__(self, reference: FeatureReference) -> None:
        self.reference = reference
        self.rows = reference.rows
        self._last: tuple[int, Values] = -1, np.empty((0, 0))

    def scores(self, query: int) -> Values:
        """Score all tracks of one origin to one of them."""
        scores: Values = self.parts(query).sum(axis=1)
        return scores

    def parts(self, query: int) -> Values:
        """Split these scores into a term for each group, (n_tracks, n_groups)."""
        if self._last[0] != query:
            self._last = query, self.reference.parts(self.reference.position(query))
        return self._last[1]

    def told(
        self, query: int, match: int, said: Sequence[Statement], parts: Sequence[Part], factor: float = 1.0
    ) -> Iterator[Verdict]:
        """Judge statements of features; parts are the reference's times a factor."""
        positions = map(self.reference.position, (query, match))
        facts = FeatureFacts(self.reference, *positions)
        sizes = self.parts(query)[facts.match]
        for statement in said:
            yield from facts.check(statement)
        yield from check_roles(facts, said, sizes)
        yield from check_parts(
            facts, [p for p in parts if isinstance(p.query, FeatureEvidence)], factor * sizes
        )


class TokenWitness:
    """Judges the ``spectrogram`` recommender by its stored tokens, not by their sound."""

    def __init__(self, reference: TokenReference) -> None:
        self.reference = reference
        self.rows = np.array(reference.rows, dtype=np.int64)
        self._last: tuple[int, Values] = -1, np.empty(0)

    def scores(self, query: int) -> Values:
        """Score all tracks with tokens to one of them."""
        if self._last[0] != query:
            self._last = query, np.array([self.reference.score(query, row) for row in self.rows.tolist()])
        return self._last[1]

    def told(
        self, query: int, match: int, said: Sequence[Statement], parts: Sequence[Part]
    ) -> Iterator[Verdict]:
        """Judge statements of regions."""
        regions = [part for part in parts if isinstance(part.query, Region)]
        for statement in said:
            if statement.kind in REGION_KINDS:
                part = part_of(statement, regions)
                yield Verdict("“at …”: such a region at that time", part is not None, str(statement))
                if part is not None:
                    shared = statement.kind == "matches"
                    holds = part.contribution > 0 if shared else part.contribution < 0
                    shown = f"{statement}; its part is {part.contribution:+.4f}"
                    yield Verdict("“…, but …”: speaks for or against", holds, shown)
                    yield from self._against_most(query, match, statement, part)

    def _against_most(self, query: int, match: int, statement: Statement, part: Part) -> Iterator[Verdict]:
        """Judge "little in the match is like": whether most tracks hold something nearer to the region."""
        if statement.kind not in MISSED_KINDS:
            return
        at, other, side = (
            (query, match, part.query) if MISSED_KINDS[statement.kind] else (match, query, part.match)
        )
        if isinstance(side, Region):
            nearer = self.reference.share_nearer(at, side, other)
            shown = f"{statement}; {100 * nearer:.0f} % of the tracks hold something nearer"
            yield Verdict("“little … is like …”, by tokens", nearer > 0.5, shown)


REGION_KINDS: Mapping[str, int] = {
    "matches": 2,
    "only loosely like": 2,
    "little in the match is like": 1,
    "little in the query is like": 1,
}
"""How many times each statement of regions gives."""

MISSED_KINDS: Mapping[str, bool] = {"little in the match is like": True, "little in the query is like": False}
"""Whether the region that is missed is the query's."""


def part_of(statement: Statement, parts: Sequence[Part]) -> Part | None:
    """Find the part a statement of regions is about: of that name, with regions that start at those times.

    Of several, that is the one with most to say for what is shared, or against it.
    """
    found = []
    for part in parts:
        query, match = part.query, part.match
        if not isinstance(query, Region) or not isinstance(match, Region):
            continue
        of_query = statement.kind != "little in the query is like"
        starts = (query.start_s, match.start_s) if of_query else (match.start_s,)
        near = all(
            0 <= start - seconds(time) < 1 for start, time in zip(starts, statement.values, strict=False)
        )
        if part.name.split(", ")[0] == statement.subject and near:
            found.append(part)
    sign = 1 if statement.kind == "matches" else -1
    return max(found, key=lambda part: sign * part.contribution, default=None)


class BlendWitness:
    """Judges the ``blend`` recommender: the mean of two likenesses.

    Parameters
    ----------
    weight : float
        The share of the spectrogram.
    """

    def __init__(self, features: FeatureWitness, tokens: TokenWitness, weight: float) -> None:
        self._features, self._tokens, self._weight = features, tokens, weight
        self.rows = np.intersect1d(features.rows, tokens.rows)

    def scores(self, query: int) -> Values:
        """Score the tracks that both know to one of them."""
        one, other = (
            w.scores(query)[np.searchsorted(w.rows, self.rows)] for w in (self._features, self._tokens)
        )
        mean: Values = (1 - self._weight) * one + self._weight * other
        return mean

    def told(
        self, query: int, match: int, said: Sequence[Statement], parts: Sequence[Part]
    ) -> Iterator[Verdict]:
        """Judge statements of features and of regions."""
        yield from self._features.told(query, match, said, parts, 1 - self._weight)
        yield from self._tokens.told(query, match, said, parts)


class PictureWitness:
    """Judges the ``mel-pca`` recommender."""

    def __init__(self, reference: PictureReference) -> None:
        self.reference = reference
        self.rows = reference.rows

    def scores(self, query: int) -> Values:
        """Score all tracks with a picture to one of them."""
        return self.reference.scores(query)

    def told(
        self, query: int, match: int, said: Sequence[Statement], parts: Sequence[Part]
    ) -> Iterator[Verdict]:
        """Judge which ranges of the pictures are most alike, and which differ."""
        shares = self.reference.shares(query, match)
        most, least = int(shares.argmax()), int(shares.argmin())
        for statement in said:
            wanted = {"pictures most alike": most, "pictures differ most": least, "pictures differ": least}
            if statement.kind in wanted:
                index = wanted[statement.kind]
                holds = all(
                    abs(float(written) - edge) <= 0.05 * edge + 0.5
                    for written, edge in zip(
                        statement.values, self.reference.edges_hz[index : index + 2], strict=True
                    )
                )
                if statement.kind == "pictures differ":
                    holds &= bool(shares[least] < 0)
                yield Verdict(f"“{statement.kind} …”", holds, f"{statement}; {np.round(shares, 3).tolist()}")
