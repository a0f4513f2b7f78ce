"""The ledger follows files through moves, copies, swaps and removals."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundglass.core.types import Track
from soundglass.library.ledger import Ledger, is_gone, is_under
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store
from soundglass.library.versions import VERSIONS, AnalysisPart


def stamp(path: Path | str, size: int = 1) -> FileStamp:
    return FileStamp(str(path), size, 2)


def stored(track_id: str, *files: FileStamp, **versions: int) -> TrackRow:
    return TrackRow(Track(track_id, "audio"), {}, files, versions={**VERSIONS, **versions})


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.touch()
    return paths


def test_a_file_is_unchanged_only_with_the_same_size_and_time(store: Store) -> None:
    store.upsert([stored("t", FileStamp("/m/a", 5, 7))])
    ledger = Ledger.read(store)
    assert ledger.is_unchanged(FileStamp("/m/a", 5, 7))
    for other in (FileStamp("/m/a", 6, 7), FileStamp("/m/a", 5, 8), FileStamp("/m/b", 5, 7)):
        assert not ledger.is_unchanged(other)
    assert ledger.take_changes() == {}
    assert ledger.take_orphans() == []


def test_tracks_of_tables_have_no_files(store: Store) -> None:
    store.upsert([TrackRow(Track("csv", "csv"), {})])
    assert Ledger.read(store).files == {}


@pytest.mark.parametrize("part", VERSIONS)
@pytest.mark.parametrize("version", [0, 99])
def test_a_part_of_another_version_makes_a_file_worth_another_look(
    store: Store, part: AnalysisPart, version: int
) -> None:
    store.upsert([stored("t", stamp("/m/a"), **{part: version}), stored("u", stamp("/m/u"))])
    ledger = Ledger.read(store)
    assert not ledger.is_unchanged(stamp("/m/a"))
    assert not ledger.is_current("t")
    assert ledger.wanted_parts("t") == {part}
    assert ledger.wanted_parts("u") == frozenset()
    assert ledger.wanted_parts("unknown") == VERSIONS.keys()
    assert "t" in ledger.files


def test_a_part_that_was_never_looked_for_is_wanted(store: Store) -> None:
    store.upsert([TrackRow(Track("t", "audio"), {}, [stamp("/m/a")], versions={"features": 1})])
    assert Ledger.read(store).wanted_parts("t") == {"embedding", "picture"}


def test_a_file_that_is_as_it_was_is_upgraded_and_nothing_of_it_is_written(store: Store) -> None:
    store.upsert([stored("t", stamp("/m/a"), stamp("/m/gone"), picture=0)])
    ledger = Ledger.read(store)
    assert ledger.attach("t", stamp("/m/a")) == "upgraded"
    assert ledger.files["t"] == [stamp("/m/a"), stamp("/m/gone")]
    assert ledger.take_changes() == {}


def test_new_copied_and_changed_files(files: list[Path]) -> None:
    a, b, _ = files
    ledger = Ledger()
    assert ledger.attach("t", stamp(a)) == "new"
    assert ledger.attach("t", stamp(b)) == "copies"
    assert ledger.attach("t", stamp(a, 9)) == "changed"
    assert ledger.files["t"] == [stamp(a, 9), stamp(b)]
    assert ledger.take_changes() == {"t": [stamp(a, 9), stamp(b)]}
    assert ledger.take_changes() == {}


def test_a_moved_file_takes_the_place_of_the_one_that_is_gone(files: list[Path]) -> None:
    a, b, c = files
    ledger = Ledger()
    for path in (a, b):
        ledger.attach("t", stamp(path))
    a.unlink()
    assert ledger.attach("t", stamp(c)) == "moved"
    assert ledger.files["t"] == [stamp(b), stamp(c)]
    assert str(a) not in ledger.owner


def test_a_track_whose_only_file_holds_another_recording_is_an_orphan(files: list[Path]) -> None:
    a, b, _ = files
    ledger = Ledger()
    ledger.attach("old", stamp(a))
    ledger.take_changes()
    assert ledger.attach("new", stamp(a, 2)) == "changed"
    assert ledger.take_changes() == {"new": [stamp(a, 2)]}
    assert ledger.take_orphans() == ["old"]
    assert ledger.take_orphans() == []
    assert not ledger.is_current("old")
    assert ledger.attach("old", stamp(b)) == "new"


def test_an_orphan_that_turns_up_elsewhere_is_none(files: list[Path]) -> None:
    a, b, _ = files
    ledger = Ledger()
    ledger.attach("old", stamp(a))
    ledger.attach("new", stamp(a, 2))
    ledger.attach("old", stamp(b))
    assert ledger.take_orphans() == []
    assert ledger.take_changes() == {"new": [stamp(a, 2)], "old": [stamp(b)]}


def test_swapped_files_change_owners_and_both_tracks_are_told(files: list[Path]) -> None:
    a, b, _ = files
    ledger = Ledger()
    ledger.attach("ta", stamp(a))
    ledger.attach("tb", stamp(b))
    ledger.take_changes()
    assert [ledger.attach("tb", stamp(a, 3)), ledger.attach("ta", stamp(b, 3))] == ["changed", "changed"]
    assert ledger.take_changes() == {"ta": [stamp(b, 3)], "tb": [stamp(a, 3)]}
    assert ledger.take_orphans() == []


def test_of_two_tracks_that_claim_a_file_the_one_stored_last_is_right(store: Store) -> None:
    """A scan killed between storing the new recording and forgetting the old one leaves this."""
    store.upsert([stored("old", stamp("/m/a"))])
    store.upsert([stored("new", stamp("/m/a", 2))])
    ledger = Ledger.read(store)
    assert ledger.owner == {"/m/a": "new"}
    assert ledger.is_unchanged(stamp("/m/a", 2))
    assert ledger.take_orphans() == ["old"]


def test_a_track_without_files_in_the_store_is_left_alone(store: Store) -> None:
    store.upsert([stored("t")])
    ledger = Ledger.read(store)
    assert ledger.take_orphans() == []
    assert ledger.take_changes() == {}


def test_missing_files_are_sought_only_under_the_roots(tmp_path: Path) -> None:
    ledger = Ledger()
    for name in ("music/a", "music2/b", "single"):
        ledger.attach(name, stamp(tmp_path / name))
    assert ledger.missing([tmp_path / "music"]) == [str(tmp_path / "music/a")]
    assert ledger.missing([tmp_path / "single"]) == [str(tmp_path / "single")]
    assert len(ledger.missing([tmp_path])) == len(ledger.missing([Path("/")])) == 3


def test_is_under_knows_whole_names_only() -> None:
    assert is_under("/m/a", Path("/m"))
    assert is_under("/m/a", Path("/m/a"))
    assert is_under("/m/a", Path("/"))
    assert not is_under("/music/a", Path("/m"))


def test_paths_that_are_no_unicode_come_back_unchanged(store: Store) -> None:
    path = os.fsdecode(b"/m/caf\xe9\n.mp3")
    store.upsert([stored("t", stamp(path))])
    assert Ledger.read(store).is_unchanged(stamp(path))


def test_gone_means_certainly_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    assert not is_gone(str(tmp_path / "file"))
    assert not is_gone(str(tmp_path / "dangling"))
    assert is_gone(str(tmp_path / "other"))
    assert is_gone(str(tmp_path / "file" / "below"))

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "lstat", refuse)
    assert not is_gone(str(tmp_path / "other"))
