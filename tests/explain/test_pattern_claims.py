"""The study's claims: what each means in numbers, and when it holds."""

from __future__ import annotations

import math

import pytest

from soundglass.core.catalogue import CATALOGUE
from soundglass.evaluate.faithfulness.study_table import SENTENCES
from soundglass.explain.patterns.association import Association
from soundglass.explain.patterns.claims import Claim, Phrase, Verdict, check, claims, judge, overall
from soundglass.explain.patterns.statistics import STATISTICS

H, W, F, C, U = (
    Verdict.HOLDS,
    Verdict.WEAK,
    Verdict.FAILS,
    Verdict.CONTRADICTED,
    Verdict.UNKNOWN,
)


def association(rho: float, low: float, high: float, statistic: str = "high") -> Association:
    return Association("energy", statistic, rho, low, high, 0.001, 50)


def test_the_claims_are_the_studys_six() -> None:
    assert {claim.says for claim in claims()} == {sentence for sentence, *_ in SENTENCES}
    for claim in claims():
        assert claim.feature in CATALOGUE
        assert claim.says.split(": ")[0].endswith(claim.feature)
        assert 1 <= len(claim.phrases) <= 2
        for phrase in claim.phrases:
            assert phrase.words in claim.says
            assert phrase.statistic in STATISTICS
            assert phrase.sign in {-1, 1}
            assert phrase.why.endswith(".")


@pytest.mark.parametrize(
    ("rho", "low", "high", "sign", "verdict"),
    [
        (0.62, 0.41, 0.77, 1, H),
        (0.62, 0.41, 0.77, -1, C),
        (-0.62, -0.77, -0.41, -1, H),
        (-0.62, -0.77, -0.41, 1, C),
        (0.20, 0.01, 0.4, 1, H),
        (0.19, 0.01, 0.4, 1, W),
        (-0.19, -0.4, -0.01, -1, W),
        (0.5, -0.01, 0.8, 1, F),
        (-0.5, -0.8, 0.01, 1, F),
        (0.0, -0.1, 0.1, -1, F),
        (0.6, math.nan, math.nan, 1, U),
    ],
)
def test_a_phrase_holds_by_interval_and_size(rho, low, high, sign, verdict) -> None:
    assert judge(association(rho, low, high), sign) is verdict


def test_what_was_not_found_cannot_be_judged() -> None:
    assert judge(None, 1) is U


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((H, H), H),
        ((C, C), C),
        ((H, F), Verdict.IN_PART),
        ((H, C), Verdict.IN_PART),
        ((W, F), F),
        ((F, C), C),
        ((W, U), W),
        ((W, W), W),
        ((U,), U),
    ],
)
def test_a_claim_holds_where_all_its_phrases_do(verdicts, expected) -> None:
    assert overall(verdicts) is expected
    assert overall(verdicts[::-1]) is expected


def test_a_claim_is_checked_on_its_own_statistics() -> None:
    claim = Claim(
        "High energy: a, b", "energy", (Phrase("a", "high", 1, "Why."), Phrase("b", "filled", -1, "Why."))
    )
    known = {("energy", "high"): association(0.5, 0.3, 0.7)}
    checked = check(claim, lambda *key: known.get(key))
    assert checked.verdicts == (H, U)
    assert checked.found == (known["energy", "high"], None)
    assert checked.verdict is Verdict.IN_PART


def test_standing_out_needs_both_interval_and_correction() -> None:
    assert association(0.5, 0.1, 0.7).stands_out
    assert not association(0.5, -0.1, 0.7).stands_out
    assert not Association("energy", "high", 0.5, 0.1, 0.7, 0.2, 50).stands_out
    assert not association(0.5, math.nan, math.nan).stands_out
