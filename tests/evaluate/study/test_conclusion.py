"""What may be concluded: each outcome of one comparison, and the words for all."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from soundglass.core.statistics import Estimate
from soundglass.evaluate.study.analysis.paired import Paired
from soundglass.evaluate.study.comparisons import CONFIRMATORY, Comparison, Pair
from soundglass.evaluate.study.conclusion import changed, conclude, find
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.exclusions import RULES
from soundglass.evaluate.study.measured import Measure
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.results import FEWEST, Results, analyse
from study_answers import Truth, records_of

ACCURACY = Measure("accuracy", "Simulation accuracy", 0, 1, "better")
TRUST = Measure("trust", "Trust", 1, 5, "better", n_items=6)
WORKLOAD = Measure("tlx", "Workload", 0, 100, "worse", n_items=6)
OVERSELLING = Measure("overselling", "Overselling", -6, 6, "")
DESIGN = Design(accuracy_of_interest=0.1, effect_of_interest=0.5)


def compared(
    measure: Measure, value: float, half: float, p: float, pair: Pair = CONFIRMATORY[3], n: int = 40
) -> Comparison:
    """A comparison whose deciding figure is this one."""
    figure = Estimate(value, value - half, value + half, n)
    return Comparison(measure, pair, None, Paired(figure, figure, figure, 0, p / 5, p))


@pytest.mark.parametrize(
    ("measure", "value", "half", "p", "verdict"),
    [
        (ACCURACY, 0.20, 0.08, 0.001, "better"),
        (ACCURACY, -0.20, 0.08, 0.001, "worse"),
        (ACCURACY, 0.01, 0.08, 0.6, "alike"),
        (ACCURACY, 0.06, 0.03, 0.001, "alike"),  # surely more than 0, and surely too little to matter
        (ACCURACY, 0.03, 0.08, 0.4, "open"),
        (ACCURACY, 0.20, 0.08, 0.06, "open"),  # the interval leaves out 0, p after correction is too large
        (ACCURACY, 0.10, 0.11, 0.01, "open"),
        (TRUST, 0.6, 0.3, 0.01, "better"),
        (TRUST, 0.2, 0.29, 0.2, "alike"),
        (TRUST, 0.3, 0.29, 0.2, "open"),
        (WORKLOAD, 0.8, 0.3, 0.01, "worse"),
        (WORKLOAD, -0.8, 0.3, 0.01, "better"),
        (OVERSELLING, 0.8, 0.3, 0.01, "higher"),
        (OVERSELLING, -0.8, 0.3, 0.01, "lower"),
    ],
)
def test_a_comparison_is_decided_by_its_interval(
    measure: Measure, value: float, half: float, p: float, verdict: str
) -> None:
    assert find(compared(measure, value, half, p), DESIGN).verdict == verdict


def test_where_everybody_says_the_same_there_is_no_difference() -> None:
    nothing = Estimate(0.0, 0.0, 0.0, 40)
    undefined = Estimate(math.nan)
    same = Comparison(TRUST, CONFIRMATORY[0], None, Paired(nothing, undefined, undefined, 40, 1.0, 1.0))
    assert find(same, DESIGN).verdict == "alike"


@pytest.mark.parametrize(("value", "half"), [(0.0, 0.21), (0.09, 0.12), (0.3, 0.31), (0.05, 0.31)])
def test_as_many_more_as_are_asked_for_would_settle_it(value: float, half: float) -> None:
    found = find(compared(ACCURACY, value, half, 0.2), DESIGN)
    assert found.needed is not None
    assert found.needed > 40
    assert found.needed % N_SLOTS == 0

    def is_settled(n: int) -> bool:
        narrower = half * math.sqrt(40 / n)
        corrected = narrower * 2.5758 / 1.96  # at 1 %, the first of five
        return corrected <= value or value + narrower <= 0.1

    assert is_settled(found.needed)
    assert not is_settled(found.needed - N_SLOTS) or found.needed - N_SLOTS <= 40


@pytest.mark.parametrize(
    ("n", "counted"), [(0, "nobody is"), (1, "one participant is"), (2, "2 participants are")]
)
def test_too_few_are_said_in_one_line(n: int, counted: str) -> None:
    told = conclude(analyse(records_of(n)))
    assert told.points == ()
    assert told.headline.startswith(f"Not enough data: {counted} counted")
    assert f"fewer than {FEWEST}; 96 are planned" in told.headline
    assert "\n" not in told.headline


@pytest.fixture(scope="module")
def known() -> Results:
    """Bars help much; the spectrogram makes workload and nothing else; the fixed sentence oversells."""
    right = {"none": 0.5, "fixed": 0.5, "bars": 0.85, "regions": 0.5}
    truth = Truth(right, {("ess", "bars"): 1.0, ("tlx", "regions"): 0.8}, {"fixed": 2.0}, skill=0.2)
    return analyse(records_of(64, truth, seed=5), draws=500)


def test_known_effects_are_found(known: Results) -> None:
    verdicts = {
        (point.findings[0].comparison.measure.id, str(one.comparison.pair)): one.verdict
        for point in conclude(known).points
        for one in point.findings
    }
    bars, regions, fixed = "sentence + bars", "sentence + spectrogram + audio", "fixed sentence"
    assert verdicts["accuracy", f"{bars} − no explanation"] == "better"
    assert verdicts["accuracy", f"{bars} − {fixed}"] == "better"
    assert verdicts["ess", f"{bars} − {fixed}"] == "better"
    assert verdicts["ess", f"{regions} − {fixed}"] == "alike"
    assert verdicts["tlx", f"{regions} − no explanation"] == "worse"
    assert verdicts["tlx", f"{bars} − no explanation"] == "alike"
    assert verdicts["overselling", f"{fixed} − no explanation"] == "higher"
    assert verdicts["effectiveness", f"{bars} − {fixed}"] == "better"
    assert verdicts["accuracy", f"{regions} − no explanation"] in {"alike", "open"}


def test_the_headline_says_which_explanation_helps(known: Results) -> None:
    told = conclude(known)
    assert told.headline.startswith(
        "Against a fixed sentence that says nothing, sentence + bars helps to predict"
    )
    assert "sentence + spectrogram + audio" in told.headline
    accuracy = told.points[0].text
    assert "Sentence + bars: better than no explanation and the fixed sentence." in accuracy
    assert accuracy.startswith(
        f"{100 * known.values['accuracy'][:, 0].mean():.0f}\u00a0% right with no explanation;"
    )


def test_verdicts_alike_are_told_together() -> None:
    right = {"none": 0.5, "fixed": 0.5, "bars": 0.9, "regions": 0.9}
    told = conclude(analyse(records_of(32, Truth(right)), draws=200))
    names = "sentence + bars and sentence + spectrogram + audio"
    start = "Against a fixed sentence that says nothing"
    assert told.headline == f"{start}, {names} help to predict the recommender."


def test_open_questions_say_how_many_more() -> None:
    told = conclude(analyse(records_of(FEWEST), draws=200))
    assert "there is not enough data about" in told.headline
    assert "more participants" in told.headline
    assert "(over 1,000 more participants)" in conclude(_with_needed(3000)).headline


def _with_needed(n: int) -> Results:
    """Results in which every comparison is as open as asked for."""
    results = analyse(records_of(FEWEST), draws=200)
    half = 0.05 * math.sqrt(n / FEWEST) * 1.96 / 2.576
    same = tuple(
        replace(one, found=compared(ACCURACY, 0.05, half, 0.5, one.pair, FEWEST).found)
        for one in results.confirmatory
    )
    return replace(results, confirmatory=same)


def test_how_it_was_decided_is_said(known: Results) -> None:
    rule = conclude(known).rule
    assert "10 percentage points of right answers, or 0.5 standard deviations of ratings" in rule


def test_simulated_participants_are_called_so() -> None:
    told = conclude(analyse(records_of(2, population="simulated")))
    assert told.headline.startswith("Simulated participants, which say nothing about people. ")


def test_what_changes_between_two_analyses_is_named(known: Results) -> None:
    assert changed(known, known) == ()
    first = known.confirmatory[0]
    other = replace(known, confirmatory=(replace(first, found=compared(ACCURACY, 0.0, 0.01, 1.0).found),))
    assert changed(known, other) == (
        "Simulation accuracy, sentence + bars − no explanation (better, then no difference that matters)",
    )
    assert len(RULES) == 3
