from __future__ import annotations

import numpy as np
import pytest
from ranked import Told, context_of, library_of, tracks_of
from sklearn.metrics.pairwise import cosine_similarity

from soundglass.core.types import Track
from soundglass.evaluate.ranking.base import Among, is_slow
from soundglass.evaluate.ranking.baselines import SEED_COSINE, Chance, raw_columns, seed_cosine
from soundglass.evaluate.ranking.systems import on_same_rows, systems
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from token_sets import random_token_sets, spectrogram_of


def table_library(folder, **values):
    n = len(next(iter(values.values())))
    store = Store(str(folder / "library.lance"), create=True)
    rows = [
        TrackRow(Track(f"t{i}", "csv"), {name: column[i] for name, column in values.items()})
        for i in range(n)
    ]
    store.upsert(rows)
    return store


def names(found):
    return [system.name for system in found]


# -- baselines -------------------------------------------------------------------------------------------


def test_seed_cosine_ranks_as_the_cosine_of_six_columns_with_zeros_for_the_unknown(tmp_path):
    rng = np.random.default_rng(0)
    columns = {name: rng.random(40) for name in SEED_COSINE}
    columns["tempo"] *= 200
    columns["valence"][::7] = np.nan
    store = table_library(tmp_path, **columns)
    system = seed_cosine(store, np.arange(40))
    expected = cosine_similarity(np.nan_to_num(raw_columns(store, np.arange(40), SEED_COSINE)))
    found = np.array([system.scores(query) for query in range(40)])
    assert found == pytest.approx(2 * expected - 2, abs=1e-12)


def test_seed_cosine_tells_neighbours_apart_that_round_to_one(tmp_path):
    ones = np.ones(3)
    columns = dict.fromkeys(SEED_COSINE, ones * 0.5) | {"tempo": np.array([1e5, 1.01e5, 1.1e5])}
    scores = seed_cosine(table_library(tmp_path, **columns), np.arange(3)).scores(0)
    assert scores[0] == 0 > scores[1] > scores[2]


def test_a_track_of_which_nothing_is_known_is_compared_with_none(tmp_path):
    columns = {name: np.array([0.5, np.nan, 0.4]) for name in SEED_COSINE}
    system = seed_cosine(table_library(tmp_path, **columns), np.arange(3))
    assert np.isnan(system.scores(0)).tolist() == [False, True, False]
    assert np.isnan(system.scores(1)).all()


def test_columns_are_read_for_the_rows_asked_for(tmp_path):
    store = table_library(tmp_path, energy=np.array([0.1, 0.2, 0.3, 0.4]), tempo=np.full(4, 90.0))
    found = raw_columns(store, np.array([1, 3]), ["tempo", "energy"])
    assert found == pytest.approx(np.array([[90, 0.2], [90, 0.4]]))


def test_chance_is_the_same_for_a_query_and_another_for_others():
    system = Chance(np.arange(1000), seed=0)
    assert np.array_equal(system.scores(3), system.scores(3))
    assert abs(np.corrcoef(system.scores(3), system.scores(4))[0, 1]) < 0.1
    assert not np.array_equal(system.scores(3), Chance(np.arange(1000), seed=1).scores(3))


# -- what a library has ----------------------------------------------------------------------------------


def test_a_table_has_features_and_what_needs_no_audio(tmp_path):
    store = library_of(tmp_path, tracks_of(5), popularity=[1, 2, None, 4, 5])
    found, notes = systems(context_of(store))
    assert names(found) == ["random", "popularity", "seed-cosine", "features"]
    assert found[1].scores(0) == pytest.approx([1, 2, np.nan, 4, 5], nan_ok=True)
    assert np.array_equal(found[1].scores(0), found[1].scores(4), equal_nan=True)
    assert len(notes) == 1
    assert "no audio" in notes[0]


def test_popularity_is_left_out_where_nobody_knows_it(tmp_path):
    found, notes = systems(context_of(library_of(tmp_path, tracks_of(3))))
    assert "popularity" not in names(found)
    assert any(note.startswith("popularity is left out") for note in notes)


def test_an_empty_library_has_none(tmp_path):
    store = Store(str(tmp_path / "library.lance"), create=True)
    found, notes = systems(context_of(store))
    assert found == []
    assert notes == ["The library is empty: there is nothing to rank"]


@pytest.mark.parametrize(("n_audio", "n_csv", "kept"), [(3, 5, "csv"), (5, 3, "audio"), (4, 4, "audio")])
def test_tracks_of_the_larger_origin_are_compared(tmp_path, n_audio, n_csv, kept):
    tracks = [*tracks_of(n_csv, "csv"), *tracks_of(n_audio, "audio")]
    found, notes = systems(context_of(library_of(tmp_path, tracks)))
    expected = [row for row, track in enumerate(tracks) if track.origin == kept]
    assert all(system.rows.tolist() == expected for system in found)
    assert "features" in names(found)
    assert any("tracks from" in note for note in notes)


def test_what_has_not_been_analysed_is_left_out_with_the_reason(tmp_path):
    found, notes = systems(context_of(library_of(tmp_path, tracks_of(4, "audio"))))
    assert names(found) == ["random", "seed-cosine", "features"]
    left_out = {note.partition(" ")[0] for note in notes}
    assert left_out >= {"mel-pca", "spectrogram", "blend", "mfcc-gauss"}


def test_the_demo_has_every_system_that_needs_nothing_installed(demo_library):
    found, notes = systems(context_of(Store(demo_library.uri)))
    assert names(found) == [
        *("random", "seed-cosine", "mfcc-gauss", "mel-pca", "features", "spectrogram", "blend")
    ]
    assert len({system.rows.tobytes() for system in found}) == 1
    assert len(notes) == 1  # of popularity
    for system in found:
        scores = system.scores(int(system.rows[7]))
        assert scores.shape == system.rows.shape
        assert np.isfinite(scores).all()
        if system.name != "random":
            assert scores.argmax() == 7


# -- the same rows ---------------------------------------------------------------------------------------


def test_systems_are_held_to_the_rows_all_of_them_can_rank():
    rows = np.arange(20)
    whole = Told(np.arange(400.0).reshape(20, 20), "whole")
    lacking = Told(np.arange(400.0).reshape(20, 20)[1:, 1:], "lacking")
    lacking.rows = rows[1:]
    few = Told(np.zeros((9, 9)), "few")
    kept, notes = on_same_rows([whole, lacking, few], rows)
    assert names(kept) == ["whole", "lacking"]
    assert [system.rows.tolist() for system in kept] == [list(range(1, 20))] * 2
    assert kept[0].scores(2).tolist() == list(range(41, 60))
    assert notes == [
        "few is left out: it can rank only 9 of 20 tracks",
        "1 of 20 tracks are left out: lacking cannot rank them",
    ]


def test_whoever_proposes_is_slow_even_when_held_to_some_rows():
    proposer = spectrogram_of(random_token_sets(4))
    assert is_slow(proposer)
    assert is_slow(Among(proposer, np.arange(2), np.arange(2)))
    assert not is_slow(Told(np.zeros((2, 2))))
