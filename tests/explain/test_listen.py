from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from made_sounds import decibels, noise, tone
from media_files import music, write
from soundglass.audio.clip import Clip
from soundglass.core.errors import AudioError
from soundglass.core.types import Region
from soundglass.explain.listen import CUT_S, MOST_PEAK, PAIR_LUFS, extract, pair_clip
from soundglass.explain.masks import EDGE_S, keep_regions


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
    fade = round(CUT_S * 44_100)
    np.testing.assert_allclose(first.samples[fade:4410], music(2.0)[fade:4410], atol=1e-4)
    np.testing.assert_allclose(last.samples[-4410:-fade], music(2.0)[-4410:-fade], atol=1e-4)


@pytest.mark.parametrize("bed_db", [-math.inf, -12.0])
@pytest.mark.parametrize("region", [Region(0.0, 0.5, 0.0, 1e6), Region(0.7, 1.2, 100.0, 900.0)])
def test_a_sound_begins_and_ends_in_nothing(tmp_path: Path, region: Region, bed_db: float) -> None:
    path = write(tmp_path / "song.wav", "wav", noise(1.2, channels=2).samples)
    heard = extract(path, [region], bed_db=bed_db).samples
    assert not heard[[0, -1]].any()
    assert np.abs(heard[[1, -2]]).max() < 1e-4
    assert np.abs(heard[1000:-1000]).max() > 0.02


def test_the_bed_brings_its_context_and_fades(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", noise(6.0).samples)
    region = Region(3.0, 3.5, 300.0, 3000.0)
    heard = extract(path, [region], bed_db=-12.0, context_s=1.0)
    assert heard.duration_s == pytest.approx(2.5, abs=1e-4)
    power = (heard.samples[:, 0] ** 2).reshape(50, -1).mean(axis=1)
    before = np.sqrt(power[5:15].mean()) / 0.2
    assert decibels(before) == pytest.approx(-12.0, abs=0.5)
    assert np.abs(heard.samples[[0, -1]]).max() < 1e-3


def test_peaks_stay_below_one_decibel_under_full_scale(tmp_path: Path) -> None:
    """A square wave at full scale without its third harmonic peaks higher."""
    time = np.arange(88_200) / 44_100
    square = np.sign(np.sin(2 * np.pi * 100 * time)).astype(np.float32)[:, None]
    path = write(tmp_path / "song.wav", "wav", square)
    region = Region(0.5, 1.5, 0.0, 200.0)
    assert keep_regions(Clip(square, 44_100), [region]).peak > 1.2
    heard = extract(path, [region])
    assert heard.peak == pytest.approx(MOST_PEAK, abs=1e-6)
    assert decibels(MOST_PEAK) == pytest.approx(-1.0, abs=1e-3)


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
    assert pair.peak <= MOST_PEAK + 1e-6
    assert loudness[0] == pytest.approx(PAIR_LUFS, abs=0.2) or pair.peak == pytest.approx(MOST_PEAK, abs=1e-4)
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
