"""Sounds put into a library of real music: a shared loop is pointed at, and noise is not like everything."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundglass
from soundglass.audio.decode import read_mono
from soundglass.core.types import Region
from soundglass.demo import demo_music
from soundglass.surfaces.library import Library

pytestmark = pytest.mark.xdist_group("planted sounds")

RATE = 32_000
LOOP_S = 3.0
LEVEL_DB = 3.0
LISTED = 5
TIME = np.arange(round(LOOP_S * RATE)) / RATE


def melody(notes: list[int], sound: Callable[[float, np.ndarray], np.ndarray]) -> np.ndarray:
    """Play MIDI notes of equal length, each of them to the end."""
    out = np.zeros_like(TIME)
    for index, note in enumerate(notes):
        start = len(TIME) * index // len(notes)
        out[start:] += sound(440 * 2 ** ((note - 69) / 12), TIME[: len(TIME) - start])
    return out


def arpeggio() -> np.ndarray:
    notes = [60, 67, 72, 75, 72, 67, 63, 70, 60, 67, 72, 79]
    return melody(notes, lambda f, t: np.sign(np.sin(2 * np.pi * f * t)) * np.exp(-12 * t))


def bells() -> np.ndarray:
    def bell(f: float, t: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * f * t + 3 * np.exp(-3 * t) * np.sin(7 * np.pi * f * t)) * np.exp(-3 * t)

    return melody([76, 72, 79, 74, 81, 72], bell)


def bass() -> np.ndarray:
    notes = [33, 33, 36, 31, 33, 40] * 2
    return melody(notes, lambda f, t: sum(np.sin(2 * np.pi * f * k * t) / k for k in range(1, 9)) * (t < 0.2))


def beat() -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=len(TIME))
    kick = np.sin(2 * np.pi * (50 * TIME - 2 * np.exp(-30 * TIME))) * np.exp(-12 * (TIME % 0.5))
    return (
        kick + 0.7 * noise * np.exp(-20 * ((TIME + 0.5) % 1.0)) + 0.25 * noise * np.exp(-50 * (TIME % 0.125))
    )


def siren() -> np.ndarray:
    return np.sin(2 * np.pi * 900 * TIME - 400 * np.cos(2 * np.pi * TIME))


SYNTHESISED = (arpeggio, beat, bells, bass, siren)


@dataclass(frozen=True)
class Case:
    """Two recordings, and the seconds at which the same loop begins in each."""

    paths: tuple[Path, Path]
    starts: tuple[float, float]


def mixed(path: Path, loop: np.ndarray, start_s: float) -> np.ndarray:
    """Mix a loop into a recording, louder than that is on average, with 10 ms of fading."""
    samples = read_mono(path, RATE).astype(np.float64)
    fade = np.clip(np.minimum(TIME, TIME[::-1]) / 0.01, 0, 1)
    gain = 10 ** (LEVEL_DB / 20) * samples.std() / loop.std()
    samples[round(start_s * RATE) :][: len(loop)] += gain * loop * fade
    return 0.9 * samples / np.abs(samples).max()


def unrelated() -> Iterator[list[Path]]:
    """Draw three pieces of the demo music at a time, each of another artist."""
    rows = list(csv.DictReader((demo_music() / "manifest.csv").read_text("utf-8").splitlines()))
    shuffled = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    for three in zip(*[iter(shuffled)] * 3, strict=True):
        if len({row["artist"] for row in three}) == 3:
            yield [demo_music() / row["file"] for row in three]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Ten pairs; every other loop is synthesised, the others are cut out of a third piece."""
    folder, rng, found = tmp_path_factory.mktemp("planted"), np.random.default_rng(5), []
    for k, (one, other, third) in enumerate(islice(unrelated(), 10)):
        first, *starts = rng.uniform(0, 10 - LOOP_S, 3).tolist()
        cut = read_mono(third, RATE)[round(first * RATE) :][: len(TIME)]
        loop = SYNTHESISED[k // 2]() if k % 2 else cut
        paths = (folder / f"planted-{k}a.flac", folder / f"planted-{k}b.flac")
        for host, path, start in zip((one, other), paths, starts, strict=True):
            soundfile.write(path, mixed(host, loop, start), RATE)
        found.append(Case(paths, tuple(starts)))
    return found


@pytest.fixture(scope="module")
def mere_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tracks that hold no music."""
    folder, rng, n = tmp_path_factory.mktemp("mere"), np.random.default_rng(3), 12 * RATE
    white, brown, octaves = rng.normal(size=n), rng.normal(size=n), np.maximum(np.arange(n // 2 + 1), 240)
    sounds = {
        "white": (white, -20),
        "pink": (np.fft.irfft(np.fft.rfft(white) / np.sqrt(octaves)), -20),
        "nearly-silent": (np.fft.irfft(np.fft.rfft(brown) / octaves), -60),
        "drone": (np.sin(2 * np.pi * 110 * np.arange(n) / RATE), -12),
    }
    for name, (samples, level_db) in sounds.items():
        scaled = 10 ** (level_db / 20) * samples / samples.std()
        soundfile.write(folder / f"{name}.flac", scaled, RATE, "PCM_24")
    return folder


@pytest.fixture(scope="module")
def library(
    demo_library: Library, cases: Sequence[Case], mere_sounds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    """The demo music, with all of these scanned into a copy of its library."""
    copy = tmp_path_factory.mktemp("library") / "library.lance"
    shutil.copytree(demo_library.uri, copy)
    extended = soundglass.open(copy)
    extended.scan(cases[0].paths[0].parent, mere_sounds)
    return extended


def share_within(region: Region, start_s: float) -> float:
    """Tell how much of a region's time lies in the loop."""
    overlap = min(region.end_s, start_s + LOOP_S) - max(region.start_s, start_s)
    return overlap / (region.end_s - region.start_s)


def test_the_top_part_points_at_a_shared_loop_in_both(library: Library, cases: Sequence[Case]) -> None:
    found = []
    for case in cases:
        pair = library.why(*map(str, case.paths), by="spectrogram")
        top = max(pair.parts, key=lambda part: part.contribution)
        shares = [share_within(*side) for side in zip((top.query, top.match), case.starts, strict=True)]
        found.append(min(shares) >= 0.5)
    assert len(found) == 10
    assert sum(found) >= 8, found


@pytest.fixture(scope="module")
def listed(demo_library: Library, library: Library) -> Counter[str]:
    """How often each title is among the first few for a piece of the demo music."""
    pieces = [
        str(path) for path in demo_music().iterdir() if path.suffix in {".ogg", ".opus", ".mp3", ".flac"}
    ]
    assert len(pieces) == len(demo_library)
    ask = partial(library.similar, by="spectrogram", n=LISTED, where="NOT starts_with(title, 'planted')")
    return Counter(result.track.title for piece in pieces for result in ask(piece).results)


@pytest.mark.parametrize("name", ["white", "pink", "nearly-silent", "drone"])
def test_a_mere_sound_does_not_flood_the_lists(
    demo_library: Library, library: Library, listed: Counter[str], name: str
) -> None:
    assert library.find(name).title == name
    by_chance = LISTED * len(demo_library) / (len(demo_library) + 4)
    assert listed[name] <= 2 * by_chance
