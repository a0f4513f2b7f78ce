from __future__ import annotations

from dataclasses import replace

import pytest

from soundglass.core.types import Track
from soundglass.recommend.filters import Filters, Selection, artists, same_recording

HELP = Track("help", "csv", title="Help!", artist="The Beatles", album="Help!", duration_s=140.0)


def titled(title: str, **others: object) -> Track:
    return replace(HELP, id=title, title=title, **others)


@pytest.mark.parametrize(
    "title",
    [
        "Help! - Remastered 2009",
        "Help! (2009 Digital Remaster)",
        "Help! [Remastered]",
        "HELP",
        "Help! - Mono",
        "Help! (Stereo Version)",
        "Help! (feat. Billy Preston)",
        "Help! feat. Billy Preston",
        "Help! ft. Billy Preston (Album Version)",
        "Help! - Radio Edit",
        "Help! - From the Film",
        "Help! - Explicit Album Version",
        "Help! (Radio Edit; Remastered)",
        "Help! (Explicit)",
        "Hèlp !",
    ],
)
def test_another_edition_is_the_same_recording(title: str) -> None:
    assert same_recording(HELP, titled(title))
    assert same_recording(titled(title), HELP)


@pytest.mark.parametrize(
    "title",
    [
        "Help! (Live)",
        "Help! - Live / Remastered 2009",
        "Help! - Live At The Hollywood Bowl",
        "Help! (Chris Lake Remix)",
        "Help! (feat. Billy Preston) [Remix]",
        "Help! - Acoustic",
        "Help! - Instrumental",
        "Help! - Take 2",
        "Help! - Edit",
        "Help Me",
        "Yesterday",
        "",
    ],
)
def test_another_version_is_another_recording(title: str) -> None:
    assert not same_recording(HELP, titled(title))
    assert not same_recording(titled(title), HELP)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Another Brick in the Wall, Pt. 1", "Another Brick in the Wall, Pt. 2"),
        ("Dancing With Myself", "Dancing With Tears in My Eyes"),
        ("Stereo Hearts", "Hearts"),
        ("Clean", "Explicit"),
        ("???", "!!!"),
        ("(Remix)", "(Live)"),
    ],
)
def test_titles_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert same_recording(titled(one), titled(one))
    assert not same_recording(titled(one), titled(other))


def test_same_title_by_another_artist_is_a_cover() -> None:
    assert not same_recording(HELP, titled("Help!", artist="Bananarama"))
    assert not same_recording(HELP, titled("Help!", artist=""))


def test_a_shared_artist_is_enough() -> None:
    assert same_recording(HELP, titled("Help!", artist="Billy Preston, The Beatles"))


@pytest.mark.parametrize(
    ("duration", "same"), [(142.9, True), (137.2, True), (143.1, False), (float("nan"), True)]
)
def test_length_decides(duration: float, same: bool) -> None:
    assert same_recording(HELP, titled("Help! - Radio Edit", duration_s=duration)) is same


def test_equal_features_and_length_are_the_same_recording_under_any_name() -> None:
    other = titled("Socorro", artist="Someone")
    assert same_recording(HELP, other, 0.99995)
    assert not same_recording(HELP, other, 0.998)
    assert not same_recording(HELP, replace(other, duration_s=140.2), 0.99995)
    assert not same_recording(HELP, replace(other, duration_s=float("nan")), 1.0)
    assert not same_recording(HELP, other)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Beyoncé, JAY-Z", {"beyonce", "jayz"}),
        ("Calvin Harris feat. Rihanna", {"calvinharris", "rihanna"}),
        ("Sam & Dave", {"sam", "dave"}),
        ("!!!", {"!!!"}),
        ("", set()),
        ("Sigur Rós", {"sigurros"}),
        ("坂本龍一", {"坂本龍一"}),
    ],
)
def test_artists_are_split_and_folded(text: str, names: set[str]) -> None:
    assert artists(text) == names


def chosen(query: Track, tracks: list[Track], filters: Filters, score: float = 0.8) -> tuple[list[str], dict]:
    selection = Selection(query, filters)
    for track in tracks:
        selection.offer(track, score)
    return [track.id for track, _ in selection.chosen], dict(selection.left_out)


def songs(*artists_: str) -> list[Track]:
    return [
        Track(str(i), "csv", title=f"Song {i}", artist=artist, album="LP", duration_s=100.0 + 10 * i)
        for i, artist in enumerate(artists_)
    ]


def test_copies_of_the_query_and_of_each_other_are_left_out() -> None:
    offered = [titled("Help! (Mono)"), titled("Girl"), titled("Girl - Remastered"), titled("Help! (Live)")]
    assert chosen(HELP, offered, Filters()) == (
        ["Girl", "Help! (Live)"],
        {"of the same recording": 1, "of a recording already shown": 1},
    )
    assert len(chosen(HELP, offered, Filters(copies=True))[0]) == 4


def test_cap_per_artist_counts_every_name() -> None:
    offered = songs("A", "A", "B", "A, B", "a", "C feat. B", "")
    assert chosen(HELP, offered, Filters(per_artist=1))[0] == ["0", "2", "6"]
    ids, left_out = chosen(HELP, offered, Filters(per_artist=2))
    assert ids == ["0", "1", "2", "5", "6"]
    assert left_out == {"beyond the number per artist": 2}


def test_unknown_artists_are_not_one_artist() -> None:
    assert len(chosen(HELP, songs("", "", ""), Filters(per_artist=1))[0]) == 3


def test_exclude_same_artist_and_album() -> None:
    query = songs("A, B")[0]
    offered = [replace(t, id=f"x{t.id}", title=f"Other {t.id}") for t in songs("a", "C", "D feat. B", "")]
    offered[3] = replace(offered[3], album="Another")
    ids, left_out = chosen(query, offered, Filters(exclude_same=frozenset({"artist"})))
    assert ids == ["x1", "x3"]
    assert left_out == {"by the same artist": 2}
    ids, left_out = chosen(query, offered, Filters(exclude_same=frozenset({"artist", "album"})))
    assert ids == ["x3"]
    assert left_out == {"of the same album": 3}


def test_unknown_artist_or_album_excludes_nothing() -> None:
    query = replace(songs("")[0], album="")
    offered = [replace(t, id=f"x{t.id}", title=f"Other {t.id}", album="") for t in songs("", "A")]
    assert len(chosen(query, offered, Filters(exclude_same=frozenset({"artist", "album"})))[0]) == 2
