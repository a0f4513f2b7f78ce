"""A folder of music becomes a folder of images: what they show, what is made again, what is refused."""

from __future__ import annotations

import csv
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from filelock import FileLock
from image_pool_here import ImagePoolHere
from PIL import Image
from ran import Ran, assert_one_clear_line

from media_files import music, write
from soundglass.core.errors import SoundglassError
from soundglass.explain.pictures.image import png, read_png
from soundglass.explain.pictures.mel import read_mel
from soundglass.surfaces.images import ImageSettings, write_images
from soundglass.surfaces.images import run as run_of_images
from soundglass.surfaces.images.made import image_name
from soundglass.surfaces.images.worker import make

Run = Callable[..., Ran]

RATE = 22_050


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make images in this process, as starting another takes a second."""
    monkeypatch.setattr(run_of_images, "WorkerPool", ImagePoolHere)


@pytest.fixture(scope="module")
def music_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording longer than the stretch, a shorter one, silence, and what is no sound."""
    folder = tmp_path_factory.mktemp("music")
    (folder / "sub").mkdir()
    write(folder / "long.flac", "flac", music(14.0, RATE, 1), RATE)
    write(folder / "sub" / "short.mp3", "mp3", music(3.0, RATE, 2, 1), RATE)
    soundfile.write(folder / "silent.wav", np.zeros(12 * RATE), RATE)
    (folder / "broken.ogg").write_bytes(b"OggS" + bytes(2000))
    return folder


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """Read the manifest by the names of the recordings."""
    with (folder / "manifest.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return {Path(row["file"]).name: row for row in csv.DictReader(file)}


def images(folder: Path) -> dict[str, int]:
    """Give name and time of change of every image."""
    return {image.name: image.stat().st_mtime_ns for image in folder.glob("*.png")}


def pixels(image: Path | BytesIO, mode: str = "RGB") -> np.ndarray:
    with Image.open(image) as picture:
        assert mode in {picture.mode, "RGB"}
        return np.asarray(picture.convert(mode))


def wavs(folder: Path, n: int) -> Path:
    folder.mkdir()
    for at in range(n):
        write(folder / f"{at:02d}.wav", "wav", music(0.6, RATE, 1, at), RATE)
    return folder


# -- images and manifest -----------------------------------------------------------------------------


def test_every_recording_gets_its_image_and_its_row(run: Run, music_folder: Path, tmp_path: Path) -> None:
    done = run("spectrograms", music_folder, "-o", tmp_path / "out", "--json").json
    assert {name: done[name] for name in ("made", "kept", "short", "silent")} == {
        "made": 3,
        "kept": 0,
        "short": 1,
        "silent": 1,
    }
    assert [Path(failure["path"]).name for failure in done["failed"]] == ["broken.ogg"]
    table = rows(tmp_path / "out")
    assert list(table) == ["long.flac", "silent.wav", "short.mp3"]
    assert {name: row["flags"] for name, row in table.items()} == {
        "long.flac": "",
        "short.mp3": "short",
        "silent.wav": "silent",
    }
    assert {row["image"] for row in table.values()} == set(images(tmp_path / "out"))
    assert float(table["long.flac"]["start_s"]) == 2.0
    assert float(table["long.flac"]["heard_s"]) == 10.0
    assert float(table["short.mp3"]["heard_s"]) == pytest.approx(3.0, abs=0.06)
    assert [table[name]["file"] for name in table] == sorted(row["file"] for row in table.values())


@pytest.mark.usefixtures("here")
def test_the_image_is_the_square_of_the_middle_ten_seconds(music_folder: Path, tmp_path: Path) -> None:
    write_images([music_folder / "long.flac"], tmp_path)
    path = tmp_path / rows(tmp_path)["long.flac"]["image"]
    expected = read_mel(music_folder / "long.flac", 2.0, 12.0)
    assert pixels(path).shape == (128, 128, 3)
    np.testing.assert_array_equal(pixels(path), pixels(BytesIO(png(expected, (128, 128)))))
    assert read_png(path).start_s == 2.0
    assert read_png(path).decibels.shape == expected.decibels.shape == (128, 431)


@pytest.mark.usefixtures("here")
def test_a_short_recording_ends_in_silence_and_silence_is_black(music_folder: Path, tmp_path: Path) -> None:
    write_images([music_folder / "sub", music_folder / "silent.wav"], tmp_path, ImageSettings(grey=True))
    table = rows(tmp_path)
    short = pixels(tmp_path / table["short.mp3"]["image"], "L")
    filled = round(128 * float(table["short.mp3"]["heard_s"]) / 10)
    assert short[:, filled + 3 :].max() == 0
    assert short[:, : filled - 3].max(axis=0).min() > 100
    assert pixels(tmp_path / table["silent.wav"]["image"], "L").max() == 0


@pytest.mark.usefixtures("here")
def test_start_length_and_size_can_be_chosen(run: Run, music_folder: Path, tmp_path: Path) -> None:
    ran = run(
        *("spectrograms", music_folder / "long.flac", "-o", tmp_path, "--start", 12, "--seconds", 4),
        *("--size", 224, "--grey", "--workers", 1),
    )
    assert "1 images made, 0 kept, 0 failed" in ran.out
    row = rows(tmp_path)["long.flac"]
    assert (row["start_s"], float(row["heard_s"]), row["flags"]) == ("12.0", 2.0, "short")
    assert pixels(tmp_path / row["image"], "L").shape == (224, 224)


@pytest.mark.usefixtures("here")
def test_an_image_with_axes_is_larger_and_kept_too(music_folder: Path, tmp_path: Path) -> None:
    settings = ImageSettings(axes=True)
    write_images([music_folder / "long.flac"], tmp_path, settings)
    row = rows(tmp_path)["long.flac"]
    assert min(pixels(tmp_path / row["image"]).shape[:2]) > 400
    before = images(tmp_path)
    assert write_images([music_folder / "long.flac"], tmp_path, settings).kept == 1
    assert images(tmp_path) == before
    assert rows(tmp_path)["long.flac"] == row
    with pytest.raises(SoundglassError, match="has axes"):
        read_png(tmp_path / row["image"])


@pytest.mark.usefixtures("here")
def test_names_never_clash_and_any_name_is_taken(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "müsik", tmp_path / "out"
    names = ["a/song.wav", "b/song.wav", "a/song.flac", "a/ .wav", "a/日本 \n <>|.wav", f"a/{'x' * 240}.wav"]
    names.append("b/" + os.fsdecode(b"\xff\xfe.wav"))
    for at, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, path.suffix[1:], music(0.5, RATE, 1, at), RATE)
    done = run("spectrograms", folder / "a", folder / "b", "-o", out, "--json").json
    assert done["made"] == len(names) == len(images(out))
    with (out / "manifest.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        listed = {row["file"]: row["image"] for row in csv.DictReader(file)}
    assert set(listed) == {str(folder / name) for name in names}
    assert set(listed.values()) == set(images(out))
    assert run("spectrograms", folder, "-o", out, "--json").json["kept"] == len(names)


@pytest.mark.usefixtures("here")
def test_the_same_file_has_the_same_name_from_wherever_it_is_named(
    music_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(music_folder)
    for way in (Path("long.flac"), Path("sub/../long.flac"), Path(), music_folder / "long.flac"):
        write_images([way], tmp_path)
    assert len([name for name in images(tmp_path) if name.startswith("long.")]) == 1
    assert image_name(music_folder / "long.flac") in images(tmp_path)


# -- runs after runs ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    folder, out = wavs(tmp_path / "in", 4), tmp_path / "out"
    assert write_images([folder], out).made == 4
    before = images(out)
    assert write_images([folder], out).kept == 4
    assert images(out) == before

    write(folder / "01.wav", "wav", music(0.7, RATE, 1, 9), RATE)
    (out / image_name(folder / "02.wav")).unlink()
    (out / image_name(folder / "03.wav")).write_bytes(b"torn")
    again = write_images([folder], out)
    assert (again.made, again.kept) == (3, 1)
    kept = image_name(folder / "00.wav")
    assert images(out)[kept] == before[kept]
    assert float(rows(out)["01.wav"]["heard_s"]) == pytest.approx(0.7, abs=1e-3)

    assert write_images([folder], out, ImageSettings(grey=True)).made == 4
    assert write_images([folder], out, ImageSettings(grey=True)).kept == 4


@pytest.mark.usefixtures("here")
def test_the_manifest_lists_what_earlier_runs_made(tmp_path: Path) -> None:
    one, other, out = wavs(tmp_path / "one", 2), wavs(tmp_path / "other", 1), tmp_path / "out"
    write_images([one], out)
    write_images([other], out)
    with (out / "manifest.csv").open() as file:
        listed = [row["file"] for row in csv.DictReader(file)]
    assert listed == [str(one / "00.wav"), str(one / "01.wav"), str(other / "00.wav")]
    (out / image_name(one / "00.wav")).unlink()
    write_images([other], out)
    assert len((out / "manifest.csv").read_text().splitlines()) == 3


@pytest.mark.usefixtures("here")
def test_the_image_of_a_file_that_cannot_be_read_any_more_is_taken_away(tmp_path: Path) -> None:
    folder, out = wavs(tmp_path / "in", 2), tmp_path / "out"
    write_images([folder], out)
    (folder / "00.wav").write_bytes(b"no sound at all")
    again = write_images([folder], out)
    assert [failure.reason for failure in again.failed] == ["is not audio"]
    assert set(images(out)) == {image_name(folder / "01.wav")}
    assert list(rows(out)) == ["01.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_run_that_is_killed_leaves_whole_images_and_goes_on(tmp_path: Path) -> None:
    n = 12
    folder, out = wavs(tmp_path / "in", n), tmp_path / "out"
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "spectrograms", str(folder)]
    command += ["-o", str(out), "--seconds", "60", "--size", "1500", "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while len(images(out)) < 3:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = images(out)
    assert 3 <= len(before) < n
    for name in before:
        assert pixels(out / name).shape == (1500, 1500, 3)
    (out / ".torn.png.part").write_bytes(b"torn")

    again = write_images([folder], out, ImageSettings(seconds=60.0, size=1500))
    assert (again.kept, again.made, again.failed) == (len(before), n - len(before), [])
    assert {name: images(out)[name] for name in before} == before
    assert len(rows(out)) == len(images(out)) == n
    assert not list(out.glob("*.part")) + list(out.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_file_that_kills_its_worker_costs_one_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of_images, "WORKER", "odd_image_worker")
    folder, told = wavs(tmp_path / "in", 5), []
    (folder / "01.wav").rename(folder / "deadly.wav")
    done = write_images([folder], tmp_path / "out", workers=2, progress=told.append)
    assert (done.made, len(done.failed)) == (4, 1)
    assert "killed (signal 9)" in done.failed[0].reason
    assert [(at.done, at.total) for at in told] == [(n, 5) for n in range(1, 6)]


def test_a_full_disk_ends_the_run_but_what_is_made_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of_images, "WORKER", "odd_image_worker")
    folder, out = wavs(tmp_path / "in", 3), tmp_path / "out"
    (folder / "02.wav").rename(folder / "last straw.wav")
    with pytest.raises(SoundglassError, match="No space left"):
        write_images([folder], out, workers=1)
    assert list(rows(out)) == ["00.wav", "01.wav"]


def test_an_image_appears_whole_or_not_at_all(
    music_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "x.png"
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(SoundglassError, match="No space left"):
        make(music_folder / "long.flac", target, (0, 0), ImageSettings())
    assert target.read_bytes() == b"old"


def test_an_image_that_cannot_be_written_names_the_folder(music_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SoundglassError, match="cannot be written") as failure:
        make(music_folder / "long.flac", tmp_path / "gone" / "x.png", (0, 0), ImageSettings())
    assert failure.value.path == str(tmp_path / "gone")


# -- bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seconds", 0], "no image can show 0 seconds"),
        (["--seconds", "nan"], "no image can show nan seconds"),
        (["--seconds", 301], "Choose up to 300 s"),
        (["--start", -1], "no stretch can start at -1 seconds"),
        (["--size", 0], "no image can be 0 pixels"),
        (["--size", 224, "--axes"], "a size of its own"),
    ],
)
def test_impossible_settings_are_refused(
    run: Run, music_folder: Path, tmp_path: Path, options: list[object], said: str
) -> None:
    assert_one_clear_line(run("spectrograms", music_folder, "-o", tmp_path / "out", *options), said)
    assert not (tmp_path / "out").exists()


def test_bad_places_are_refused(run: Run, music_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "manifest.csv").write_text("mine,too\n1,2\n")
    out, empty = tmp_path / "out", tmp_path / "empty"
    empty.mkdir()
    for source, target, said in [
        (tmp_path / "gone", out, "gone: does not exist"),
        (empty, out, "no audio files found"),
        (music_folder, file, "file: cannot be written (a file is there)"),
        (music_folder, file / "below", "cannot be written"),
        (music_folder, foreign, "it is no table of images"),
    ]:
        assert_one_clear_line(run("spectrograms", source, "-o", target), said)
    assert not out.exists()
    assert (file.read_text(), (foreign / "manifest.csv").read_text()) == ("mine", "mine,too\n1,2\n")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(run: Run, music_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    ran = run("spectrograms", music_folder, "-o", tmp_path / "out")
    assert_one_clear_line(ran, "cannot be written (Permission denied)")


def test_two_runs_do_not_write_into_one_folder(run: Run, music_folder: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".writing.lock"):
        ran = run("spectrograms", music_folder, "-o", tmp_path)
    assert_one_clear_line(ran, "is being written by another run")


@pytest.mark.usefixtures("here")
def test_where_no_file_gives_an_image_the_reasons_are_listed(
    run: Run, music_folder: Path, tmp_path: Path
) -> None:
    ran = run("spectrograms", music_folder / "broken.ogg", "-o", tmp_path / "out")
    assert_one_clear_line(ran, "no file gave an image")
    assert "broken.ogg: " in ran.out
    late = run("spectrograms", music_folder / "long.flac", "-o", tmp_path / "out", "--start", 99)
    assert "ends before 99.00 s" in late.out


@pytest.mark.usefixtures("here")
def test_images_may_lie_beside_the_music(run: Run, tmp_path: Path) -> None:
    folder = wavs(tmp_path / "in", 2)
    assert run("spectrograms", folder, "-o", folder, "--json").json["made"] == 2
    assert run("spectrograms", folder, "-o", folder, "--json").json["kept"] == 2
