from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from feature_tables import random_values, recommender_of
from soundglass.core.types import FeatureEvidence, Region
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.named import named_parts
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.recommend.base import best_first, place
from token_sets import random_token_sets, spectrogram_of

N_TRACKS = 90


def blend_of(weight: float = 0.5) -> BlendExplainer:
    features = FeatureExplainer(recommender_of(random_values(N_TRACKS, seed=31)))
    spectrogram = SpectrogramExplainer(spectrogram_of(random_token_sets(N_TRACKS, seed=32)))
    return BlendExplainer(features, spectrogram, weight)


@pytest.fixture(scope="module")
def blend() -> BlendExplainer:
    return blend_of()


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_parts_are_those_of_both_scaled(weight: float) -> None:
    explainer = blend_of(weight)
    matches = list(range(1, N_TRACKS, 7))
    scores = explainer.recommender.exact_scores(0, np.array(matches))
    for match, score, parts in zip(matches, scores, explainer.parts(0, matches), strict=True):
        sizes = [p.contribution for p in parts]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(sizes) == pytest.approx(score, abs=1e-9)
        for recommender, factor, kind in zip(
            *zip(*explainer.recommender.terms, strict=True), (FeatureEvidence, Region), strict=True
        ):
            own = [p for p in parts if isinstance(p.query, kind)]
            alone = float(recommender.exact_scores(0, np.array([match]))[0])
            assert sum(p.contribution for p in own) == pytest.approx(factor * alone, abs=1e-9)
            assert bool(own) == bool(factor)


def test_places_within_a_part_are_scaled_too() -> None:
    explainer = blend_of(0.25)
    alone = SpectrogramExplainer(explainer.recommender.spectrogram)
    matches = range(1, N_TRACKS)
    compared = 0
    for parts, of_alone in zip(explainer.parts(0, matches), alone.parts(0, matches), strict=True):
        whole = {(p.name, p.query, p.match): p.members for p in of_alone}
        for p in parts:
            if isinstance(p.query, Region) and p.members:
                members = whole[p.name, p.query, p.match]
                assert p.members == tuple(replace(m, contribution=0.25 * m.contribution) for m in members)
                compared += 1
    assert compared


def test_a_sentence_joins_the_clauses_of_both(blend: BlendExplainer) -> None:
    joined = 0
    for query in range(0, N_TRACKS, 9):
        for match, score in list(best_first(blend.recommender, query))[:5]:
            (parts,) = blend.parts(query, [match])
            named, _ = named_parts(parts)
            text = blend.sentence(parts, score)
            assert re.fullmatch(r"[A-Z].*[^.]\.", text)
            of_features = blend.features.reasons(
                [p for p in named if isinstance(p.query, FeatureEvidence)], None
            )[0]
            of_regions = blend.spectrogram.reasons([p for p in named if isinstance(p.query, Region)], None)[0]
            assert of_features.lower() in text.lower()
            assert of_regions.lower() in text.lower()
            joined += bool(of_features and of_regions and ", and " in text)
    assert joined > 20


def test_the_difference_is_said_once(blend: BlendExplainer) -> None:
    said = [
        blend.sentence(blend.parts(query, [match])[0], 0.5) for query in range(0, 30) for match in (40, 50)
    ]
    assert any(", but " in text for text in said)
    assert all(text.count(", but ") <= 1 for text in said)


def test_counterfactuals_tell_the_blends_score_and_place(blend: BlendExplainer) -> None:
    recommender = blend.recommender
    kinds = set()
    for query, match in ((0, 7), (11, 30), (40, 41)):
        (parts,) = blend.parts(query, [match])
        everything = recommender.exact_scores(query, recommender.rows)
        actual = everything[match]
        others = np.delete(everything, [query, match])
        by_name = {p.name: p for p in parts}
        for change in blend.counterfactuals(query, match, parts):
            assert change.actual_score == pytest.approx(actual, abs=1e-12)
            assert change.actual_rank == 1 + (others > actual).sum()
            assert change.rank == 1 + (others > change.score).sum()
            kinds.add(type(by_name[change.part].query))
    assert kinds == {FeatureEvidence, Region}


def test_a_changed_feature_moves_the_blend_by_its_share() -> None:
    explainer, alone = blend_of(0.25), blend_of(0.0)
    (parts,) = alone.parts(3, [8])
    whole = {change.feature: change for change in alone.counterfactuals(3, 8, parts)}
    seen = 0
    for change in explainer.counterfactuals(3, 8, explainer.parts(3, [8])[0]):
        if change.feature in whole:
            moved = whole[change.feature].score - whole[change.feature].actual_score
            assert change.score - change.actual_score == pytest.approx(0.75 * moved, abs=1e-9)
            seen += 1
    assert seen > 3


def test_the_place_is_that_of_the_blend(blend: BlendExplainer) -> None:
    recommender = blend.recommender
    ranked = list(best_first(recommender, 12))
    for position in (1, 5, 40):
        row, score = ranked[position - 1]
        assert place(recommender, 12, score, recommender.scores(12), row) == position
