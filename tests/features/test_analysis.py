"""The features of a recording do not depend on the pieces it comes in."""

from __future__ import annotations

import numpy as np
import pytest

from media_files import music
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Measurement
from soundglass.features.analysis import FeatureAnalyser
from soundglass.features.perceptual import SAMPLE_RATE, PerceptualModel
from soundglass.spectrogram import StreamingSpectrogram

RATE = 22_050


@pytest.fixture(scope="module")
def model() -> PerceptualModel:
    return PerceptualModel.load()


def analyse(model: PerceptualModel, piece: int, seconds: float = 8.0) -> tuple[Measurement, ...]:
    samples = music(seconds, RATE, 2, 4)
    analyser, stream = FeatureAnalyser(model, RATE, 2), StreamingSpectrogram()
    for at in range(0, len(samples), piece):
        analyser.push_samples(samples[at : at + piece])
        for block in stream.push(samples[at : at + piece].mean(axis=1)):
            analyser.push(block)
    for block in stream.flush():
        analyser.push(block)
    excerpt = music(seconds, SAMPLE_RATE, 1, 4)[:, 0]
    return analyser.finish([excerpt], seconds)


def test_every_feature_is_measured_once(model: PerceptualModel) -> None:
    found = [measurement.name for measurement in analyse(model, RATE)]
    assert sorted(found) == sorted(CATALOGUE)


def test_pieces_do_not_matter(model: PerceptualModel) -> None:
    whole, pieces = (
        {measurement.name: measurement.value for measurement in analyse(model, piece)}
        for piece in (1 << 20, 777)
    )
    assert pieces == pytest.approx(whole, rel=1e-4, abs=1e-4, nan_ok=True)
    assert whole["duration"] == 8.0
    assert np.isfinite(whole["loudness"])
