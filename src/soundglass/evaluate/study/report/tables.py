"""The tables of a study's results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from soundglass.core.statistics import Estimate
from soundglass.evaluate.faithfulness.correlation import rank_correlation
from soundglass.evaluate.findings import Cell as Figure
from soundglass.evaluate.findings import Table
from soundglass.evaluate.study.analysis.accuracy import AccuracyModel
from soundglass.evaluate.study.analysis.paired import mean_difference
from soundglass.evaluate.study.analysis.proportions import accuracy, intraclass_correlation
from soundglass.evaluate.study.analysis.reliability import cronbach_alpha
from soundglass.evaluate.study.comparisons import Comparison, of
from soundglass.evaluate.study.conditions import (
    EXPLANATION_NAMES,
    EXPLANATIONS,
    RECOMMENDERS,
    By,
    Explanation,
)
from soundglass.evaluate.study.measured import ACCURACY, Measure, items, scale_name
from soundglass.evaluate.study.results import FEWEST, Results
from soundglass.evaluate.study.rows import Simulation

INTERVAL = "The small print is the 95 % interval."
_BY = (*RECOMMENDERS, None)
_REAL: tuple[Explanation, ...] = ("bars", "regions")


def who_took_part(results: Results) -> Table:
    """Count who joined, who is left out by which rule, and who is counted."""
    people = results.records.people
    minutes = sorted(person.minutes for person in results.counted)
    rows: list[tuple[Figure, ...]] = [
        ("joined", len(people) + results.records.deleted),
        ("had their answers deleted", results.records.deleted),
        *((f"left out: {why}", n) for why, n in results.left_out.items()),
        ("counted", results.n),
        ("planned", results.records.plan.design.planned),
    ]
    if minutes:
        rows.append(("minutes it took, median", float(np.median(minutes))))
    return Table(
        "Joined and counted", (_who(results), "number"), tuple(rows), "The rules were fixed in advance."
    )


def background(results: Results) -> Table | None:
    """Give means of the scales that are asked once; ``None`` where there are none."""
    instruments = results.records.instruments
    of_scale: dict[str, list[float]] = defaultdict(list)
    for person in results.counted:
        for scale, score in person.background.items():
            of_scale[scale].append(score)
    rows: tuple[tuple[Figure, ...], ...] = tuple(
        (
            scale_name(instruments.scales[scale]),
            mean_difference(np.array(values)),
            float(np.std(values, ddof=1)),
        )
        for scale, values in of_scale.items()
        if len(values) > 1
    )
    return Table("Background", ("scale", "mean", "SD"), rows, f"Asked once. {INTERVAL}") if rows else None


def accuracies(results: Results) -> Table:
    """Give the share of right answers in every condition."""
    rows: tuple[tuple[Figure, ...], ...] = tuple(
        (EXPLANATION_NAMES[explanation], *(share(results, explanation, by) for by in _BY))
        for explanation in EXPLANATIONS
    )
    return Table(
        "Simulation accuracy by condition",
        ("explanation", *RECOMMENDERS, "both"),
        rows,
        f"The share of right answers; guessing gives 0.5. {INTERVAL} It takes participants as clusters.",
    )


def share(results: Results, explanation: Explanation, by: By | None) -> Estimate:
    """Give the share of right answers in one condition, of one recommender or both."""
    own = [
        one
        for one in simulations(results)
        if one.cell.explanation == explanation and by in {None, one.cell.by}
    ]
    return accuracy([one.is_correct for one in own], [one.participant for one in own])


def likeness(results: Results) -> float:
    """Give how much alike the answers of a participant are after one explanation, as a mean of explanations.

    Explanations after which all answers are alike count for nothing; NaN where none is left.
    """
    found = [
        intraclass_correlation([one.is_correct for one in own], [one.participant for one in own])
        for explanation in EXPLANATIONS
        if (own := [one for one in simulations(results) if one.cell.explanation == explanation])
    ]
    told = [one for one in found if np.isfinite(one)]
    return float(np.mean(told)) if told else float("nan")


def simulations(results: Results) -> list[Simulation]:
    """Give the forward simulations that are counted."""
    counted = {person.pseudonym for person in results.counted}
    return [one for one in results.records.simulations if one.participant in counted]


def differences_in_accuracy(comparisons: Sequence[Comparison], title: str, caption: str) -> Table:
    """Compare explanations by the share of right answers."""
    rows = tuple(
        (named(one), one.found.difference, one.found.p, one.found.p_holm)
        for one in comparisons
        if one.measure.id == ACCURACY
    )
    return Table(title, ("comparison", "difference", "p", "p (Holm)"), rows, f"{caption} {INTERVAL}")


def named(comparison: Comparison) -> str:
    """Name a comparison, with its recommender where it is of one."""
    return f"{comparison.pair}, {comparison.by}" if comparison.by else str(comparison.pair)


def effects(model: AccuracyModel) -> Table:
    """Say what makes a difference to right answers, tested by likelihood ratio."""
    return Table(
        "What makes a difference",
        ("effect", "χ²", "degrees of freedom", "p"),
        tuple((name, test.statistic, test.degrees, test.p) for name, test in model.effects.items()),
        "Likelihood-ratio tests in a mixed logistic model: right ~ explanation × recommender, with random "
        f"intercepts of {_deviations(model)} (SD in log odds).",
    )


def _deviations(model: AccuracyModel) -> str:
    return ", ".join(f"{grouping} ({sd:.2f})" for grouping, sd in model.model.deviations.items())


def odds(model: AccuracyModel) -> Table:
    """Compare explanations as the model does, by odds."""
    rows = tuple(
        (
            f"{EXPLANATION_NAMES[one.one]} − {EXPLANATION_NAMES[one.other]}",
            one.log_odds,
            float(np.exp(one.log_odds.value)),
            one.p_holm,
        )
        for one in model.comparisons
    )
    caption = f"Means over both recommenders. {INTERVAL}"
    return Table("The same in odds", ("comparison", "log odds", "odds ratio", "p (Holm)"), rows, caption)


def certainty(results: Results) -> Table:
    """Say whether participants know when they know."""
    rows: list[tuple[Figure, ...]] = []
    for explanation in EXPLANATIONS:
        own = [one for one in simulations(results) if one.cell.explanation == explanation]
        rows.append(
            (
                EXPLANATION_NAMES[explanation],
                *(_mean(one.sure for one in own if one.is_correct is right) for right in (True, False)),
                _mean(one.seconds for one in own),
            )
        )
    return Table(
        "How sure, and how long",
        ("explanation", "sure when right", "sure when wrong", "seconds"),
        tuple(rows),
        "Sureness from 1 to 5. Seconds from the first showing to the answer, listening included.",
    )


def disagreements(results: Results) -> Table:
    """Give the share of right answers where the recommenders agree on the two tracks, and where not."""
    own = simulations(results)
    rows: list[tuple[Figure, ...]] = []
    for explanation in EXPLANATIONS:
        shares = []
        for disagree in (False, True):
            of_kind = [one for one in own if one.cell.explanation == explanation and one.disagree is disagree]
            shares.append(accuracy([one.is_correct for one in of_kind], [one.participant for one in of_kind]))
        rows.append((EXPLANATION_NAMES[explanation], *shares))
    return Table(
        "Which recommender is meant",
        ("explanation", "recommenders agree", "recommenders disagree"),
        tuple(rows),
        "The share of right answers. Where the two recommenders rank the tracks the other way round, knowing "
        f"music is not enough: one must know this recommender. {INTERVAL}",
    )


def moderators(results: Results) -> Table | None:
    """Say whether background goes with understanding; ``None`` without a scale of it."""
    values = results.values[ACCURACY]
    overall = values.mean(axis=(1, 2))
    gain = np.mean([of(values, one, None) for one in _REAL], axis=0) - of(values, "fixed", None)
    rows: list[tuple[Figure, ...]] = []
    for key in results.records.plan.design.background:
        scores = np.array([person.background.get(key, np.nan) for person in results.counted])
        known = np.isfinite(scores) & np.isfinite(overall)
        if known.sum() >= FEWEST:
            found = (rank_correlation(scores[known], with_[known]) for with_ in (overall, gain))
            rows.append((scale_name(results.records.instruments.scales[key]), *found))
    return (
        Table(
            "Who understands",
            ("scale", "with right answers", "with what explanations add"),
            tuple(rows),
            "Spearman’s ρ over participants; what explanations add is the share of right answers with bars "
            "or spectrogram, less that with the fixed sentence.",
        )
        if rows
        else None
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return float(np.mean(known)) if known else None


def means(results: Results, measures: Sequence[Measure], title: str) -> Table:
    """Give the mean of measures after each explanation, over both recommenders."""
    rows = tuple(
        (f"{measure.title} ({measure.unit})", *(mean(results, measure, one) for one in EXPLANATIONS))
        for measure in measures
    )
    names = tuple(EXPLANATION_NAMES[one] for one in EXPLANATIONS)
    return Table(
        title, ("measure", *names), rows, f"Means over participants and both recommenders. {INTERVAL}"
    )


def mean(
    results: Results, measure: Measure, explanation: Explanation, by: By | None = None
) -> Estimate | None:
    """Give the mean of a measure after an explanation; ``None`` where it is not asked."""
    if explanation in measure.not_for:
        return None
    values = of(results.values[measure.id], explanation, by)
    return mean_difference(values[np.isfinite(values)])


def differences(
    comparisons: Sequence[Comparison], measures: Sequence[Measure], title: str, caption: str
) -> Table:
    """Compare explanations by ratings: how far apart, how much that is, how surely."""
    rows = tuple(
        (
            f"{one.measure.title}: {named(one)}",
            one.found.difference,
            one.found.rank_biserial,
            one.found.d_z,
            one.found.p_holm,
        )
        for one in comparisons
        if one.measure in measures
    )
    columns = ("comparison", "difference", "r", "d", "p (Holm)")
    return Table(title, columns, rows, f"{caption} {INTERVAL}")


def reliability(results: Results, measures: Sequence[Measure]) -> Table:
    """Say how far the questions of each scale measure one thing."""
    names = [person.pseudonym for person in results.counted]
    rows = tuple(
        (measure.title, measure.n_items, cronbach_alpha(*items(results.records, measure, names)))
        for measure in measures
    )
    return Table(
        "Reliability of the scales",
        ("scale", "questions", "Cronbach’s α"),
        rows,
        f"Above 0.7 is called acceptable. {INTERVAL} It takes participants as clusters.",
    )


def _who(results: Results) -> str:
    return "simulated participants" if results.records.population == "simulated" else "people"
