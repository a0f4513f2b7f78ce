"""Tiles and peaks against librosa, which knows nothing of tiles: one whole-track spectrogram, cut."""

from __future__ import annotations

import base64
import math
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_files import music, write
from soundglass.audio.decode import read_mono
from soundglass.explain.pictures.image import read_png
from soundglass.explain.pictures.mel import MelImage
from soundglass.surfaces.web.sight import layout as layouts
from soundglass.surfaces.web.sight import stretch
from soundglass.surfaces.web.sight.draw import part, tile
from soundglass.surfaces.web.sight.layout import FINEST_IN_PART, FULL_SCALE, TILE_COLUMNS, Layout, from_top
from soundglass.surfaces.web.sight.parts import reduced
from soundglass.surfaces.web.sight.still import still
from soundglass.surfaces.web.sight.stretch import hear

RATE, HOP, BRIGHTEST = 22_050, 512, 30.0
HALF_A_STEP = 80 / 255 / 2 + 1e-3


def mel_power(samples: np.ndarray) -> np.ndarray:
    return librosa.feature.melspectrogram(
        y=samples,
        sr=RATE,
        n_fft=2048,
        hop_length=HOP,
        n_mels=128,
        fmin=0.0,
        fmax=11_025.0,
        pad_mode="constant",
    )


def wanted(power: np.ndarray, level: int) -> np.ndarray:
    """Average frames to columns of a level by plain loops; decibels re the brightest colour."""
    step = 1 << level
    columns = [power[:, at : at + step].mean(axis=1) for at in range(0, power.shape[1], step)]
    return np.clip(10 * np.log10(np.maximum(np.stack(columns, axis=1), 1e-10)) - BRIGHTEST, -80.0, 0.0)


def pixels(text: str) -> np.ndarray:
    return read_png(base64.b64decode(text)).decibels


@pytest.mark.parametrize(
    ("kind", "rate"), [("wav", 44_100), ("flac", 48_000), ("ogg", 44_100), ("wav", 22_050)]
)
def test_tiles_side_by_side_are_the_spectrogram_of_the_whole_track(
    kind: str, rate: int, tmp_path: Path
) -> None:
    path = write(tmp_path / "x", kind, music(40.0, rate), rate)
    layout = Layout(40.0)
    power = mel_power(read_mono(path, RATE))
    for level in range(min(FINEST_IN_PART, layout.n_levels)):
        drawn = [pixels(tile(str(path), 40.0, BRIGHTEST, level, n)) for n in range(layout.n_tiles(level))]
        assert [one.shape[1] for one in drawn[:-1]] == [TILE_COLUMNS] * (len(drawn) - 1)
        assert len(drawn) > 1 or level == layout.n_levels - 1
        np.testing.assert_allclose(np.concatenate(drawn, axis=1), wanted(power, level), atol=HALF_A_STEP)


def test_a_part_is_drawn_as_single_tiles_would_be_and_has_the_peaks_of_what_sounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small tiles, so that half a minute has several parts and levels.
    for module in ("layout", "draw", "parts"):
        monkeypatch.setattr(f"soundglass.surfaces.web.sight.{module}.TILE_COLUMNS", 8, raising=False)
        monkeypatch.setattr(f"soundglass.surfaces.web.sight.{module}.PART_FRAMES", 8 << 7, raising=False)
    monkeypatch.setattr("soundglass.surfaces.web.sight.stretch.CHUNK_FRAMES", 384)
    path = write(tmp_path / "x", "flac", music(50.0), 44_100)
    layout, samples = Layout(50.0), read_mono(path, RATE)
    assert (layout.n_levels, layout.n_parts) == (8, 3)
    power = mel_power(samples)
    found, peaks = {}, []
    for number in range(layout.n_parts):
        made = part(str(path), 50.0, BRIGHTEST, number)
        assert not found.keys() & made["tiles"].keys()
        found |= made["tiles"]
        peaks.append(np.frombuffer(base64.b64decode(made["peaks"]), "<i2").reshape(-1, 2))
    for level in range(FINEST_IN_PART, layout.n_levels):
        names = [f"{level}/{n}" for n in range(layout.n_tiles(level))]
        drawn = np.concatenate([pixels(found.pop(name)) for name in names], axis=1)
        np.testing.assert_allclose(drawn, wanted(power, level), atol=HALF_A_STEP)
    assert not found
    every = np.concatenate(peaks) / FULL_SCALE
    hops = [samples[at : at + HOP] for at in range(0, len(samples), HOP)]
    np.testing.assert_allclose(every[: len(hops), 0], [hop.min() for hop in hops], atol=1 / FULL_SCALE)
    np.testing.assert_allclose(every[: len(hops), 1], [hop.max() for hop in hops], atol=1 / FULL_SCALE)


def test_a_tile_costs_its_own_stretch_and_not_what_lies_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    read = stretch.read_excerpt

    def noted(path: Path, rate: int, start_s: float, seconds: float, **more: bool) -> object:
        asked.append((start_s, seconds))
        return read(path, rate, start_s, seconds, **more)

    monkeypatch.setattr(stretch, "read_excerpt", noted)
    path = write(tmp_path / "x", "flac", music(60.0), 44_100)
    tile(str(path), 60.0, BRIGHTEST, 0, 4)
    tile_s = TILE_COLUMNS * HOP / RATE
    [(start_s, seconds)] = asked
    assert 4 * tile_s - 2.2 < start_s < 4 * tile_s
    assert seconds < tile_s + 5


@pytest.mark.parametrize("kind", ["m4a", "alac"])
def test_what_ffmpeg_reads_is_gone_to_as_well(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "x", kind, music(30.0), 44_100)
    power = mel_power(read_mono(path, RATE))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded from the beginning")

    monkeypatch.setattr("soundglass.audio.excerpt.decode", never)
    heard = hear(path, 800, 200).mel.T
    # AAC decoders fill in noise of their own, so that only the sum over a while is the same.
    np.testing.assert_allclose(
        10 * np.log10(heard.mean(axis=1)), 10 * np.log10(power[:, 800:1000].mean(axis=1)), atol=0.5
    )
    if kind == "alac":
        np.testing.assert_allclose(heard, power[:, 800:1000], rtol=1e-2, atol=1e-6)


def test_colours_do_not_depend_on_the_tile(tmp_path: Path) -> None:
    samples = music(30.0)
    samples[: 15 * 44_100] *= 0.01
    path = write(tmp_path / "x", "wav", samples, 44_100)
    quiet, _, loud = (pixels(tile(str(path), 30.0, BRIGHTEST, 0, n)) for n in range(3))
    assert quiet.max() < loud.max() - 35


def test_a_file_that_falls_short_of_its_length_ends_in_black(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "wav", music(13.0), 44_100)
    drawn = pixels(tile(str(path), 20.0, BRIGHTEST, 0, 1))
    assert drawn.shape[1] == Layout(20.0).n_frames - TILE_COLUMNS
    assert (drawn[:, -100:] == -80).all()
    assert (drawn[:, :30] > -80).any()


@given(st.floats(0.0, 6 * 3600.0))
def test_tiles_cover_every_frame_once(duration_s: float) -> None:
    layout = Layout(duration_s)
    assert layout.n_frames == 1 + round(duration_s * RATE) // HOP
    for level in range(layout.n_levels):
        frames = [layout.frames(level, n) for n in range(layout.n_tiles(level))]
        assert sum(n for _, n in frames) == layout.n_frames
        assert all(first + n == following for (first, n), (following, _) in pairwise(frames))
        assert sum(math.ceil(n / (1 << level)) for _, n in frames) == layout.n_columns(level)
        assert layout.has(level, len(frames) - 1)
        assert not layout.has(level, len(frames))
    coarsest = layout.n_levels - 1
    assert layout.n_tiles(coarsest) == 1 or coarsest == layouts.COARSEST
    assert coarsest == 0 or layout.n_tiles(coarsest - 1) > 1
    assert sum(piece.width for piece in still(layout).pieces) == still(layout).width


@pytest.mark.parametrize("hz", [100, 440, 1000, 2500, 10_000])
def test_frequencies_are_where_the_bands_are(hz: int) -> None:
    position = MelImage(np.zeros((128, 1), np.float32)).mel_position(hz)
    assert from_top(hz) == pytest.approx(1 - (position + 0.5) / 128, abs=1e-9)
    tone = np.sin(2 * np.pi * hz * np.arange(RATE) / RATE).astype(np.float32)
    strongest = int(mel_power(tone)[:, 20].argmax())
    assert abs(128 * (1 - from_top(hz)) - 0.5 - strongest) <= 1


@given(st.integers(1, 400), st.integers(1, 500))
def test_joined_peaks_hold_every_extreme(n_frames: int, n: int) -> None:
    rng = np.random.default_rng(n_frames)
    peaks = np.sort(rng.integers(-FULL_SCALE, FULL_SCALE, (n_frames, 2)), axis=1).astype(np.int16)
    found = reduced(peaks, n)
    assert len(found) == min(n, n_frames)
    assert found[:, 0].min() == pytest.approx(peaks[:, 0].min() / FULL_SCALE)
    assert found[:, 1].max() == pytest.approx(peaks[:, 1].max() / FULL_SCALE)
    if n >= n_frames:
        np.testing.assert_allclose(found * FULL_SCALE, peaks, atol=0.5)
