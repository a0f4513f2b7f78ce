"""The plots of a study's results."""

from __future__ import annotations

import math
from collections.abc import Sequence

from soundglass.core.statistics import Estimate
from soundglass.evaluate.findings import Chart, Series
from soundglass.evaluate.study.analysis.proportions import accuracy
from soundglass.evaluate.study.comparisons import Comparison
from soundglass.evaluate.study.conditions import EXPLANATION_NAMES, RECOMMENDERS, By
from soundglass.evaluate.study.measured import ACCURACY, Measure
from soundglass.evaluate.study.report.tables import mean, named, share, simulations
from soundglass.evaluate.study.results import Results

CHANCE = 0.5


def accuracies(results: Results) -> Chart:
    """Draw the share of right answers by explanation and recommender."""
    explanations = tuple(EXPLANATION_NAMES)
    found = {by: [share(results, one, by) for one in explanations] for by in RECOMMENDERS}
    names = [EXPLANATION_NAMES[one] for one in explanations]
    return Chart(
        "dots",
        "Simulation accuracy",
        "share of right answers",
        "",
        tuple(_series(by, names, estimates) for by, estimates in found.items()),
        "Guessing gives 0.5.",
        CHANCE,
    )


def learning(results: Results) -> Chart:
    """Draw the share of right answers by position of the block: whether participants learn, or tire."""
    blocks = range(1, len(results.records.plan.sets) + 1)
    own = {block: [one for one in simulations(results) if one.block == block] for block in blocks}
    found = {
        block: accuracy([one.is_correct for one in of], [one.participant for one in of])
        for block, of in own.items()
    }
    known = {block: one for block, one in found.items() if not math.isnan(one.low)}
    series = Series(
        "all conditions",
        tuple(map(float, known)),
        tuple(one.value for one in known.values()),
        tuple(one.low for one in known.values()),
        tuple(one.high for one in known.values()),
    )
    return Chart(
        "lines",
        "Learning",
        "block",
        "share of right answers",
        (series,),
        "Over all conditions, which are balanced over the blocks.",
        CHANCE,
    )


def differences(comparisons: Sequence[Comparison]) -> Chart:
    """Draw how explanations compare by right answers."""
    own = [one for one in comparisons if one.measure.id == ACCURACY]
    return Chart(
        "dots",
        "Right answers: explanations compared",
        "difference of shares",
        "",
        (_series("both recommenders", [named(one) for one in own], [one.found.difference for one in own]),),
        "Right of the line, the first explanation is better.",
        0.0,
    )


def means(results: Results, measure: Measure) -> Chart:
    """Draw a measure by explanation and recommender."""
    names = [EXPLANATION_NAMES[one] for one in measure.explanations]
    return Chart(
        "dots",
        measure.title,
        measure.unit,
        "",
        tuple(_by(results, measure, by, names) for by in RECOMMENDERS),
    )


def _by(results: Results, measure: Measure, by: By, names: Sequence[str]) -> Series:
    found = (mean(results, measure, one, by) for one in measure.explanations)
    return _series(by, names, [one or Estimate(math.nan) for one in found])


def _series(name: str, places: Sequence[str], estimates: Sequence[Estimate]) -> Series:
    """Make a series; where an interval is not known, it is a point."""
    return Series(
        name,
        tuple(places),
        tuple(one.value for one in estimates),
        tuple(one.value if math.isnan(one.low) else one.low for one in estimates),
        tuple(one.value if math.isnan(one.high) else one.high for one in estimates),
    )
