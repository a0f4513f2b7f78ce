"""The store: opening, one writer, snapshots, and errors of one line."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from storing import content, ids, refused, row

from soundglass.core.errors import LibraryError
from soundglass.core.types import Track
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.library import schema
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store

HERE = Path(__file__).parent


# -- opening -------------------------------------------------------------------------------------------------


def test_a_library_is_made_once_and_opened_again(tmp_path: Path) -> None:
    uri = tmp_path / "deep" / "er" / "library"
    Store(str(uri), create=True).upsert([row("a")])
    assert ids(Store(str(uri), create=True)) == ids(Store(f"{uri}/")) == ["a"]


@pytest.mark.parametrize("name", ["with space", "a%20b", "a#b?c", "ünï", "it's", "[x]*"])
def test_any_readable_name_will_do(tmp_path: Path, name: str) -> None:
    Store(str(tmp_path / name), create=True).upsert([row("a")])
    assert ids(Store(str(tmp_path / name))) == ["a"]
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_relative_path_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store("library", create=True)
    store.upsert([row("a")])
    assert store.playlists().num_rows == 0
    assert ids(Store(str(tmp_path / "library"))) == ["a"]


def test_a_file_uri_is_served_like_an_object_store(tmp_path: Path) -> None:
    uri = (tmp_path / "library").as_uri()
    with refused("no library here"):
        Store(uri)
    store = Store(uri, create=True)
    with store.writing("test"):
        store.upsert([row("a")])
    assert ids(Store(uri)) == ["a"]
    assert store.playlists().num_rows == 0


def test_where_there_is_no_library_none_is_made_by_reading(tmp_path: Path) -> None:
    with refused("no library here.*soundglass scan"):
        Store(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with refused("no library here"):
        Store(str(tmp_path / "empty"))
    assert [p.name for p in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.parametrize("create", [False, True])
def test_a_file_or_a_folder_of_something_else_is_refused_untouched(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.tex").write_text("x")
    before = content(tmp_path)
    with refused("is a file"):
        Store(str(tmp_path / "file"), create=create)
    with refused("not a Soundglass library"):
        Store(str(tmp_path / "folder"), create=create)
    with refused("cannot be (opened|made)"):
        Store(str(tmp_path / "file" / "below"), create=True)
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "a\udce9b", "x" * 300])
def test_impossible_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LibraryError) as caught:
        Store(str(tmp_path / name), create=True)
    assert caught.value.remedy


@pytest.mark.parametrize("leftover", ["tracks.lance", "tracks.lance/_versions", "tracks.lance/_transactions"])
def test_what_a_killed_creation_left_is_no_library_and_no_obstacle(tmp_path: Path, leftover: str) -> None:
    (tmp_path / "library" / leftover).mkdir(parents=True)
    with refused("no library here"):
        Store(str(tmp_path / "library"))
    assert len(Store(str(tmp_path / "library"), create=True)) == 0


def test_a_newer_library_is_refused_and_left_as_it_is(store: Store) -> None:
    store.upsert([row("a")])
    store._tracks.update_schema_metadata({schema.VERSION_KEY.decode(): str(schema.SCHEMA_VERSION + 1)})
    before = content(Path(store.uri))
    for create in (False, True):
        with refused(f"newer Soundglass.*schema {schema.SCHEMA_VERSION + 1}.*Upgrade"):
            Store(store.uri, create=create)
    assert content(Path(store.uri)) == before


def test_a_data_set_of_somebody_else_is_refused(tmp_path: Path) -> None:
    lance.write_dataset(pa.table({"x": [1]}), str(tmp_path / "tracks.lance"))
    with refused("no schema version"):
        Store(str(tmp_path))


# -- reading and writing -------------------------------------------------------------------------------------


def test_tracks_are_replaced_by_id_and_keep_their_order(store: Store) -> None:
    store.upsert([row(f"t{i:03d}", tempo=100 + i) for i in range(200)])
    assert ids(store) == [f"t{i:03d}" for i in range(200)]
    store.upsert([row("t050", "again", tempo=50), row("new")])
    store.upsert([row("t050", "again", tempo=50), row("new")])
    assert sorted(ids(store)) == sorted([*(f"t{i:03d}" for i in range(200)), "new"])
    found = store.columns(["title", "tempo"], "id = 't050'").to_pylist()
    assert found == [{"title": "again", "tempo": 50.0}]
    store.upsert([])
    assert len(store) == 201


def test_row_positions_agree_with_order_after_updates_and_deletions(store: Store) -> None:
    for batch in range(3):
        store.upsert([row(f"{batch}-{i}", tempo=batch * 10 + i) for i in range(10)])
    store.upsert([row("1-5", tempo=2)])
    store.delete(["0-0", "2-3"])
    everything = ids(store)
    assert store.take(range(len(store)), ["id"])["id"].to_pylist() == everything
    chosen = store.rows_where("tempo < 5")
    assert {everything[i] for i in chosen} == {"0-1", "0-2", "0-3", "0-4", "1-5"}
    assert store.take(chosen, ["id"])["id"].to_pylist() == [everything[i] for i in chosen]
    assert store.take([], ["id"]).num_rows == 0


def test_columns_are_replaced_without_touching_others(store: Store) -> None:
    store.upsert([row("a", "old", tempo=120), row("b", "other")])
    store.merge_columns([{"id": "a", "title": "new"}], ("id", "title"))
    store.update_files({"a": [FileStamp("/n/a", 5, 6)], "unknown": [FileStamp("/n/u", 1, 1)]})
    rows = {r["id"]: r for r in store.columns(["id", "title", "tempo", "path", "files"]).to_pylist()}
    assert rows.keys() == {"a", "b"}
    assert (rows["a"]["title"], rows["a"]["tempo"], rows["a"]["path"]) == ("new", 120.0, "/n/a")
    assert rows["a"]["files"] == [{"path": b"/n/a", "size": 5, "mtime_ns": 6}]
    assert rows["b"]["title"] == "other"


def test_conditions_may_name_tags(store: Store) -> None:
    for at in range(4):
        tags = np.full(len(TAGS), 0.2 * at, dtype=np.float32)
        track = Track(f"t{at}", "audio")
        store.upsert([TrackRow(track, {"tempo": 100 + at}, embedding=Embedding(None, tags))])
    store.upsert([row("untagged", tempo=100)])
    for where, expected in (
        ("tags.strings > 0.3", ["t2", "t3"]),
        ("tags.strings > 0.1 AND tempo < 103 AND NOT tags.no_vocals > 0.3", ["t1"]),
        ("tags.strings IS NULL", ["untagged"]),
    ):
        assert store.take(store.rows_where(where), ["id"])["id"].to_pylist() == expected


def test_tracks_are_read_piece_by_piece_in_order(store: Store) -> None:
    store.upsert([row(f"t{at}") for at in range(10)])
    store.upsert([row("last")])
    pieces = list(store.batches(["id"], 4))
    assert max(map(len, pieces)) <= 4
    assert [track for piece in pieces for track in piece["id"].to_pylist()] == ids(store)


def test_ids_may_hold_quotes_and_many_are_deleted_at_once(store: Store) -> None:
    store.upsert([row("it's"), row("' or 1=1 --"), row("kept")])
    store.delete(["it's", "' or 1=1 --", *(f"unknown{i}" for i in range(5000))])
    assert ids(store) == ["kept"]


def test_readers_keep_their_snapshot_until_they_refresh(store: Store) -> None:
    store.upsert([row("a")])
    reader = Store(store.uri)
    with store.writing("test"):
        store.upsert([row("b")])
        assert ids(reader) == ["a"]
    store.delete(["a"])
    store.compact()
    assert ids(reader) == ["a"]
    assert reader.version < store.version
    assert reader.refresh()
    assert ids(reader) == ["b"]
    assert not reader.refresh()
    assert reader.version == store.version


def test_playlists_are_kept_once(store: Store) -> None:
    def memberships(name: str) -> pa.Table:
        entry = {"playlist_id": "p", "track_id": "t", "name": name, "genre": None, "subgenre": None}
        return pa.Table.from_pylist([entry], schema=schema.PLAYLISTS)

    assert store.playlists().num_rows == 0
    for name in ("first", "second"):
        store.add_playlists(memberships(name))
    assert store.playlists().to_pylist() == memberships("second").to_pylist()


@pytest.mark.parametrize(
    "where",
    [
        "tempo <",
        "nosuch = 1",
        "genre = rock",
        "tempo < 'abc'",
        "cast(title as int) > 3",
        "",
        "1",
        "title",
        "'",
        "id in (select id from tracks)",
        "count(*) > 1",
        "nosuch(tempo)",
        "regexp_like(title, '[')",
        "(" * 300,
        "files = 1",
        "tags = 1",
        "tags.nosuch > 0.3",
        "picture > 1",
        "\0",
    ],
)
def test_a_condition_that_makes_no_sense_is_one_line(store: Store, where: str) -> None:
    store.upsert([row("a", "title", tempo=100)])
    with refused("the condition .* is not understood: .+--where"):
        store.rows_where(where)


def test_what_is_no_number_is_not_stored(store: Store) -> None:
    store.upsert([row("a", tempo=math.nan, energy=math.inf, loudness=-1e300), row("b", tempo=1)])
    table = store.columns(["tempo", "energy", "loudness"])
    assert [table[name].null_count for name in table.column_names] == [1, 2, 2]


def test_positions_may_be_numpy_integers(store: Store) -> None:
    store.upsert([row("a"), row("b")])
    assert store.take(np.array([1]), ["id"])["id"].to_pylist() == ["b"]


# -- writing -------------------------------------------------------------------------------------------------


def test_a_writer_starts_from_the_newest_snapshot(store: Store) -> None:
    late = Store(store.uri)
    store.upsert([row("a")])
    with late.writing("scan"):
        assert ids(late) == ["a"]


def test_a_read_only_library_can_be_read_and_says_why_it_cannot_be_written(store: Store) -> None:
    store.upsert([row("a")])
    folders = [Path(store.uri), *(p for p in Path(store.uri).rglob("*") if p.is_dir())]
    files = [p for p in Path(store.uri).rglob("*") if p.is_file()]
    with _as_nobody(folders, files, Path(store.uri).parents):
        reader = Store(store.uri)
        assert ids(reader) == ["a"]
        with refused("cannot be written: permission denied.*owner and mode"):
            reader.upsert([row("b")])
        with refused("cannot be written: permission denied"), reader.writing("scan"):
            pytest.fail("written")
        with refused("cannot be made: permission denied"):
            Store(str(Path(store.uri) / "data" / "below"), create=True)


@contextmanager
def _as_nobody(folders: list[Path], files: list[Path], parents: object) -> Iterator[None]:
    """Make these read-only, and where the tests run as root, be somebody else for a while."""
    opened = {p: p.stat().st_mode for p in parents if p.is_dir() and os.geteuid() == 0}
    for path, mode in opened.items():
        path.chmod(mode | 0o055)
    for path in (*folders, *files):
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in (*folders, *files):
            path.chmod(0o755 if path in folders else 0o644)
        for path, mode in opened.items():
            path.chmod(mode)


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_is_said_in_one_line_and_loses_nothing(store: Store) -> None:
    store.upsert([row("a")])
    command = [sys.executable, HERE / "fill_disk.py", store.uri]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == f"{store.uri}: the disk is full. Make room and run the command again", done.stderr
    assert ids(Store(store.uri)) == ["a"]
    store.refresh()
    store.upsert([row("b")])
    store.validate()


# -- housekeeping --------------------------------------------------------------------------------------------


def test_compacting_keeps_the_rows_and_frees_the_rest(store: Store) -> None:
    for i in range(10):
        store.upsert([row(f"t{i}", tempo=i)])
    store.delete(["t3"])
    before = store.columns(["id", "tempo"])
    n_files = len(list(Path(store.uri).rglob("*.lance")))
    done = store.compact(keep=timedelta(0))
    assert done["fragments_before"] > 5
    assert done["fragments_after"] == store.n_fragments == 1
    assert done["bytes_freed"] > 0
    assert len(list(Path(store.uri).rglob("*.lance"))) < n_files
    assert store.columns(["id", "tempo"]) == before
    assert Store(store.uri).columns(["id", "tempo"]) == before
    store.validate()


def test_the_snapshot_that_was_the_newest_until_just_now_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its readers may be at work, however long ago it was made."""
    now = datetime.now()
    ages = [timedelta(days=9), timedelta(days=3), timedelta(days=2), timedelta(minutes=5)]
    made = [{"version": i, "timestamp": now - age} for i, age in enumerate(ages)]
    asked = []
    clean = lance.LanceDataset.cleanup_old_versions
    monkeypatch.setattr(lance.LanceDataset, "versions", lambda _: made)
    monkeypatch.setattr(
        lance.LanceDataset,
        "cleanup_old_versions",
        lambda self, older_than: asked.append(older_than) or clean(self, older_than),
    )
    store.compact(keep=timedelta(hours=1))
    assert timedelta(days=2) < asked[0] < timedelta(days=3)
