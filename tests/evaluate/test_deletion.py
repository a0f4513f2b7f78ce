"""The deletion test: its figures on pairs whose answer is known, and a real pair taken apart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from soundglass.core.statistics import Estimate
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.faithfulness import deletion, deletion_section, pointers, removal
from soundglass.evaluate.faithfulness.deletion import OTHERS, USUAL, DeletedPair, deleted_pairs
from soundglass.evaluate.faithfulness.deletion_section import evaluate_deletion
from soundglass.evaluate.faithfulness.orderings import Removals
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.library import Library

WORTHS = np.array([0.3, 0.2, 0.1, 0.05, 0.02, 0.01])


def context_of(library: Library, folder: Path | None = None, pairs: int = 2) -> Context:
    store = Store(library.uri)
    settings = EvaluationSettings(pairs=pairs, resamples=500)
    return Context(store, Explainers(store), Kept(folder), settings)


def known_pair(artist: str, rng: np.random.Generator) -> DeletedPair:
    """A score to which the units add what the explanation says, in a random order of units."""
    worths = rng.permutation(WORTHS) * rng.uniform(0.8, 1.2)
    taken = np.arange(64)[:, None] >> np.arange(6) & 1
    removals = Removals(worths.sum() - taken @ worths)
    relevance = {name: rng.normal(size=6).tolist() for name in (pointers.BOXES, *pointers.OTHERS)}
    return DeletedPair(
        artist=artist,
        removals={USUAL: removals, OTHERS: removals},
        places={USUAL: 1 + taken.sum(axis=1), OTHERS: 1 + taken.sum(axis=1)},
        relevance={**relevance, pointers.OURS: worths.tolist()},
    )


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[DeletedPair]:
    rng = np.random.default_rng(0)
    pairs = [known_pair(f"artist {index // 2}", rng) for index in range(16)]
    monkeypatch.setattr(deletion_section, "deleted_pairs", lambda _: (pairs, ["a note"]))
    return pairs


def test_a_true_explanation_stands_at_one_and_chance_in_the_middle(
    known: list[DeletedPair], demo_library: Library
) -> None:
    section = evaluate_deletion(context_of(demo_library))
    rows = {row[0]: dict(zip(section.tables[0].columns, row, strict=True)) for row in section.tables[0].rows}
    column = "normalised comprehensiveness"
    values = {name: row[column].value for name, row in rows.items() if isinstance(row[column], Estimate)}
    assert values[pointers.OURS] == pytest.approx(1)
    assert values[pointers.OCCLUSION] == pytest.approx(1)
    assert values[pointers.RANDOM] == pytest.approx(0.5)
    assert rows[pointers.OURS]["place without a third"] == 3
    assert rows[pointers.OURS]["ρ with Shapley values"].value == pytest.approx(1)
    largest = [np.sort(pair.removals[USUAL].occlusion())[-2:].sum() for pair in known]
    assert rows[pointers.OURS]["fall without a third"].value == pytest.approx(np.mean(largest))
    assert section.notes == ("a note",)


def test_targets_are_judged_by_what_is_found(known: list[DeletedPair], demo_library: Library) -> None:
    met = {t.what.partition(";")[0]: t.met for t in evaluate_deletion(context_of(demo_library)).targets}
    assert met["normalised comprehensiveness"]
    assert met["Spearman's ρ with occlusion"]
    assert met["fall without the third that matters most over that without any third"]
    assert met["normalised comprehensiveness above random"]
    assert not met["normalised comprehensiveness above occlusion"]  # as good, not better
    backwards = [
        replace(
            pair, relevance={**pair.relevance, pointers.OURS: [-x for x in pair.relevance[pointers.OURS]]}
        )
        for pair in known
    ]
    known[:] = backwards
    assert not any(target.met for target in evaluate_deletion(context_of(demo_library)).targets)


def test_two_pairs_tell_nothing(known: list[DeletedPair], demo_library: Library) -> None:
    del known[2:]
    section = evaluate_deletion(context_of(demo_library))
    assert not section.tables
    assert "2 recommendations" in section.notes[0]


def test_a_real_pair_is_taken_apart_once(
    demo_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rows are in the order in which workers were done.
    asked = Store(demo_library.uri).row_of(demo_library.find("city blues").id)
    monkeypatch.setattr(deletion, "spread", lambda *_: np.array([asked]))
    monkeypatch.setattr(deletion.removal, "divide", partial(removal.divide, n_times=2))
    (pair,), notes = deleted_pairs(context_of(demo_library, tmp_path, pairs=1))
    assert notes == []
    for fill in (USUAL, OTHERS):
        scores, places = pair.removals[fill].scores, pair.places[fill]
        assert pair.removals[fill].n_units == 4
        assert np.isfinite(scores).all()
        assert places[0] <= 5  # it was recommended first
        assert places[-1] > places[0]  # and with nothing left of it no longer
        assert scores[-1] < scores[0]
    np.testing.assert_allclose(pair.removals[USUAL].scores[0], pair.removals[OTHERS].scores[0], atol=1e-9)
    assert set(pair.relevance) == {pointers.OURS, pointers.BOXES, *pointers.OTHERS}
    monkeypatch.setattr(deletion._Laboratory, "_measured", lambda *_: pytest.fail("measured again"))
    (again,), _ = deleted_pairs(context_of(demo_library, tmp_path, pairs=1))
    np.testing.assert_array_equal(again.removals[OTHERS].scores, pair.removals[OTHERS].scores)


def test_a_library_without_audio_is_left_out(spotify_library: Library) -> None:
    section = evaluate_deletion(context_of(spotify_library))
    assert not section.tables
    assert section.notes


def test_the_studys_sentences_point_up_or_down_by_the_tracks_values() -> None:
    from soundglass.embeddings.analysis import Excerpt

    units = removal.divide([Excerpt(0.0, np.zeros(96_000, dtype=np.float32))])
    medians = {"energy": 0.5, "valence": 0.5, "acousticness": 0.5}
    bright = pointers.by_study({"energy": 0.9, "valence": 0.4, "acousticness": 0.1}, medians, units)
    dark = pointers.by_study({"energy": 0.1, "valence": np.nan, "acousticness": 0.9}, medians, units)
    assert bright == [-1, 1] * 3
    assert dark == [2, -2] * 3
