"""Kill -9 at any point: the library opens, is sound, has all that was committed, and the next scan goes on.

``SOUNDGLASS_KILLS`` sets how often scans are killed, ``SOUNDGLASS_KILL_SEED`` where.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from media_files import music, write
from schema_1 import SCHEMA_1, version_on_disk, write_schema_1
from soundglass.core.errors import LibraryError
from soundglass.library import schema
from soundglass.library.health import check
from soundglass.library.packing import STANDING_COLUMNS
from soundglass.library.search import find_row
from soundglass.library.store import Store
from soundglass.library.versions import VERSION_COLUMNS, VERSIONS

HERE = Path(__file__).parent
KILLS = int(os.environ.get("SOUNDGLASS_KILLS", "6"))
SEED = int(os.environ.get("SOUNDGLASS_KILL_SEED", "0"))
N_FILES = 36
MAKE = """
import sys, lance
from soundglass.library.store import Store
print(flush=True)
Store(sys.argv[1], create=True)
"""
LIFT = """
import sys, lance
from soundglass.library.store import Store
print(flush=True)
Store(sys.argv[1])
"""
ANALYSED = tuple(name for name in schema.TRACKS.names if name not in STANDING_COLUMNS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for at in range(N_FILES):
        write(folder / f"{at:02d}.wav", "wav", music(0.6, 22_050, 1, at), 22_050)
    return folder


@contextmanager
def running(*command: object) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stored_ids(uri: Path) -> list[str]:
    try:
        return Store(str(uri)).columns(["id"])["id"].to_pylist()
    except LibraryError as error:
        assert error.message == "no library here"
        return []


def assert_sound(uri: Path, kept: list[str]) -> None:
    """Check that a library can be read and written, has these tracks and none twice."""
    ids = stored_ids(uri)
    assert set(kept) <= set(ids)
    assert max(Counter(ids).values(), default=0) <= 1
    if ids:
        assert check(Store(str(uri))).problems == []
    store = Store(str(uri), create=True)
    with store.writing("test"):
        assert len(store) == len(ids)


def kill_during_scan(uri: Path, folder: Path, rng: random.Random) -> int | None:
    """Kill a scan at a random point and check what it leaves; return the exit status."""
    left = N_FILES - len(stored_ids(uri))
    with running(HERE / "scan_in_small_batches.py", uri, folder, rng.choice([1, 2, 5])) as process:
        for _ in range(rng.randrange(min(left, 12) + 1)):
            process.stdout.readline()
        time.sleep(rng.uniform(0, 0.15))
        before = stored_ids(uri)
        process.kill()
        process.wait()
        assert_sound(uri, before)
        return process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_scan_killed_again_and_again_ends_with_every_file_once(tmp_path: Path, folder: Path) -> None:
    rng = random.Random(SEED)
    uri = tmp_path / "library"
    for round_ in range(KILLS):
        if len(stored_ids(uri)) == N_FILES:
            uri = tmp_path / f"library{round_}"
        kill_during_scan(uri, folder, rng)
    finished = soundglass("scan", folder, "--library", uri)
    assert finished.returncode == 0, finished.stderr
    assert_sound(uri, [])
    store = Store(str(uri))
    files = [
        os.fsdecode(file["path"])
        for of_track in store.columns(["files"])["files"].to_pylist()
        for file in of_track
    ]
    assert sorted(files) == sorted(map(str, folder.iterdir()))
    assert len(store) == N_FILES


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_every_commit_that_was_told_of_is_there_and_none_is_half(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    uri = tmp_path / "library"
    for _ in range(max(3, KILLS // 2)):
        with running(HERE / "store_for_ever.py", uri) as process:
            told = -1
            for _ in range(rng.randrange(1, 12)):
                told = int(process.stdout.readline())
            time.sleep(rng.uniform(0, 0.1))
            process.kill()
            process.wait()
        ids = stored_ids(uri)
        assert_sound(uri, [f"{batch}-{i}" for batch in range(told + 1) for i in range(10)])
        assert len(ids) % 10 == 0
        tempi = Store(str(uri)).columns(["id", "tempo"]).to_pylist()
        of_batch: dict[str, set[float]] = {}
        for row in tempi:
            of_batch.setdefault(row["id"].partition("-")[0], set()).add(row["tempo"])
        assert all(len(values) == 1 for values in of_batch.values())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_library_whose_making_is_killed_can_be_made_again(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    for round_ in range(max(3, KILLS // 2)):
        uri = tmp_path / f"library{round_}"
        with running("-c", MAKE, uri) as process:
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.03))
            process.kill()
            process.wait()
        assert_sound(uri, [])


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_migration_that_is_killed_leaves_the_old_library_or_the_new(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    tracks = [{"id": f"t{at}", "origin": "audio", "tempo": 60.0 + at} for at in range(200)]
    for round_ in range(max(3, KILLS // 2)):
        uri = write_schema_1(tmp_path / f"library{round_}", tracks)
        with running("-c", LIFT, uri) as process:
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.03))
            process.kill()
            process.wait()
        assert version_on_disk(uri) in {1, schema.SCHEMA_VERSION}
        assert_sound(Path(uri), [track["id"] for track in tracks])
        assert version_on_disk(uri) == schema.SCHEMA_VERSION
        assert Store(uri).columns(["id", "tempo"]).to_pylist() == [
            {"id": track["id"], "tempo": track["tempo"]} for track in tracks
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_an_upgrade_killed_again_and_again_fills_in_what_is_missing_and_nothing_else(
    tmp_path: Path, folder: Path
) -> None:
    rng = random.Random(SEED)
    finished = tmp_path / "finished"
    with running(HERE / "scan_in_small_batches.py", finished, folder, N_FILES) as process:
        assert process.wait() == 0
    expected = analysed(finished)
    uri = Path(write_schema_1(tmp_path / "old", Store(str(finished)).columns(SCHEMA_1.names)))
    n_done = [0]
    for _ in range(max(2, KILLS // 3)):
        with running(HERE / "scan_in_small_batches.py", uri, folder, rng.choice([1, 2, 5])) as process:
            for _ in range(rng.randrange(8)):
                process.stdout.readline()
            time.sleep(rng.uniform(0, 0.15))
            process.kill()
        assert_sound(uri, list(expected))
        found = analysed(uri)
        done = {track for track, row in found.items() if row["embedding_version"] == VERSIONS["embedding"]}
        for track, row in found.items():
            names = ANALYSED if track in done else SCHEMA_1.names
            assert [row[name] for name in names] == [expected[track][name] for name in names]
        n_done.append(len(done))
    assert n_done == sorted(n_done)
    with running(HERE / "scan_in_small_batches.py", uri, folder, 5) as process:
        assert process.wait() == 0
    assert analysed(uri) == expected
    for part, column in VERSION_COLUMNS.items():
        assert {row[column] for row in expected.values()} == {VERSIONS[part]}


def analysed(uri: Path) -> dict[str, dict]:
    """Read all that a scan finds in each file, by track id."""
    return {row["id"]: row for row in Store(str(uri)).columns(ANALYSED).to_pylist()}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_scan_killed_before_it_measures_tokens_is_completed_by_the_next_of_whatever_file(
    tmp_path: Path, folder: Path
) -> None:
    undisturbed, uri = tmp_path / "undisturbed", tmp_path / "library"
    with running(HERE / "scan_in_small_batches.py", undisturbed, folder, N_FILES) as process:
        assert process.wait() == 0
    with running(HERE / "scan_but_wait_before_measuring.py", uri, folder) as process:
        assert process.stdout.readline() == "all is committed\n"
        process.kill()
    assert_sound(uri, stored_ids(undisturbed))
    refused = soundglass("similar", stored_ids(uri)[0], "--by", "spectrogram", "--library", uri)
    assert refused.returncode != 0
    assert "soundglass scan" in refused.stderr
    finished = soundglass("scan", folder / "00.wav", "--library", uri)
    assert finished.returncode == 0, finished.stderr
    assert_sound(uri, stored_ids(undisturbed))
    scores = spectrogram_scores(undisturbed)
    assert len(scores) > N_FILES
    assert spectrogram_scores(uri) == pytest.approx(scores, abs=1e-6)


def spectrogram_scores(uri: Path) -> dict[tuple[str, str], float]:
    """Ask for the tracks most like each of a few."""
    found = {}
    for query in sorted(stored_ids(uri))[::6]:
        said = soundglass("similar", query, "--by", "spectrogram", "--library", uri, "--json")
        assert said.returncode == 0, said.stderr
        for result in json.loads(said.stdout)["results"]:
            found[query, result["id"]] = result["score"]
    return found


def soundglass(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_readers_are_served_while_a_scan_writes(tmp_path: Path, folder: Path) -> None:
    uri = tmp_path / "library"
    sizes = [0]
    with running(HERE / "scan_in_small_batches.py", uri, folder, 1) as process:
        process.stdout.readline()
        while process.poll() is None:
            ids = stored_ids(uri)
            if not ids:
                continue
            reader = Store(str(uri))
            size = len(reader)
            names = reader.columns(["id", "title"])
            assert names.num_rows == size
            row = find_row(reader, names["title"][size - 1].as_py())
            assert reader.take([row], ["id"])["id"][0] == names["id"][row]
            assert size >= sizes[-1]
            sizes.append(size)
        assert process.returncode == 0, process.stderr.read()
    assert len(stored_ids(uri)) == N_FILES
    assert len(set(sizes)) > 3
