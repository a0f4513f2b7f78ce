"""What the check of sentences finds: a verdict a statement, counted by kind, with examples of false ones."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from soundglass.core.statistics import Estimate
from soundglass.core.types import Json
from soundglass.evaluate.findings import Cell

EXAMPLES = 3
"""How many false statements of a kind are told of."""

WHAT_IF = "what if"
"""How the kinds of counterfactuals begin."""

_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one statement is true.

    Attributes
    ----------
    kind : str
        What is stated: ``"both unusually …"``.
    holds : bool
    said : str
        The statement and what was found instead, for people.
    """

    kind: str
    holds: bool
    said: str = ""


@dataclass(slots=True)
class Tally:
    """Verdicts counted by kind."""

    n: Counter[str] = field(default_factory=Counter)
    n_true: Counter[str] = field(default_factory=Counter)
    false: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Count some verdicts."""
        for verdict in verdicts:
            self.n[verdict.kind] += 1
            self.n_true[verdict.kind] += verdict.holds
            if not verdict.holds and len(self.false[verdict.kind]) < EXAMPLES:
                self.false[verdict.kind].append(verdict.said)

    def include(self, packed: Json) -> None:
        """Count what another tally has counted, as :meth:`packed` gave it."""
        for kind, (n_true, n, examples) in packed.items():
            self.n[kind] += n
            self.n_true[kind] += n_true
            self.false[kind] = (self.false[kind] + examples)[:EXAMPLES]

    def packed(self) -> Json:
        """Give the counts as JSON."""
        return {kind: [self.n_true[kind], self.n[kind], self.false[kind]] for kind in self.n}

    def words(self) -> list[str]:
        """List the kinds that are words of sentences, most frequent first: those in quotation marks."""
        return [kind for kind, _ in self.n.most_common() if kind.startswith("“")]

    def figures(self) -> list[str]:
        """List the kinds that are figures beside a sentence, most frequent first."""
        return [kind for kind, _ in self.n.most_common() if not kind.startswith(("“", WHAT_IF))]

    def changes(self) -> list[str]:
        """List the kinds that are counterfactuals, most frequent first."""
        return [kind for kind, _ in self.n.most_common() if kind.startswith(WHAT_IF)]

    def rate(self, kinds: Sequence[str] | None = None) -> Estimate:
        """Give the share that is true of some kinds, or of all."""
        chosen = list(self.n) if kinds is None else kinds
        return wilson(sum(self.n_true[kind] for kind in chosen), sum(self.n[kind] for kind in chosen))

    def rows(self, kinds: Sequence[str], whole: str = "") -> tuple[tuple[Cell, ...], ...]:
        """Lay some counts out: the kind, its share of true ones, how many are false; then all together."""
        rows = [(kind, self.rate([kind]), self.n[kind] - self.n_true[kind]) for kind in kinds]
        if whole:
            rows.append((whole, self.rate(kinds), sum(self.n[kind] - self.n_true[kind] for kind in kinds)))
        return tuple(rows)

    def examples(self) -> list[str]:
        """Tell of some that are false."""
        return [f"false, {kind}: {said}" for kind, of_kind in self.false.items() for said in of_kind]


def wilson(n_true: int, n: int) -> Estimate:
    """Give a share with Wilson's 95 % score interval (1927), which holds at 0 and 1 too; NaN of nothing.

    Examples
    --------
    >>> found = wilson(10, 10)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (1.0, 0.722, 1.0)
    """
    if not n:
        return Estimate(math.nan)
    share, z2 = n_true / n, _NORMAL_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _NORMAL_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), n)
