"""What a map of relevance singles out of a recording, made audible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.explain.heard import Stretch
from soundglass.explain.masks import Grid, let_through
from soundglass.explain.relevance import Relevance
from soundglass.explain.stretch import density, holding
from soundglass.spectrogram import hz_to_mel

Values = NDArray[np.float64]
Span = tuple[float, float]

SHARE = 0.5
"""How much of the relevance lies in the area that is let through."""

EDGE_DB = 2.0
"""Over how much of a fall in relevance below the area's edge the gains fade from 1 to 0."""

_STEP_S = 0.1
_SMOOTHED = (1.5, 1.5)
"""Standard deviations, in steps and bands."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """The smallest area of a recording that holds half of the relevance.

    Attributes
    ----------
    relevance : Relevance
    level : float
        Relevance per second and band at the area's edge.
    """

    relevance: Relevance
    level: float

    @classmethod
    def of(cls, relevance: Relevance, share: float = SHARE) -> Highlight:
        """Find the area, among all that is heard."""
        found = np.concatenate([_densities(relevance, span)[1] for span in heard_spans(relevance)])
        within = holding(found, share)
        return cls(relevance, float(found[within].min()) if within.any() else np.inf)

    def keep(self, clip: Clip, start_s: float) -> Clip:
        """Let the area through in a piece of the recording, by a soft mask with the original phase.

        Parameters
        ----------
        clip : Clip
            Any rate and number of channels.
        start_s : float
            Where in the recording it starts.

        Returns
        -------
        Clip
            As long as the given one; silent above what the network hears (8 kHz).

        Notes
        -----
        The area, not gains that grow with the relevance: at the same mean gain, taking that area away changes
        the score twice as much as taking away the boxes of the tokens that contribute most; proportional
        gains change it less, as they take a little of everything (figures in ``docs/decisions/0015``).
        """
        return let_through(clip, (grid := Grid.of(clip)), self._gains(grid, start_s, clip.duration_s))

    def _gains(self, grid: Grid, start_s: float, duration_s: float) -> Iterator[Values]:
        times, densities = _densities(self.relevance, (start_s, start_s + duration_s))
        above_db = 10 * (np.log10(np.maximum(densities, np.finfo(np.float64).tiny)) - np.log10(self.level))
        gains = 0.5 + 0.5 * np.cos(np.pi * np.clip(above_db / EDGE_DB, -1.0, 0.0))
        gains = np.pad(gains, ((0, 1), (0, 2)))  # silent above what is heard
        at_time = np.interp(start_s + grid.centres_s, times, np.arange(len(times)))
        at_band = _bands(grid.bins_hz, densities.shape[1])
        band, further = at_band.astype(int), at_band % 1
        for time in at_time:
            of_frame = gains[int(time)] + time % 1 * (gains[int(time) + 1] - gains[int(time)])
            yield of_frame[band] + further * (of_frame[band + 1] - of_frame[band])


def heard_spans(relevance: Relevance) -> list[Span]:
    """List the stretches of a recording that are heard without a gap, in seconds."""
    return merged(map(tuple, relevance.boxes[:, :2].astype(np.float64).tolist()))


def heard_within(relevance: Relevance, stretch: Stretch) -> list[Span]:
    """List what of a stretch is heard."""
    cut = [(max(a, stretch.start_s), min(b, stretch.end_s)) for a, b in heard_spans(relevance)]
    return [(start_s, end_s) for start_s, end_s in cut if end_s - start_s > _STEP_S / 2]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch or overlap."""
    found: list[Span] = []
    for start_s, end_s in sorted(spans):
        if found and start_s <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end_s)
        else:
            found.append((start_s, end_s))
    return found


def _densities(relevance: Relevance, span: Span) -> tuple[Values, Values]:
    """Give times and the smoothed density there, shape (n_times, N_MELS)."""
    from scipy.ndimage import gaussian_filter

    times = np.arange(span[0] + _STEP_S / 2, max(span[1], span[0] + _STEP_S), _STEP_S)
    near = (relevance.boxes[:, 1] > span[0]) & (relevance.boxes[:, 0] < span[1])
    of_span = Relevance(relevance.boxes[near], relevance.amounts[near])
    return times, gaussian_filter(density(of_span, times), _SMOOTHED, mode="nearest")


def _bands(bins_hz: Values, n_bands: int) -> Values:
    """Place frequencies among the bands of :func:`density`; what lies above them beside the highest."""
    mels, top = hz_to_mel(bins_hz), float(hz_to_mel(np.array([SAMPLE_RATE / 2]))[0])
    return np.clip(mels / top * n_bands - 0.5, 0.0, n_bands)
