"""Recommendation performance: every system asked the same questions, with what is beyond accuracy."""

from __future__ import annotations

from collections.abc import Iterator

from soundglass.core.statistics import holm
from soundglass.evaluate.context import Context
from soundglass.evaluate.findings import Chart, Section, Series, Table
from soundglass.evaluate.ranking.agreement import agreement
from soundglass.evaluate.ranking.beyond import beyond_accuracy
from soundglass.evaluate.ranking.measures import MEASURES
from soundglass.evaluate.ranking.protocol import Question, ask, protocol
from soundglass.evaluate.ranking.results import Results
from soundglass.evaluate.ranking.systems import systems
from soundglass.evaluate.ranking.targets import OURS, targets
from soundglass.evaluate.ranking.truth import truths

TITLE = "Recommendation performance"

_CHANCE = "random"


def evaluate_ranking(context: Context) -> Section:
    """Measure how well each system finds what belongs together.

    Raises
    ------
    CatalogueError
        The table of listeners or of labels is missing or not one.
    """
    settings = context.settings
    told = truths(context.store, settings.listeners, settings.labels)
    compared, notes = systems(context)
    if not compared:
        return Section("ranking", TITLE, "There is nothing to rank.", notes=tuple(notes))
    asked = protocol(context, compared[0].rows, told.among(compared[0].rows))
    results = Results(context, asked, {system.name: ask(context, system, asked) for system in compared})
    beyond = beyond_accuracy(context, compared, asked.queries, asked.truths.artists)
    agreed, left_out = agreement(context, compared, asked.queries, asked.truths.artists)
    return Section(
        "ranking",
        TITLE,
        _summary(results),
        (*_tables(results), *beyond.tables, *([agreed] if agreed else [])),
        tuple(_charts(results)),
        targets(results, beyond.exposures),
        (*notes, *asked.notes, *beyond.notes, *left_out),
    )


def main_questions(results: Results) -> Iterator[Question]:
    """Give one question a truth: with the artist filter, if tracks by other artists can belong to a query.

    An album is asked for without: nearly all of it is by one artist.
    """
    for truth in results.asked.truths:
        order = (False,) if truth.name in {"artist", "album"} else (True, False)
        found = [question for on in order if (question := results.question(truth.name, on))]
        yield from found[:1]


def _tables(results: Results) -> Iterator[Table]:
    for question in main_questions(results):
        yield _table(results, question)
        yield from _differences(results, question)
        other = results.question(question.truth.name, not question.filtered)
        if other:
            yield _table(results, other)


def _table(results: Results, question: Question) -> Table:
    barred = "Tracks by the query's artist are barred. " if question.filtered else ""
    return Table(
        question.name.capitalize(),
        ("system", *MEASURES),
        tuple(
            (name, *(results.mean(name, question, measure) for measure in MEASURES))
            for name in results.by_system
        ),
        f"What belongs together: {question.truth.says}. {barred}{int(question.usable.sum()):,} queries. A "
        f"list in random order has a precision of {question.chance:.3g}, and no list can have a "
        f"{question.truth.measure} above {question.ceiling:.3g}. Intervals: 95 %, artists drawn with "
        "replacement.",
    )


def _differences(results: Results, question: Question) -> Iterator[Table]:
    """Compare each recommender with every other system."""
    ours = [name for name in OURS if name in results.by_system]
    others = [name for name in results.by_system if name not in ours]
    pairs = [(one, other) for at, one in enumerate(ours) for other in (*others, *ours[:at])]
    if not pairs:
        return
    measure = question.truth.measure
    found = [results.difference(one, other, question, measure) for one, other in pairs]
    corrected = holm([p for _, p in found]).tolist()
    rows = [
        (f"{one} − {other}", difference, p)
        for (one, other), (difference, _), p in zip(pairs, found, corrected, strict=True)
    ]
    yield Table(
        f"{question.name.capitalize()}: differences of {measure}",
        ("systems", "difference", "p"),
        tuple(rows),
        "Of the same queries, above 0 where the first is better. p: two-sided, by the bootstrap, corrected "
        f"for the {len(pairs)} comparisons of this table (Holm).",
    )


def _charts(results: Results) -> Iterator[Chart]:
    for question in main_questions(results):
        measure, names = question.truth.measure, tuple(results.by_system)
        series = []
        for filtered in (True, False):
            same = results.question(question.truth.name, filtered)
            if same is None:
                continue
            means = [results.mean(name, same, measure) for name in names]
            values, low, high = zip(*((m.value, m.low, m.high) for m in means), strict=True)
            label = f"artist filter {'on' if filtered else 'off'}"
            series.append(Series(label, names, values, low, high))
        yield Chart(
            "dots",
            f"{question.truth.name.capitalize()}: {measure}",
            measure,
            "system",
            tuple(series),
            f"What belongs together: {question.truth.says}. The line is what a list in random order has.",
            question.chance,
        )


def _summary(results: Results) -> str:
    asked = results.asked
    lines = [f"{len(asked.places):,} of {len(asked.rows):,} tracks were asked about."]
    for question in main_questions(results):
        measure = question.truth.measure
        means = {name: results.mean(name, question, measure) for name in results.by_system}
        told = [
            f"{name} {means[name].value:.3f} [{means[name].low:.3f}, {means[name].high:.3f}]"
            for names in (OURS, means.keys() - {*OURS, _CHANCE})
            for name in sorted(means.keys() & names, key=lambda name: -means[name].value)[:1]
        ]
        lines.append(
            f"{question.name.capitalize()}, {measure}: {', '.join(told)}; chance {question.chance:.3f}."
        )
    return " ".join(lines)
