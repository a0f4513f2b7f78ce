"""What may be concluded, in plain words: better, worse, no difference that matters, or not enough data.

A comparison is decided by its 95 % interval and the smallest difference that would matter, which the study's
design fixes beforehand: no difference that matters where the whole interval lies within it; better or worse
where the interval leaves out 0 and p, corrected for all that is compared, is below .05; else there is not
enough data (after Lakens, 2017, *Social Psychological and Personality Science* 8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal, TypeAlias

import numpy as np

from soundglass.core.statistics import Estimate
from soundglass.evaluate.study.analysis.power import pairs_for_interval
from soundglass.evaluate.study.comparisons import CONFIRMATORY, Comparison, of, pairs_of
from soundglass.evaluate.study.conditions import EXPLANATION_NAMES, Explanation
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.measured import ACCURACY, Measure
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.results import FEWEST, Results

Verdict: TypeAlias = Literal["better", "worse", "higher", "lower", "alike", "open"]
"""Higher and lower are of what is no merit; alike is no difference that matters; open is not enough data."""

ALPHA: Final = 0.05
MANY: Final = 1000
"""More participants than these are not asked for by number."""

_WORDS: Final[dict[Verdict, str]] = {
    "better": "better than",
    "worse": "worse than",
    "higher": "higher than",
    "lower": "lower than",
    "alike": "no difference that matters from",
    "open": "not enough data to tell it from",
}
_SHORT: Final[dict[Verdict, str]] = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "alike": "no difference that matters",
    "open": "not enough data",
}
_NAMES: Final[dict[Explanation, str]] = {**EXPLANATION_NAMES, "fixed": "the fixed sentence"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparison says.

    Attributes
    ----------
    verdict : {"better", "worse", "higher", "lower", "alike", "open"}
    needed : int or None
        If it is open: participants, in all, with whom it would be settled if figures stay as they are.
    """

    comparison: Comparison
    verdict: Verdict
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """What was found of one measure, in words.

    Attributes
    ----------
    means : str
        After each explanation.
    told : tuple of str
        What each explanation is better than, and what it cannot be told from.
    """

    title: str
    means: str
    told: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """All of it in one paragraph."""
        return " ".join((self.means, *self.told))


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What may be concluded.

    Attributes
    ----------
    headline : str
        Whether explanations help to understand, in one sentence.
    points : tuple of Point
        Measure by measure; none where there is not enough data for anything.
    rule : str
        How comparisons were decided.
    """

    headline: str
    points: tuple[Point, ...]
    rule: str


def conclude(results: Results) -> Conclusion:
    """Say in plain words what the answers tell."""
    design = results.records.plan.design
    points = []
    for measure in results.measures:
        own = [one for one in results.confirmatory if one.measure is measure]
        findings = tuple(find(one, design) for one in own)
        if findings:
            points.append(_point(results, measure, findings))
    headline = _headline(results, points)
    if results.records.population == "simulated":
        headline = f"Simulated participants, which say nothing about people. {headline}"
    return Conclusion(headline, tuple(points), _rule(design))


def changed(results: Results, other: Results) -> tuple[str, ...]:
    """Name the comparisons on which two analyses of one study differ, with both verdicts."""
    pairs = zip(_findings(results), _findings(other), strict=False)
    return tuple(
        f"{_called(one)} ({_SHORT[one.verdict]}, then {_SHORT[then.verdict]})"
        for one, then in pairs
        if one.verdict != then.verdict
    )


def _called(finding: Finding) -> str:
    return f"{finding.comparison.measure.title}, {finding.comparison.pair}"


def _findings(results: Results) -> list[Finding]:
    return [find(one, results.records.plan.design) for one in results.confirmatory]


def find(comparison: Comparison, design: Design) -> Finding:
    """Decide one comparison."""
    interval, margin = of_interest(comparison, design)
    if not math.isfinite(interval.low) and comparison.found.difference.value == 0:
        return Finding(comparison, "alike")  # everybody gave both conditions the same
    if -margin < interval.low and interval.high < margin:
        return Finding(comparison, "alike")
    if comparison.found.p_holm < ALPHA and not interval.low <= 0 <= interval.high:
        return Finding(comparison, _direction(comparison))
    return Finding(comparison, "open", _needed(comparison, interval, margin))


def of_interest(comparison: Comparison, design: Design) -> tuple[Estimate, float]:
    """Give the figure that decides, and how large it must be to matter, in the same unit."""
    if comparison.measure.id == ACCURACY:
        return comparison.found.difference, design.accuracy_of_interest
    return comparison.found.d_z, design.effect_of_interest


def _direction(comparison: Comparison) -> Verdict:
    higher = comparison.found.difference.value > 0
    if not comparison.measure.higher_is:
        return "higher" if higher else "lower"
    return "better" if higher == (comparison.measure.higher_is == "better") else "worse"


def _needed(comparison: Comparison, interval: Estimate, margin: float) -> int | None:
    """Say how many participants would settle it: the interval leaves out 0, or lies within the margin."""
    half = (interval.high - interval.low) / 2
    if not math.isfinite(half) or half <= 0:
        return None
    n_compared = len(pairs_of(comparison.measure, CONFIRMATORY))
    normal = NormalDist()
    wider = normal.inv_cdf(1 - ALPHA / 2 / n_compared) / normal.inv_cdf(1 - ALPHA / 2)
    size, n = abs(interval.value), comparison.found.d_z.n
    needed = pairs_for_interval(half, n, max(size / wider, margin - size))
    return math.ceil(max(needed, n + 1) / N_SLOTS) * N_SLOTS


def _headline(results: Results, points: Sequence[Point]) -> str:
    design, n = results.records.plan.design, results.n
    if n < FEWEST:
        counted = {0: "nobody is counted yet", 1: "one participant is counted"}
        return (
            f"Not enough data: {counted.get(n, f'{n} participants are counted')}. Nothing is tested with "
            f"fewer than {FEWEST}; {design.planned} are planned."
        )
    against = [one for one in points[0].findings if one.comparison.pair.other == "fixed"]
    told = [_told(verdict, own, n) for verdict, own in _by_verdict(against).items()]
    return f"Against a fixed sentence that says nothing, {'; '.join(told)}."


def _by_verdict(findings: Iterable[Finding]) -> dict[Verdict, list[Finding]]:
    groups: dict[Verdict, list[Finding]] = {}
    for one in findings:
        groups.setdefault(one.verdict, []).append(one)
    return groups


def _told(verdict: Verdict, findings: Sequence[Finding], n: int) -> str:
    names = _listed([_NAMES[one.comparison.pair.one] for one in findings])
    several = len(findings) > 1
    match verdict:
        case "better":
            return f"{names} {'help' if several else 'helps'} to predict the recommender"
        case "worse":
            return f"{names} {'make' if several else 'makes'} it harder to predict the recommender"
        case "alike":
            return f"{names} {'make' if several else 'makes'} no difference that matters"
        case _:
            return f"there is not enough data about {names}{_more(findings, n)}"


def _more(findings: Sequence[Finding], n: int) -> str:
    needed = [one.needed for one in findings if one.needed is not None]
    if not needed:
        return ""
    more = max(needed) - n
    return f" (about {more:,} more participants)" if more <= MANY else f" (over {MANY:,} more participants)"


def _point(results: Results, measure: Measure, findings: tuple[Finding, ...]) -> Point:
    means = "; ".join(_mean(results, measure, one) for one in measure.explanations)
    told = []
    for explanation in dict.fromkeys(one.comparison.pair.one for one in findings):
        own = [one for one in findings if one.comparison.pair.one == explanation]
        compared = [_compared(verdict, of, results.n) for verdict, of in _by_verdict(own).items()]
        told.append(f"{_capital(_NAMES[explanation])}: {'; '.join(compared)}.")
    return Point(f"{measure.title} ({measure.unit})", f"{means}.", tuple(told), findings)


def _rule(design: Design) -> str:
    return (
        "Better or worse: the 95 % interval leaves out 0, and p after Holm’s correction is below 0.05. No "
        "difference that matters, which is asked first: the whole interval lies within "
        f"{100 * design.accuracy_of_interest:g} percentage points of right answers, or "
        f"{design.effect_of_interest:g} standard deviations of ratings, as the study’s design fixes. Else "
        "there is not enough data."
    )


def _mean(results: Results, measure: Measure, explanation: Explanation) -> str:
    value = float(np.nanmean(of(results.values[measure.id], explanation, None)))
    shown = f"{100 * value:.0f}\u00a0% right" if measure.id == ACCURACY else _plain(value)
    return f"{shown} with {_NAMES[explanation]}"


def _plain(value: float) -> str:
    """Write a mean; one that rounds to 0 has no sign."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def _compared(verdict: Verdict, findings: Sequence[Finding], n: int) -> str:
    others = _listed([_NAMES[one.comparison.pair.other] for one in findings])
    return f"{_WORDS[verdict]} {others}{_more(findings, n)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
