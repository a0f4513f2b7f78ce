"""Pieces are heard and compared as the library hears and compares whole recordings."""

from __future__ import annotations

import numpy as np
import pytest

from soundglass.core.errors import AudioError
from soundglass.embeddings.analysis import Embedder
from soundglass.evaluate.faithfulness.pieces import Ear, mono, read_piece, recordings, spread, terms
from soundglass.explain.registry import Explainers
from soundglass.explain.relevance import in_favour
from soundglass.library.background import read_background
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


@pytest.fixture(scope="module")
def store(demo_library: Library) -> Store:
    return Store(demo_library.uri)


@pytest.fixture(scope="module")
def ear(store: Store) -> Ear:
    background = read_background(store)
    assert background is not None
    return Ear(Embedder.load(), background)


def test_a_piece_as_long_as_its_recording_scores_as_it_does(store: Store, ear: Ear) -> None:
    recommender = Explainers(store).of("spectrogram").recommender
    rows = recommender.rows[[2, 11, 30]]
    sides = []
    for one in recordings(store, rows):
        clip = read_piece(store, one)
        assert clip is not None
        sides.append(ear(mono(clip), one.id))
    for other in (1, 2):
        expected = recommender.exact_scores(int(rows[0]), rows[[other]])[0]
        assert terms(sides[0], sides[other]).score == pytest.approx(expected, abs=0.02)


def test_relevance_in_favour_is_spread_whole_over_all_places(store: Store, ear: Ear) -> None:
    one, other = recordings(store, np.array([4, 5]))
    clips = [read_piece(store, track, 6.0) for track in (one, other)]
    sides = [ear(mono(clip), track.id) for clip, track in zip(clips, (one, other), strict=True) if clip]
    of_pair = terms(sides[0], sides[1])
    for side, amounts, signed in zip(sides, in_favour(of_pair), (of_pair.query, of_pair.match), strict=True):
        np.testing.assert_array_equal(amounts, np.maximum(signed.contributions, 0))
        of_map = spread(side, amounts)
        assert len(of_map.amounts) == len(side.cells)
        assert of_map.amounts.sum() == pytest.approx(amounts.sum())
        assert of_map.boxes[:, 1].max() <= 6.01


def test_the_middle_of_a_recording_is_read(store: Store) -> None:
    (one,) = recordings(store, np.array([7]))
    whole, middle = read_piece(store, one), read_piece(store, one, 4.0)
    assert whole is not None
    assert middle is not None
    assert middle.duration_s == pytest.approx(4.0, abs=0.01)
    first = round((one.duration_s / 2 - 2.0) * whole.sample_rate)
    np.testing.assert_array_equal(middle.samples, whole.samples[first : first + len(middle.samples)])


def test_recordings_that_are_too_short_or_without_a_file_are_left_out(
    store: Store, spotify_library: Library
) -> None:
    rows = np.arange(len(store))
    assert len(recordings(store, rows)) == len(store)
    lasting = np.asarray(store.columns(["duration"])["duration"])
    assert [one.row for one in recordings(store, rows, 12.0)] == np.flatnonzero(lasting >= 11.5).tolist()
    assert recordings(store, rows, 30.0) == []
    assert recordings(Store(spotify_library.uri), np.arange(5)) == []


def test_silence_is_refused(ear: Ear) -> None:
    with pytest.raises(AudioError):
        ear(np.zeros(64_000, dtype=np.float32), "nobody")
