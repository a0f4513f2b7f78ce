"""``why --listen`` on really scanned music: which files it writes, and what is in them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
import soundfile
from ran import Ran, assert_one_clear_line

from soundglass.core.types import Region
from soundglass.surfaces.library import Library
from soundglass.surfaces.sounds import Listening

Run = Callable[..., Ran]

QUERY = "escape from chaosland"
SIDES = ("query", "match")
EXCERPTS = ("all regions", "what is left", "heard most", "singled out")

LUFS_APART = 0.6
"""Of a sound of a second, where pyloudnorm rounds the number of blocks."""


@pytest.fixture(scope="module")
def other(demo_library: Library) -> str:
    return demo_library.similar(QUERY, by="spectrogram", n=1)[0].track.id


@pytest.fixture(scope="module")
def listening(
    demo_library: Library, other: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Listening, Path]:
    folder = tmp_path_factory.mktemp("sounds") / "below" / "here"
    return demo_library.listen(QUERY, other, folder, n=2), folder


@pytest.fixture(scope="module")
def index(listening: tuple[Listening, Path]) -> Any:
    return json.loads((listening[1] / "index.json").read_text("utf-8"))


def test_the_files_are_those_that_are_listed(listening: tuple[Listening, Path], index: Any) -> None:
    answer, folder = listening
    listed = [sound["file"] for sound in index["sounds"]]
    assert {file.name for file in folder.iterdir()} == {*listed, "index.json"}
    assert listed == [sound.file for sound in answer.sounds]
    starts = [f"{number} {what} " for number in (1, 2) for what in ("query", "match", "pair")]
    assert [name.startswith(start) for name, start in zip(listed, starts, strict=False)] == [True] * 6
    assert listed[6:] == [f"{side} {kind}.wav" for side in SIDES for kind in EXCERPTS]


def test_the_index_says_what_is_true_of_the_files(listening: tuple[Listening, Path], index: Any) -> None:
    for sound in index["sounds"]:
        samples, rate = soundfile.read(listening[1] / sound["file"])
        assert len(samples) / rate == pytest.approx(sound["seconds"], abs=1e-4)
        assert 20 * math.log10(np.abs(samples).max()) == pytest.approx(sound["peak_dbfs"], abs=0.1)
        loudness = pyloudnorm.Meter(rate).integrated_loudness(samples)
        assert sound["loudness_lufs"] == pytest.approx(loudness, abs=LUFS_APART)
        assert (sound["part"] is None) == (sound["kind"] not in {"region", "pair"})


def test_peaks_stay_below_one_decibel_under_full_scale_as_written(
    listening: tuple[Listening, Path],
) -> None:
    for file in listening[1].glob("*.wav"):
        samples, _ = soundfile.read(file, dtype="int16")
        assert np.abs(samples.astype(int)).max() <= 10 ** (-1 / 20) * 32_768
        assert np.abs(samples[[0, -1]].astype(int)).max() <= 1  # nothing but dither


def test_each_pair_is_both_sides_equally_loud(listening: tuple[Listening, Path]) -> None:
    answer, folder = listening
    for number in (0, 3):
        files = [folder / sound.file for sound in answer.sounds[number : number + 3]]
        (query, rate), (match, _), (pair, _) = (soundfile.read(file) for file in files)
        gap = len(pair) - len(query) - len(match)
        assert gap == round(0.4 * rate)
        np.testing.assert_allclose(pair[: len(query)], query, atol=2e-4)
        np.testing.assert_allclose(pair[len(query) + gap :], match, atol=2e-4)
        loudness = [pyloudnorm.Meter(rate).integrated_loudness(side) for side in (query, match)]
        assert loudness[0] == pytest.approx(loudness[1], abs=LUFS_APART)


def test_what_speaks_and_what_is_left_sum_to_the_original(listening: tuple[Listening, Path]) -> None:
    answer, folder = listening
    for side, track in zip(SIDES, (answer.pair.query, answer.pair.match), strict=True):
        kept, rest = (
            next(sound for sound in answer.sounds if sound.file == f"{side} {kind}.wav")
            for kind in EXCERPTS[:2]
        )
        source, rate = soundfile.read(track.path, always_2d=True)
        summed = soundfile.read(folder / kept.file)[0] + soundfile.read(folder / rest.file)[0]
        start_s, end_s = kept.spans[0]
        first, length = round(start_s * rate), round((min(end_s, len(source) / rate) - start_s) * rate)
        inner = slice(round(0.06 * rate), length - round(0.06 * rate))
        original = source[first : first + length][inner]
        gain = (summed[inner] * original).sum() / (original**2).sum()
        assert 0.3 < gain <= 1.001
        np.testing.assert_allclose(summed[inner], gain * original, atol=1e-4)


def test_the_regions_are_those_of_the_strongest_parts(
    listening: tuple[Listening, Path], demo_library: Library, other: str
) -> None:
    answer, _ = listening
    parts = [p for p in demo_library.why(QUERY, other, by="spectrogram").parts if p.contribution > 0]
    for rank in range(2):
        query, match, pair = answer.sounds[3 * rank : 3 * rank + 3]
        assert query.part == match.part == pair.part == parts[rank]
        for sound, region in ((query, parts[rank].query), (match, parts[rank].match)):
            assert isinstance(region, Region)
            assert sound.spans == ((region.start_s, region.end_s),)
            assert 0 < sound.seconds - (region.end_s - region.start_s) < 0.2


def test_the_stretch_is_the_one_that_is_said(
    listening: tuple[Listening, Path], demo_library: Library, other: str
) -> None:
    answer, _ = listening
    heard = demo_library.heard(QUERY, other)
    assert answer.heard == heard
    for side, stretch in zip(SIDES, heard, strict=True):
        most, singled_out = (
            next(sound for sound in answer.sounds if sound.file == f"{side} {kind}.wav")
            for kind in EXCERPTS[2:]
        )
        assert most.spans[0][0] == pytest.approx(stretch.start_s, abs=1e-6)
        assert most.spans[-1][1] == pytest.approx(stretch.end_s, abs=1e-6)
        assert singled_out.seconds == pytest.approx(12.0, abs=0.1)  # all of a clip of the demo is heard


@pytest.mark.parametrize("by", ["blend", "mel-pca"])
def test_every_recommender_of_regions_can_be_heard(
    run: Run, demo_library: Library, other: str, tmp_path: Path, by: str
) -> None:
    asked = ("why", QUERY, other, "--by", by, "--listen", tmp_path, "-n", 1, "--library", demo_library.uri)
    answer = run(*asked, "--json").json
    assert answer["by"] == by
    assert answer["folder"] == str(tmp_path)
    kinds = [sound["kind"] for sound in answer["sounds"]]
    excerpts = EXCERPTS if by == "blend" else EXCERPTS[:2]
    assert kinds == ["region", "region", "pair", *excerpts, *excerpts]
    assert ("heard_most" in answer) is (by == "blend")


def test_the_program_writes_what_it_is_told(
    run: Run, demo_library: Library, other: str, tmp_path: Path
) -> None:
    asked = ("why", QUERY, other, "--listen", tmp_path, "--library", demo_library.uri)
    shown = run(*asked, "-n", 1, "--flac", "--bed", -20).out
    assert "by spectrogram" in shown
    assert "Heard most" in shown
    assert "query what is left.flac" in shown
    assert len(list(tmp_path.glob("*.flac"))) == 11
    (alone,) = tmp_path.glob("1 query *.flac")
    with soundfile.SoundFile(alone) as file:
        assert file.frames / file.samplerate > 1.5  # with a second of bed around it


def test_what_cannot_be_heard_is_one_clear_line(
    run: Run, demo_library: Library, other: str, tmp_path: Path
) -> None:
    asked = ("why", QUERY, other, "--library", demo_library.uri)
    ran = run(*asked, "--listen", tmp_path / "sounds", "--by", "features")
    assert_one_clear_line(ran, "by features has no regions", "Ask by spectrogram")
    assert not (tmp_path / "sounds").exists()
    for option in (("--flac",), ("--bed", -20), ("-n", 2)):
        assert_one_clear_line(run(*asked, *option), "say how --listen writes sounds")
    (tmp_path / "file").write_text("")
    assert_one_clear_line(run(*asked, "--listen", tmp_path / "file" / "below"), "cannot be made")
