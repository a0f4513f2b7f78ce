"""What is taken away from a pair is what was named, and the scores after it are the recommenders' own."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from soundglass.core.errors import AudioError, FeatureMismatchError
from soundglass.core.types import Region
from soundglass.embeddings.analysis import Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.evaluate.faithfulness.feature_orders import Removal
from soundglass.evaluate.faithfulness.one_pair import Taken, scores_without, take_features
from soundglass.evaluate.faithfulness.one_pair_heard import (
    Hearings,
    elsewhere,
    hear_without,
    read_excerpts,
    score_hearings,
)
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.rerun import Rerun
from soundglass.explain.answer import reasons
from soundglass.explain.registry import Explainers
from soundglass.library.packing import TOKEN_COLUMNS, tokens_from_row
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.surfaces.library import Library

WHITE = np.array([0.0, 8000.0]), np.array([1.0, 1.0])
NAMED = [Region(2.0, 3.0, 500.0, 2000.0), Region(6.0, 7.5, 500.0, 2000.0)]


@pytest.fixture(scope="module")
def store(demo_library: Library) -> Store:
    return Store(demo_library.uri)


@pytest.fixture(scope="module")
def explainers(store: Store) -> Explainers:
    return Explainers(store)


def tone(frequency: float, length_s: float = 10.0) -> np.ndarray:
    time = np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    return np.sin(2 * np.pi * frequency * time).astype(np.float32)


def level(excerpt: Excerpt, frequency: float, start_s: float, end_s: float) -> float:
    part = excerpt.samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    time = np.arange(len(part)) / SAMPLE_RATE
    return float(2 * np.abs(np.mean(part * np.exp(-2j * np.pi * frequency * time))))


# -- verdicts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "random", "verdict"),
    [
        ((0.2,), (0.35,) * 20, "holds"),
        ((0.2,), (0.35,) * 18 + (0.1, 0.2), "holds"),
        ((0.2,), (0.35,) * 17 + (0.1, 0.2, 0.2), "leans"),
        ((0.1, 0.3), (0.2, 0.5), "leans"),
        ((0.2,), (0.2,) * 20, "fails"),
        ((0.2,), (0.1,) * 20, "fails"),
        ((0.399,), (0.5,) * 20, "fails"),
        ((0.45,), (0.5,) * 20, "fails"),
    ],
)
def test_a_check_fails_unless_the_named_parts_matter_more_than_others(
    named: tuple[float, ...], random: tuple[float, ...], verdict: str
) -> None:
    assert Taken(0.4, 0.4, named, random).verdict == verdict


# -- regions -----------------------------------------------------------------------------------------------


def test_what_is_named_is_gone_and_elsewhere_it_is_not() -> None:
    heard: list[list[Excerpt]] = []

    def listen(excerpts: Sequence[Excerpt]) -> SimpleNamespace:
        heard.append(list(excerpts))
        return SimpleNamespace(tokens=len(heard) - 1)

    given = [Excerpt(0.0, tone(1000) + tone(5000))]
    found = hear_without(listen, given, NAMED, WHITE, n_fills=2, n_random=5)  # type: ignore[arg-type]
    assert (found.whole, found.named, found.random) == (0, (1, 2), (3, 4, 5, 6, 7))
    np.testing.assert_array_equal(heard[0][0].samples, given[0].samples)
    for (changed,) in heard[1:3]:
        assert max(level(changed, 1000, 2.2, 2.8), level(changed, 1000, 6.2, 7.3)) < 0.3
        assert min(level(changed, 1000, 4.0, 5.5), level(changed, 5000, 2.2, 2.8)) > 0.95
    for (changed,) in heard[3:]:
        assert level(changed, 1000, 2.2, 2.8) > 0.7
        assert np.abs(changed.samples - given[0].samples).max() > 0.3
    first = heard[5][0].samples
    hear_without(listen, given, NAMED, WHITE, n_fills=2, n_random=5)  # type: ignore[arg-type]
    np.testing.assert_array_equal(heard[8 + 5][0].samples, first)


def test_regions_that_are_not_heard_are_refused() -> None:
    with pytest.raises(AudioError, match="none of the regions"):
        hear_without(None, [Excerpt(0.0, tone(440))], [Region(30, 31, 0, 500)], WHITE)  # type: ignore[arg-type]


def test_others_are_as_large_in_their_band_and_apart_where_there_is_room() -> None:
    excerpts = [Excerpt(0.0, tone(440)), Excerpt(40.0, tone(440))]
    rng = np.random.default_rng(1)
    starts = []
    for _ in range(30):
        others = elsewhere(NAMED, excerpts, rng)
        starts += [other.start_s for other in others]
        for own, other in zip(NAMED, others, strict=True):
            assert (other.low_hz, other.high_hz) == (own.low_hz, own.high_hz)
            assert other.end_s - other.start_s == pytest.approx(own.end_s - own.start_s)
            assert 0 <= other.start_s <= other.end_s <= 10 or 40 <= other.start_s <= other.end_s <= 50
            assert all(other.end_s <= named.start_s or other.start_s >= named.end_s for named in NAMED)
    assert 15 < sum(start >= 40 for start in starts) < 55


def test_a_region_as_long_as_all_that_is_heard_stays_within_it() -> None:
    (other,) = elsewhere([Region(0, 10, 0, 500)], [Excerpt(0.0, tone(440))], np.random.default_rng(0))
    assert other.start_s == pytest.approx(0, abs=1e-2)


def test_unchanged_tokens_score_what_the_recommender_says(store: Store, explainers: Explainers) -> None:
    rerun = Rerun(store)
    rows = store.take([3, 17], TOKEN_COLUMNS).to_pylist()
    query, match = map(tokens_from_row, rows)
    listed = reasons(store, explainers.of("spectrogram", 3, 17), 3, 17).score
    taken = score_hearings(rerun, 3, 17, listed, Hearings(match, (match, query), (match,)))
    assert taken.score == pytest.approx(listed, abs=1e-5)
    assert taken.random == (taken.score,)
    assert taken.named[1] > listed + 0.2
    with pytest.raises(AudioError, match="nothing is heard"):
        score_hearings(rerun, 3, 17, listed, Hearings(match, (None,), (match,)))


def test_a_file_is_heard_as_a_scan_hears_it(store: Store, explainers: Explainers) -> None:
    rerun, path = Rerun(store), file_of(store, 17)
    excerpts = read_excerpts(path)
    for one, other in zip(excerpts, rerun.excerpts(17), strict=True):
        np.testing.assert_allclose(one.samples, other.samples, atol=2e-3)
    stored = tokens_from_row(store.take([17], TOKEN_COLUMNS).to_pylist()[0])
    again = rerun.embedder(excerpts).tokens
    assert stored is not None
    assert again is not None
    np.testing.assert_array_equal(again.vectors, stored.vectors)
    listed = reasons(store, explainers.of("spectrogram", 3, 17), 3, 17).score
    taken = score_hearings(rerun, 3, 17, listed, Hearings(again, (again,), (again,)))
    assert taken.score == pytest.approx(listed, abs=1e-5)
    with pytest.raises(AudioError):
        read_excerpts(path.with_name("gone.ogg"))


# -- features ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(store: Store) -> FeatureReference:
    return FeatureReference.of(store, "audio")


def test_without_a_feature_the_score_lacks_just_its_part(
    store: Store, explainers: Explainers, reference: FeatureReference
) -> None:
    why = reasons(store, explainers.features(3), 3, 17)
    removal = Removal.of(reference, reference.position(3), reference.position(17))
    every = {name: values for name, values in reference.values.items() if np.isfinite(values).all()}
    known = [at for at, group in enumerate(removal.groups) if set(reference.groups[group]) <= set(every)]
    assert len(known) > 8
    others = {name: np.resize(reference.values[name], len(reference)) for name in reference.values} | every
    found = scores_without(removal, np.eye(len(removal.groups), dtype=np.bool_), others)
    parts = {part.name: part.contribution for part in why.parts}
    for at in known:
        assert found[at] == pytest.approx(why.score - parts[removal.groups[at]], abs=1e-5)


def test_the_largest_parts_are_taken_away_first(
    store: Store, explainers: Explainers, reference: FeatureReference
) -> None:
    for query, match in ((3, 17), (20, 8)):
        why = reasons(store, explainers.features(query), query, match)
        found = take_features(reference, query, match, why.score, why.parts, 2)
        by_part = [part.name for part in why.parts if part.name in found.order]
        assert list(found.order) == by_part
        assert found.taken.score == found.falling[0] == pytest.approx(why.score, abs=1e-5)
        assert found.taken.without == found.falling[2]
        assert len(found.falling) == len(found.at_random) == len(found.order) + 1
        assert all(low - 1e-9 <= mean <= high + 1e-9 for mean, low, high in found.at_random)
        assert found.falling[-1] == pytest.approx(found.at_random[-1][0])
        assert abs(found.falling[-1]) < 0.25
        expected = why.score - sum(part.contribution for part in why.parts[:2])
        assert found.taken.without == pytest.approx(expected, abs=0.05)
        assert found.taken.verdict == "holds"


def test_where_all_is_named_there_is_nothing_to_compare_with(
    store: Store, explainers: Explainers, reference: FeatureReference
) -> None:
    why = reasons(store, explainers.features(3), 3, 17)
    for n in (0, len(why.parts)):
        with pytest.raises(FeatureMismatchError, match="too few"):
            take_features(reference, 3, 17, why.score, why.parts, n)
