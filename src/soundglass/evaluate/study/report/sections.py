"""The parts of a study's results, in the order in which they are read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from soundglass.evaluate.findings import Section, Table
from soundglass.evaluate.report.figures import number
from soundglass.evaluate.study.conclusion import changed
from soundglass.evaluate.study.measured import ERROR, OVERSELLING, Measure
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.planning import ALIKE, planning
from soundglass.evaluate.study.report import plots, tables
from soundglass.evaluate.study.results import FEWEST, Results

CONFIRMATORY = "Means over both recommenders; p is corrected for all comparisons of one measure (Holm)."
SINGLE = "For each recommender alone: exploratory, with a correction of its own."


def sections(results: Results) -> tuple[Section, ...]:
    """Lay out what was found: who took part, understanding, ratings, scales, and what a study needs."""
    parts = [_participants(results)]
    if results.n:
        asked = [_scales(results)] if any(measure.n_items for measure in results.measures) else []
        parts += [_understanding(results), _expectations(results), *asked, _also(results)]
    return (*parts, planning(results.records.plan.design))


def _participants(results: Results) -> Section:
    n, design = results.n, results.records.plan.design
    summary = f"{_people(results, n)} {'is' if n == 1 else 'are'} counted; {design.planned} are planned."
    found = (tables.who_took_part(results), tables.background(results))
    rules = "; ".join(f"who {why}" for why in results.left_out)
    notes = (
        f"Left out, by rules fixed in advance: {rules}.",
        f"Nothing is tested with fewer than {FEWEST} participants.",
        *_balance(results),
        *_sensitivity(results),
    )
    return Section("participants", "Who took part", summary, tuple(filter(None, found)), notes=notes)


def _people(results: Results, n: int) -> str:
    if results.records.population == "simulated":
        return f"{n} simulated participant{'' if n == 1 else 's'}"
    return f"{n} {'person' if n == 1 else 'people'}"


def _balance(results: Results) -> Iterator[str]:
    """Say whether every balanced order was used as often as every other."""
    used = Counter(person.slot for person in results.counted)
    times = [used[slot] for slot in range(N_SLOTS)]
    if min(times) != max(times):
        yield (
            f"The {N_SLOTS} balanced orders were not used equally often: {min(times)} to {max(times)} times. "
            f"Multiples of {N_SLOTS} participants fill them."
        )


def _sensitivity(results: Results) -> Iterator[str]:
    """Say whether those who failed the attention checks would change what is concluded."""
    if results.leniently is None or not results.confirmatory:
        return
    if results.leniently.n == results.n:
        yield "Those who failed every attention check would be left out without it, too, by another rule."
        return
    found = changed(results, results.leniently)
    told = f"these findings change: {'; '.join(found)}" if found else "no finding changes"
    yield f"With those who failed every attention check counted as well (n = {results.leniently.n}), {told}."


def _understanding(results: Results) -> Section:
    found, charts = [tables.accuracies(results)], [plots.accuracies(results)]
    if results.confirmatory:
        charts.append(plots.differences(results.confirmatory))
        for family, title, caption in (
            (results.confirmatory, "Explanations compared by right answers", CONFIRMATORY),
            (results.single, "The same, by recommender", SINGLE),
        ):
            found.append(tables.differences_in_accuracy(family, title, caption))
    if results.model is not None:
        found += [tables.effects(results.model), tables.odds(results.model)]
    return Section(
        "understanding",
        "Understanding",
        "Which of two tracks will the recommender rank higher? Who understands a recommender can tell, "
        "without having these two explained.",
        tuple(found),
        tuple(charts),
        notes=_notes(results),
    )


def _notes(results: Results) -> tuple[str, ...]:
    alike = tables.likeness(results)
    found = (
        f"After one explanation, answers of one participant are alike by {number(alike)} (intraclass "
        f"correlation, mean of explanations); planning took {ALIKE:g}."
    )
    said = () if math.isnan(alike) else (found,)
    if results.model is not None:
        return said if results.model.has_interaction else (*said, _NO_INTERACTION)
    instead = (
        " Differences and p are of each participant’s share of right answers." if results.confirmatory else ""
    )
    return (*said, f"Without a mixed logistic model: {results.why_no_model}.{instead}")


_NO_INTERACTION = (
    "In some condition all answers are right, or all wrong, so that the model takes explanations to do the "
    "same for both recommenders."
)


def _expectations(results: Results) -> Section:
    measures = [one for one in results.measures if one.id in {ERROR, OVERSELLING}]
    return Section(
        "expectations",
        "Effectiveness",
        "How well a track will fit is rated from 1 to 7 before it is heard, with the explanation alone, and "
        "again after listening. The expectation error is how far the two are apart; overselling is how much "
        "higher the first is.",
        _ratings(results, measures, "Expected less found"),
        tuple(plots.means(results, measure) for measure in measures),
    )


def _scales(results: Results) -> Section:
    measures = [one for one in results.measures if one.n_items]
    return Section(
        "scales",
        "What participants say",
        "Scales that are asked after every block.",
        (*_ratings(results, measures, "Scales after each block"), tables.reliability(results, measures)),
        tuple(plots.means(results, measure) for measure in measures),
        notes=tuple(_source(results, measure) for measure in measures),
    )


def _ratings(results: Results, measures: Sequence[Measure], title: str) -> tuple[Table, ...]:
    means = tables.means(results, measures, title)
    if not results.confirmatory:
        return (means,)
    return means, tables.differences(
        results.confirmatory, measures, f"{title}: explanations compared", CONFIRMATORY
    )


def _source(results: Results, measure: Measure) -> str:
    scale = results.records.instruments.scales[measure.id]
    return f"{measure.title}: {scale.source}"


def _also(results: Results) -> Section:
    found: list[Table | None] = [tables.certainty(results), tables.disagreements(results)]
    if results.exploratory:
        found += [
            tables.differences_in_accuracy(
                results.exploratory, "Spectrogram against bars, right answers", ""
            ),
            tables.differences(
                results.exploratory, results.measures[1:], "Spectrogram against bars, ratings", ""
            ),
            tables.moderators(results),
        ]
    return Section(
        "exploratory",
        "Also looked at",
        "Exploratory: nothing is concluded from these.",
        tuple(filter(None, found)),
        (plots.learning(results),),
    )
