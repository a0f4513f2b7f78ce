"""``sonify``: a sound from the spectrogram of a track, a file or an image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from ran import Ran, assert_one_clear_line

from media_files import music, write
from soundglass.demo import demo_music
from soundglass.explain.pictures.image import png
from soundglass.explain.pictures.mel import mel_of, read_mel
from soundglass.spectrogram import log_mel
from soundglass.surfaces.library import Library
from soundglass.surfaces.sonification import write_sonified

Run = Callable[..., Ran]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write(tmp_path / "song.wav", "wav", music(4.0, 22_050), 22_050)


def test_a_track_of_the_library(run: Run, demo_library: Library, tmp_path: Path) -> None:
    out = tmp_path / "heard.wav"
    answer = run(
        "sonify", "cave theme", "-o", out, "--seconds", 2, "--library", demo_library.uri, "--json"
    ).json
    assert Path(answer["source"]).name == "flare-cave-theme.ogg"
    samples, rate = soundfile.read(out, dtype="float32")
    assert (rate, samples.ndim) == (22_050, 1)
    assert len(samples) / rate == pytest.approx(answer["seconds"], abs=1e-4)
    image = read_mel(demo_music() / "flare-cave-theme.ogg", answer["start_s"], answer["start_s"] + 2.0)
    assert image.start_s == pytest.approx(5.0, abs=0.1)  # the middle of 12 s
    compared = image.decibels[:, 3:-3] > -40
    difference = (log_mel(samples) - image.decibels)[:, 3:-3][compared]
    assert (difference - np.median(difference)).std() < 2 * max(answer["error_db"], 0.3)
    assert np.abs(samples).max() <= 10 ** (-1 / 20)


def test_a_file_and_a_stretch_of_it(run: Run, song: Path, tmp_path: Path) -> None:
    out = tmp_path / "heard.flac"
    shown = run("sonify", song, "-o", out, "--start", 1, "--seconds", 1.5).out
    assert "Re-analysed, it differs from the image by" in shown
    assert "0:01–0:03" in shown
    assert soundfile.info(out).duration == pytest.approx(1.5, abs=0.03)
    assert write_sonified(song, out).seconds == pytest.approx(4.0, abs=0.03)  # it has no 10 s


def test_an_image_sounds_like_what_it_was_made_of(run: Run, song: Path, tmp_path: Path) -> None:
    image = tmp_path / "image without a suffix"
    image.write_bytes(png(read_mel(song, 1.0, 3.0)))
    answer = run("sonify", image, "-o", tmp_path / "heard.wav", "--json").json
    assert answer["start_s"] == 1.0
    assert answer["seconds"] == pytest.approx(2.0, abs=0.03)
    assert answer["error_db"] < 2
    cut = run("sonify", image, "-o", tmp_path / "cut.wav", "--start", 2, "--seconds", 0.5, "--json").json
    assert cut["start_s"] == pytest.approx(2.0, abs=0.02)
    assert cut["seconds"] == pytest.approx(0.5, abs=0.02)
    heard = soundfile.read(tmp_path / "heard.wav")[0]
    file = tmp_path / "direct.wav"
    write_sonified(song, file, 1.0, 2.0)
    direct = soundfile.read(file)[0]
    levels = [np.sqrt(np.mean(s[:33_000].reshape(30, -1) ** 2, axis=1)) for s in (heard, direct)]
    assert np.corrcoef(*levels)[0, 1] > 0.99


def test_silence_is_silent(run: Run, tmp_path: Path) -> None:
    silence = write(tmp_path / "hush.wav", "wav", np.zeros((44_100, 1), np.float32))
    assert "so is the sound" in run("sonify", silence, "-o", tmp_path / "heard.wav").out
    assert np.abs(soundfile.read(tmp_path / "heard.wav", dtype="int16")[0]).max() <= 1  # dither


def test_what_cannot_be_heard_is_one_clear_line(
    run: Run, demo_library: Library, song: Path, tmp_path: Path
) -> None:
    def refused(target: object, *options: object, out: str = "heard.wav") -> Ran:
        return run("sonify", target, "-o", tmp_path / out, *options, "--library", demo_library.uri)

    picture = tmp_path / "cat.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(picture)
    assert_one_clear_line(refused(picture), "cat.png", "does not say that it is a spectrogram")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG and no more")
    assert_one_clear_line(refused(tmp_path / "broken.png"), "broken.png", "no PNG image")
    (tmp_path / "note.wav").write_text("words")
    assert_one_clear_line(refused(tmp_path / "note.wav"), "note.wav")
    assert_one_clear_line(refused(song, "--start", 9), "song.wav", "ends before 9.00 s")
    assert_one_clear_line(refused(song, out="heard.mp3"), "neither WAV nor FLAC")
    assert_one_clear_line(refused("zzqx unheard of"), "no track is called")
    short = write(tmp_path / "short.wav", "wav", music(0.05))
    assert_one_clear_line(refused(short), "too short")
    image = tmp_path / "image.png"
    image.write_bytes(png(mel_of(music(2.0, 22_050, 1)[:, 0])))
    assert_one_clear_line(refused(image, "--start", 5), "image.png", "ends at")


def test_a_row_of_a_table_has_no_audio(run: Run, spotify_library: Library, tmp_path: Path) -> None:
    ran = run("sonify", "shape of you", "-o", tmp_path / "heard.wav", "--library", spotify_library.uri)
    assert_one_clear_line(ran, "has no audio to listen to", "scanned")
