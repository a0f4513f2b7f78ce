"""Leaving regions out is computed as if they had never been there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from soundglass.embeddings.matching import cosines
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.without import RegionCounterfactual, score_without
from soundglass.recommend.spectrogram import Matches, Terms
from token_sets import random_token_sets, spectrogram_of

LIBRARY = random_token_sets(12, seed=4)


def by_hand(terms: Terms, query: TokenSet, match: TokenSet, kept: list[int]) -> float:
    """Sum the score's formula over what is left, token by token; the scale is that of the untouched pair."""
    alike = cosines(query.vectors, match.vectors)

    def gap(side: Matches, best: list[float], chosen: list[int]) -> float:
        missing = sum(side.weights[i] * (1 - b) for i, b in zip(chosen, best, strict=True))
        return float(missing / sum(side.weights[i] * (1 - side.means[i]) for i in chosen) / 2)

    everything = list(range(len(match)))
    whole = gap(terms.query, alike.max(axis=1).tolist(), list(range(len(query))))
    whole += gap(terms.match, alike.max(axis=0).tolist(), everything)
    left = gap(terms.query, [max(row[j] for j in kept) for row in alike], list(range(len(query))))
    left += gap(terms.match, [max(alike[:, j]) for j in kept], kept)
    return 1 - (1 - terms.score) * left / whole


@pytest.mark.parametrize("match", [1, 5, 9])
def test_it_is_the_score_of_what_is_left(match: int) -> None:
    recommender = spectrogram_of(LIBRARY)
    terms = recommender.terms(0, match)
    for token in range(len(LIBRARY[match])):
        kept = [j for j in range(len(LIBRARY[match])) if j != token]
        found = score_without(terms, LIBRARY[0], LIBRARY[match], [token])
        if kept:
            assert found == pytest.approx(by_hand(terms, LIBRARY[0], LIBRARY[match], kept), abs=1e-9)


def test_leaving_nothing_out_changes_nothing() -> None:
    terms = spectrogram_of(LIBRARY).terms(0, 5)
    assert score_without(terms, LIBRARY[0], LIBRARY[5], []) == pytest.approx(terms.score, abs=1e-9)


def test_nothing_can_be_asked_of_a_match_without_tokens_or_of_the_same_recording() -> None:
    terms = spectrogram_of(LIBRARY).terms(0, 5)
    assert score_without(terms, LIBRARY[0], LIBRARY[5], range(len(LIBRARY[5]))) is None
    same = replace(terms.query, best=np.ones(len(LIBRARY[0])))
    assert score_without(Terms(same, same), LIBRARY[0], LIBRARY[0], [0]) is None


def test_it_is_told_as_a_sentence() -> None:
    change = RegionCounterfactual(
        "driving low pulse, 60–180 Hz", "region", 0.0, "left out", "1:12", 0.1, 0.3, rank=11, actual_rank=2
    )
    told = "it would fall from 2nd to 11th, its score falling from 0.30 to 0.10."
    assert change.sentence == f"Without its driving low pulse at 1:12 {told}"
