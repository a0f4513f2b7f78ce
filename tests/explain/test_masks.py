from __future__ import annotations

import math

import numpy as np
import pytest

from made_sounds import decibels, noise, tone
from media_files import music
from soundglass.audio.clip import Clip
from soundglass.core.types import Region
from soundglass.explain.masks import EDGE_S, keep_regions

RATES = (8_000, 22_050, 44_100, 48_000, 96_000)


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_inside_is_kept_and_tones_outside_are_gone(rate: int) -> None:
    region = Region(0.8, 2.2, 500.0, 1500.0)
    middle = slice(round(1.0 * rate), round(2.0 * rate))
    inside = tone(900.0, rate)
    kept = keep_regions(inside, [region]).samples
    assert abs(decibels(np.abs(kept[middle]).max() / np.abs(inside.samples[middle]).max())) < 0.1
    np.testing.assert_allclose(kept[middle], inside.samples[middle], atol=1e-3)  # the original phase, too
    for hz in (60.0, 300.0, 390.0, 1720.0, 2500.0, 3900.0):
        assert decibels(np.abs(keep_regions(tone(hz, rate), [region]).samples).max()) < -60


def test_edges_fade_over_an_eighth_of_the_frequency_and_lie_at_half_the_amplitude() -> None:
    def gain(hz: float) -> float:
        kept = keep_regions(tone(hz, 44_100), [Region(0.0, 3.0, 1000.0, 4000.0)]).samples
        return decibels(float(np.abs(kept[44_100:88_200]).max()))

    for edge in (1000.0, 4000.0):
        assert gain(edge) == pytest.approx(-6.02, abs=0.1)
    assert gain(1100.0) > -0.1
    assert gain(900.0) < -60
    assert gain(3700.0) > -0.1
    assert gain(4300.0) < -60


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2])
def test_everything_is_the_original(rate: int, channels: int) -> None:
    clip = noise(1.7, rate, channels)
    for region in (Region(0.0, 1.7, 0.0, rate / 2), Region(-5.0, 99.0, -10.0, math.inf)):
        kept = keep_regions(clip, [region])
        assert kept.sample_rate == rate
        np.testing.assert_allclose(kept.samples, clip.samples, atol=1e-6)


@pytest.mark.parametrize(
    "one, other",
    [
        (Region(0.0, 9.0, 0.0, 1000.0), Region(0.0, 9.0, 1000.0, 1e6)),
        (Region(0.0, 1.234, 0.0, 1e6), Region(1.234, 9.0, 0.0, 1e6)),
        (Region(0.0, 9.0, 0.0, 61.3), Region(0.0, 9.0, 61.3, 1e6)),
    ],
)
@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_two_halves_sum_to_the_original(one: Region, other: Region, rate: int) -> None:
    clip = noise(2.0, rate, 2)
    halves = [keep_regions(clip, [region]).samples for region in (one, other)]
    np.testing.assert_allclose(sum(halves), clip.samples, atol=1e-6)
    np.testing.assert_allclose(keep_regions(clip, [one, other]).samples, clip.samples, atol=1e-6)


def test_what_lies_in_two_regions_is_not_heard_twice() -> None:
    clip, region = noise(), Region(1.0, 2.0, 300.0, 3000.0)
    within = Region(1.2, 1.8, 500.0, 2000.0)
    once = keep_regions(clip, [region]).samples
    np.testing.assert_allclose(keep_regions(clip, [region, within]).samples, once, atol=1e-6)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("start_s, end_s", [(0.5, 1.5), (0.7003, 0.72), (1.0, 1.0001)])
def test_nothing_at_all_is_left_beyond_the_fading(rate: int, start_s: float, end_s: float) -> None:
    clip = noise(2.0, rate, 2)
    kept = keep_regions(clip, [Region(start_s, end_s, 200.0, 2000.0)]).samples
    first, last = math.floor((start_s - EDGE_S) * rate) - 1, math.ceil((end_s + EDGE_S) * rate) + 1
    assert not kept[:first].any()
    assert not kept[last:].any()
    assert kept[first:last].any()


def test_the_gain_in_time_rises_and_falls_without_a_step() -> None:
    """The mask of a constant is its gain over time."""
    constant = Clip(np.ones((44_100, 1), np.float32), 44_100)
    gain = keep_regions(constant, [Region(0.3, 0.7, 0.0, 1e6)]).samples[:, 0]
    rise, fall = gain[: 44_100 // 2], gain[44_100 // 2 :]
    assert (np.diff(rise) >= -1e-6).all()
    assert (np.diff(fall) <= 1e-6).all()
    assert np.abs(np.diff(gain)).max() * 44_100 < math.pi / 2 / 0.06  # that of a raised cosine of 60 ms
    for at in (0.3, 0.7):
        assert gain[round(at * 44_100)] == pytest.approx(0.5, abs=0.02)
    assert gain[round(0.36 * 44_100) : round(0.64 * 44_100)] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    "clip", [noise(), Clip(music(3.0), 44_100), tone(440.0, 44_100)], ids=["noise", "music", "tone"]
)
def test_no_click_is_added(clip: Clip) -> None:
    for region in (
        Region(0.71, 2.03, 300.0, 2000.0),
        Region(0.71, 2.03, 0.0, 1e6),
        Region(1.0, 1.05, 100.0, 9000.0),
    ):
        kept = keep_regions(clip, [region]).samples
        jump = np.abs(np.diff(clip.samples, axis=0)).max()
        assert np.abs(np.diff(kept, axis=0)).max() <= 1.001 * jump


def test_channels_do_not_mix() -> None:
    clip = Clip(np.concatenate([noise().samples, np.zeros_like(noise().samples)], axis=1), 44_100)
    region = Region(1.0, 2.0, 300.0, 3000.0)
    kept = keep_regions(clip, [region]).samples
    assert not kept[:, 1].any()
    np.testing.assert_allclose(kept[:, 0], keep_regions(noise(), [region]).samples[:, 0], atol=1e-7)


def test_the_bed_is_as_quiet_as_it_is_told() -> None:
    clip, region = noise(), Region(1.0, 2.0, 300.0, 3000.0)
    only, whole = keep_regions(clip, [region]).samples, clip.samples
    kept = keep_regions(clip, [region], bed_db=-20.0).samples
    np.testing.assert_allclose(kept, 0.1 * whole + 0.9 * only, atol=1e-6)
    np.testing.assert_allclose(keep_regions(clip, [region], bed_db=0.0).samples, whole, atol=1e-6)
    np.testing.assert_allclose(keep_regions(clip, [region], bed_db=6.0).samples, whole, atol=1e-6)
