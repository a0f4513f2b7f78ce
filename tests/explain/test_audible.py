from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from made_sounds import decibels, noise, tone
from media_files import music, write
from soundglass.audio.clip import Clip, read_clip
from soundglass.core.types import Region
from soundglass.explain.audible import CONTEXT_S, GAP_S, audible
from soundglass.explain.heard import heard_in
from soundglass.explain.listen import MOST_PEAK, faded
from soundglass.explain.masks import EDGE_S
from soundglass.explain.relevance import Relevance

REGIONS = (Region(3.0, 3.6, 300.0, 1500.0), Region(3.3, 4.0, 900.0, 4000.0), Region(8.0, 8.5, 100.0, 800.0))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_what_speaks_and_what_is_left_sum_to_the_original(tmp_path: Path, rate: int, channels: int) -> None:
    path = write(tmp_path / "song.wav", "wav", noise(10.0, rate, channels, 0.1).samples, rate)
    found = audible(path, REGIONS)
    kept, rest = found.all_regions, found.rest
    assert kept.spans == rest.spans == ((2.0, 5.0), (7.0, 9.5))
    assert (kept.clip.sample_rate, kept.clip.channels, kept.gain) == (rate, channels, 1.0)
    pieces = [faded(read_clip(path, *span), EDGE_S).samples for span in kept.spans]
    wanted = np.concatenate([pieces[0], np.zeros((round(GAP_S * rate), channels)), pieces[1]])
    np.testing.assert_allclose(kept.clip.samples + rest.clip.samples, wanted, atol=1e-6)
    for clip in (kept.clip, rest.clip):
        assert np.sqrt(np.mean(clip.samples**2)) > 0.01


def test_a_tone_in_a_region_is_in_one_and_a_tone_beside_it_in_the_other(tmp_path: Path) -> None:
    inside, outside = tone(700.0, 44_100, 6.0, 0.3).samples, tone(5000.0, 44_100, 6.0, 0.3).samples
    path = write(tmp_path / "song.wav", "wav", inside + outside)
    found = audible(path, [Region(2.0, 4.0, 300.0, 1500.0)])
    middle = slice(round((CONTEXT_S + 0.5) * 44_100), round((CONTEXT_S + 1.5) * 44_100))

    def level(clip: Clip, hz: float) -> float:
        heard = clip.samples[middle, 0]
        time = np.arange(len(heard)) / 44_100
        return decibels(abs(np.mean(heard * np.exp(-2j * np.pi * hz * time))) * 2 / 0.3)

    assert level(found.all_regions.clip, 700.0) == pytest.approx(0.0, abs=0.1)
    assert level(found.all_regions.clip, 5000.0) < -60
    assert level(found.rest.clip, 700.0) < -40
    assert level(found.rest.clip, 5000.0) == pytest.approx(0.0, abs=0.1)
    before = found.rest.clip.samples[round(0.3 * 44_100) : round(0.7 * 44_100), 0]
    np.testing.assert_allclose(
        before, (inside + outside)[round(1.3 * 44_100) : round(1.7 * 44_100), 0], atol=2e-4
    )


def test_each_region_is_heard_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", music(10.0))
    found = audible(path, REGIONS)
    assert len(found.regions) == 3
    for clip, region in zip(found.regions, REGIONS, strict=True):
        assert clip.duration_s == pytest.approx(region.end_s - region.start_s + 2 * EDGE_S, abs=1e-3)
    assert audible(path, REGIONS[:1], bed_db=-20.0).regions[0].duration_s == pytest.approx(2.6, abs=1e-3)
    assert found.stretch is None
    assert found.highlight is None


def test_peaks_are_lowered_alike(tmp_path: Path) -> None:
    loud = Clip(np.sign(tone(100.0, 44_100, 4.0).samples), 44_100)
    path = write(tmp_path / "song.wav", "wav", loud.samples)
    found = audible(path, [Region(1.0, 2.0, 0.0, 200.0)])
    kept, rest = found.all_regions, found.rest
    assert max(kept.clip.peak, rest.clip.peak) == pytest.approx(MOST_PEAK, abs=1e-6)
    assert kept.gain == rest.gain < 0.8
    whole = faded(read_clip(path, 0.0, 3.0), EDGE_S).samples
    np.testing.assert_allclose(kept.clip.samples + rest.clip.samples, kept.gain * whole, atol=1e-6)


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_a_recording_shorter_than_its_context_is_heard_whole(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"song.{kind}", kind, noise(0.3, channels=2).samples)
    found = audible(path, [Region(0.0, 0.2, 0.0, 3000.0)])
    assert found.rest.clip.duration_s == pytest.approx(0.3, abs=0.06)
    assert not found.rest.clip.samples[[0, -1]].any()
    assert not found.all_regions.clip.samples[[0, -1]].any()


@pytest.mark.parametrize("seed", range(3))
def test_no_step_is_larger_than_in_the_source(tmp_path: Path, seed: int) -> None:
    source = music(10.0, seed=seed)
    path = write(tmp_path / "song.wav", "wav", source)
    found = audible(path, REGIONS)
    largest = np.abs(np.diff(source, axis=0)).max()
    for clip in (*found.regions, found.all_regions.clip, found.rest.clip):
        assert np.abs(np.diff(clip.samples, axis=0)).max() <= largest
        assert not clip.samples[[0, -1]].any()


def test_what_is_heard_most_is_the_stretch_and_nothing_that_was_not_heard(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", "wav", noise(20.0).samples)
    steps = np.arange(0.0, 6.0, 0.5)
    starts = np.concatenate([steps, 10.0 + steps])
    boxes = np.stack([starts, starts + 1.0, np.full(24, 200.0), np.full(24, 3000.0)], axis=1)
    amounts = np.where((starts >= 4.0) & (starts < 12.0), 1.0, 0.01)
    relevance = Relevance(boxes.astype(np.float32), amounts)
    found = audible(path, REGIONS[:1], relevance=relevance)
    stretch = heard_in(relevance)
    assert found.stretch is not None
    assert found.highlight is not None
    (first, second) = found.stretch.spans
    assert first == pytest.approx((stretch.start_s, 6.5), abs=0.01)
    assert second == pytest.approx((10.0, stretch.end_s), abs=0.01)
    wanted = sum(end - start for start, end in found.stretch.spans) + GAP_S
    assert found.stretch.clip.duration_s == pytest.approx(wanted, abs=0.01)
    assert found.highlight.spans == ((0.0, 6.5), (10.0, 16.5))
    assert found.highlight.clip.duration_s == pytest.approx(13.0 + GAP_S, abs=0.01)
    assert 0.02 < found.highlight.clip.samples.std() < found.stretch.clip.samples.std()
    gaps = [after[0] - before[1] for before, after in pairwise(found.stretch.spans)]
    assert gaps == [pytest.approx(3.5, abs=0.01)]
