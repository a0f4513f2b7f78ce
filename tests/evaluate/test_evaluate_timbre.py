from __future__ import annotations

import librosa
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from media_files import music, write
from soundglass.evaluate.ranking.hearing import Recording
from soundglass.evaluate.ranking.timbre import MFCC_GAUSS, N_MFCC, Gaussians, describe, mfcc

RATE = 22_050


def divergence(p, q):
    """Compute KL(p‖q) of two Gaussians term by term (Duchi, Derivations for linear algebra)."""
    (mean, covariance), (other_mean, other) = p, q
    apart = other_mean - mean
    logs = np.linalg.slogdet(other)[1] - np.linalg.slogdet(covariance)[1]
    trace = np.trace(np.linalg.solve(other, covariance))
    return (logs - len(mean) + trace + apart @ np.linalg.solve(other, apart)) / 2


def test_mfcc_are_librosas():
    samples = music(3.0, RATE, 1)[:, 0]
    expected = librosa.feature.mfcc(y=samples, sr=RATE, n_mfcc=N_MFCC, pad_mode="constant")
    assert mfcc(samples) == pytest.approx(expected, abs=2e-3)


def test_scores_are_negative_symmetric_divergences():
    rng = np.random.default_rng(0)
    means = 10 * rng.normal(size=(6, 4))
    roots = rng.normal(size=(6, 4, 4)) * rng.uniform(0.1, 10, (6, 1, 1))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(4)
    rows = np.array([2, 3, 5, 7, 11, 13])
    system = Gaussians("gauss", rows, means, covariances)
    tracks = list(zip(means, covariances, strict=True))
    expected = np.array([[-divergence(p, q) - divergence(q, p) for q in tracks] for p in tracks])
    found = np.array([system.scores(row) for row in rows.tolist()])
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_divergence_is_the_integral_it_stands_for():
    p, q = norm(0.0, 1.0), norm(1.5, 2.0)
    integral = quad(lambda x: (p.pdf(x) - q.pdf(x)) * (p.logpdf(x) - q.logpdf(x)), -30, 30)[0]
    system = Gaussians("gauss", np.arange(2), np.array([[0.0], [1.5]]), np.array([[[1.0]], [[4.0]]]))
    assert system.scores(0) == pytest.approx([0, -integral], abs=1e-7)


def test_a_track_is_described_by_mean_and_covariance_of_its_middle(tmp_path):
    samples = music(2.0, RATE, 1)
    path = write(tmp_path / "a.flac", "flac", samples, RATE)
    found = describe(Recording(path, 2.0))
    coefficients = librosa.feature.mfcc(y=samples[:, 0], sr=RATE, n_mfcc=N_MFCC, pad_mode="constant")
    assert found["mean"] == pytest.approx(coefficients.mean(axis=1), abs=0.2)  # 16 bits, and steep silences
    assert np.array(found["covariance"]) == pytest.approx(np.cov(coefficients), rel=0.05, abs=2)


def test_a_moment_is_not_described(tmp_path):
    assert describe(Recording(write(tmp_path / "a.wav", "wav", music(0.2, RATE, 1), RATE), 0.2)) is None


def test_silence_is_described_and_unlike_music(tmp_path):
    gains = (0.0, 0.5, 1.0)
    paths = [write(tmp_path / f"{gain}.wav", "wav", gain * music(2.0, RATE, 1), RATE) for gain in gains]
    found = [describe(Recording(path, 2.0)) for path in paths]
    silent, quiet, loud = MFCC_GAUSS.compare("mfcc-gauss", np.arange(3), found).scores(2)
    assert -np.inf < silent < quiet < loud == pytest.approx(0, abs=1e-6)


def test_descriptions_survive_json_as_a_system(tmp_path):
    paths = [write(tmp_path / f"{i}.wav", "wav", music(2.0, RATE, 1, seed=i), RATE) for i in range(3)]
    found = [describe(Recording(path, 2.0)) for path in paths]
    system = MFCC_GAUSS.compare("mfcc-gauss", np.array([1, 4, 6]), found)
    scores = np.array([system.scores(row) for row in (1, 4, 6)])
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]
    assert scores == pytest.approx(scores.T)
    assert np.diag(scores) == pytest.approx(np.zeros(3), abs=1e-6)
    assert (scores[~np.eye(3, dtype=bool)] < -1).all()
