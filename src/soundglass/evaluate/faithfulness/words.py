"""Are the words true: every statement of every sentence, and every figure beside it, checked again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from soundglass.core.errors import FeatureMismatchError
from soundglass.core.statistics import Estimate
from soundglass.core.types import Json, Part, Recommendations
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.study_table import study_table
from soundglass.evaluate.faithfulness.verdicts import Tally, Verdict
from soundglass.evaluate.faithfulness.whatif_again import (
    FEATURE_CHANGE,
    REGION_CHANGE,
    TIE,
    Standing,
    check_feature_change,
    check_region_change,
)
from soundglass.evaluate.faithfulness.witnessed import Witnessed, witnessed
from soundglass.evaluate.faithfulness.witnesses import check_sentence
from soundglass.evaluate.faithfulness.words_heard import words_heard
from soundglass.evaluate.findings import Cell, Section, Table, Target
from soundglass.explain.answer import Pair, explain_pair, recommend
from soundglass.explain.compare import spread
from soundglass.explain.without import RegionCounterfactual
from soundglass.explain.words import listed
from soundglass.recommend.filters import Filters

N_LISTED = 10
MOST_QUERIES = 300
TRUE_WORDS = 0.99

_COUNT = re.compile(r"left out ([\d,]+) ")


def evaluate_words(context: Context) -> Section:
    """Check what is said of recommended and of other pairs, by every recommender that the library can have.

    Sentences are read back by a grammar, so that what is checked is what people read. Of features and
    pictures it is compared with the stored columns, of regions with the audio.
    """
    found, notes = witnessed(context, min(MOST_QUERIES, context.settings.queries))
    tallies = {one.name: _tally(context, one) for one in found}
    heard = words_heard(context, [one for one in found if one.tokens])
    ours = Tally()
    for one in found:
        if one.features and not one.tokens:
            ours.include(tallies[one.name].packed())
    study = study_table(context, ours.rate(ours.words()))
    examples = [f"{name}: {text}" for name, tally in tallies.items() for text in tally.examples()]
    targets = (*_targets(tallies), *heard.targets)
    return Section(
        name="words",
        title="Words",
        summary=_summary(tallies),
        tables=(*_tables(tallies), *heard.tables, *study.tables),
        targets=targets,
        notes=(*notes, *examples, *heard.notes, *study.notes),
    )


def _tally(context: Context, one: Witnessed) -> Tally:
    tally, rows = Tally(), one.witness.rows
    queries = spread(rows, one.n_queries).tolist()
    for done, query in enumerate(queries, start=1):
        tally.include(
            context.kept(f"words of {one.name}, row {query}", partial(_of_query, context, one, query))
        )
        context.progress(f"words of {one.name}", done, len(queries))
    return tally


def _of_query(context: Context, one: Witnessed, query: int) -> Json:
    """Check a list, and the best, the last listed, the middling and the least alike match in full."""
    tally, store = Tally(), context.store
    answer = recommend(store, one.explainer, query, N_LISTED, Filters())
    rows = [row for result in answer if (row := store.row_of(result.track.id)) is not None]
    tally.add(_check_list(one, query, answer, len(store)))
    for row, result in zip(rows, answer, strict=True):
        tally.add(check_sentence(one.witness, query, row, result.score, result.sentence, result.parts))
    scores = one.witness.scores(query)
    order = [
        row
        for row in one.witness.rows[np.argsort(-scores)[: np.isfinite(scores).sum()]].tolist()
        if row != query
    ]
    asked = dict.fromkeys([*rows[:1], *rows[-1:], *order[len(order) // 2 :][:1], *order[-1:]])
    for match in asked:
        try:
            pair = explain_pair(store, one.explainer, query, match)
        except FeatureMismatchError:
            continue
        tally.add(_check_pair(one, query, match, pair, listed=match in rows))
    return tally.packed()


def _check_list(one: Witnessed, query: int, answer: Recommendations, n_tracks: int) -> Iterator[Verdict]:
    """Judge the order of a list, and the notes below it, which count what is left out."""
    scores = one.witness.scores(query)
    others = scores[(one.witness.rows != query) & np.isfinite(scores)]
    counts = [
        (int(found[1].replace(",", "")), note) for note in answer.notes if (found := _COUNT.match(note))
    ]
    skipped = sum(n for n, note in counts if "cannot compare" not in note)
    for result in answer:
        margin = TIE * (1 + abs(result.score))
        least, most = (int((others > result.score + side).sum()) for side in (margin, -margin))
        shown = f"{result.rank} with {least} tracks above and {skipped} left out"
        yield Verdict("place in the list", least - skipped < result.rank <= most, shown)
    told = sum(n for n, note in counts if "cannot compare" in note)
    lacking = n_tracks - len(one.witness.rows)
    yield Verdict("count in a note", told == lacking, f"{told}, not {lacking}")


def _check_pair(one: Witnessed, query: int, match: int, pair: Pair, *, listed: bool) -> Iterator[Verdict]:
    """Judge a pair as it is explained in full; its sentence only if no list has shown it."""
    standing = Standing.of(one.witness, query, match)
    yield Verdict("place among all", standing.is_at(pair.rank, standing.score), f"{pair.rank}")
    yield Verdict("number of tracks", pair.n_tracks == len(standing.rivals) + 1, f"{pair.n_tracks}")
    if not listed:
        yield from check_sentence(one.witness, query, match, pair.score, pair.sentence, pair.parts)
    for change in pair.counterfactuals:
        if not isinstance(change, RegionCounterfactual) and one.features:
            yield from check_feature_change(standing, *one.features, (query, match), change)
        elif one.tokens and one.hearing:
            made_of = _tokens_of(one, query, match)
            yield from check_region_change(standing, *one.tokens, (query, match), change, made_of)


def _tokens_of(one: Witnessed, query: int, match: int) -> list[tuple[Part, frozenset[int]]]:
    """List the regions of a pair, and which of the match's tokens each is made of."""
    if one.hearing is None:
        return []
    (pair,) = one.hearing.matched(query, [match])
    return [
        (pair.part(finding), frozenset(token for place in finding.places for token in place.match))
        for finding in pair.findings
    ]


def _tables(tallies: Mapping[str, Tally]) -> list[Table]:
    """Lay out what was found: the recommenders beside one another, then kind by kind."""
    columns = ("statement", "true", "false ones")
    caption = "Share that is true, with Wilson's 95 % interval."
    whole: list[tuple[Cell, ...]] = [
        (name, *(tally.rate(kinds) for kinds in (tally.words(), tally.figures(), _changes(tally))))
        for name, tally in tallies.items()
    ]
    tables = [
        Table(
            "Truth of sentences, by recommender",
            ("recommender", "words", "figures", "counterfactuals"),
            tuple(whole),
            "Words are the statements of sentences, figures what stands beside them: scores, parts, "
            f"percentiles, places. {caption}",
        )
    ]
    for name, tally in tallies.items():
        rows = (*tally.rows(tally.words(), "all words"), *tally.rows([*tally.figures(), *tally.changes()]))
        tables.append(Table(f"Truth by kind of statement: {name}", columns, rows, caption))
    return tables


def _changes(tally: Tally) -> list[str]:
    return [kind for kind in (FEATURE_CHANGE, REGION_CHANGE) if tally.n[kind]]


def _targets(tallies: Mapping[str, Tally]) -> list[Target]:
    """Compare what was found with what should hold."""
    targets = []
    for name, tally in tallies.items():
        words, changes = tally.rate(tally.words()), tally.rate(_changes(tally))
        if words.n:
            what = f"true words of {name}, by the data"
            targets.append(Target(what, "at least 99 %", words, words.value >= TRUE_WORDS))
        if changes.n:
            what = f"true counterfactuals of {name}, carried out"
            targets.append(Target(what, "100 %", changes, changes.value == 1))
    return targets


def _summary(tallies: Mapping[str, Tally]) -> str:
    words = {name: tally.rate(tally.words()) for name, tally in tallies.items()}
    told = [f"{_percent(rate)} of {rate.n:,} by {name}" for name, rate in words.items() if rate.n]
    if not told:
        return "There is no sentence to check."
    changes = [tally.rate(_changes(tally)) for tally in tallies.values()]
    n_changes = sum(rate.n for rate in changes)
    n_true = round(sum(rate.n * rate.value for rate in changes if rate.n))
    text = "Sentences were read back by a grammar of their own and checked against the library: "
    text += f"{listed(told)} are true."
    if n_changes:
        text += f" {n_changes:,} what-ifs were carried out; {n_true:,} of them came out as told."
    return text


def _percent(rate: Estimate) -> str:
    return f"{100 * rate.value:.2f} %".replace("100.00 %", "100 %")
