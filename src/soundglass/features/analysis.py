"""Every feature of a recording, from what one pass over it gives."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.settings import DEFAULTS, SpectrogramSettings
from soundglass.core.types import FloatArray, Measurement
from soundglass.features.loudness import LoudnessMeter
from soundglass.features.perceptual import PerceptualModel
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.features.timbre import TimbreAnalyser
from soundglass.features.tonal import TonalAnalyser
from soundglass.spectrogram import SpectrogramBlock


class FeatureAnalyser:
    """Finds the features of one recording, fed in pieces of any length.

    Parameters
    ----------
    model : PerceptualModel
    sample_rate, channels : int
        Of the recording; Hz for the rate.
    settings : SpectrogramSettings
        Of the spectrogram it is given.
    """

    def __init__(
        self,
        model: PerceptualModel,
        sample_rate: int,
        channels: int,
        settings: SpectrogramSettings = DEFAULTS.spectrogram,
    ) -> None:
        self._model = model
        self._loudness = LoudnessMeter(sample_rate, channels)
        self._analysers = (RhythmAnalyser(settings), TonalAnalyser(settings), TimbreAnalyser(settings))

    def push_samples(self, samples: FloatArray) -> None:
        """Take the next samples as the recording has them, shape (n, channels)."""
        self._loudness.push(samples)

    def push(self, block: SpectrogramBlock) -> None:
        """Take the next frames of the spectrogram."""
        for analyser in self._analysers:
            analyser.push(block)

    def finish(self, excerpts: Sequence[FloatArray], duration_s: float) -> tuple[Measurement, ...]:
        """End the recording.

        Parameters
        ----------
        excerpts : sequence of ndarray, each of shape (n,)
            What the learned features hear, as :func:`soundglass.features.perceptual.excerpt_windows` cuts
            it, at their rate.
        duration_s : float
            How long the recording turned out to be.

        Returns
        -------
        tuple of Measurement
            One per catalogue feature that audio tells of, ``duration`` among them.
        """
        return (
            *self._model.predict(*excerpts),
            *self._loudness.finish(),
            *(measurement for analyser in self._analysers for measurement in analyser.finish()),
            Measurement("duration", duration_s),
        )
