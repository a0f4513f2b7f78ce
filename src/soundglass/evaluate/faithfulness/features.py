"""Is the explanation of ``features`` what the recommender does: features removed, scores found anew."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from soundglass.core.statistics import Estimate, bootstrap_mean, holm, paired_difference
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.feature_orders import ORDERS, PARTS, RANDOM
from soundglass.evaluate.faithfulness.feature_removal import N_TOP, RemovedPair, removed_pairs
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.witnessed import feature_witnessed
from soundglass.evaluate.findings import Cell, Chart, Section, Series, Table, Target

N_QUERIES = 100
N_EXACT = 10
"""Pairs of which every part is compared with what is lost on average over the whole library."""

LEAST_NAOPC, LEAST_TIMES_RANDOM = 0.70, 2.0
SUM_ERROR = 1e-6

_ORDERS_CAPTION = (
    "Features of recommended tracks are set to the library's mean, the most important first. Comprehensive"
    "ness is the mean loss of the score without the first 1, 2, … of them (high is good), sufficiency with "
    "only those (low is good); normalised, 0 is the worst order there is and 1 the best. As losses add up, "
    "both normalise to the same. A part is what is lost on average with the value of any track; the mean is "
    "nearer than most tracks are, so that the order of the parts need not be the best. Intervals of 95 % by "
    "the query's artist."
)


def evaluate_feature_faithfulness(context: Context) -> Section:
    """Remove features of recommended tracks in many orders and compare what the score and the place lose.

    A feature is removed by setting the match's value to the library's mean; the score is found by
    :class:`FeatureReference`, which shares no code with the recommender or its explanation.
    """
    found, notes = feature_witnessed(context, min(N_QUERIES, context.settings.queries))
    tables: list[Table] = []
    charts: list[Chart] = []
    targets: list[Target] = []
    told: list[str] = []
    for one in found:
        if one.features is None:
            continue
        pairs = removed_pairs(context, one, one.features[0])
        if not pairs:
            notes.append(f"{one.name}: no features are removed, as no two tracks share several")
            continue
        judged = _Judged(context, one.name, pairs)
        tables += [judged.orders_table(), judged.named_table()]
        charts.append(judged.chart())
        told.append(judged.sentence())
        targets += [*judged.targets(), _exact(one.name, one.features[0])]
    return Section(
        name="features",
        title="Faithfulness of features",
        summary=" ".join(told),
        tables=tuple(tables),
        charts=tuple(charts),
        targets=tuple(targets),
        notes=tuple(notes),
    )


class _Judged:
    """The pairs of one recommender, and their statistics."""

    def __init__(self, context: Context, name: str, pairs: Sequence[RemovedPair]) -> None:
        self._name, self._pairs = name, pairs
        self._artists = [pair.artist for pair in pairs]
        self._draws = context.settings.resamples, context.settings.seed

    def _values(self, order: str, figure: str) -> list[float]:
        return [float(pair.orders[order][figure]) for pair in self._pairs]

    def _mean(self, values: Sequence[float]) -> Estimate:
        return bootstrap_mean(values, self._artists, *self._draws)

    def _ahead(self, order: str) -> tuple[Estimate, float]:
        """Say how far the parts are ahead of another order."""
        ours, theirs = (self._values(name, "naopc") for name in (PARTS, order))
        return paired_difference(ours, theirs, self._artists, *self._draws)

    def orders_table(self) -> Table:
        """Compare the orders."""
        ahead = {order: self._ahead(order) for order in ORDERS if order != PARTS}
        corrected = dict(zip(ahead, holm([p for _, p in ahead.values()]).tolist(), strict=True))
        figures = ("naopc", "comprehensiveness", "sufficiency", "place")
        rows: list[tuple[Cell, ...]] = [
            (
                order,
                *(self._mean(self._values(order, figure)) for figure in figures),
                ahead[order][0] if order in ahead else None,
                corrected.get(order),
            )
            for order in ORDERS
        ]
        before = self._mean([pair.place for pair in self._pairs])
        columns = (
            *("removed first", "normalised AOPC", "comprehensiveness", "sufficiency"),
            *(f"place without {N_TOP}", "parts ahead by", "p (Holm)"),
        )
        return Table(
            f"Removing features in order: {self._name}",
            columns,
            tuple(rows),
            f"{_ORDERS_CAPTION} With nothing removed the mean place is {before.value:.1f}.",
        )

    def named_table(self) -> Table:
        """Compare what a sentence names with as many features at random."""
        told = [(pair.named, pair.artist) for pair in self._pairs if pair.named is not None]
        artists = [artist for _, artist in told]
        n_named = np.mean([named["n"] for named, _ in told])
        rows: list[tuple[Cell, ...]] = []
        for what, figure in (("loss of score", "loss"), ("place", "place")):
            own, random = ([named[key] for named, _ in told] for key in (figure, f"random_{figure}"))
            difference, p = paired_difference(own, random, artists, *self._draws)
            means = (bootstrap_mean(values, artists, *self._draws) for values in (own, random))
            rows.append((what, *means, difference, p))
        return Table(
            f"Without the features a sentence names: {self._name}",
            ("", "those it names", "as many at random", "difference", "p"),
            tuple(rows),
            "All groups of features that a sentence says two tracks share, "
            f"{n_named:.1f} on average, are set to the library's mean at once.",
        )

    def sentence(self) -> str:
        """Say what was found."""
        ours, chance = (np.nanmean(self._values(order, "naopc")) for order in (PARTS, RANDOM))
        return (
            f"By {self._name}, the features of {len(self._pairs)} recommended tracks were set to the mean of "
            "the library in the order of their parts. On a scale from the worst order (0) to the best (1) "
            f"that stands at {ours:.2f}, a random one at {chance:.2f}."
        )

    def chart(self) -> Chart:
        """Draw what the score loses, step by step, over pairs with as many features as most."""
        n = int(np.median([len(pair.orders[PARTS]["curve"]) for pair in self._pairs]))
        whole = [pair for pair in self._pairs if len(pair.orders[PARTS]["curve"]) == n]
        series = tuple(
            Series(
                order,
                tuple(float(k) for k in range(n + 1)),
                (0.0, *np.mean([pair.orders[order]["curve"] for pair in whole], axis=0).tolist()),
            )
            for order in ORDERS
        )
        return Chart(
            "lines",
            f"What the score loses as features are removed: {self._name}",
            "features set to the library's mean",
            "mean loss of score",
            series,
            "The higher a line climbs at first, the more the features it removes first matter to the score.",
        )

    def targets(self) -> list[Target]:
        """Compare what was found with what should hold."""
        ours = self._mean(self._values(PARTS, "naopc"))
        plain, random = (
            self._mean(self._values(order, "comprehensiveness")).value for order in (PARTS, RANDOM)
        )
        behind = [order for order in ORDERS if order != PARTS and not self._ahead(order)[0].low > 0]
        best = float(np.mean([pair.best for pair in self._pairs]))
        worst = max(pair.sum_error for pair in self._pairs)
        name = f"{self._name}: "
        return [
            Target(f"{name}normalised AOPC", f"at least {LEAST_NAOPC:.2f}", ours, ours.value >= LEAST_NAOPC),
            Target(
                f"{name}comprehensiveness against random order",
                f"at least {LEAST_TIMES_RANDOM:.0f} times",
                plain / random if random > 0 else math.inf,
                plain >= LEAST_TIMES_RANDOM * random,
                f"the best order there is comes to {best / random:.2f} times" if random > 0 else "",
            ),
            Target(
                f"{name}baselines that the parts do not beat",
                "none",
                float(len(behind)),
                not behind,
                ", ".join(behind),
            ),
            Target(
                f"{name}sum of parts against score, largest error",
                f"at most {SUM_ERROR:.6f}",
                worst,
                worst <= SUM_ERROR,
            ),
        ]


def _exact(name: str, reference: FeatureReference) -> Target:
    """Compare parts with what is lost on average when a feature takes the value of any track.

    Only of features that all tracks know: without some, the average is over fewer tracks than the score is.
    """
    rng = np.random.default_rng(len(reference))
    errors = []
    for query, match in rng.integers(0, len(reference), (N_EXACT, 2)).tolist():
        parts = reference.parts(query)[match]
        score = parts.sum()
        for part, names in zip(parts.tolist(), reference.groups.values(), strict=True):
            changes = {feature: reference.values[feature] for feature in names}
            if all(np.isfinite(values).all() for values in changes.values()):
                mean_loss = float((score - reference.scores(query, changes, match)).mean())
                errors.append(abs(mean_loss - part))
    what = f"{name}: a part against the mean loss over all tracks, largest error"
    worst = max((error for error in errors if math.isfinite(error)), default=math.nan)
    if math.isnan(worst):
        return Target(
            what, f"at most {SUM_ERROR:.6f}", worst, None, "there is no feature that all tracks know"
        )
    return Target(what, f"at most {SUM_ERROR:.6f}", worst, worst <= SUM_ERROR)
