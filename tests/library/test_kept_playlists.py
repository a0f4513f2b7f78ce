"""Playlists: kept in order with their reasons, found by name, safe against stale changes and lost tracks."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from soundglass.core.errors import SoundglassError, TrackNotFound
from soundglass.library import playlist_rows
from soundglass.library.playlists import NoSuchPlaylist, Playlist, PlaylistChanged, Playlists, Wanted
from soundglass.library.profiles import profiles, save_profile
from soundglass.library.saved import MIGRATIONS, Saved
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


@pytest.fixture
def store(demo_library: Library) -> Store:
    return Store(demo_library.uri)


@pytest.fixture
def ids(store: Store) -> list[str]:
    return store.columns(["id"])["id"].to_pylist()


@pytest.fixture
def playlists(store: Store, tmp_path: Path) -> Playlists:
    return Playlists(Saved(str(tmp_path)), store)


def order_of(playlist: Playlist) -> list[str]:
    return [entry.track.id for entry in playlist.entries]


def test_asking_makes_no_file(playlists: Playlists, tmp_path: Path) -> None:
    assert playlists.all() == []
    for ask in (playlists.get, playlists.find, playlists.delete):
        with pytest.raises(NoSuchPlaylist, match="no playlist 'calm'"):
            ask("calm")
    assert list(tmp_path.iterdir()) == []


def test_a_playlist_keeps_order_and_reasons(playlists: Playlists, store: Store, ids: list[str]) -> None:
    wanted = [Wanted(ids[7], "because\nit is\x00 calm"), Wanted(ids[2]), Wanted(ids[5], "شكراً")]
    made = playlists.make("  Abend ☾ ", wanted, note="for\tlater")
    assert made.heading.name == "Abend ☾"
    assert made.heading.note == "for later"
    assert order_of(made) == [ids[7], ids[2], ids[5]]
    assert [entry.reason for entry in made.entries] == ["because it is calm", "", "شكراً"]
    assert [entry.row for entry in made.entries] == [7, 2, 5]
    lengths = store.take([7, 2, 5], ["duration"])["duration"].to_pylist()
    (heading,) = playlists.all()
    assert heading.n_tracks == 3
    assert heading.seconds == pytest.approx(sum(lengths))
    assert playlists.get(made.heading.id) == made == playlists.find("ABEND ☾") == playlists.find(heading.id)


def test_tracks_come_once_and_unknown_ones_stay_out(playlists: Playlists, ids: list[str]) -> None:
    made = playlists.make("mix", [ids[1], "nobody", ids[1], "\udc80"])
    assert order_of(made) == [ids[1]]
    grown = playlists.add(made.heading.id, [ids[0], ids[1], ids[3]])
    assert order_of(grown) == [ids[1], ids[0], ids[3]]
    assert playlists.unknown([ids[0], "nobody", Wanted("x")]) == ["nobody", "x"]
    with pytest.raises(TrackNotFound, match="none of these"):
        playlists.make("nothing", ["nobody"])
    with pytest.raises(NoSuchPlaylist):
        playlists.add("absent", [ids[0]])
    assert [heading.name for heading in playlists.all()] == ["mix"]


def test_reordering_removes_what_it_leaves_out(playlists: Playlists, ids: list[str]) -> None:
    made = playlists.make("mix", [Wanted(one, f"reason {one}") for one in ids[:4]])
    moved = playlists.change(made.heading.id, made.heading.version, order=[ids[3], ids[0], ids[2]])
    assert order_of(moved) == [ids[3], ids[0], ids[2]]
    assert [entry.reason for entry in moved.entries] == [f"reason {one}" for one in order_of(moved)]
    assert order_of(playlists.add(made.heading.id, [ids[9]]))[-1] == ids[9]
    for wrong in ([ids[3], ids[3]], [ids[20]]):
        with pytest.raises(SoundglassError, match="not in the playlist, or one twice"):
            playlists.change(made.heading.id, order=wrong)
    assert playlists.change(made.heading.id, order=[]).entries == ()


def test_a_change_meant_for_another_version_is_refused(playlists: Playlists, ids: list[str]) -> None:
    made = playlists.make("mix", ids[:3])
    playlists.add(made.heading.id, [ids[5]])
    with pytest.raises(PlaylistChanged, match="changed elsewhere"):
        playlists.change(made.heading.id, made.heading.version, order=ids[:2], name="other")
    found = playlists.get(made.heading.id)
    assert (found.heading.name, order_of(found)) == ("mix", [*ids[:3], ids[5]])


def test_names_are_unique_and_renaming_keeps_the_rest(playlists: Playlists, ids: list[str]) -> None:
    one, other = playlists.make("One", ids[:1]), playlists.make("Other", ids[:1])
    with pytest.raises(SoundglassError, match="already"):
        playlists.make("ONE", ids[:1])
    with pytest.raises(SoundglassError, match="already"):
        playlists.change(other.heading.id, name=" one ")
    with pytest.raises(SoundglassError, match="cannot be given"):
        playlists.change(other.heading.id, name="\u202e")
    renamed = playlists.change(one.heading.id, one.heading.version, name="ONE", note="n")
    assert (renamed.heading.name, renamed.heading.note, order_of(renamed)) == ("ONE", "n", ids[:1])
    assert renamed.heading.version == one.heading.version + 1
    playlists.delete(one.heading.id)
    assert [heading.name for heading in playlists.all()] == ["Other"]
    assert [entry.track.id for entry in playlists.make("One", ids[2:3]).entries] == ids[2:3]


def test_a_track_that_left_the_library_is_remembered(
    demo_library: Library, tmp_path: Path, ids: list[str]
) -> None:
    copy = tmp_path / "copy.lance"
    shutil.copytree(demo_library.uri, copy)
    store = Store(str(copy))
    playlists = Playlists(Saved(str(copy)), store)
    made = playlists.make("mix", [Wanted(ids[0], "first"), Wanted(ids[1], "second")])
    store.delete([ids[0]])
    store.refresh()
    gone, there = playlists.get(made.heading.id).entries
    before = made.entries[0].track
    assert gone.is_gone
    assert (gone.track.label, gone.track.duration_s) == (before.label, before.duration_s)
    assert gone.track.path == ""
    assert not there.is_gone
    assert there.track.id == ids[1]
    assert order_of(playlists.change(made.heading.id, order=[ids[1], ids[0]])) == [ids[1], ids[0]]


def test_limits_hold(playlists: Playlists, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soundglass.library.playlists.MAX_TRACKS", 3)
    monkeypatch.setattr(playlist_rows, "MAX_TRACKS", 3)
    monkeypatch.setattr("soundglass.library.playlists.MAX_PLAYLISTS", 1)
    with pytest.raises(SoundglassError, match="3 tracks at most"):
        playlists.make("long", ids[:4])
    made = playlists.make("mix", [Wanted(one, "x" * 5000) for one in ids[:2]], "n" * 5000)
    assert len(made.entries[0].reason) == playlist_rows.MAX_REASON
    assert len(made.heading.note) == playlist_rows.MAX_NOTE
    with pytest.raises(SoundglassError, match="3 tracks at most"):
        playlists.add(made.heading.id, ids[4:6])
    with pytest.raises(SoundglassError, match="1 playlists already"):
        playlists.make("second", ids[:1])


def test_a_file_of_before_there_were_playlists_is_lifted(
    store: Store, tmp_path: Path, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = Saved(str(tmp_path))
    with monkeypatch.context() as earlier:
        earlier.setattr(Saved, "MIGRATIONS", MIGRATIONS[:1])
        save_profile(saved, "calm", {"a": 1})
    playlists = Playlists(saved, store)
    assert playlists.all() == []
    made = playlists.make("mix", ids[:1])
    assert [p.name for p in profiles(saved)] == ["calm"]
    with sqlite3.connect(saved.path) as db:
        stored = db.execute("SELECT playlist, track FROM playlist_tracks").fetchall()
    db.close()
    assert stored == [(made.heading.id, ids[0])]
    playlists.delete(made.heading.id)
    with sqlite3.connect(saved.path) as db:
        assert db.execute("SELECT count(*) FROM playlist_tracks").fetchone() == (0,)
    db.close()
