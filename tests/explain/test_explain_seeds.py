"""Reasons of likeness to several tracks add up, and say which of them speaks."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feature_tables import random_values, recommender_of
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.named import VISIBLE
from soundglass.explain.seeds import SeededExplainer, SeedPart, shares_of
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.recommend.base import best_first
from soundglass.recommend.seeds import AWAY
from token_sets import random_token_sets, spectrogram_of

N = 60
BY_FEATURES = FeatureExplainer(recommender_of(random_values(N, seed=1)))
BY_SPECTROGRAM = SpectrogramExplainer(spectrogram_of(random_token_sets(N, seed=2)))
EXPLAINERS = {
    "features": BY_FEATURES,
    "spectrogram": BY_SPECTROGRAM,
    "blend": BlendExplainer(BY_FEATURES, BY_SPECTROGRAM, 0.6),
}
NAMES = {row: f"“track {row}”" for row in range(N)}

some_rows = st.lists(st.integers(1, N - 1), max_size=3, unique=True)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(EXPLAINERS)), some_rows, some_rows)
def test_parts_sum_to_the_score(name: str, more: list[int], less: list[int]) -> None:
    less = [row for row in less if row not in more]
    own = SeededExplainer(EXPLAINERS[name], more, less, NAMES)
    matches = [row for row, _ in islice(best_first(own.recommender, 0), 4)]
    exact = own.recommender.exact_scores(0, np.array(matches))
    for score, parts in zip(exact, own.parts(0, matches), strict=True):
        assert sum(part.contribution for part in parts) == pytest.approx(score, abs=1e-9)
        assert [part.contribution for part in parts] == sorted((p.contribution for p in parts), reverse=True)
        shares = shares_of(parts)
        assert sum(share.contribution for share in shares) == pytest.approx(score, abs=1e-9)
        assert {share.seed for share in shares} >= {0, *more}
        assert len({share.seed for share in shares} & {*less}) <= 1


def test_each_part_is_of_the_track_it_names() -> None:
    own = SeededExplainer(BY_FEATURES, [3], [9], NAMES)
    (match,) = [row for row, _ in islice(best_first(own.recommender, 0), 1)]
    (parts,) = own.parts(0, [match])
    for seed, factor in ((0, 0.5), (3, 0.5), (9, -AWAY)):
        theirs = {part.name: part for part in BY_FEATURES.parts(seed, [match])[0]}
        ours = [part for part in parts if isinstance(part, SeedPart) and part.seed == seed]
        if seed == 9 and to(9, match) <= 0:
            assert not ours
            continue
        assert len(ours) == len(theirs)
        for part in ours:
            assert part.contribution == pytest.approx(factor * theirs[part.name].contribution, abs=1e-12)
            assert (part.query, part.match) == (theirs[part.name].query, theirs[part.name].match)


def to(seed: int, match: int) -> float:
    return float(BY_FEATURES.recommender.exact_scores(seed, np.array([match]))[0])


def test_the_sentence_says_which_track_speaks() -> None:
    seen = set()
    for less in range(4, N):
        own = SeededExplainer(BY_FEATURES, [3], [less], NAMES)
        match, score = next(best_first(own.recommender, 0))
        (parts,) = own.parts(0, [match])
        text = own.sentence(parts, score)
        nearer = max(
            (0, 3), key=lambda seed: BY_FEATURES.recommender.exact_scores(seed, np.array([match]))[0]
        )
        assert text.startswith(f"Most like “track {nearer}”: ")
        away = to(less, match)
        said = AWAY * away >= VISIBLE
        assert text.endswith(" counts against it.") is said
        if said:
            assert f"Its likeness to “track {less}” counts against it." in text
        seen.add(said)
    assert seen == {True, False}


def test_with_one_track_the_sentence_is_that_of_the_pair() -> None:
    own = SeededExplainer(BY_FEATURES, [], [], NAMES)
    for match, score in islice(best_first(own.recommender, 5), 10):
        plain = BY_FEATURES.sentence(BY_FEATURES.parts(5, [match])[0], score)
        assert own.sentence(own.parts(5, [match])[0], score) == plain
    assert own.counterfactuals(5, match, ()) == ()
