from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import FeatureEvidence, Part
from soundglass.explain.claims import Claim, Kind
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.parts import feature_parts
from soundglass.explain.words import HARDLY, clauses, composed, listed
from soundglass.recommend.base import best_first


def said(kind: Kind, name: str, x: float, y: float, *, high: bool = False) -> Claim:
    feature = CATALOGUE[name]
    sides = [FeatureEvidence(v, feature.unit, 50.0, "csv", feature.text(v)) for v in (x, y)]
    if name == "mode":
        keys = [FeatureEvidence(9, "", None, "csv", f"A {side.label}") for side in sides]
        return Claim(kind, Part("key", 0.1, keys[0], keys[1]), feature, sides[0], sides[1], high)
    return Claim(kind, Part(feature.group, 0.1, sides[0], sides[1]), feature, sides[0], sides[1], high)


CALM = said(Kind.BOTH_UNUSUAL, "energy", 0.1, 0.1)
ACOUSTIC = said(Kind.BOTH_UNUSUAL, "acousticness", 0.9, 0.9, high=True)
DARK = said(Kind.BOTH_RATHER, "valence", 0.2, 0.3)
TEMPO = said(Kind.SAME_TEMPO, "tempo", 92, 90)
OCTAVE = said(Kind.OCTAVE_TEMPO, "tempo", 60, 120)
BRIGHTER = said(Kind.DIFFERENT, "brightness", 1400, 3200, high=True)


@pytest.mark.parametrize(
    ("claims", "against", "score", "wanted"),
    [
        (
            [CALM, ACOUSTIC, TEMPO],
            BRIGHTER,
            0.8,
            "Both are unusually calm and acoustic, at nearly the same tempo (92 and 90 BPM), "
            "but the match is brighter in tone (3200 against 1400 Hz).",
        ),
        ([CALM, DARK], None, 0.8, "Both are unusually calm and rather dark in mood."),
        ([CALM, ACOUSTIC, DARK], None, 0.8, "Both are unusually calm and acoustic, and rather dark in mood."),
        ([said(Kind.SAME_TEMPO, "tempo", 90, 90.2)], None, 0.8, "They are at the same tempo (90 BPM)."),
        ([OCTAVE], None, 0.8, "They are two to one in tempo (60 and 120 BPM)."),
        (
            [
                said(Kind.ALIKE, "energy", 0.5, 0.52),
                said(Kind.NEARER, "tempo", 90, 99),
                said(Kind.ALIKE, "valence", 0.3, 0.3),
            ],
            None,
            0.8,
            "They are alike in energy (0.50 and 0.52) and mood (0.30), and nearer than most in tempo "
            "(90 and 99 BPM).",
        ),
        (
            [said(Kind.ALIKE, name, 0.5, 0.52) for name in ("energy", "liveness", "danceability")],
            None,
            0.8,
            "They are alike in energy (0.50 and 0.52), liveness (0.50 and 0.52) and "
            "danceability (0.50 and 0.52).",
        ),
        (
            [said(Kind.SAME_VALUE, "mode", 0, 0)],
            said(Kind.DIFFERENT, "time_signature", 4, 3),
            0.8,
            "They are in the same mode (A minor), but the match is shorter in its bars "
            "(3 against 4 beats a bar).",
        ),
        ([], said(Kind.DIFFERENT, "mode", 0, 1, high=True), 0.2,
         "They are more alike than tracks picked at random, but the match is in major "
         "(A major against A minor)."),
        ([], None, 0.2, "They are more alike than tracks picked at random."),
        ([], None, -0.2, "They are less alike than tracks picked at random."),
        ([CALM], None, 0.04, "They are hardly more alike than tracks picked at random; still, "
         "both are unusually calm."),
        (
            [CALM],
            BRIGHTER,
            -0.4,
            "They are less alike than tracks picked at random: the match is brighter in tone (3200 against "
            "1400 Hz); still, both are unusually calm.",
        ),
        (
            [TEMPO],
            said(Kind.FARTHER, "energy", 0.1, 0.9),
            -0.4,
            "They are less alike than tracks picked at random: they are further apart than most in energy "
            "(0.10 and 0.90); still, they are at nearly the same tempo (92 and 90 BPM).",
        ),
        (
            [said(Kind.RELATED_KEY, "key", 0, 7)],
            said(Kind.FAR_KEYS, "key", 0, 6),
            0.1,
            "They are in related keys (C and G), but they are far apart in key (C and F♯).",
        ),
    ],
)  # fmt: skip
def test_sentences(claims: list[Claim], against: Claim | None, score: float, wanted: str) -> None:
    assert composed(*clauses(claims, against), score) == wanted


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_spoken(items: list[str], text: str) -> None:
    assert listed(items) == text


@pytest.mark.parametrize("library", ["spotify", "demo", "small"])
def test_real_sentences_are_well_formed(library: str, request: pytest.FixtureRequest) -> None:
    _, recommender = request.getfixturevalue(library)
    rng = np.random.default_rng(1)
    for query in rng.choice(recommender.rows, 25).tolist():
        ranked = list(best_first(recommender, query, chunk=4000))
        chosen = [*ranked[:5], *ranked[-5:]]
        explained = feature_parts(recommender, query, [row for row, _ in chosen])
        for (_, score), parts in zip(chosen, explained, strict=True):
            text = FeatureExplainer(recommender).sentence(parts, score)
            assert re.fullmatch(r"(Both are|They are) [^.].*[^. ]\.", text), text
            assert text.startswith("They are less alike") == (score < 0), text
            assert text.startswith("They are hardly more alike") == (0 <= score < HARDLY), text
            for wrong in ("  ", "nan", "None", "unknown", "()", " ,", ",,", "{", "unusually  ", "are ,"):
                assert wrong not in text, text
            words = text.split()
            assert all(a != b for a, b in pairwise(words)), text
