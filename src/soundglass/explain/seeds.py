"""The reasons of likeness to several tracks: those of each track looked for, and of one turned away from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from soundglass.core.types import Part, Recommendations
from soundglass.explain.answer import recommend, tracks
from soundglass.explain.base import Explainer
from soundglass.explain.named import VISIBLE
from soundglass.explain.whatif import Counterfactual
from soundglass.library.store import Store
from soundglass.recommend.base import Recommender
from soundglass.recommend.filters import Filters
from soundglass.recommend.seeds import seeded


@dataclass(frozen=True, slots=True)
class SeedPart(Part):
    """A part of the likeness to one of several tracks.

    Attributes
    ----------
    seed : int
        Row of the track whose likeness to the match it is part of; ``query`` is that track's side.
    """

    seed: int = -1


@dataclass(frozen=True, slots=True)
class Share:
    """What the likeness to one track adds to a score, or takes from it."""

    seed: int
    contribution: float
    parts: tuple[SeedPart, ...]


class SeededExplainer:
    """Explains likeness to several tracks: an :class:`~soundglass.explain.base.Explainer`.

    Parameters
    ----------
    explainer : Explainer
        Of the likeness that is added up.
    more, less : sequence of int
        Rows of the library: what is looked for besides the query, and what is turned away from.
    names : mapping of int to str
        What sentences call these tracks and the query.
    """

    def __init__(
        self, explainer: Explainer, more: Sequence[int], less: Sequence[int], names: Mapping[int, str]
    ) -> None:
        self._seeded = seeded(explainer.recommender, more, less)
        self.recommender: Recommender = self._seeded
        self._explainer = explainer
        self._names = names

    def parts(self, query: int, matches: Sequence[int]) -> list[tuple[Part, ...]]:
        """Give the parts of each track's likeness to a match, times what it counts for, largest first."""
        found: list[list[SeedPart]] = [[] for _ in matches]
        for seed, factors in self._seeded.factors(query, np.array(matches, dtype=np.int64)):
            counted = np.flatnonzero(factors).tolist()
            explained = self._explainer.parts(seed, [matches[at] for at in counted])
            for at, parts in zip(counted, explained, strict=True):
                found[at] += [_of_seed(part, seed, float(factors[at])) for part in parts]
        return [tuple(sorted(parts, key=lambda part: -part.contribution)) for parts in found]

    def sentence(self, parts: Sequence[Part], score: float) -> str:
        """Say what the match has of the track it is most like, and which one takes from its score."""
        shares = shares_of(parts)
        less = set(self._seeded.less)
        looked_for = [share for share in shares if share.seed not in less]
        nearest = max(looked_for, key=lambda share: share.contribution)
        own = [replace(part, contribution=len(looked_for) * part.contribution) for part in nearest.parts]
        text = self._explainer.sentence(own, len(looked_for) * nearest.contribution)
        if len(looked_for) > 1:
            text = f"Most like {self._names[nearest.seed]}: {text[:1].lower()}{text[1:]}"
        taken = [share for share in shares if share.seed in less and share.contribution <= -VISIBLE]
        if taken:
            text += f" Its likeness to {self._names[taken[0].seed]} counts against it."
        return text

    def counterfactuals(self, query: int, match: int, parts: Sequence[Part]) -> tuple[Counterfactual, ...]:
        """Give none: they are asked of one pair at a time."""
        return ()


def seeded_answer(
    store: Store,
    explainer: Explainer,
    query: int,
    n: int,
    filters: Filters,
    more: Sequence[int] = (),
    less: Sequence[int] = (),
) -> Recommendations:
    """Recommend as :func:`~soundglass.explain.answer.recommend` does, by likeness to several tracks.

    Parameters
    ----------
    more, less : sequence of int
        Rows of the library. Neither they nor copies of them are among the results.
    """
    if not more and not less:
        return recommend(store, explainer, query, n, filters)
    rows = list(dict.fromkeys([query, *more, *less]))
    seeds = dict(zip(rows, tracks(store, rows), strict=True))
    names = {row: f"“{track.title or track.label}”" for row, track in seeds.items()}
    of_others = replace(filters, seeds=tuple(seeds[row] for row in rows[1:]))
    return recommend(store, SeededExplainer(explainer, more, less, names), query, n, of_others)


def shares_of(parts: Iterable[Part]) -> tuple[Share, ...]:
    """Gather parts by the track whose likeness they are part of, in the order of what it adds, largest first.

    What the shares contribute sums to the score, as the parts do.
    """
    gathered: dict[int, list[SeedPart]] = {}
    for part in parts:
        if isinstance(part, SeedPart):
            gathered.setdefault(part.seed, []).append(part)
    shares = [
        Share(seed, sum(part.contribution for part in own), tuple(own)) for seed, own in gathered.items()
    ]
    return tuple(sorted(shares, key=lambda share: -share.contribution))


def _of_seed(part: Part, seed: int, factor: float) -> SeedPart:
    own = {field.name: getattr(part, field.name) for field in fields(Part)}
    own["members"] = tuple(
        replace(member, contribution=factor * member.contribution) for member in part.members
    )
    return SeedPart(**{**own, "contribution": factor * part.contribution}, seed=seed)
