from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from media_files import music, write
from soundglass.audio.clip import Clip
from soundglass.core.errors import AudioError
from soundglass.core.types import Region
from soundglass.explain.listen import EDGE_S, PAIR_LUFS, PAIR_PEAK, extract, keep_regions, pair_clip

RATES = (8_000, 22_050, 44_100, 48_000, 96_000)


def noise(seconds: float = 3.0, rate: int = 44_100, channels: int = 1, level: float = 0.2) -> Clip:
    drawn = np.random.default_rng(0).normal(0, level, (round(seconds * rate), channels))
    return Clip(drawn.astype(np.float32), rate)


def tone(hz: float, rate: int, seconds: float = 3.0, level: float = 1.0) -> Clip:
    time = np.arange(round(seconds * rate)) / rate
    return Clip((level * np.sin(2 * np.pi * hz * time)).astype(np.float32)[:, None], rate)


def decibels(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-12))


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


@pytest.mark.parametrize(
    "region, problem",
    [
        (Region(1.0, 1.0, 100.0, 200.0), "is empty"),
        (Region(1.0, 0.5, 100.0, 200.0), "is empty"),
        (Region(0.5, 1.0, 200.0, 200.0), "is empty"),
        (Region(-2.0, -1.0, 100.0, 200.0), "is empty"),
        (Region(math.nan, 1.0, 100.0, 200.0), "is empty"),
        (Region(0.5, 1.0, math.nan, 200.0), "is empty"),
        (Region(2.0, 3.0, 100.0, 200.0), "beyond the end, at 2.00 s"),
        (Region(0.5, 1.0, 22_050.0, 30_000.0), "above the highest frequency, 22050 Hz"),
    ],
)
def test_regions_where_nothing_is_are_refused(tmp_path: Path, region: Region, problem: str) -> None:
    clip = Clip(music(2.0), 44_100)
    path = write(tmp_path / "song.wav", "wav", clip.samples)
    good = Region(0.5, 1.0, 100.0, 200.0)
    for regions in ([region], [good, region]):
        with pytest.raises(AudioError, match=problem):
            keep_regions(clip, regions)
    with pytest.raises(AudioError, match=rf"song\.wav: .*{problem}"):
        extract(path, [good, region])
    with pytest.raises(AudioError, match="no region"):
        keep_regions(clip, [])
    with pytest.raises(AudioError, match=r"song\.wav"):
        extract(path, [])


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a"])
def test_extracting_from_a_file_is_keeping_and_cutting(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"song.{kind}", kind, music(4.0))
    whole = extract(path, [Region(0.0, 99.0, 0.0, 1e6)])
    regions = [Region(1.5, 2.0, 100.0, 900.0), Region(2.2, 2.5, 400.0, 4000.0)]
    heard = extract(path, regions)
    assert (heard.sample_rate, heard.channels) == (44_100, 2)
    first, last = round((1.5 - EDGE_S) * 44_100), round((2.5 + EDGE_S) * 44_100)
    assert len(heard.samples) == last - first
    wanted = keep_regions(whole, regions).samples[first:last]
    # The frames lie elsewhere, which moves the fading by up to half a hop.
    error = np.sqrt(np.mean((heard.samples - wanted) ** 2)) / np.sqrt(np.mean(wanted**2))
    assert error < 0.05
    inner = slice(round((1.6 - 1.5 + EDGE_S) * 44_100), round((1.9 - 1.5 + EDGE_S) * 44_100))
    np.testing.assert_allclose(heard.samples[inner], wanted[inner], atol=2e-3)


def test_a_region_at_an_end_of_the_file_is_cut_there(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", music(2.0))
    first, last = extract(path, [Region(0.0, 0.5, 0.0, 1e6)]), extract(path, [Region(1.5, 2.5, 0.0, 1e6)])
    assert first.duration_s == pytest.approx(0.5 + EDGE_S, abs=1e-4)
    assert last.duration_s == pytest.approx(0.5 + EDGE_S, abs=1e-4)
    np.testing.assert_allclose(first.samples[:4410], music(2.0)[:4410], atol=1e-4)
    np.testing.assert_allclose(last.samples[-4410:], music(2.0)[-4410:], atol=1e-4)


def test_the_bed_brings_its_context_and_fades(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", noise(6.0).samples)
    region = Region(3.0, 3.5, 300.0, 3000.0)
    heard = extract(path, [region], bed_db=-12.0, context_s=1.0)
    assert heard.duration_s == pytest.approx(2.5, abs=1e-4)
    power = (heard.samples[:, 0] ** 2).reshape(50, -1).mean(axis=1)
    before = np.sqrt(power[5:15].mean()) / 0.2
    assert decibels(before) == pytest.approx(-12.0, abs=0.5)
    assert np.abs(heard.samples[[0, -1]]).max() < 1e-3


def test_peaks_stay_within_full_scale(tmp_path: Path) -> None:
    """A square wave at full scale without its third harmonic peaks higher."""
    time = np.arange(88_200) / 44_100
    square = np.sign(np.sin(2 * np.pi * 100 * time)).astype(np.float32)[:, None]
    path = write(tmp_path / "song.wav", "wav", square)
    region = Region(0.5, 1.5, 0.0, 200.0)
    assert keep_regions(Clip(square, 44_100), [region]).peak > 1.2
    heard = extract(path, [region])
    assert heard.peak == pytest.approx(1.0, abs=1e-6)


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="gone"):
        extract(tmp_path / "gone.mp3", [Region(0.0, 1.0, 0.0, 1000.0)])


def halves(clip: Clip, first_s: float, gap_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start, end = round(first_s * clip.sample_rate), round((first_s + gap_s) * clip.sample_rate)
    return clip.samples[:start], clip.samples[start:end], clip.samples[end:]


@pytest.mark.parametrize("levels", [(0.3, 0.02), (0.01, 0.3), (0.1, 0.1)])
def test_a_pair_is_equally_loud(levels: tuple[float, float]) -> None:
    query, match = noise(2.0, 44_100, 2, levels[0]), Clip(tone(300.0, 44_100, 3.0, levels[1]).samples, 44_100)
    pair = pair_clip(query, match, gap_s=0.5)
    one, gap, other = halves(pair, 2.0, 0.5)
    meter = pyloudnorm.Meter(44_100)
    loudness = [meter.integrated_loudness(side.astype(np.float64)) for side in (one, other)]
    assert loudness[0] == pytest.approx(loudness[1], abs=0.2)
    assert loudness[0] <= PAIR_LUFS + 0.2
    assert pair.peak <= PAIR_PEAK + 1e-6
    assert loudness[0] == pytest.approx(PAIR_LUFS, abs=0.2) or pair.peak == pytest.approx(PAIR_PEAK, abs=1e-4)
    assert not gap.any()
    assert len(other) == 3 * 44_100
    np.testing.assert_allclose(one[:, 0] / one[:, 1], query.samples[:, 0] / query.samples[:, 1], rtol=1e-4)


def test_short_sounds_are_matched_by_their_power() -> None:
    pair = pair_clip(noise(0.2, level=0.05), noise(3.0, level=0.2), gap_s=0.1)
    one, gap, other = halves(pair, 0.2, 0.1)
    assert np.mean(one**2) == pytest.approx(np.mean(other**2), rel=1e-4)
    assert len(gap) == 4410


def test_a_pair_shares_the_higher_rate_and_stereo() -> None:
    pair = pair_clip(noise(1.0, 22_050, 1), noise(1.0, 48_000, 2))
    assert (pair.sample_rate, pair.channels) == (48_000, 2)
    assert pair.duration_s == pytest.approx(2.4, abs=1e-3)
    assert np.array_equal(pair.samples[:48_000, 0], pair.samples[:48_000, 1])
    assert pair_clip(noise(1.0, 8_000, 1), noise(1.0, 8_000, 1)).channels == 1
    assert pair_clip(noise(1.0, 8_000, 6), noise(1.0, 8_000, 1)).channels == 2


def test_silence_stays_silent_and_faint_noise_is_not_blown_up() -> None:
    silence = Clip(np.zeros((44_100, 1), np.float32), 44_100)
    for pair in (pair_clip(silence, noise(1.0)), pair_clip(silence, silence)):
        assert not pair.samples[:44_100].any()
        assert np.isfinite(pair.samples).all()
    faint = pair_clip(noise(1.0, level=1e-4), noise(1.0, level=0.2))
    assert faint.samples[:44_100].std() == pytest.approx(1e-4 * 10 ** (30 / 20), rel=0.05)
