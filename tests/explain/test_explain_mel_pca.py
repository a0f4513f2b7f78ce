from __future__ import annotations

import numpy as np
import pytest

from pictures import mel_pca_of, random_pictures
from soundglass.core.types import Part, Region
from soundglass.explain.mel_pca import MelPcaExplainer


@pytest.fixture(scope="module")
def explainer() -> MelPcaExplainer:
    return MelPcaExplainer(mel_pca_of(random_pictures(80, seed=5)))


def parts_of(*ranges: tuple[float, float, float]) -> list[Part]:
    """Parts of low edge, high edge and contribution."""
    return [Part("", share, Region(0, 2, low, high), Region(7, 9, low, high)) for low, high, share in ranges]


def test_parts_show_where_in_both_tracks(explainer: MelPcaExplainer) -> None:
    parts = explainer.parts(3, [50])[0]
    assert len(parts) == 32
    assert len({part.name for part in parts}) == 32
    for part in parts:
        assert isinstance(part.query, Region) and isinstance(part.match, Region)
        assert (part.query.low_hz, part.query.high_hz) == (part.match.low_hz, part.match.high_hz)
    starts = explainer.recommender.region(3, 0, 0).start_s, explainer.recommender.region(50, 0, 0).start_s
    assert min(part.query.start_s for part in parts) == starts[0]
    assert min(part.match.start_s for part in parts) == starts[1]


def test_parts_sum_to_the_score_largest_first(explainer: MelPcaExplainer) -> None:
    matches = [1, 20, 79]
    scores = explainer.recommender.exact_scores(3, np.array(matches))
    for score, parts in zip(scores, explainer.parts(3, matches), strict=True):
        contributions = [part.contribution for part in parts]
        assert sum(contributions) == pytest.approx(score, abs=1e-9)
        assert contributions == sorted(contributions, reverse=True)


def test_a_part_is_named_by_its_place(explainer: MelPcaExplainer) -> None:
    names = {part.name: part.query for part in explainer.parts(0, [1])[0]}
    assert names["840–1300 Hz in quarter 2"] == explainer.recommender.region(0, 2, 1)
    assert "7100–11000 Hz in quarter 4" in names


@pytest.mark.parametrize(
    ("ranges", "score", "wanted"),
    [
        (
            [(0, 116, 0.1), (116, 245.04, 0.1), (116, 245.04, 0.2)],
            0.4,
            "Their pictures look alike most between 120 and 250 Hz.",
        ),
        (
            [(0, 116, 0.5), (116, 245.04, -0.1), (245.04, 503, 0.1), (116, 245.04, -0.1)],
            0.3,
            "Their pictures look alike most between 0 and 120 Hz, but differ between 120 and 250 Hz.",
        ),
        (
            [(0, 116, 0.5), (3959, 7906, -0.9)],
            -0.4,
            "Their pictures differ most between 4000 and 7900 Hz.",
        ),
    ],
)
def test_sentences(ranges: list[tuple[float, float, float]], score: float, wanted: str) -> None:
    explainer = MelPcaExplainer(mel_pca_of(random_pictures(2)))
    assert explainer.sentence(parts_of(*ranges), score) == wanted


def test_sentences_are_true_of_the_pictures() -> None:
    """Two pictures are alike in one range only, and that is what is said."""
    pictures = random_pictures(80, seed=6)
    pictures["pixels"][11, 64:90] = pictures["pixels"][10, 64:90]
    explainer = MelPcaExplainer(mel_pca_of(pictures))
    score = float(explainer.recommender.exact_scores(10, np.array([11]))[0])
    ranges: dict[float, float] = {}
    for part in explainer.parts(10, [11])[0]:
        ranges[part.query.low_hz] = ranges.get(part.query.low_hz, 0) + part.contribution
    wanted = max(ranges, key=ranges.__getitem__) if score >= 0 else min(ranges, key=ranges.__getitem__)
    assert f"between {float(f'{wanted:.2g}'):.0f} and" in explainer.sentence(
        explainer.parts(10, [11])[0], score
    )


def test_there_are_no_counterfactuals(explainer: MelPcaExplainer) -> None:
    assert explainer.counterfactuals(0, 1, explainer.parts(0, [1])[0]) == ()
