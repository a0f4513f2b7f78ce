"""The classical baseline against brute force: principal components by SVD, distances pair by pair."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pictures import mel_pca_of, random_pictures
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Track
from soundglass.embeddings.picture import PICTURE_VERSION, band_edges
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.recommend.mel_pca import (
    EXPLAINED_VARIANCE,
    MAX_COMPONENTS,
    MAX_FITTED,
    MelPcaRecommender,
    principal_components,
)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return random_pictures(60, seed=4)


@pytest.fixture(scope="module")
def recommender(pictures: np.ndarray) -> MelPcaRecommender:
    return mel_pca_of(pictures)


def flat(pictures: np.ndarray) -> np.ndarray:
    return pictures["pixels"].reshape(len(pictures), -1) / 255.0


def test_components_are_those_of_the_svd(pictures: np.ndarray) -> None:
    found = principal_components(pictures["pixels"])
    images = flat(pictures) - flat(pictures).mean(axis=0)
    _, singular, expected = np.linalg.svd(images, full_matrices=False)
    explained = np.cumsum(singular**2) / (singular**2).sum()
    assert explained[len(found) - 2] < EXPLAINED_VARIANCE <= explained[len(found) - 1]
    np.testing.assert_allclose(np.abs(found @ expected[: len(found)].T), np.eye(len(found)), atol=1e-8)


def test_no_more_components_than_allowed() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 128, 16), dtype=np.uint8)
    assert len(principal_components(noise)) == MAX_COMPONENTS


def test_a_large_library_is_fitted_to_pictures_from_all_over_it() -> None:
    pixels = np.zeros((MAX_FITTED + 500, 128, 16), dtype=np.uint8)
    pixels[: MAX_FITTED // 2, 3] = np.random.default_rng(0).integers(0, 256, (MAX_FITTED // 2, 16))
    pixels[-400:, 99] = np.random.default_rng(1).integers(0, 256, (400, 16))
    components = principal_components(pixels).reshape(-1, 128, 16)
    np.testing.assert_allclose((components[:, [3, 99]] ** 2).sum(), len(components), rtol=1e-6)
    assert (components[:, 99] ** 2).sum() > 1


def test_scores_are_brute_force(pictures: np.ndarray, recommender: MelPcaRecommender) -> None:
    projection = recommender.components.T @ recommender.components
    shown = flat(pictures) @ projection
    for query in (0, 17, 59):
        distances = [float(((shown[query] - other) ** 2).sum()) for other in shown]
        expected = 1 - np.array(distances) / np.mean(distances)
        np.testing.assert_allclose(recommender.exact_scores(query, recommender.rows), expected, atol=1e-9)


def test_shares_are_the_rectangles_of_the_picture(
    pictures: np.ndarray, recommender: MelPcaRecommender
) -> None:
    projection = recommender.components.T @ recommender.components
    shown = (flat(pictures) @ projection).reshape(-1, 128, 16)
    query, match = 5, 40
    to_library = ((shown[query] - shown) ** 2).mean(axis=0)
    terms = (to_library - (shown[query] - shown[match]) ** 2) / to_library.sum()
    shares = recommender.shares(query, np.array([match]))[0]
    assert shares.shape == (8, 4)
    for mel_range in range(8):
        region = recommender.region(query, mel_range, 0)
        low, high = (band_edges().tolist().index(hz) for hz in (region.low_hz, region.high_hz))
        for quarter in range(4):
            expected = terms[low:high, 4 * quarter : 4 * quarter + 4].sum()
            assert shares[mel_range, quarter] == pytest.approx(expected, abs=1e-9)


def test_regions_tile_the_picture(recommender: MelPcaRecommender, pictures: np.ndarray) -> None:
    regions = [[recommender.region(9, mel_range, quarter) for quarter in range(4)] for mel_range in range(8)]
    assert regions[0][0].low_hz == 0
    assert regions[-1][0].high_hz == pytest.approx(11_025)
    assert regions[0][0].start_s == pytest.approx(float(pictures["start_s"][9]))
    assert regions[0][3].end_s == pytest.approx(float(pictures["end_s"][9]))
    for lower, upper in pairwise(regions):
        assert lower[0].high_hz == upper[0].low_hz
    for earlier, later in pairwise(regions[0]):
        assert earlier.end_s == later.start_s


def test_regions_end_with_the_recording(pictures: np.ndarray) -> None:
    short = pictures.copy()
    short["start_s"][3], short["end_s"][3] = 0, 4
    recommender = mel_pca_of(short)
    regions = [recommender.region(3, 0, quarter) for quarter in range(4)]
    assert [region.end_s for region in regions] == pytest.approx([2.508, 4, 4, 4], abs=1e-3)
    assert regions[3].start_s == regions[3].end_s


def test_pictures_all_alike_tell_nothing() -> None:
    same = np.repeat(random_pictures(1), 7)
    recommender = mel_pca_of(same)
    assert np.isnan(recommender.scores(0)).all()
    assert np.isnan(recommender.shares(0, np.array([1]))).all()
    assert np.isnan(mel_pca_of(same[:1]).scores(0)).all()


def test_rows_are_those_of_the_library(pictures: np.ndarray) -> None:
    sparse, dense = mel_pca_of(pictures, step=3), mel_pca_of(pictures)
    np.testing.assert_array_equal(sparse.scores(9), dense.scores(3))
    with pytest.raises(FeatureMismatchError, match="picture"):
        sparse.scores(10)
    with pytest.raises(FeatureMismatchError, match="picture"):
        sparse.scores(10_000)


def stored(path: Path, *packed: bytes | None, version: int = PICTURE_VERSION) -> Store:
    store = Store(str(path / "library.lance"), create=True)
    tracks = [Track(f"t{i}", "audio") for i in range(len(packed))]
    versions = {"picture": version}
    store.upsert(
        [TrackRow(track, {}, picture=p, versions=versions) for track, p in zip(tracks, packed, strict=True)]
    )
    return store


def test_pictures_come_from_the_store(tmp_path: Path, pictures: np.ndarray) -> None:
    packed = [None if i in {0, 3, 5, 6} else picture.tobytes() for i, picture in enumerate(pictures[:9])]
    found = MelPcaRecommender.from_store(stored(tmp_path, *packed))
    assert found.rows.tolist() == [1, 2, 4, 7, 8]
    direct = MelPcaRecommender(found.rows, pictures[found.rows])
    np.testing.assert_array_equal(found.scores(4), direct.scores(4))
    assert found.region(7, 3, 2) == direct.region(7, 3, 2)


def test_a_library_without_pictures_is_refused(tmp_path: Path, pictures: np.ndarray) -> None:
    with pytest.raises(LibraryError, match=r"no pictures.*scan"):
        MelPcaRecommender.from_store(stored(tmp_path / "none", None, None))
    old = stored(tmp_path / "old", None, pictures[1].tobytes(), version=PICTURE_VERSION + 1)
    with pytest.raises(LibraryError, match="no pictures"):
        MelPcaRecommender.from_store(old)


def test_a_damaged_picture_is_refused(tmp_path: Path, pictures: np.ndarray) -> None:
    packed = pictures[1].tobytes()
    with pytest.raises(LibraryError, match="makes no sense"):
        MelPcaRecommender.from_store(stored(tmp_path, None, packed[:-8], packed + packed[-8:]))
