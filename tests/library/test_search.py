"""What people type finds the track they mean, or says what comes nearest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundglass.core.errors import TrackNotFound
from soundglass.core.types import Track
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.search import find_row
from soundglass.library.store import Store

NAMES = {
    "0": ("Bohemian Rhapsody", "Queen", "A Night at the Opera"),
    "1": ("Rhapsody in Blue", "George Gershwin", "Bohemian Works"),
    "2": ("Halo", "Beyoncé", "I Am… Sasha Fierce"),
    "3": ("Hoppípolla", "Sigur Rós", "Takk…"),
    "4": ("Queen", "Somebody", "Hits"),
    "5": ("Don’t Stop Me Now", "Queen", "Jazz"),
    "6": ("Home", "", ""),
    "7": ("Straße nach Süden", "Björk", "Über Alles"),
    "8": ("The", "", ""),
    "9": ("!!!", "", ""),
    "10": ("日本の歌", "歌手", ""),
    "11": ("Halo (Live at Wembley)", "Beyoncé", "Live"),
    "12": ("O'Brien's 50% ; DROP TABLE", "AC/DC", "x"),
}


@pytest.fixture
def library(store: Store) -> Store:
    store.upsert(
        [
            TrackRow(Track(f"id-{key}", "audio", title=title, artist=artist, album=album), {})
            for key, (title, artist, album) in NAMES.items()
        ]
    )
    return store


def found(store: Store, wanted: str) -> str:
    return store.take([find_row(store, wanted)], ["id"])["id"][0].as_py().removeprefix("id-")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("id-3", "3"),
        ("bohemian rhapsody", "0"),
        ("BOHEMIAN", "0"),
        ("gershwin bohemian", "1"),
        ("queen", "4"),
        ("queen stop", "5"),
        ("don't stop", "5"),
        ("dont stop", "5"),
        ("halo", "2"),
        ("halo wembley", "11"),
        ("beyonce halo", "2"),
        ("BEYONCÉ", "2"),
        ("Beyonce\u0301 halo", "2"),
        ("sigur ros", "3"),
        ("hoppi", "3"),
        ("STRASSE nach", "7"),
        ("suden bjork", "7"),
        ("Queen – Bohemian Rhapsody", "0"),
        ("  home  ", "6"),
        ("!!!", "9"),
        ("日本", "10"),
        ("ac/dc", "12"),
        ("'; drop table", "12"),
        ("50% '", "12"),
    ],
)
def test_words_find_what_is_meant(library: Store, wanted: str, expected: str) -> None:
    assert found(library, wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bohemain rapsody", "0"),
        ("sigurr ross", "3"),
        ("beyonse halo", "2"),
        ("gerschwin", "1"),
        ("strase nach", "7"),
    ],
)
def test_typing_errors_are_forgiven(library: Store, wanted: str, expected: str) -> None:
    assert found(library, wanted) == expected


@pytest.mark.parametrize(
    "wanted", ["bohemian xylophone", "the zzzz", "home sweet zzzz", "qwertz", "nosuch.mp3"]
)
def test_what_nothing_is_called_is_said_with_the_nearest(library: Store, wanted: str) -> None:
    """One word that fits, or a track of one common word, is not enough."""
    with pytest.raises(TrackNotFound, match=f"no track is called '{wanted}'. Nearest: ") as caught:
        find_row(library, wanted)
    assert str(caught.value).count(";") <= 5


def test_the_nearest_comes_first(library: Store) -> None:
    with pytest.raises(TrackNotFound, match="Nearest: Queen – Bohemian Rhapsody; "):
        find_row(library, "bohemian rhapsody xylophone")


@pytest.mark.parametrize("wanted", ["", "   ", "???", "''", "\0"])
def test_no_words_are_no_name(library: Store, wanted: str) -> None:
    with pytest.raises(TrackNotFound, match="Give words"):
        find_row(library, wanted)


@pytest.mark.parametrize("wanted", ["' OR '1'='1", "id-0' --", "%", "_", "*", "\\"])
def test_nothing_is_taken_for_sql(library: Store, wanted: str) -> None:
    with pytest.raises(TrackNotFound):
        find_row(library, wanted)
    assert len(library) == len(NAMES)


@pytest.mark.parametrize(
    "wanted",
    [
        "~nosuchuser/x.mp3",
        "a\0b/c.zzz",
        "/" + "x" * 5000,
        "x" * 5000,
        "q\udce9q.zzz",
        "zzq " * 5000,
        "🎵" * 99,
    ],
)
def test_odd_names_are_only_not_found(library: Store, wanted: str) -> None:
    with pytest.raises(TrackNotFound) as caught:
        find_row(library, wanted)
    assert len(str(caught.value)) < 600


def test_an_empty_library_says_so(store: Store) -> None:
    with pytest.raises(TrackNotFound, match="The library is empty"):
        find_row(store, "anything")


def test_tracks_of_which_nothing_is_known_do_no_harm(store: Store) -> None:
    store.upsert([TrackRow(Track("a", "csv"), {}), TrackRow(Track("b", "csv", title="One"), {})])
    assert found(store, "onne") == "b"
    with pytest.raises(TrackNotFound, match="Nearest"):
        find_row(store, "zzzz")


# -- paths ---------------------------------------------------------------------------------------------------


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return tmp_path / "Mu'sic"


@pytest.fixture
def files(store: Store, music: Path) -> Store:
    def row(track_id: str, *names: str) -> TrackRow:
        stamps = [FileStamp(str(music / name), 1, 2) for name in names]
        return TrackRow(Track(track_id, "audio", title=f"song {track_id}"), {}, stamps)

    store.upsert([TrackRow(Track("csv", "csv", title="table"), {}), row("a", "a.mp3", "copy of a.mp3")])
    store.upsert([row("b", "deep/b"), row("c", os.fsdecode(b"caf\xe9.mp3"))])
    return store


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.mp3", "a"), ("copy of a.mp3", "a"), ("deep/b", "b"), (os.fsdecode(b"caf\xe9.mp3"), "c")],
)
def test_every_file_of_a_track_finds_it(
    files: Store, music: Path, name: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(files, str(music / name)) == expected
    (music / "deep").mkdir(parents=True)
    monkeypatch.chdir(music)
    assert found(files, f"./{name}") == expected
    monkeypatch.chdir(music / "deep")
    assert found(files, f"../{name}") == expected
    monkeypatch.setenv("HOME", str(music.parent))
    assert found(files, f"~/{music.name}/{name}") == expected


def test_a_path_may_go_through_a_link(files: Store, music: Path) -> None:
    music.mkdir()
    (music / "a.mp3").touch()
    (music.parent / "link").symlink_to(music)
    (music.parent / "circle").symlink_to("circle")
    assert found(files, str(music.parent / "link" / "a.mp3")) == "a"
    with pytest.raises(TrackNotFound):
        find_row(files, str(music.parent / "circle" / "zzz.mp3"))


def test_a_path_of_no_track_is_not_found(files: Store, music: Path) -> None:
    with pytest.raises(TrackNotFound):
        find_row(files, str(music / "other.mp3"))


# -- a large library -----------------------------------------------------------------------------------------


def test_every_track_of_a_large_library_finds_itself_by_title_and_artist(
    store: Store, shared_data: Path
) -> None:
    from soundglass.library.tables import read_table

    read_table(shared_data / "csv" / "tidytuesday_spotify_songs.csv.gz").store_in(store)
    table = store.columns(["title", "artist"])
    for row in range(0, len(store), 2500):
        title, artist = table["title"][row].as_py(), table["artist"][row].as_py()
        at = find_row(store, f"{artist} – {title}")
        assert title in table["title"][at].as_py()
        assert artist in table["artist"][at].as_py()


def test_a_file_that_was_never_scanned_is_said_to_be_so(library: Store, tmp_path: Path) -> None:
    file = tmp_path / "new song.mp3"
    file.touch()
    with pytest.raises(TrackNotFound, match="is not in this library"):
        find_row(library, str(file))
