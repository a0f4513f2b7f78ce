"""What one population's answers tell: who is counted, what was measured, how the explanations compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from soundglass.core.statistics import RESAMPLES
from soundglass.evaluate.study.analysis.accuracy import AccuracyModel, model_accuracy
from soundglass.evaluate.study.analysis.enough import NotEnoughData
from soundglass.evaluate.study.comparisons import CONFIRMATORY, EXPLORATORY, Comparison, Pair, compare
from soundglass.evaluate.study.conditions import RECOMMENDERS, By
from soundglass.evaluate.study.exclusions import INATTENTIVE, RULES, Rule, counted, why_not_counted
from soundglass.evaluate.study.measured import ACCURACY, Floats, Measure, measures, table
from soundglass.evaluate.study.rows import Person, Records

FEWEST: Final = 10
"""With fewer participants nothing is tested: one of them could turn it."""


@dataclass(frozen=True, slots=True)
class Results:
    """What is found in the answers of one population to one study.

    Attributes
    ----------
    counted : tuple of Person
    left_out : mapping of str to int
        How many participants each rule leaves out, in the order of the rules.
    measures : tuple of Measure
    values : mapping of str to ndarray, shape (n_counted, 4, 2)
        Of each measure, by its id: participants by explanation by recommender.
    confirmatory : tuple of Comparison
        Over both recommenders; conclusions rest on these.
    single : tuple of Comparison
        Of simulation accuracy, the same for each recommender alone.
    exploratory : tuple of Comparison
    model : AccuracyModel or None
        Of simulation accuracy.
    why_no_model : str
        Empty where there is one.
    leniently : Results or None
        The same if nobody is left out by attention checks; ``None`` where nobody is.
    """

    records: Records
    counted: tuple[Person, ...]
    left_out: Mapping[str, int]
    measures: tuple[Measure, ...]
    values: Mapping[str, Floats]
    confirmatory: tuple[Comparison, ...]
    single: tuple[Comparison, ...]
    exploratory: tuple[Comparison, ...]
    model: AccuracyModel | None
    why_no_model: str
    leniently: Results | None = None

    @property
    def n(self) -> int:
        """How many participants are counted."""
        return len(self.counted)


def analyse(records: Records, draws: int = RESAMPLES) -> Results:
    """Analyse the answers of one population.

    Parameters
    ----------
    records : Records
        As :func:`~soundglass.evaluate.study.records.collect` joins them.
    draws : int
        How many draws bootstrap intervals rest on.
    """
    strict = _analyse(records, RULES, draws)
    if not strict.left_out[INATTENTIVE.why]:
        return strict
    rules = [rule for rule in RULES if rule is not INATTENTIVE]
    return replace(strict, leniently=_analyse(records, rules, draws))


def _analyse(records: Records, rules: Sequence[Rule], draws: int) -> Results:
    people = counted(records.people, rules)
    names = [person.pseudonym for person in people]
    everything = measures(records)
    values = {measure.id: table(records, measure, names) for measure in everything}
    left_out = Counter(why_not_counted(person, rules) for person in records.people)
    model, why_no_model = _model(records, names)
    tested = everything if len(people) >= FEWEST else ()

    def family(
        of: Sequence[Measure], pairs: Sequence[Pair], by: Sequence[By | None] = (None,)
    ) -> tuple[Comparison, ...]:
        return tuple(one for measure in of for one in compare(measure, values[measure.id], pairs, by, draws))

    return Results(
        records,
        people,
        {rule.why: left_out[rule.why] for rule in rules},
        everything,
        values,
        tuple(_modelled(one, model) for one in family(tested, CONFIRMATORY)),
        family(tested[:1], CONFIRMATORY, RECOMMENDERS),
        family(tested, EXPLORATORY),
        model,
        why_no_model,
    )


def _model(records: Records, names: Sequence[str]) -> tuple[AccuracyModel | None, str]:
    """Model simulation accuracy, or say why that cannot be."""
    if len(names) < FEWEST:
        return None, f"There are fewer than {FEWEST} participants"
    own = [one for one in records.simulations if one.participant in names]
    try:
        return (
            model_accuracy(
                [one.is_correct for one in own],
                [one.cell for one in own],
                [one.participant for one in own],
                [one.item for one in own],
            ),
            "",
        )
    except NotEnoughData as error:
        return None, error.message


def _modelled(comparison: Comparison, model: AccuracyModel | None) -> Comparison:
    """Put the model's difference and p in the place of those of each participant's mean."""
    if model is None or comparison.measure.id != ACCURACY:
        return comparison
    own = [one for one in model.comparisons if (one.one, one.other) == comparison.pair]
    found = [replace(comparison.found, difference=one.difference, p=one.p, p_holm=one.p_holm) for one in own]
    return replace(comparison, found=found[0]) if found else comparison
