"""Where regions lie on a spectrogram of the page, and which piece of a long sound is played."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from soundglass.core.types import Part, Region
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.mel import MelImage
from soundglass.surfaces.report.sounds import Piece, best_piece
from soundglass.surfaces.report.spectrograms import boxes, close_up


def mark(query: Region, match: Region) -> Mark:
    return Mark(1, Part("tone", 0.1, query, match), query, match, "#fff")


def test_regions_are_outlined_where_librosa_has_the_bands() -> None:
    image = MelImage(np.zeros((128, 431), np.float32))
    low, high = 200.0, 4000.0
    (box,) = boxes(image, [mark(Region(2.0, 4.0, low, high), Region(0, 1, 0, 1))], "query")
    centres = librosa.mel_frequencies(130, fmin=0.0, fmax=11_025.0)[1:-1]
    bands = np.interp(librosa.hz_to_mel([low, high]), librosa.hz_to_mel(centres), np.arange(128))
    assert box.left == pytest.approx(100 * 2 / (431 * 512 / 22_050))
    assert box.width == pytest.approx(100 * 2 / (431 * 512 / 22_050))
    assert box.top == pytest.approx(100 - 100 * (bands[1] + 0.5) / 128)
    assert box.top + box.height == pytest.approx(100 - 100 * (bands[0] + 0.5) / 128)


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.8), (4.0, 5.0), (9.5, 10.0)])
def test_a_close_up_holds_its_region(start: float, end: float) -> None:
    decibels = np.tile(np.arange(431, dtype=np.float32), (128, 1))
    near = close_up(MelImage(decibels), Region(start, end, 0, 1000), 3.0)
    assert near.n_frames == round(3.0 * 22_050 / 512)
    assert near.decibels[0, 0] == pytest.approx(near.start_s * 22_050 / 512, abs=1e-3)
    assert near.start_s <= start
    assert end <= near.end_s + 0.02


def test_the_piece_that_is_played_holds_most_of_what_is_spoken_of() -> None:
    at = [
        (Region(second, second + 1, 0, 1), weight) for second, weight in ((10, 0.1), (100, 0.2), (110, 0.2))
    ]
    assert best_piece(at, 300.0, whole_s=40.0, length_s=20.0) == Piece(99.0, 119.0)
    assert best_piece([], 300.0, whole_s=40.0, length_s=20.0) == Piece(140.0, 160.0)
    assert best_piece(at[:1], 299.0, whole_s=300.0, length_s=20.0) == Piece(0.0, 299.0)
    (late,) = [(Region(298.0, 299.0, 0, 1), 1.0)]
    assert best_piece([late], 299.0, whole_s=40.0, length_s=20.0) == Piece(279.0, 299.0)
