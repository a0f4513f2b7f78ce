"""Seeing a library: what is heard, kept, left out, and whose tracks belong together."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundglass
from soundglass.core.settings import DEFAULTS
from soundglass.demo import demo_music
from soundglass.explain.patterns.kept import Kept
from soundglass.explain.patterns.sights import clusters_of, see_library
from soundglass.explain.patterns.statistics import Seen
from soundglass.explain.patterns.worker import see_file
from soundglass.library.store import Store

ONE_WORKER = replace(DEFAULTS, scan=replace(DEFAULTS.scan, workers=1))
SEEN = Seen(np.arange(16.0), np.arange(128.0))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four clips, silence, one that will be gone, one that will be damaged, and one known from a table."""
    folder = tmp_path_factory.mktemp("small")
    clips = sorted(Path(demo_music()).glob("maxstack-*.ogg")) + sorted(
        Path(demo_music()).glob("wansti-*.ogg")
    )
    for clip in clips:
        shutil.copy(clip, folder)
    soundfile.write(folder / "silence.wav", np.zeros(22_050 * 3), 22_050)
    library = soundglass.open(folder / "library.lance")
    library.scan(folder, workers=1)
    table = folder / "table.csv"
    table.write_text(
        "track_id,track_name,artists,danceability,energy,valence,tempo\nt1,Nobody,N,0.5,0.5,0.5,120\n"
    )
    library.import_table(table)
    clips[0] = folder / clips[0].name
    clips[0].unlink()
    damaged = folder / clips[1].name
    damaged.write_bytes(bytes(damaged.stat().st_size))
    return Store(library.uri)


def test_what_cannot_be_seen_is_left_out_and_counted(small: Store) -> None:
    sights = see_library(small, settings=ONE_WORKER)
    n_audio = len(small.rows_where("origin = 'audio'"))
    assert sum(sights.left_out.values()) == 4
    assert len(sights.rows) == n_audio - 3
    assert {reason.split()[0] for reason in sights.left_out} == {"known", "whose", "that", "silent"}
    assert sights.numbers.shape == (len(sights.rows), 16)
    assert sights.spectra.shape == (len(sights.rows), 128)
    for at, file in enumerate(sights.files):
        alone = see_file(file)
        assert alone is not None
        np.testing.assert_allclose(sights.numbers[at], alone.numbers, rtol=1e-6)
        assert small.take([sights.rows[at]], ["path"])["path"][0].as_py() == str(file)


def test_nothing_is_heard_twice(small: Store, tmp_path: Path) -> None:
    kept, told = Kept(tmp_path / "deep" / "seen.sqlite"), []
    first = see_library(small, kept, settings=ONE_WORKER, progress=lambda *at: told.append(at))
    assert told[0] == (0, told[-1][1])
    assert told[-1][0] == told[-1][1] == len(first.rows) + 2
    told.clear()
    again = see_library(small, kept, settings=ONE_WORKER, progress=lambda *at: told.append(at))
    assert told[-1] == (1, 1), "only what could not be decoded is tried again"
    np.testing.assert_allclose(first.numbers, again.numbers, rtol=1e-6)
    assert first.left_out == again.left_out


def test_a_sample_is_spread_over_the_library(small: Store) -> None:
    assert len(see_library(small, settings=ONE_WORKER, sample=3).rows) <= 3


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "seen.sqlite")
    assert kept.read(["a"]) == {}
    kept.store({"a": SEEN, "b": None})
    found = kept.read(["a", "b", "c"])
    assert set(found) == {"a", "b"}
    assert found["b"] is None
    assert found["a"] is not None
    np.testing.assert_array_equal(found["a"].numbers, SEEN.numbers)
    np.testing.assert_array_equal(found["a"].spectrum, SEEN.spectrum)
    many = [str(n) for n in range(1200)]
    kept.store(dict.fromkeys(many, SEEN))
    assert len(kept.read(many)) == 1200


def test_a_file_that_is_no_database_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "seen.sqlite"
    file.write_bytes(b"not a database" * 100)
    kept = Kept(file)
    assert kept.read(["a"]) == {}
    kept.store({"a": SEEN})
    assert set(kept.read(["a"])) == {"a"}


def test_what_cannot_be_kept_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "seen.sqlite").mkdir()
    kept = Kept(tmp_path / "seen.sqlite")
    kept.store({"a": SEEN})
    assert kept.read(["a"]) == {}
    Kept().store({"a": SEEN})
    assert Kept().read(["a"]) == {}


def test_a_row_of_another_shape_counts_as_nothing_kept(tmp_path: Path) -> None:
    file = tmp_path / "seen.sqlite"
    kept = Kept(file)
    kept.store({"a": SEEN})
    with sqlite3.connect(file) as database:
        database.execute("UPDATE seen_1 SET numbers = x'0000803f'")
    database.close()
    assert kept.read(["a"]) == {}


def test_artists_and_folders_of_nobody_belong_together() -> None:
    artists = ["A", "a ", "B", "", "<Unknown>", "", *"CDEFGH"]
    files = [Path("one/x"), Path("two/x"), Path("one/y"), Path("one/z"), Path("one/w"), Path("two/z")]
    codes, by_artist = clusters_of(artists, [*files, *[Path("one/v")] * 6])
    assert by_artist
    assert codes.tolist() == [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9]


def test_too_few_artists_leave_tracks_on_their_own() -> None:
    codes, by_artist = clusters_of(["A", "A", "B"], [Path("x")] * 3)
    assert not by_artist
    assert codes.tolist() == [0, 1, 2]
    assert clusters_of([], [])[0].tolist() == []
