"""The fixed sentences a student study attached to features, checked on the spectrograms they describe.

The study looked up whether a track's energy, acousticness or valence is high or low and said what its
spectrogram shows. Here each phrase becomes a condition on the track's stored picture, against the median of
the library: where the words had nothing to do with the picture, half of the tracks would meet it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.statistics import Estimate
from soundglass.embeddings.picture import PICTURE, PICTURE_VERSION, RANGE_DB, band_edges
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.verdicts import wilson
from soundglass.evaluate.findings import Cell, Table

Values: TypeAlias = NDArray[np.float64]

FEATURES = ("energy", "acousticness", "valence")
"""Those the study's sentences are about, in its order."""

SENTENCES: Sequence[tuple[str, str, bool, Sequence[tuple[str, str, bool]]]] = (
    (
        "High energy: dense high-frequency bands",
        "energy",
        True,
        (("dense high bands", "high_density", True),),
    ),
    ("Low acousticness: harsh textures", "acousticness", False, (("harsh", "flatness", True),)),
    (
        "High valence: bright, clean shapes",
        "valence",
        True,
        (("bright", "centroid", True), ("clean", "flatness", False)),
    ),
    (
        "Low energy: sparse, darker",
        "energy",
        False,
        (("sparse", "density", False), ("darker", "centroid", False)),
    ),
    (
        "High acousticness: smooth, less clutter",
        "acousticness",
        True,
        (("smooth", "flux", False), ("less clutter", "density", False)),
    ),
    (
        "Low valence: duller, irregular",
        "valence",
        False,
        (("duller", "centroid", False), ("irregular", "flux", True)),
    ),
)
"""Sentence, its feature, whether it is said of high values; its phrases, each with a measure and its side."""

HIGH_HZ = 4000.0
VISIBLE_DB = 40.0
"""What lies further below the loudest spot of a picture is hardly seen."""


@dataclass(frozen=True, slots=True)
class StudyWords:
    """What was found of the study's sentences."""

    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def study_table(context: Context, ours: Estimate) -> StudyWords:
    """Check every phrase of the study's sentences on the tracks it would be said of.

    Parameters
    ----------
    ours : Estimate
        The share of true words in our own sentences, to stand beside.
    """
    where = f"picture_version = {PICTURE_VERSION} AND picture IS NOT NULL"
    columns = context.store.columns(["picture", *FEATURES], where)
    if len(columns) < 2:
        return StudyWords(
            notes=("the study's fixed sentences: left out, there are no pictures to check them on",)
        )
    pictures = np.frombuffer(b"".join(columns["picture"].to_pylist()), PICTURE)["pixels"]
    measured = {name: measure(pictures) for name, measure in MEASURES.items()}
    rows: list[tuple[Cell, ...]] = []
    for sentence, feature, high, phrases in SENTENCES:
        said = _beyond_median(np.asarray(columns[feature], dtype=np.float64), above=high)
        for phrase, measure, above in phrases:
            found = _beyond_median(measured[measure], above=above)[said]
            rows.append((f"{sentence.partition(':')[0]}: “{phrase}”", wilson(int(found.sum()), len(found))))
    rows.append(("Soundglass, all words about features", ours))
    caption = (
        "How often each phrase is true of the tracks it would be said of, high and low being the sides of "
        "the library's median, with Wilson's 95 % interval. Chance is one half."
    )
    return StudyWords((Table("The study's fixed sentences", ("phrase", "true"), tuple(rows), caption),))


def centroid(pictures: NDArray[np.uint8]) -> Values:
    """Measure where the middle of a picture's power lies, in octaves, shape (n_pictures,)."""
    power = _power(pictures).sum(axis=2)
    edges = band_edges()
    centres = np.log2((edges[:-1] + edges[1:]) / 2)
    middle: Values = power @ centres / power.sum(axis=1)
    return middle


def flatness(pictures: NDArray[np.uint8]) -> Values:
    """Measure how even the spectrum is, column by column: geometric over arithmetic mean, in dB."""
    flat: Values = _decibels(pictures).mean(axis=1) - 10 * np.log10(_power(pictures).mean(axis=1))
    means: Values = flat.mean(axis=1)
    return means


def density(pictures: NDArray[np.uint8]) -> Values:
    """Measure how much of a picture is filled: the share of it that is within 40 dB of its loudest spot."""
    filled: Values = (_decibels(pictures) > -VISIBLE_DB).mean(axis=(1, 2))
    return filled


def high_density(pictures: NDArray[np.uint8]) -> Values:
    """Measure how much of a picture is filled above 4 kHz."""
    high = band_edges()[:-1] >= HIGH_HZ
    return density(pictures[:, high])


def flux(pictures: NDArray[np.uint8]) -> Values:
    """Measure how much a picture changes from one column to the next: the mean size of the change, in dB."""
    changes: Values = np.abs(np.diff(_decibels(pictures), axis=2)).mean(axis=(1, 2))
    return changes


MEASURES: Mapping[str, Callable[[NDArray[np.uint8]], Values]] = {
    "centroid": centroid,
    "flatness": flatness,
    "density": density,
    "high_density": high_density,
    "flux": flux,
}


def _decibels(pictures: NDArray[np.uint8]) -> Values:
    return (pictures / 255 - 1) * RANGE_DB


def _power(pictures: NDArray[np.uint8]) -> Values:
    power: Values = 10 ** (_decibels(pictures) / 10)
    return power


def _beyond_median(values: Values, *, above: bool) -> NDArray[np.bool_]:
    """Tell which values lie above, or below, the median of those that are known."""
    middle = np.nanmedian(values) if np.isfinite(values).any() else np.nan
    return values > middle if above else values < middle
