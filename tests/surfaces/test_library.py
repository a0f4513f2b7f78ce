"""The Python surface: what the README shows, and questions between scans."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundglass
from soundglass.core.errors import FeatureMismatchError, LibraryError, SoundglassError
from soundglass.surfaces.library import Library


def test_a_script_without_a_main_guard_can_scan(tmp_path: Path) -> None:
    """Worker processes must not import the user's script again."""
    rate = 22_050
    for index in range(3):
        time = np.arange(3 * rate) / rate
        soundfile.write(
            tmp_path / f"tone {index}.wav", 0.4 * np.sin(2 * np.pi * 220 * (1 + index) * time), rate
        )
    script = tmp_path / "script.py"
    script.write_text(
        "import soundglass\n"
        f"library = soundglass.open({str(tmp_path / 'music.lance')!r})\n"
        f"print(library.scan({str(tmp_path)!r}).new)\n"
        "for rec in library.similar('tone 0', by='features', n=2):\n"
        "    print(type(rec.score).__name__, bool(rec.sentence))\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == ["3", "float True", "float True"]


def test_recommendations_are_a_sequence(demo_library: Library) -> None:
    answer = demo_library.similar("wesnoth battle", n=4)
    assert len(answer) == 4
    assert answer[0] is answer.results[0]
    assert [r.rank for r in answer] == [1, 2, 3, 4]
    assert [r.score for r in answer] == sorted((r.score for r in answer), reverse=True)


def test_the_same_track_is_a_perfect_match(demo_library: Library) -> None:
    pair = demo_library.why("wesnoth battle", "wesnoth battle")
    assert pair.score == pytest.approx(1.0, abs=1e-9)


def test_tracks_of_different_origin_are_not_compared(
    demo_library: Library, shared_data: Path, tmp_path: Path
) -> None:
    mixed = soundglass.open(tmp_path / "mixed.lance")
    mixed.import_table(shared_data / "csv" / "spotify114k_sample_10000.csv")
    path = demo_library.find("wesnoth battle").path
    mixed.scan(path)
    audio = mixed.find(path).id
    with pytest.raises(FeatureMismatchError, match="not compared"):
        mixed.why("O Holy Night Nat King Cole", audio)
    assert all(result.track.origin == "csv" for result in mixed.similar("O Holy Night Nat King Cole"))


def test_a_library_opened_earlier_sees_what_another_wrote(tmp_path: Path, shared_data: Path) -> None:
    reader, writer = (soundglass.open(tmp_path / "tracks.lance") for _ in range(2))
    table = shared_data / "csv" / "spotify114k_sample_10000.csv"
    small, rest = tmp_path / "small.csv", tmp_path / "rest.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    small.write_text("".join(lines[:200]), encoding="utf-8")
    rest.write_text("".join([lines[0], *lines[200:400]]), encoding="utf-8")
    writer.import_table(small)
    before = reader.similar(reader.find("a").id, n=3)
    writer.import_table(rest)
    assert len(reader) == len(writer) > 200
    after = reader.similar(before.query.id, n=3)
    assert after.query == before.query


def test_unknown_names_are_refused(demo_library: Library, tmp_path: Path) -> None:
    with pytest.raises(SoundglassError, match="features"):
        demo_library.similar("wesnoth", by="unknown")
    with pytest.raises(LibraryError, match="no library here"):
        soundglass.open(tmp_path / "none.lance").info()
    with pytest.raises(AttributeError):
        _ = soundglass.nonsense


def test_answers_follow_what_the_same_object_scans(tmp_path: Path) -> None:
    rate = 22_050
    time = np.arange(3 * rate) / rate
    library = soundglass.open(tmp_path / "music.lance")
    for pitch in (220, 330, 500):
        soundfile.write(tmp_path / f"tone {pitch}.wav", 0.4 * np.sin(2 * np.pi * pitch * time), rate)
    library.scan(tmp_path, workers=1)
    assert len(library.similar("tone 220")) == 2
    soundfile.write(tmp_path / "tone 700.wav", 0.4 * np.sin(2 * np.pi * 700 * time), rate)
    library.scan(tmp_path, workers=1)
    assert len(library.similar("tone 220")) == 3
    assert library.find("tone 700").title == "tone 700"
