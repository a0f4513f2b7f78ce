"""The check of words on whole libraries: what is true is found true, and what is not is not."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.statistics import Estimate
from soundglass.core.types import Part
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.faithfulness.features import evaluate_feature_faithfulness
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.verdicts import Tally
from soundglass.evaluate.faithfulness.whatif_again import Standing, check_feature_change
from soundglass.evaluate.faithfulness.witnessed import witnessed
from soundglass.evaluate.faithfulness.witnesses import FeatureWitness
from soundglass.evaluate.faithfulness.words import evaluate_words
from soundglass.evaluate.findings import Section
from soundglass.evaluate.kept import Kept
from soundglass.explain.answer import explain_pair
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.registry import Explainers
from soundglass.explain.whatif import Counterfactual
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


def context(store: Store, **settings: int) -> Context:
    asked = EvaluationSettings(**{"queries": 4, "pairs": 1, "resamples": 100, **settings})
    return Context(store, Explainers(store), Kept(), asked)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Forty made-up tracks; some values are missing."""
    return store_of(tmp_path_factory.mktemp("words"), random_values(40, seed=2, missing=0.03))


def rates(section: Section) -> dict[str, float]:
    values = {}
    for target in section.targets:
        assert isinstance(target.found, Estimate)
        values[target.what] = target.found.value
    return values


def test_words_of_a_table_are_true(table: Store) -> None:
    found = evaluate_words(context(table))
    assert set(rates(found).values()) == {1.0}
    assert {target.met for target in found.targets} == {True}
    assert any("spectrogram" in note for note in found.notes)
    assert any("pictures" in note for note in found.notes)


def test_a_liar_is_caught(table: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def lie(explainer: FeatureExplainer, parts: Sequence[Part], score: float) -> str:
        return "Both are unusually energetic and unusually calm."

    monkeypatch.setattr(FeatureExplainer, "sentence", lie)
    found = evaluate_words(context(table))
    assert rates(found)["true words of features (table), by the data"] < 0.6
    assert not found.targets[0].met
    assert any("false" in note and "unusually" in note for note in found.notes)


def test_counterfactuals_that_do_not_come_true_are_caught(table: Store) -> None:
    reference = FeatureReference.of(table, "csv")
    explainer = Explainers(table).features(0)
    changes = explain_pair(table, explainer, 0, 5).counterfactuals
    assert changes

    def holds(change: Counterfactual) -> list[bool]:
        standing = Standing.of(FeatureWitness(reference), 0, 5)
        return [verdict.holds for verdict in check_feature_change(standing, reference, 1.0, (0, 5), change)]

    for change in changes:
        assert holds(change)[0]
        further = change.rank + (1 if change.rank >= change.actual_rank else -1)
        if further > 0:
            assert not holds(dataclasses.replace(change, rank=further))[0]
        assert not holds(dataclasses.replace(change, score=change.score - 0.02))[0]
        assert not holds(dataclasses.replace(change, actual_rank=change.actual_rank + 1))[0]


def test_all_recommenders_of_a_library_of_music(demo_library: Library) -> None:
    store = Store(demo_library.uri)
    found = evaluate_words(context(store, queries=2))
    by_data = {what: rate for what, rate in rates(found).items() if "audio" not in what}
    assert {name.split(",")[0].rpartition(" ")[2] for name in by_data} == {
        "features",
        "spectrogram",
        "blend",
        "mel-pca",
    }
    assert min(by_data.values()) >= 0.99
    assert {rate for what, rate in by_data.items() if "counterfactuals" in what} == {1.0}
    assert rates(found)["true words of regions, by the audio"] >= 0.95
    titles = [table.title for table in found.tables]
    assert "Words of regions, measured anew" in titles
    assert "The study's fixed sentences" in titles


def test_lists_without_their_files(demo_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "soundglass.evaluate.faithfulness.words_heard.file_of", lambda *_: Path("gone") / "away.ogg"
    )
    found = evaluate_words(context(Store(demo_library.uri), queries=1))
    assert not any("by the audio" in target.what for target in found.targets)
    assert any("cannot be read" in note for note in found.notes)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_small_libraries(tmp_path: Path, n: int) -> None:
    values = random_values(max(n, 1), seed=4)
    store = store_of(tmp_path, values) if n else Store(str(tmp_path / "empty.lance"), create=True)
    for section in (evaluate_words(context(store)), evaluate_feature_faithfulness(context(store))):
        assert section.notes or section.targets
        assert not any(target.met is False for target in section.targets)


def test_faithfulness_of_features(tmp_path: Path) -> None:
    store = store_of(tmp_path, random_values(40, seed=2))
    found = evaluate_feature_faithfulness(context(store, queries=5))
    by_name = {target.what.partition(": ")[2]: target for target in found.targets}
    assert by_name["normalised AOPC"].met
    assert by_name["sum of parts against score, largest error"].met
    assert by_name["a part against the mean loss over all tracks, largest error"].met
    orders = {row[0]: row for row in found.tables[0].rows}
    random = orders["random"][1]
    assert isinstance(random, Estimate)
    assert random.value == pytest.approx(0.5, abs=0.05)
    (chart,) = found.charts
    assert all(line.y[0] == 0 for line in chart.series)
    assert len({round(line.y[-1], 9) for line in chart.series}) == 1  # in the end all is removed


def test_the_same_again(table: Store, tmp_path: Path) -> None:
    kept = dataclasses.replace(context(table), kept=Kept(tmp_path, "state"))
    first = evaluate_words(kept)
    assert repr(evaluate_words(kept)) == repr(first) == repr(evaluate_words(context(table)))


def test_what_is_left_out_is_said(table: Store) -> None:
    found, notes = witnessed(context(table), 5)
    assert [one.name for one in found] == ["features (table)"]
    assert len(notes) == 2
    assert math.isnan(Tally().rate().value)
    assert np.isfinite(found[0].witness.scores(0)).any()
