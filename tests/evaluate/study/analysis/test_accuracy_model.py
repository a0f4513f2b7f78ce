from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from soundglass.core.statistics import holm
from soundglass.evaluate.study.analysis.accuracy import COMPARISONS, AccuracyModel, model_accuracy
from soundglass.evaluate.study.analysis.enough import NotEnoughData
from soundglass.evaluate.study.conditions import CELLS, Cell

# 24 participants, 3 trials in each of 8 conditions. Made with bars worth 1.0 in log odds, regions 0.1 with
# features and 0.9 with the spectrogram, the fixed sentence nothing; deviations of participants 0.6, of items
# 0.5, and 0.8 of what a participant makes of an explanation.
MADE = Path(__file__).with_name("right_answers.csv")


@dataclass
class Answers:
    right: list[bool]
    cells: list[Cell]
    participants: list[str]
    items: list[str]

    def only(self, keep: list[bool]) -> Answers:
        kept = [
            [value for value, wanted in zip(column, keep, strict=True) if wanted]
            for column in (self.right, self.cells, self.participants, self.items)
        ]
        return Answers(*kept)

    def model(self) -> AccuracyModel:
        return model_accuracy(self.right, self.cells, self.participants, self.items)


@pytest.fixture(scope="module")
def answers() -> Answers:
    with MADE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Answers(
        [row["right"] == "1" for row in rows],
        [Cell(row["by"], row["explanation"]) for row in rows],
        [row["participant"] for row in rows],
        [row["item"] for row in rows],
    )


@pytest.fixture(scope="module")
def found(answers: Answers) -> AccuracyModel:
    return answers.model()


def test_model_is_that_of_lme4(found: AccuracyModel) -> None:
    """R 4.2.2, lme4 1.1-31, converged to 1e-10.

    glmer(right ~ explanation * by + (1 | participant) + (1 | item) + (1 | participant:explanation), binomial)
    """
    assert found.has_interaction
    assert found.model.log_likelihood == pytest.approx(-367.382112255, abs=1e-6)
    assert found.model.deviations == {
        "participants": pytest.approx(0.350172995362, abs=1e-5),
        "items": pytest.approx(0.344041708114, abs=1e-5),
        "participants × explanations": pytest.approx(0.680070601372, abs=1e-5),
    }


def test_effects_are_likelihood_ratio_tests_of_lme4(found: AccuracyModel) -> None:
    """Sums-to-zero contrasts, each term left out of the whole model and compared by anova()."""
    assert {term: (test.statistic, test.degrees, test.p) for term, test in found.effects.items()} == {
        "explanation": pytest.approx((11.78412423666282, 3, 0.00816045916662), rel=1e-5),
        "recommender": pytest.approx((0.003599695405, 1, 0.952157656356), abs=1e-5),
        "explanation × recommender": pytest.approx((7.8800084950967, 3, 0.0485577655568), rel=1e-5),
    }


def test_comparisons_are_those_of_lme4(found: AccuracyModel) -> None:
    """Estimate, p and Holm's p of fixef and vcov of the same model, averaged over recommenders."""
    expected = {
        ("bars", "none"): (1.05009988590962, 0.00195838929535, 0.00979194647674),
        ("regions", "none"): (0.532387250230, 0.104462375110, 0.31338712532890),
        ("fixed", "none"): (0.0661502567508, 0.8382430947126, 0.83824309471259),
        ("bars", "fixed"): (0.98394962915880, 0.00361114504057, 0.01444458016229),
        ("regions", "fixed"): (0.466236993480, 0.154005750738, 0.31338712532890),
    }
    assert {(c.one, c.other): (c.log_odds.value, c.p, c.p_holm) for c in found.comparisons} == {
        pair: pytest.approx(values, rel=3e-4) for pair, values in expected.items()
    }


def test_expected_shares_are_those_of_lme4(found: AccuracyModel) -> None:
    """plogis integrated over all random intercepts by R's integrate()."""
    expected = {
        "features": (0.456985476510004, 0.570728299182077, 0.777803059850727, 0.569696618647746),
        "spectrogram": (0.570763402266363, 0.48559196575112, 0.667381182206067, 0.680922862502931),
    }
    for by, shares in expected.items():
        own = [found.cells[cell].value for cell in CELLS if cell.by == by]
        assert own == pytest.approx(shares, abs=1e-6)


def test_differences_are_those_of_the_mean_shares(found: AccuracyModel) -> None:
    def mean(explanation: str) -> float:
        return float(np.mean([found.cells[cell].value for cell in CELLS if cell.explanation == explanation]))

    for each in found.comparisons:
        assert each.difference.value == pytest.approx(mean(each.one) - mean(each.other), abs=1e-9)


def test_known_effects_are_within_their_intervals(found: AccuracyModel) -> None:
    made = {"none": 0.0, "fixed": 0.0, "bars": 1.0, "regions": 0.5}
    for each in found.comparisons:
        assert each.log_odds.low <= made[each.one] - made[each.other] <= each.log_odds.high


def test_shares_are_close_to_those_counted(answers: Answers, found: AccuracyModel) -> None:
    for cell, share in found.cells.items():
        own = [r for r, c in zip(answers.right, answers.cells, strict=True) if c == cell]
        assert share.value == pytest.approx(np.mean(own), abs=0.03)


def test_conditions_nobody_answered_in_are_left_out(answers: Answers) -> None:
    found = answers.only([cell.explanation != "regions" for cell in answers.cells]).model()
    assert [(c.one, c.other) for c in found.comparisons] == [
        pair for pair in COMPARISONS if "regions" not in pair
    ]
    assert [c.p_holm for c in found.comparisons] == pytest.approx(
        holm([c.p for c in found.comparisons]).tolist()
    )
    assert found.effects["explanation"].degrees == 2
    assert {cell.explanation for cell in found.cells} == {"none", "fixed", "bars"}


def test_one_recommender_alone_is_modelled_without_what_it_lacks(answers: Answers) -> None:
    found = answers.only([cell.by == "features" for cell in answers.cells]).model()
    assert set(found.effects) == {"explanation"}
    assert not found.has_interaction


def test_a_cell_with_right_answers_only_costs_the_interaction_alone(answers: Answers) -> None:
    perfect = Cell("features", "bars")
    right = [r or cell == perfect for r, cell in zip(answers.right, answers.cells, strict=True)]
    found = model_accuracy(right, answers.cells, answers.participants, answers.items)
    assert not found.has_interaction
    assert set(found.effects) == {"explanation", "recommender"}
    assert all(0 < share.low < share.high < 1 for share in found.cells.values())


def test_an_explanation_with_right_answers_only_is_told(answers: Answers) -> None:
    right = [r or cell.explanation == "bars" for r, cell in zip(answers.right, answers.cells, strict=True)]
    with pytest.raises(NotEnoughData, match="every answer is right"):
        model_accuracy(right, answers.cells, answers.participants, answers.items)


def test_one_explanation_alone_is_modelled_without_what_it_lacks(answers: Answers) -> None:
    found = answers.only([cell.explanation == "bars" for cell in answers.cells]).model()
    assert set(found.effects) == {"recommender"}
    assert set(found.model.deviations) == {"participants", "items"}
    assert found.comparisons == ()


def test_one_answer_each_leaves_out_what_participants_make_of_an_explanation(answers: Answers) -> None:
    seen: set[tuple[str, str]] = set()
    first = []
    for who, cell in zip(answers.participants, answers.cells, strict=True):
        first.append((who, cell.explanation) not in seen)
        seen.add((who, cell.explanation))
    assert set(answers.only(first).model().model.deviations) == {"participants", "items"}


def test_what_helps_some_participants_only_is_less_sure(answers: Answers, found: AccuracyModel) -> None:
    """Of answers with the same shares, those that tastes divide tell less of new participants."""
    rng, shuffled = np.random.default_rng(0), list(answers.right)
    for cell in CELLS:
        own = [i for i, c in enumerate(answers.cells) if c == cell]
        for i, j in zip(own, rng.permutation(own), strict=True):
            shuffled[i] = answers.right[j]
    even = model_accuracy(shuffled, answers.cells, answers.participants, answers.items)
    assert even.model.deviations["participants × explanations"] < 0.3
    for one, other in zip(found.comparisons, even.comparisons, strict=True):
        assert one.difference.high - one.difference.low > 1.1 * (other.difference.high - other.difference.low)


def test_nobody_and_one_participant_are_not_enough(answers: Answers) -> None:
    with pytest.raises(NotEnoughData, match="Nobody has answered"):
        answers.only([False] * len(answers.right)).model()
    with pytest.raises(NotEnoughData, match="at least 2 participants, not 1"):
        answers.only([who == "p1" for who in answers.participants]).model()
