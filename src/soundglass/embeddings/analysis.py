"""What a recording sounds like, place by place: its tokens and its tags, from a few patches of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray
from soundglass.embeddings.medoids import medoids
from soundglass.embeddings.network import (
    GRID,
    N_CHANNELS,
    N_MELS,
    PATCH_FRAMES,
    SAMPLE_RATE,
    Field,
    TokenNetwork,
    compressed,
    field_region,
    mel_power,
    receptive_field,
)
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import MAX_TOKENS, TokenSet
from soundglass.embeddings.traits import N_TRAITS, measure, weighted_power

MAX_PATCHES = 12
"""Patches heard of a recording, 36 s in all, spread evenly over its excerpts."""

LEVEL = 0.63
"""Mean mel power that every recording is brought to, so that its volume changes nothing."""

_SILENCE_MEAN_SQUARE = 1e-7
_INAUDIBLE = 1e-7


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a recording: where it starts, and its samples, mono at the network's rate."""

    start_s: float
    samples: FloatArray


@dataclass(frozen=True, slots=True)
class Embedding:
    """What the network hears in a recording.

    Attributes
    ----------
    tokens : TokenSet or None
        ``None`` where there is nothing but silence.
    tags : ndarray, shape (n_tags,), or None
        Likelihood of each of the network's ``TAGS``, 0 to 1; ``None`` as for ``tokens``.
    """

    tokens: TokenSet | None = None
    tags: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """All that is heard of a recording, place by place.

    Attributes
    ----------
    activations : ndarray of float32, shape (n_cells, N_CHANNELS)
    boxes : ndarray of float32, shape (n_cells, 4)
        ``start_s, end_s, low_hz, high_hz`` of all that a cell can hear.
    powers : ndarray of float32, shape (n_cells,)
        Mean mel power within the box; ``LEVEL`` is the recording's mean.
    """

    activations: FloatArray
    boxes: FloatArray
    powers: FloatArray

    def __len__(self) -> int:
        return len(self.powers)


@dataclass(frozen=True, slots=True)
class _Patch:
    """A piece of an excerpt; the first ``n_heard`` frames are real, the rest is silence."""

    excerpt: Excerpt
    first_frame: int
    n_heard: int
    power: FloatArray


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a patch that hears something, and all that it can hear of the patch."""

    patch: int
    place: tuple[int, int]
    field: Field


class Embedder:
    """Finds the tokens and tags of recordings.

    Parameters
    ----------
    network : TokenNetwork
    projection : Projection
        Of the network's layer.
    """

    def __init__(self, network: TokenNetwork, projection: Projection) -> None:
        self._network = network
        self._projection = projection
        self._fields = {place: receptive_field(network.layer, place) for place in np.ndindex(*GRID)}

    @classmethod
    def load(cls) -> Embedder:
        """Load the packaged network and projection; raises :class:`ModelError` as they do."""
        return cls(TokenNetwork.load(), Projection.load())

    def __call__(self, excerpts: Sequence[Excerpt]) -> Embedding:
        """Hear the excerpts of one recording; those that are silent (-70 dBFS) count for nothing."""
        patches = _patches(excerpts)
        cells = [cell for index, patch in enumerate(patches) for cell in self._audible(index, patch)]
        if not cells:
            return Embedding()
        log_mels = np.stack([compressed(patch.power) for patch in patches])
        heard = self._network.run(log_mels)
        activations = np.stack([heard.cells[cell.patch][cell.place] for cell in cells])
        chosen, shares = medoids(self._projection.directions(activations), MAX_TOKENS)
        weights = np.sqrt(shares)
        tokens = TokenSet(
            vectors=_as_int8(self._projection.directions(activations[chosen])),
            weights=weights / weights.sum(),
            boxes=np.array([_box(patches[cells[k].patch], cells[k].field) for k in chosen], dtype=np.float32),
            traits=_traits(log_mels, patches, [cells[k] for k in chosen]),
        )
        return Embedding(tokens, heard.tags.mean(axis=0))

    def cells(self, excerpts: Sequence[Excerpt]) -> Cells:
        """Hear the excerpts of one recording, and give every cell that hears something."""
        patches = _patches(excerpts)
        activations, boxes, powers = ([np.zeros((0, n), np.float32)] for n in (N_CHANNELS, 4, 1))
        for index, patch in enumerate(patches):
            heard = self._network.run(compressed(patch.power)[np.newaxis]).cells[0]
            for cell in self._audible(index, patch):
                activations.append(heard[cell.place][np.newaxis])
                boxes.append(np.array([_box(patch, cell.field)], dtype=np.float32))
                powers.append(np.array([[_seen(patch, cell.field).mean()]], dtype=np.float32))
        return Cells(np.concatenate(activations), np.concatenate(boxes), np.concatenate(powers)[:, 0])

    def directions(self, cells: Cells) -> FloatArray:
        """Place cells where tokens are compared: unit vectors, shape ``(n_cells, N_DIMENSIONS)``."""
        return self._projection.directions(cells.activations)

    def _audible(self, index: int, patch: _Patch) -> list[_Cell]:
        """List the cells of a patch whose boxes hold more than near-silence (-70 dB re the track's mean)."""
        found = []
        for place, field in self._fields.items():
            if field.first_frame < patch.n_heard and _seen(patch, field).mean() > _INAUDIBLE * LEVEL:
                found.append(_Cell(index, place, field))
        return found


def _patches(excerpts: Sequence[Excerpt]) -> list[_Patch]:
    """Cut patches evenly out of the excerpts that are heard, and bring them to one level together."""
    loud = [excerpt for excerpt in excerpts if _is_loud(excerpt.samples)]
    patches = [patch for excerpt in loud for patch in _cut(excerpt, MAX_PATCHES // len(loud))]
    n_heard = sum(patch.n_heard for patch in patches)
    total = sum(float(patch.power.sum(dtype=np.float64)) for patch in patches)
    if total <= 0:
        return []
    gain = np.float32(LEVEL * n_heard * N_MELS / total)
    return [_Patch(patch.excerpt, patch.first_frame, patch.n_heard, gain * patch.power) for patch in patches]


def _cut(excerpt: Excerpt, n_most: int) -> list[_Patch]:
    """Cut patches out of one excerpt; one that is shorter than a patch is followed by silence."""
    power = mel_power(excerpt.samples)
    n_frames = len(power)
    n_patches = max(1, min(n_most, n_frames // PATCH_FRAMES))
    power = np.pad(power, ((0, max(0, PATCH_FRAMES - n_frames)), (0, 0)))
    starts = np.linspace(0, len(power) - PATCH_FRAMES, n_patches).astype(int)
    n_heard = min(n_frames, PATCH_FRAMES)
    return [_Patch(excerpt, start, n_heard, power[start : start + PATCH_FRAMES]) for start in starts.tolist()]


def _is_loud(samples: FloatArray) -> bool:
    return float(np.dot(samples, samples)) > _SILENCE_MEAN_SQUARE * max(1, samples.size)


def _seen(patch: _Patch, field: Field) -> FloatArray:
    return patch.power[field.first_frame : field.end_frame, field.first_band : field.end_band]


def _box(patch: _Patch, field: Field) -> tuple[float, float, float, float]:
    """Place a field in the recording: ``start_s, end_s, low_hz, high_hz``."""
    start_s, duration_s = patch.excerpt.start_s, len(patch.excerpt.samples) / SAMPLE_RATE
    region = field_region(field, patch.first_frame, duration_s)
    return start_s + region.start_s, start_s + region.end_s, region.low_hz, region.high_hz


def _traits(log_mels: FloatArray, patches: Sequence[_Patch], cells: Sequence[_Cell]) -> NDArray[np.uint8]:
    weighted = [weighted_power(log_mel) for log_mel in log_mels]
    n_heard = sum(patch.n_heard for patch in patches)
    track_power = sum(float(power.sum()) for power in weighted) / n_heard
    found = [measure(weighted[cell.patch], cell.field, track_power) for cell in cells]
    return np.stack(found).reshape(-1, N_TRAITS)


def _as_int8(directions: FloatArray) -> NDArray[np.int8]:
    """Round directions so that the largest component of each is 127."""
    peaks = np.abs(directions).max(axis=1, keepdims=True)
    return np.asarray(np.rint(127 * directions / peaks), dtype=np.int8)
