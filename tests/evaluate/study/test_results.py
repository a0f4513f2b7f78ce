"""Results: who is counted, that nothing is tested with few, and what happens at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from soundglass.evaluate.study.conditions import EXPLANATIONS
from soundglass.evaluate.study.results import FEWEST, analyse
from soundglass.evaluate.study.rows import Records
from study_answers import Truth, records_of

DRAWS = 200


def careless(records: Records, n: int) -> Records:
    """The same records in which the first n participants failed all attention checks."""
    people = [
        replace(person, attention=(False, False)) if number < n else person
        for number, person in enumerate(records.people)
    ]
    return replace(records, people=tuple(people))


def test_who_is_left_out_is_counted_by_rule_and_gives_no_figure() -> None:
    records = careless(records_of(8, unfinished=2), 3)
    results = analyse(records, DRAWS)
    assert dict(results.left_out) == {
        "did not finish": 2,
        "failed every attention check": 1,
        "gave one and the same answer to every rating": 0,
    }
    assert [person.pseudonym for person in results.counted] == [f"PP-0{n}" for n in range(3, 8)]
    assert all(values.shape[0] == 5 for values in results.values.values())


@pytest.mark.parametrize("n", [0, 1, 2, FEWEST - 1])
def test_few_participants_are_not_tested(n: int) -> None:
    results = analyse(records_of(n), DRAWS)
    assert results.n == n
    assert (results.confirmatory, results.single, results.exploratory, results.model) == ((), (), (), None)
    assert f"fewer than {FEWEST}" in results.why_no_model


def test_enough_are() -> None:
    results = analyse(records_of(FEWEST), DRAWS)
    assert results.why_no_model == ""
    assert len(results.confirmatory) == 6 * 5 + 2
    assert len(results.single) == 10
    assert {one.by for one in results.single} == {"features", "spectrogram"}
    assert len(results.exploratory) == 7


def test_right_answers_are_compared_by_the_model() -> None:
    results = analyse(records_of(16, Truth({"bars": 0.8})), DRAWS)
    assert results.model is not None
    for one in results.confirmatory[:5]:
        (own,) = [each for each in results.model.comparisons if (each.one, each.other) == one.pair]
        assert (one.found.difference, one.found.p, one.found.p_holm) == (own.difference, own.p, own.p_holm)
    shares = results.values["accuracy"].mean(axis=(0, 2))
    first = results.confirmatory[0]
    by_hand = shares[EXPLANATIONS.index("bars")] - shares[EXPLANATIONS.index("none")]
    assert first.found.difference.value == pytest.approx(by_hand, abs=0.03)


def test_where_all_are_right_participants_means_are_compared_instead() -> None:
    records = records_of(12)
    always = [
        replace(one, is_correct=True) if one.cell.explanation == "bars" else one
        for one in records.simulations
    ]
    results = analyse(replace(records, simulations=tuple(always)), DRAWS)
    assert results.model is None
    assert "every answer is right" in results.why_no_model
    assert results.confirmatory[0].found.difference.value > 0.3
    assert np.isfinite(results.confirmatory[0].found.p_holm)


def test_attention_checks_are_also_left_aside() -> None:
    assert analyse(records_of(FEWEST), DRAWS).leniently is None
    results = analyse(careless(records_of(FEWEST + 2), 2), DRAWS)
    assert results.n == FEWEST
    assert results.leniently is not None
    assert results.leniently.n == FEWEST + 2
    assert "failed every attention check" not in results.leniently.left_out


def test_the_same_answers_give_the_same_results() -> None:
    one, other = (analyse(records_of(FEWEST), DRAWS) for _ in range(2))
    assert one.confirmatory == other.confirmatory


def test_no_effect_is_rarely_found() -> None:
    found = 0
    for seed in range(3):
        results = analyse(records_of(16, seed=seed), DRAWS)
        found += sum(one.found.p_holm < 0.05 for one in results.confirmatory)
    assert found <= 3  # of 96 comparisons in 21 families: 1 is expected
