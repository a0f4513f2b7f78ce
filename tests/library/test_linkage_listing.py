"""Tables of titles are read whatever their columns are called."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from soundglass.core.errors import CatalogueError
from soundglass.library.linkage.listing import Listed, read_listing
from soundglass.library.linkage.stored import called_by_file


def save(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "track_id,track_name,track_artist,track_album_name,duration_ms,track_popularity",
            "x1,Yellow,Coldplay,Parachutes,266773,84",
            Listed(0, "x1", "Yellow", ("Coldplay",), "Parachutes", 266.773, popularity=84.0),
        ),
        (
            ",track_id,artists,album_name,track_name,popularity,duration_ms",
            "0,x1,Drake;Wizkid,Views,One Dance,80,173986",
            Listed(0, "x1", "One Dance", ("Drake", "Wizkid"), "Views", 173.986, popularity=80.0),
        ),
        (
            "title,artist,duration,country,ISRC,preview",
            "Yellow,Coldplay,269,GB,gb-aye-00-00351,https://cdn.example/1.mp3",
            Listed(
                0,
                "",
                "Yellow",
                ("Coldplay",),
                duration_s=269.0,
                isrc="GBAYE0000351",
                country="GB",
                preview_url="https://cdn.example/1.mp3",
            ),
        ),
        (
            "Song,Artist Name,Length",
            "Yellow,Coldplay,4:29",
            Listed(0, "", "Yellow", ("Coldplay",), duration_s=269.0),
        ),
        ("name,artists,length_s", "A,\"['B', 'C']\",1.5", Listed(0, "", "A", ("B", "C"), duration_s=1.5)),
    ],
)
def test_columns_are_recognised(tmp_path: Path, header: str, row: str, expected: Listed) -> None:
    assert read_listing(save(tmp_path, f"{header}\n{row}\n")) == (expected,)


@pytest.mark.parametrize(("length", "seconds"), [("269", 269.0), ("269000", 269.0), ("0", None), ("", None)])
def test_a_length_of_unknown_unit_is_judged_by_its_size(
    tmp_path: Path, length: str, seconds: float | None
) -> None:
    (listed,) = read_listing(save(tmp_path, f"title,duration\nYellow,{length}\n"))
    assert listed.duration_s == seconds


def test_compressed_tables_are_read(tmp_path: Path) -> None:
    assert read_listing(save(tmp_path, "title\nYellow\n", "t.csv.gz"))[0].title == "Yellow"


def test_a_mapping_wins(tmp_path: Path) -> None:
    path = save(tmp_path, "title,real,duration,d2\nno,yes,269000,269\n")
    (listed,) = read_listing(path, {"title": "real", "duration_s": "d2"})
    assert (listed.title, listed.duration_s) == ("yes", 269.0)


@pytest.mark.parametrize(
    ("text", "mapping", "expected"),
    [
        ("", {}, ["is empty"]),
        ("title\n", {}, ["no rows"]),
        ("filename,length\nx,3\n", {}, ["no column of titles", "filename", "--map title=Song"]),
        ("title\nx\n", {"title": "song"}, ["no column 'song'"]),
        ("title\nx\n", {"tempo": "title"}, ["'tempo'", "Ours: id"]),
        ("title,duration\na,9\nb,long\n", {}, ["row 3", "'duration'", "'long' is not a length", "--map"]),
        ("title,duration\na,9\nb,-9\n", {}, ["row 3", "below 0"]),
        ("title,duration_s\na,9\nb,99999\n", {}, ["row 3", "longer than a day"]),
        ("title,duration_ms\na,215\nb,180\n", {}, ["'duration_ms'", "--map duration_s=duration_ms"]),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, text: str, mapping: dict[str, str], expected: list[str]
) -> None:
    path = save(tmp_path, text)
    with pytest.raises(CatalogueError) as raised:
        read_listing(path, mapping)
    assert all(part in str(raised.value) for part in expected), str(raised.value)


def test_real_tables_are_read(shared_data: Path) -> None:
    songs = read_listing(shared_data / "csv" / "tidytuesday_spotify_songs.csv.gz")
    assert len(songs) == 32_833
    assert len({song.id for song in songs}) == 28_356
    sample = read_listing(shared_data / "csv" / "spotify114k_sample_10000.csv")
    assert (sample[0].title, sample[0].artists) == ("O Holy Night - Remastered 1999", ("Nat King Cole",))
    assert sample[0].duration_s == pytest.approx(176.226)
    free = read_listing(shared_data / "csv" / "fma-rock-vs-hiphop.csv")
    assert (free[0].title, free[0].artists, free[0].duration_s) == ("Food", (), 168.0)
    moods = read_listing(shared_data / "users" / "mood_test.csv")
    assert (moods[0].id, moods[0].label) == ("532171", "Fiona Apple – Fast As You Can")


@pytest.mark.parametrize(
    ("file", "title", "artist"),
    [
        ("Coldplay - Yellow.mp3", "Yellow", "Coldplay"),
        ("01 Yellow.mp3", "Yellow", ""),
        ("01 - Yellow.mp3", "Yellow", ""),
        ("1-05. Yellow.mp3", "Yellow", ""),
        ("03 - Coldplay - Yellow.flac", "Yellow", "Coldplay"),
        ("Coldplay - Parachutes - 05 - Yellow.ogg", "Yellow", "Coldplay"),
        ("Coldplay - Yellow - Live.ogg", "Yellow - Live", "Coldplay"),
        ("coldplay_yellow.wav", "coldplay yellow", ""),
        ("Coldplay - Yellow [yKNxeF4KMsY].opus", "Yellow", "Coldplay"),
        ("99 Problems.mp3", "99 Problems", ""),
        ("07.mp3", "07", ""),
    ],
)
def test_files_without_tags_are_called_by_their_names(file: str, title: str, artist: str) -> None:
    stem = file.rpartition(".")[0]
    named = called_by_file(Listed(0, title=stem, path=f"/music/{file}"))
    assert (named.title, named.artist) == (title, artist)


def test_tags_are_not_overruled_by_the_file_name() -> None:
    tagged = Listed(0, title="Yellow", artists=("Coldplay",), path="/music/01 - A - B.mp3")
    assert called_by_file(tagged) == tagged
    half = Listed(0, title="Yellow - Live", artists=("Coldplay",), path="/music/Yellow - Live.mp3")
    assert called_by_file(half) == half
