from __future__ import annotations

import numpy as np
import pytest

from made_sounds import decibels, noise, tone
from soundglass.audio.clip import Clip
from soundglass.explain.heard import Stretch
from soundglass.explain.highlight import Highlight, heard_spans, heard_within, merged
from soundglass.explain.relevance import Relevance


def one_place(start_s: float, low_hz: float, high_hz: float) -> Relevance:
    """All relevance is in one second and band; everything else is heard, and does not matter."""
    boxes = [(start_s, start_s + 1.0, low_hz, high_hz)]
    boxes += [(second, second + 1.0, 0.0, 8000.0) for second in range(8)]
    return Relevance(np.array(boxes, np.float32), np.array([1.0] + [1e-3] * 8))


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_what_matters_is_kept_and_all_else_is_gone(rate: int) -> None:
    highlight = Highlight.of(one_place(3.0, 500.0, 2000.0))
    middle, before = slice(round(3.3 * rate), round(3.7 * rate)), slice(0, round(2.5 * rate))
    inside = tone(1000.0, rate, 8.0)
    kept = highlight.keep(inside, 0.0).samples
    np.testing.assert_allclose(kept[middle], inside.samples[middle], atol=1e-3)
    assert decibels(np.abs(kept[before]).max()) < -60
    for hz in (200.0, 4000.0):
        assert decibels(np.abs(highlight.keep(tone(hz, rate, 8.0), 0.0).samples).max()) < -40


def test_a_piece_is_masked_where_it_lies_in_the_recording() -> None:
    highlight = Highlight.of(one_place(3.0, 500.0, 2000.0))
    clip = noise(8.0)
    whole = highlight.keep(clip, 0.0).samples
    piece = highlight.keep(Clip(clip.samples[2 * 44_100 : 6 * 44_100], 44_100), 2.0).samples
    inner = slice(round(0.5 * 44_100), round(3.5 * 44_100))
    error = piece[inner] - whole[2 * 44_100 :][inner]
    assert np.sqrt(np.mean(error**2)) < 0.05 * np.sqrt(np.mean(whole[2 * 44_100 :][inner] ** 2))


def test_channels_and_phase_are_kept_and_nothing_is_heard_above_what_the_network_hears() -> None:
    boxes = np.array([(0.0, 4.0, 0.0, 8000.0)], np.float32)
    everything = Highlight.of(Relevance(boxes, np.ones(1)), share=1.0)
    stereo = np.concatenate([tone(440.0, 44_100, 4.0).samples, tone(900.0, 44_100, 4.0).samples], axis=1)
    kept, inner = everything.keep(Clip(stereo, 44_100), 0.0).samples, slice(4410, -4410)
    np.testing.assert_allclose(kept[inner], stereo[inner], atol=1e-4)
    above = everything.keep(tone(12_000.0, 44_100, 4.0), 0.0).samples
    assert decibels(np.abs(above[inner]).max()) < -60


def test_no_step_is_larger_than_in_the_source() -> None:
    rng = np.random.default_rng(0)
    starts = rng.uniform(0, 7, 200)
    lows = rng.uniform(0, 4000, 200)
    boxes = np.stack([starts, starts + 1.5, lows, lows * 1.5 + 200], axis=1).astype(np.float32)
    highlight = Highlight.of(Relevance(boxes, rng.exponential(size=200)))
    clip = noise(8.0)
    kept = highlight.keep(clip, 0.0).samples
    assert 0.005 < kept.std() < 0.2
    assert np.abs(np.diff(kept, axis=0)).max() < np.abs(np.diff(clip.samples, axis=0)).max()


def test_without_any_relevance_nothing_is_kept() -> None:
    boxes = np.array([(0.0, 4.0, 0.0, 8000.0)], np.float32)
    assert not Highlight.of(Relevance(boxes, np.zeros(1))).keep(noise(4.0), 0.0).samples.any()


def test_spans_are_joined_and_cut() -> None:
    assert merged([(3.0, 4.0), (0.0, 1.0), (0.5, 2.0), (2.0, 2.5)]) == [(0.0, 2.5), (3.0, 4.0)]
    boxes = np.array([(0.0, 1.0, 0, 1), (0.5, 2.0, 0, 1), (5.0, 6.0, 0, 1)], np.float32)
    relevance = Relevance(boxes, np.ones(3))
    assert heard_spans(relevance) == [(0.0, 2.0), (5.0, 6.0)]
    assert heard_within(relevance, Stretch(1.5, 5.5, 1.0, 0.5)) == [(1.5, 2.0), (5.0, 5.5)]
    assert heard_within(relevance, Stretch(2.0, 5.0, 1.0, 0.5)) == []
