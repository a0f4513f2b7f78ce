"""The projection against a singular value decomposition, and the file it travels in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soundglass import models
from soundglass.core.errors import ModelError
from soundglass.embeddings import projection
from soundglass.embeddings.network import N_CHANNELS
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import N_DIMENSIONS
from soundglass.models import PINNED, TOKEN_PROJECTION


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    """Twelve channels that are mixed, off centre and of very different strength."""
    rng = np.random.default_rng(0)
    strengths = np.array([9, 7, 5, 4, 3, 2, 1, 0.8, 0.5, 0.3, 0.01, 0.001])
    turned, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    return (rng.normal(size=(5000, 12)) * strengths @ turned + rng.normal(size=12) * 10).astype(np.float32)


def test_strong_axes_become_white(cells: np.ndarray) -> None:
    fitted = Projection.fit(cells, 5)
    found = (cells - fitted.mean) @ fitted.axes
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-4)
    # The weakest of these has a ninth of the largest variance, to which a thousandth is added.
    np.testing.assert_allclose(np.cov(found, rowvar=False), np.eye(5), atol=0.01)


def test_faint_axes_stay_faint(cells: np.ndarray) -> None:
    fitted = Projection.fit(cells, 12)
    spread = ((cells - fitted.mean) @ fitted.axes).std(axis=0)
    assert (np.diff(spread) < 0).all()
    assert spread[-1] < 0.01


def test_equals_a_singular_value_decomposition(cells: np.ndarray) -> None:
    fitted = Projection.fit(cells, 7)
    centred = cells.astype(np.float64) - cells.mean(axis=0, dtype=np.float64)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    variances = singular**2 / (len(cells) - 1)
    expected = rows[:7].T / np.sqrt(variances[:7] + 1e-3 * variances[0])
    signs = np.sign((fitted.axes * expected).sum(axis=0))
    np.testing.assert_allclose(fitted.axes * signs, expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(fitted.mean, cells.mean(axis=0, dtype=np.float64), rtol=1e-6)


def test_directions_are_of_unit_length_and_those_of_the_definition(cells: np.ndarray) -> None:
    fitted = Projection.fit(cells, 7)
    found = fitted.directions(cells[:50])
    assert found.dtype == np.float32
    for cell, direction in zip(cells[:50], found, strict=True):
        expected = fitted.axes.T.astype(np.float64) @ (cell.astype(np.float64) - fitted.mean)
        np.testing.assert_allclose(direction, expected / np.linalg.norm(expected), atol=1e-4)


def test_the_mean_itself_has_no_direction_but_is_finite(cells: np.ndarray) -> None:
    fitted = Projection.fit(cells, 7)
    np.testing.assert_array_equal(fitted.directions(fitted.mean[np.newaxis]), np.zeros((1, 7)))


def test_what_is_saved_is_what_is_loaded(
    cells: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = Projection.fit(cells, 7)
    (tmp_path / TOKEN_PROJECTION).write_bytes(fitted.save())
    monkeypatch.setattr(projection, "read_model", lambda name: (tmp_path / name).read_bytes())
    loaded = Projection.load()
    np.testing.assert_array_equal(loaded.mean, fitted.mean)
    np.testing.assert_array_equal(loaded.axes, fitted.axes)


def test_the_packaged_one_fits_the_network() -> None:
    packaged = Projection.load()
    assert packaged.mean.shape == (N_CHANNELS,)
    assert packaged.axes.shape == (N_CHANNELS, N_DIMENSIONS)
    assert np.isfinite(packaged.axes).all()
    assert packaged.axes.dtype == packaged.mean.dtype == np.float32
    grams = packaged.axes.T.astype(np.float64) @ packaged.axes
    lengths = np.sqrt(np.diag(grams))
    np.testing.assert_allclose(grams / np.outer(lengths, lengths), np.eye(N_DIMENSIONS), atol=1e-4)
    assert (np.diff(lengths) > 0).all()


def test_an_altered_one_is_refused_with_the_expected_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / TOKEN_PROJECTION).write_bytes(b"not the projection")
    monkeypatch.setattr(projection, "read_model", lambda name: models.read_model(name, tmp_path))
    with pytest.raises(ModelError, match=PINNED[TOKEN_PROJECTION]):
        Projection.load()


def test_a_missing_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "read_model", lambda name: models.read_model(name, tmp_path))
    with pytest.raises(ModelError, match="cannot read the weights") as caught:
        Projection.load()
    assert caught.value.path == str(tmp_path / TOKEN_PROJECTION)
    assert caught.value.remedy
