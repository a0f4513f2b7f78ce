"""The study's phrases are measured on pictures as they read."""

from __future__ import annotations

import numpy as np

from soundglass.evaluate.faithfulness.study_table import MEASURES, SENTENCES


def picture(bright: bool = False, full: bool = False, flicker: bool = False) -> np.ndarray:
    pixels = np.zeros((128, 16), dtype=np.uint8)
    pixels[110 : 120 if bright else 112] = 250
    if not bright:
        pixels = pixels[::-1].copy()
    if full:
        pixels[:] = 240
    if flicker:
        pixels[:, ::2] //= 2
    return pixels[np.newaxis]


def measured(name: str, pixels: np.ndarray) -> float:
    return float(MEASURES[name](pixels)[0])


def test_measures_rank_pictures_as_words_do() -> None:
    assert measured("centroid", picture(bright=True)) > measured("centroid", picture())
    assert measured("density", picture(full=True)) > measured("density", picture())
    assert measured("high_density", picture(bright=True)) > measured("high_density", picture())
    assert measured("flatness", picture(full=True)) > measured("flatness", picture())
    assert measured("flux", picture(flicker=True)) > measured("flux", picture()) == 0


def test_every_phrase_has_a_measure() -> None:
    phrases = [phrase for _, _, _, several in SENTENCES for phrase in several]
    assert len(SENTENCES) == 6
    assert {measure for _, measure, _ in phrases} == set(MEASURES)
