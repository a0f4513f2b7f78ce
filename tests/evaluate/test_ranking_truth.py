from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from soundglass.core.types import Track
from soundglass.evaluate.ranking.truth import Truth, by_labels, truths
from soundglass.library.schema import PLAYLISTS, FileStamp, TrackRow
from soundglass.library.store import Store


def library(folder: Path, *tracks: Track) -> Store:
    store = Store(str(folder / "library.lance"), create=True)
    store.upsert([TrackRow(t, {}, [FileStamp(t.path, 1, 1)] if t.path else []) for t in tracks])
    return store


def relation(truth: Truth) -> list[list[int]]:
    return [np.flatnonzero(truth.relevant(at)).tolist() for at in range(len(truth.known))]


def named(store: Store, name: str, **tables: Path) -> Truth:
    return next(truth for truth in truths(store, **tables) if truth.name == name)


def test_tracks_that_share_a_label_belong_together() -> None:
    truth = by_labels("genre", "", "P@10", [{"rock", "pop"}, {"pop"}, {"rock"}, set(), {"jazz"}])
    assert relation(truth) == [[0, 1, 2], [0, 1], [0, 2], [], [4]]
    assert truth.known.tolist() == [True, True, True, False, True]


def test_artists_are_names_in_any_spelling(tmp_path: Path) -> None:
    artists = ["Beyoncé", "beyonce feat. Jay-Z", "JAY Z", "", ""]
    store = library(tmp_path, *(Track(f"t{i}", "csv", artist=by) for i, by in enumerate(artists)))
    truth = named(store, "artist")
    assert relation(truth) == [[0, 1], [0, 1, 2], [1, 2], [], []]
    assert not truth.across_artists
    assert truths(store).artists.tolist() == ["beyonce", "jayz", "jayz", "", ""]


def test_a_track_by_several_counts_with_the_one_of_most_tracks(tmp_path: Path) -> None:
    artists = ["Ann", "Ann & Zed", "Bob, Zed & Ann", "Cyd feat. Bob"]
    store = library(tmp_path, *(Track(f"t{i}", "csv", artist=by) for i, by in enumerate(artists)))
    assert truths(store).artists.tolist() == ["ann", "ann", "ann", "bob"]


def test_one_title_may_be_that_of_many_albums(tmp_path: Path) -> None:
    store = library(
        tmp_path,
        Track("a", "csv", artist="Queen", album="Greatest  Hits"),
        Track("b", "csv", artist="Abba", album="greatest hits"),
        Track("c", "csv", artist="Queen", album="Greatest Hits"),
        Track("d", "audio", artist="X", album="OST", path="/m/game/1.ogg"),
        Track("e", "audio", artist="Y", album="OST", path="/m/game/2.ogg"),
        Track("f", "audio", artist="Y", album="OST", path="/m/game2/2.ogg"),
        Track("g", "audio", artist="Y", album="OST", album_artist="Team", path="/m/1/1.ogg"),
        Track("h", "audio", artist="Z", album="OST", album_artist="TEAM", path="/m/2/1.ogg"),
        Track("i", "audio", artist="Z"),
    )
    assert relation(named(store, "album")) == [[0, 2], [1], [0, 2], [3, 4], [3, 4], [5], [6, 7], [6, 7], []]


def test_genres_come_from_tags_and_playlists(tmp_path: Path) -> None:
    genres = [("Rock",), ("rock", "Pop"), (), ()]
    store = library(tmp_path, *(Track(f"t{i}", "csv", genres=of) for i, of in enumerate(genres)))
    memberships = [
        ("p1", "t1", "pop", "dance pop"),
        ("p1", "t2", "pop", "dance pop"),
        ("p2", "t2", None, None),
    ]
    memberships += [("p2", "t0", "", "electropop"), ("p2", "gone", "pop", "dance pop")]
    store.add_playlists(
        pa.Table.from_pylist(
            [
                {"playlist_id": p, "track_id": t, "name": p, "genre": g, "subgenre": s}
                for p, t, g, s in memberships
            ],
            schema=PLAYLISTS,
        )
    )
    assert relation(named(store, "genre")) == [[0, 1], [0, 1, 2], [1, 2], []]
    assert relation(named(store, "subgenre")) == [[0], [1, 2], [1, 2], []]
    assert relation(named(store, "playlist")) == [[0, 2], [1, 2], [0, 1, 2], []]


def test_some_of_the_tracks_are_named_by_their_places(tmp_path: Path) -> None:
    artists = ["Abba", "Queen", "Abba", "", "Queen"]
    store = library(tmp_path, *(Track(f"t{i}", "csv", artist=by) for i, by in enumerate(artists)))
    found = truths(store).among(np.array([0, 2, 3, 4]))
    assert relation(found.by_artist) == [[0, 1], [0, 1], [], [3]]
    assert found.by_artist.known.tolist() == [True, True, False, True]
    assert found.artists.tolist() == ["abba", "abba", "", "queen"]
    assert [truth.name for truth in found] == [truth.name for truth in truths(store)]


def test_listeners_relate_artists_and_an_artist_to_itself(tmp_path: Path) -> None:
    artists = ["Abba", "Boney M.", "Abba", "Slayer", "Nobody Knows", ""]
    store = library(tmp_path, *(Track(f"t{i}", "csv", artist=by) for i, by in enumerate(artists)))
    table = tmp_path / "listeners.csv"
    disco = [f"u{i},{by}" for i in range(20) for by in ("ABBA", "Boney M")]
    metal = [f"v{i},Slayer" for i in range(20)]
    table.write_text("\n".join(["user,artist", *disco, *metal]), encoding="utf-8")
    truth = named(store, "listeners", listeners=table)
    assert truth.known.tolist() == [True, True, True, True, False, False]
    assert relation(truth)[:4] == [[0, 1, 2], [0, 1, 2], [0, 1, 2], [3]]


def test_labels_replace_tags_and_add_truths(tmp_path: Path) -> None:
    store = library(tmp_path, *(Track(f"t{i}", "csv", artist="tagged", album=f"A{i}") for i in range(3)))
    table = tmp_path / "labels.csv"
    table.write_text("id,artist,release,soundtrack\nt0,X,R,S\nt1,Y,R,S\nt2,X,,S\n", encoding="utf-8")
    assert relation(named(store, "artist", labels=table)) == [[0, 2], [1], [0, 2]]
    assert relation(named(store, "album", labels=table)) == [[0, 1], [0, 1], []]
    assert relation(named(store, "soundtrack", labels=table)) == [[0, 1, 2]] * 3


@pytest.mark.parametrize("n", [0, 1])
def test_a_library_without_anything_tells_nothing(tmp_path: Path, n: int) -> None:
    store = library(tmp_path, *(Track(f"t{i}", "csv") for i in range(n)))
    for truth in truths(store):
        assert not truth.known.any()
        assert relation(truth) == [[]] * n
