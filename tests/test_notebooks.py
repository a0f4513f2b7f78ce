"""The notebooks run from the first cell to the last, and what they say is borne out by their numbers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from soundglass.audio.clip import read_clip, write_clip
from soundglass.demo import demo_music

ROOT = Path(__file__).parents[1]
RUNNER = ROOT / "tools" / "run_notebooks.py"
NAMES = ("1-getting-the-audio", "2-spectrograms", "3-recommending", "4-explaining")

UNTAGGED = ROOT / "build" / "notebooks" / "untagged"
"""Has a fixed place so that what the notebooks build of it is found again, as the demo's is."""

ALONE = {"SOUNDGLASS_MUSIC": "", "SOUNDGLASS_TABLE": "", "OMP_NUM_THREADS": "1"}
"""No data of whoever runs the tests, and no more threads than the other tests leave processors for."""

pytestmark = pytest.mark.xdist_group("notebooks")


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, RUNNER, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **ALONE, **environment},
        check=False,
    )


class Executed:
    """A notebook with what its cells gave."""

    def __init__(self, path: Path) -> None:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        self.outputs = [output for cell in cells for output in cell.get("outputs", ())]

    @property
    def said(self) -> str:
        return "".join(
            "".join(output["text"]) for output in self.outputs if output["output_type"] == "stream"
        )

    def number(self, pattern: str) -> float:
        """Read the number that a pattern captures in what was printed."""
        found = re.search(pattern, self.said)
        assert found, f"{pattern} is not in\n{self.said}"
        return float(found[1])

    def shown(self, kind: str) -> list[str]:
        """Give all outputs of a MIME type."""
        data = (output.get("data", {}) for output in self.outputs)
        return ["".join(of[kind]) for of in data if kind in of]

    def table(self, row: str) -> str:
        """Give the text of the table row that begins with some words."""
        for html in self.shown("text/html"):
            for cells in re.findall(r"<tr>(.*?)</tr>", html, flags=re.DOTALL):
                text = " ".join(re.sub(r"<[^>]+>", " ", cells).split())
                if re.match(rf"(\d+ )?{re.escape(row)}", text):
                    return text
        raise AssertionError(f"no table has a row {row}")


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Executed]:
    """Run all four, with a table as somebody might have one."""
    folder = tmp_path_factory.mktemp("notebooks")
    own_table(folder / "own.csv")
    ran = run("--output", folder, SOUNDGLASS_TABLE=str(folder / "own.csv"))
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return {name: Executed(folder / f"{name}.ipynb") for name in NAMES}


def own_table(path: Path, n: int = 400) -> None:
    rng = np.random.default_rng(0)
    letters = np.array(list("aeiouklmnprst"))
    words = ["".join(rng.choice(letters, 9)) for _ in range(2 * n)]
    table = pd.DataFrame(
        {
            "track_id": [f"id{at}" for at in range(n)],
            "track_name": [word.title() for word in words[:n]],
            "track_artist": [word.title() for word in words[n:]],
            "playlist_subgenre": rng.choice(["one", "two", "three"], n),
            "duration_ms": rng.integers(120_000, 300_000, n),
            "tempo": rng.uniform(60, 200, n),
        }
    )
    for name in ("danceability", "energy", "acousticness", "valence", "instrumentalness"):
        table[name] = rng.random(n)
    table.to_csv(path, index=False)


def test_the_notebooks_run_and_bear_out_what_they_say(executed: dict[str, Executed]) -> None:
    audio, pictures, recommending, explaining = (executed[name] for name in NAMES)
    for name, notebook in executed.items():
        streams = {output.get("name") for output in notebook.outputs}
        assert "stderr" not in streams, f"{name} warns"
        assert "No table here" not in notebook.said

    assert "51 tracks by 22 artists" in audio.said
    assert audio.number(r"largest difference (\S+)") == 0.0
    study, ours = (
        [int(n) for n in re.search(r"(\d+) of (\d+) (\d+)$", audio.table(way)).groups()]
        for way in ("the study: merge on the title", "soundglass match")
    )
    assert study[0] < ours[0] / 2
    assert ours[0] >= 0.95 * ours[1]
    assert ours[2] == 0
    assert "taken" in audio.table("Wings of Cruelty - 2015 Remaster")
    assert "left" in audio.table("Wings of Cruelty (Live in Budapest)")

    assert "51 images in" in pictures.said
    assert "0 made, 51 kept" in pictures.said
    assert pictures.number(r"after reading it back: (\S+) dB") <= 80 / 255 / 2 + 1e-3
    assert pictures.number(r"ten times softer \(-20 dB\): (\S+) dB") < 0.01
    again = {
        way: int(re.search(r"(\d+) of \d+$", pictures.table(way))[1])
        for way in ("pixels, cosine", "20 principal components, cosine", "soundglass, spectrogram")
    }
    assert again["pixels, cosine"] < again["soundglass, spectrogram"]
    assert again["20 principal components, cosine"] <= again["soundglass, spectrogram"] >= 48

    assert recommending.number(r"share of tempo in the cosine: (\S+)") > 0.99
    assert recommending.number(r"best match: (0\.\S+) on average; tenth: 0\.9") > 0.9999
    assert recommending.number(r"worst of all pairs: (\S+)") > 0.999
    assert recommending.number(r"share of tempo in our scores: (\S+)") < 0.35
    assert recommending.number(r"best match: \S+ on average; tenth: \S+; worst: (\S+)") < 0
    assert recommending.shown("image/png")
    assert "400 tracks: share of tempo" in recommending.said

    assert explaining.number(r"η² of tempo (\S+);") > 0.8
    assert explaining.number(r"(\d+)% of the names hold") < 50
    mended = next(html for html in explaining.shown("text/html") if "η², mended" in html)
    tempo = re.search(r"tempo</th>.*?([\d.]+)</td>.*?([\d.]+)</td>", mended, flags=re.DOTALL)
    assert float(tempo[1]) > 0.8
    assert float(tempo[2]) < 0.3
    assert "δ" in explaining.said
    assert "holds" in explaining.table("High energy: dense high-frequency bands")
    assert len(explaining.shown("image/png")) >= 4
    assert "report.html" in explaining.said


def test_the_notebooks_run_on_music_of_ones_own_and_say_what_they_skip(tmp_path: Path) -> None:
    """Twelve tracks without tags, ten seconds long, of which none is an MP3; named from where one stands."""
    UNTAGGED.mkdir(parents=True, exist_ok=True)
    files = sorted(demo_music().glob("*.ogg"))[:12]
    for number, file in enumerate(files):
        if not (target := UNTAGGED / f"{number:02d}.wav").is_file():
            write_clip(read_clip(file, 0, 10), target)
    own_table(tmp_path / "own.csv", 40)
    ran = run(
        "--output",
        tmp_path,
        SOUNDGLASS_MUSIC=os.path.relpath(UNTAGGED),
        SOUNDGLASS_TABLE=str(tmp_path / "own.csv"),
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "12 recordings in" in ran.stdout
    audio, pictures, recommending, explaining = (Executed(tmp_path / f"{name}.ipynb") for name in NAMES)
    assert "12 tracks by 0 artists\n12 name no artist" in audio.said
    assert audio.number(r"\d\d.wav: largest difference (\S+)") == 0.0
    assert "12 images in" in pictures.said
    assert "Skipped, as is the next: 0 tracks are long enough" in pictures.said
    assert "Skipped: no artist is named by two of these tracks" in recommending.said
    assert "40 tracks: share of tempo" in recommending.said
    assert "No clusters: 12 tracks are too few" in explaining.said
    assert "Skipped: 12 tracks with audio make no two ends of 4 tracks each by energy" in explaining.said
    assert "report.html" in explaining.said


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"SOUNDGLASS_MUSIC": "few"}, "few: holds 2 recordings, and the study needs at least 12 tracks"),
        ({"SOUNDGLASS_MUSIC": "none"}, "none: does not exist"),
        ({"SOUNDGLASS_TABLE": "none.csv"}, "none.csv: cannot be read (No such file or directory)"),
        ({"SOUNDGLASS_TABLE": "short.csv"}, "short.csv: has no column energy, tempo"),
    ],
)
def test_data_the_study_cannot_use_is_refused_before_anything_is_run(
    tmp_path: Path, named: dict[str, str], says: str
) -> None:
    (tmp_path / "few").mkdir()
    for file in sorted(demo_music().glob("*.ogg"))[:2]:
        (tmp_path / "few" / file.name).symlink_to(file)
    columns = ["name", "artist", "danceability", "acousticness", "valence", "instrumentalness"]
    pd.DataFrame([[1] * len(columns)], columns=columns).to_csv(tmp_path / "short.csv")
    ran = run("--output", tmp_path / "out", **{name: str(tmp_path / file) for name, file in named.items()})
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1
    assert f"{tmp_path}/{says}" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_cell_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "id": "a", "source": "words"},
        {**CODE, "id": "b", "source": "fine = 1"},
        {**CODE, "id": "c", "source": "fine += 1\nfine / 0\nprint('never')"},
    ]
    notebook = tmp_path / "broken.ipynb"
    notebook.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    ran = run("--output", tmp_path / "out", notebook)
    assert ran.returncode == 1
    assert ran.stderr.strip() == "broken.ipynb, cell 2 (fine / 0): ZeroDivisionError: division by zero"


CODE: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}


def test_the_notebooks_are_kept_without_outputs() -> None:
    found = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in found] == list(NAMES)
    for path in found:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            assert not cell.get("outputs")
            assert not cell.get("execution_count")
