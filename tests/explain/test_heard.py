"""Where a planted sound is shared, the likeness is heard there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundglass
from soundglass.audio.decode import read_mono
from soundglass.core.errors import SoundglassError
from soundglass.demo import demo_music
from soundglass.explain.heard import HeardMost, Stretch
from soundglass.surfaces.library import Library

RATE = 16_000


def test_one_stretch_of_either_recording_is_named(demo_library: Library) -> None:
    found = demo_library.heard("city blues", "urban bolero")
    for side in found:
        assert 0 <= side.start_s < side.end_s <= 12.5
        assert 0 < side.share <= 1
        assert side.share >= 0.8 * side.extent  # more than elsewhere, up to what the edges of boxes blur
    assert found.sentence.startswith("Heard most ")


def test_the_stretch_is_where_the_same_sound_is_in_both(tmp_path: Path, demo_library: Library) -> None:
    pieces = {"robert-van-herk-city-blues.ogg": 2.0, "flare-cave-theme.ogg": 7.0}
    for name, start in pieces.items():
        host = read_mono(demo_music() / name, RATE).astype(np.float64)
        time = np.arange(len(host)) / RATE
        pulse = np.sin(2 * np.pi * 1200 * time) * np.exp(-8 * (time % 0.25))
        within = (time >= start) & (time < start + 3)
        soundfile.write(tmp_path / f"{start:.0f}.flac", (host + 6 * host.std() * pulse * within) / 8, RATE)
    copy = tmp_path / "library.lance"
    shutil.copytree(demo_library.uri, copy)
    library = soundglass.open(copy)
    library.scan(tmp_path / "2.flac", tmp_path / "7.flac")
    found = library.heard(str(tmp_path / "2.flac"), str(tmp_path / "7.flac"))
    for side, start in zip(found, pieces.values(), strict=True):
        shared = min(side.end_s, start + 3) - max(side.start_s, start)
        assert shared / (max(side.end_s, start + 3) - min(side.start_s, start)) > 0.5, found


@pytest.mark.parametrize(
    ("extent", "expected"), [(0.7, "throughout the query"), (0.2, "from 1:02 to 1:06 of the query")]
)
def test_what_is_heard_throughout_points_at_nothing(extent: float, expected: str) -> None:
    assert Stretch(62.3, 65.2, 0.9, extent).said_of("query") == expected


def test_the_sentence_names_both_sides() -> None:
    sides = Stretch(0.3, 2.1, 0.4, 0.1), Stretch(3600.0, 3660.0, 0.4, 0.1)
    expected = "Heard most from 0:00 to 0:03 of the query and from 1:00:00 to 1:01:00 of the match."
    assert HeardMost(*sides).sentence == expected


def test_without_audio_nothing_is_heard(spotify_library: Library) -> None:
    ids = [spotify_library.find("memories").id, spotify_library.find("call you mine").id]
    with pytest.raises(SoundglassError, match="no audio"):
        spotify_library.heard(*ids)
