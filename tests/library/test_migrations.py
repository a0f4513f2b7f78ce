"""Older libraries are lifted when they are opened; killed at any step they are the old or the new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lance
import pyarrow as pa
import pytest
from storing import content, ids, refused, row

from schema_1 import SCHEMA_1, version_on_disk, write_schema_1
from soundglass.library import schema
from soundglass.library import store as store_module
from soundglass.library.health import check
from soundglass.library.store import Store

TRACKS = [
    {
        "id": f"t{at}",
        "origin": "audio",
        "title": f"Title {at}",
        "genres": ["rock"],
        "files": [{"path": b"/m/caf\xe9", "size": at, "mtime_ns": 2}],
        "flags": ["short"],
        "analysis_version": 1,
        "evidence": '{"tempo": {}}',
        "tempo": 90.0 + at,
        "tempo_confidence": 0.5,
    }
    for at in range(5)
]


class Killed(BaseException): ...


@pytest.fixture
def old(tmp_path: Path) -> str:
    return write_schema_1(tmp_path / "old", TRACKS)


def die(*_: object) -> None:
    raise Killed


def die_after(step: Callable[..., object]) -> Callable[..., None]:
    def stepping(*args: object, **named: object) -> None:
        step(*args, **named)
        raise Killed

    return stepping


def assert_lifted(uri: str) -> None:
    """Check that a library has this program's schema and every value it had, and can be used."""
    store = Store(uri)
    assert version_on_disk(uri) == schema.SCHEMA_VERSION
    assert set(store.columns(schema.TRACKS.names).column_names) == set(schema.TRACKS.names)
    before = pa.Table.from_pylist(TRACKS, schema=SCHEMA_1)
    lifted = store.columns(SCHEMA_1.names, "id < 't5'")
    assert lifted.to_pylist() == before.to_pylist()
    added = store.columns(schema.ADDED_IN_2.names, "id < 't5'")
    assert all(added[name].null_count == len(TRACKS) for name in added.column_names)
    assert check(store).problems == []


def test_a_library_of_schema_1_is_lifted_when_opened(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_lifted(old)
    monkeypatch.setattr(store_module, "MIGRATIONS", {1: lambda _: pytest.fail("lifted twice")})
    store = Store(old)
    assert len(store.rows_where("tags.strings > 0.3")) == 0
    store.upsert([row("new", roughness=0.5), row("t0", "replaced")])
    assert sorted(ids(store)) == ["new", "t0", "t1", "t2", "t3", "t4"]


def test_an_empty_library_of_schema_1_is_lifted(tmp_path: Path) -> None:
    store = Store(write_schema_1(tmp_path / "old", []))
    store.upsert([row("new")])
    assert ids(Store(store.uri)) == ["new"]


def test_a_lifted_library_and_a_new_one_have_the_same_columns_in_the_same_order(old: str) -> None:
    assert Store(old)._tracks.schema.names == schema.TRACKS.names


@pytest.mark.parametrize("step", ["add_columns", "update_schema_metadata"])
@pytest.mark.parametrize("done", [False, True])
def test_killed_at_any_step_it_is_the_old_or_the_new(
    old: str, monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    last = step == "update_schema_metadata" and done
    with monkeypatch.context() as patch:
        how = die_after(getattr(lance.LanceDataset, step)) if done else die
        patch.setattr(lance.LanceDataset, step, how)
        with pytest.raises(Killed):
            Store(old)
    assert version_on_disk(old) == (schema.SCHEMA_VERSION if last else 1)
    assert lance.dataset(f"{old}/tracks.lance").to_table(columns=SCHEMA_1.names).to_pylist() == (
        pa.Table.from_pylist(TRACKS, schema=SCHEMA_1).to_pylist()
    )
    assert_lifted(old)


def test_an_old_program_may_write_between_the_steps(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(lance.LanceDataset, "update_schema_metadata", die)
        with pytest.raises(Killed):
            Store(old)
    written = pa.Table.from_pylist([{"id": "z", "origin": "audio", "tempo": 60.0}], schema=SCHEMA_1)
    lance.dataset(f"{old}/tracks.lance").insert(written)
    assert_lifted(old)
    assert ids(Store(old)) == ["t0", "t1", "t2", "t3", "t4", "z"]


def test_a_reader_of_the_old_snapshot_goes_on(old: str) -> None:
    reader = lance.dataset(f"{old}/tracks.lance")
    Store(old)
    assert reader.to_table().num_rows == len(TRACKS)


def test_a_library_too_old_to_lift_is_refused(tmp_path: Path) -> None:
    ancient = pa.Table.from_pylist(TRACKS, schema=SCHEMA_1).replace_schema_metadata(
        {schema.VERSION_KEY: b"0"}
    )
    lance.write_dataset(ancient, str(tmp_path / "library" / "tracks.lance"))
    before = content(tmp_path)
    with refused("too old to lift"):
        Store(str(tmp_path / "library"))
    assert content(tmp_path) == before


def test_a_failing_migration_is_one_line(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(dataset: lance.LanceDataset) -> None:
        dataset.drop_columns(["nosuch"])

    monkeypatch.setattr(store_module, "MIGRATIONS", {1: fail})
    with refused("cannot be brought up to date"):
        Store(old)


def test_every_schema_version_can_be_lifted_from_the_first() -> None:
    assert set(store_module.MIGRATIONS) == set(range(1, schema.SCHEMA_VERSION))
