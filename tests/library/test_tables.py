"""Tables: both known layouts, counted again without our code, and every kind of bad table."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import math
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.errors import CatalogueError, LibraryError
from soundglass.library.schema import ADDED_IN_2
from soundglass.library.store import Store
from soundglass.library.tables import ImportSummary, read_table

HEADER = "id,title,artist,tempo,energy"
GOOD = "a,Title,Artist,120,0.5"


def import_table(store: Store, path: Path, **how: Any) -> ImportSummary:
    return read_table(path, **how).store_in(store)


def save(tmp_path: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def bad_table(message: str) -> AbstractContextManager:
    return pytest.raises(CatalogueError, match=message)


def stored(store: Store, *names: str) -> list[tuple]:
    return [tuple(row.values()) for row in store.columns(names).to_pylist()]


def count(path: Path) -> dict[str, list[dict[str, str]]]:
    """Read a table with Python's own reader: id to its rows."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    by_id: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        by_id.setdefault(row["track_id"], []).append(row)
    return by_id


# -- the known layouts ---------------------------------------------------------------------------------------


def test_the_tidytuesday_table(store: Store, shared_data: Path) -> None:
    path = shared_data / "csv" / "tidytuesday_spotify_songs.csv.gz"
    by_id = count(path)
    rows = [row for of_track in by_id.values() for row in of_track]
    done = import_table(store, path)
    assert (done.rows, done.tracks, done.repeated) == (len(rows), len(by_id), len(rows) - len(by_id))
    assert done.playlists == len({row["playlist_id"] for row in rows})
    assert done.genres == len({row[c] for row in rows for c in ("playlist_genre", "playlist_subgenre")})
    assert done.conflicting == 0
    assert done.missing == {"tempo": sum(of_track[0]["tempo"] == "0" for of_track in by_id.values())}

    table = store.columns(
        ["id", "artist", "year", "popularity", "duration", "genres", *_FEATURES]
    ).to_pylist()
    assert [row["id"] for row in table] == list(by_id)
    for row in table[::97]:
        first = by_id[row["id"]][0]
        assert row["artist"] == first["track_artist"].replace("NA", "", first["track_artist"] == "NA")
        assert str(row["year"]) == first["track_album_release_date"][:4]
        assert row["popularity"] == float(first["track_popularity"])
        assert row["duration"] == pytest.approx(float(first["duration_ms"]) / 1000)
        genres = [r[c] for c in ("playlist_genre", "playlist_subgenre") for r in by_id[row["id"]]]
        assert row["genres"] == list(dict.fromkeys(genres))
        for name in _FEATURES:
            assert row[name] == pytest.approx(float(first[name]), rel=1e-6)
    memberships = {(r["playlist_id"], r["track_id"]) for r in rows}
    kept = store.playlists().to_pylist()
    assert len(kept) == len(memberships)
    assert {(r["playlist_id"], r["track_id"]) for r in kept} == memberships

    version = sorted(map(str, table))
    assert import_table(store, path) == done
    again = store.columns(["id", "artist", "year", "popularity", "duration", "genres", *_FEATURES])
    assert sorted(map(str, again.to_pylist())) == version
    assert store.playlists().num_rows == len(kept)


def test_the_114k_table(store: Store, shared_data: Path) -> None:
    path = shared_data / "csv" / "spotify114k_sample_10000.csv"
    by_id = count(path)
    n_rows = sum(map(len, by_id.values()))
    done = import_table(store, path)
    assert (done.rows, done.tracks, done.repeated) == (n_rows, len(by_id), n_rows - len(by_id))
    assert done.genres == len({row["track_genre"] for of_track in by_id.values() for row in of_track})
    assert done.playlists == 0
    firsts = [of_track[0] for of_track in by_id.values()]
    unknown = {"tempo": "0.0", "time_signature": "0"}
    expected = {name: n for name, mark in unknown.items() if (n := sum(r[name] == mark for r in firsts))}
    assert done.missing == expected
    for row in store.columns(["id", "title", "artist", "album", "genres", *_FEATURES]).to_pylist()[::41]:
        first = by_id[row["id"]][0]
        assert (row["title"], row["album"]) == (first["track_name"], first["album_name"])
        assert row["artist"] == first["artists"].replace(";", ", ")
        assert row["genres"] == list(dict.fromkeys(r["track_genre"] for r in by_id[row["id"]]))
        for name in _FEATURES:
            if row[name] is not None:
                assert row[name] == pytest.approx(float(first[name]), rel=1e-6)


_FEATURES = ("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness")
_FEATURES += ("instrumentalness", "liveness", "valence", "tempo")


def test_every_stored_value_is_a_number_in_range(store: Store, shared_data: Path) -> None:
    import_table(store, shared_data / "csv" / "tidytuesday_spotify_songs.csv.gz")
    table = store.columns(list(CATALOGUE))
    for name, feature in CATALOGUE.items():
        values = [v for v in table[name].to_pylist() if v is not None]
        assert all(math.isfinite(v) and feature.low <= v <= feature.high for v in values)


# -- what a good table may look like -------------------------------------------------------------------------


def test_any_columns_can_be_mapped(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path, "No,Song,BPM,Style,ms\n1,One,120,rock,61000\n2,Two,,pop,1000\n")
    mapping = {"id": "No", "title": "Song", "tempo": "BPM", "genre": "Style", "duration_ms": "ms"}
    done = import_table(store, path, mapping=mapping)
    assert done.missing == {"tempo": 1}
    rows = stored(store, "id", "title", "tempo", "genre", "duration")
    assert rows == [("1", "One", 120.0, "rock", 61.0), ("2", "Two", None, "pop", 1.0)]


def test_rows_of_a_table_were_never_heard(store: Store, tmp_path: Path) -> None:
    import_table(store, save(tmp_path, lines(GOOD)))
    (row,) = store.columns(ADDED_IN_2.names).to_pylist()
    assert set(row.values()) == {None}


@pytest.mark.parametrize("change", [lambda t: t, lambda t: t.replace("\n", "\r\n"), lambda t: t.rstrip("\n")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encodings_and_line_ends(store: Store, tmp_path: Path, encoding: str, change) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    text = mark + change(lines('ä,"Ünder, ""Straße""",Björk,120,0.5', "b,Two,B,60,1"))
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    import_table(store, save(tmp_path, text.encode(encoding)), encoding=named)
    assert stored(store, "id", "title", "artist") == [("ä", 'Ünder, "Straße"', "Björk"), ("b", "Two", "B")]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed_tables(store: Store, tmp_path: Path, suffix: str, pack) -> None:
    assert import_table(store, save(tmp_path, pack(lines(GOOD).encode()), f"t.csv{suffix}")).tracks == 1


def test_quoted_fields_may_hold_line_breaks_and_odd_characters(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path, lines('a,"one\ntwo",日本 🎵,120,0.5', '"b,c",x,y,1,0'))
    assert import_table(store, path).rows == 2
    assert stored(store, "id", "title", "artist") == [("a", "one\ntwo", "日本 🎵"), ("b,c", "x", "y")]


def test_a_header_may_span_lines_and_be_padded(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path, 'id , title,artist,tempo,"energy\n(0 to 1)"\na,b,c,120,0.5\n')
    import_table(store, path, mapping={"energy": "energy\n(0 to 1)"})
    assert stored(store, "id", "title", "energy") == [("a", "b", 0.5)]


def test_a_table_of_very_many_columns(store: Store, tmp_path: Path) -> None:
    extra = ",".join(f"c{i}" for i in range(5000))
    assert import_table(store, save(tmp_path, f"{HEADER},{extra}\n{GOOD}{',1' * 5000}\n")).tracks == 1


@pytest.mark.parametrize("blank", ["", " ", "NA", "nan", "NULL", "None", '""'])
def test_blank_values_are_unknown(store: Store, tmp_path: Path, blank: str) -> None:
    done = import_table(store, save(tmp_path, lines(f"a,{blank if blank == '' else 'T'},,{blank},0.5")))
    assert done.missing == {"tempo": 1}
    assert stored(store, "tempo", "energy", "artist") == [(None, 0.5, "")]


def test_spotify_marks_for_unknown(store: Store, tmp_path: Path) -> None:
    text = "id,title,artist,key,tempo,time_signature,mode\na,b,c,-1,0.0,0,True\nd,e,f,0,1,4,False\n"
    assert import_table(store, save(tmp_path, text)).missing == {"key": 1, "tempo": 1, "time_signature": 1}
    rows = stored(store, "key", "tempo", "time_signature", "mode")
    assert rows == [(None, None, None, 1.0), (0.0, 1.0, 4.0, 0.0)]


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2019-06-14", 2019),
        ("1975", 1975),
        ("1975-05", 1975),
        ("14.06.2019", 2019),
        ("soon", None),
        ("", None),
    ],
)
def test_years_of_dates(store: Store, tmp_path: Path, date: str, year: int | None) -> None:
    import_table(store, save(tmp_path, f"id,title,artist,tempo,year\na,b,c,1,{date}\n"))
    assert stored(store, "year") == [(year,)]


def test_repeated_ids_keep_the_first_row_and_all_genres(store: Store, tmp_path: Path) -> None:
    text = "id,title,artist,tempo,genre\n" + "".join(
        f"{row}\n"
        for row in ("a,T,A,120,rock", "b,U,B,60,pop", "a,T,A,120,metal", "a,other,A,90,rock", " a ,T,A,120,")
    )
    done = import_table(store, save(tmp_path, text))
    assert (done.rows, done.tracks, done.repeated, done.conflicting, done.genres) == (5, 2, 3, 1, 3)
    rows = stored(store, "id", "title", "tempo", "genre", "genres")
    assert rows == [("a", "T", 120.0, "rock", ["rock", "metal"]), ("b", "U", 60.0, "pop", ["pop"])]


def test_a_repeated_row_may_lack_what_the_first_has(store: Store, tmp_path: Path) -> None:
    assert import_table(store, save(tmp_path, lines(GOOD, "a,Title,Artist,,0.5"))).conflicting == 1


def test_popularity_beyond_numbers_is_unknown(store: Store, tmp_path: Path) -> None:
    text = "id,title,artist,tempo,popularity\na,b,c,1,inf\nd,e,f,1,1e39\ng,h,i,1,55\n"
    import_table(store, save(tmp_path, text))
    assert stored(store, "popularity") == [(None,), (None,), (55.0,)]


def test_tables_are_added_to_one_another(store: Store, tmp_path: Path) -> None:
    import_table(store, save(tmp_path, lines(GOOD, "b,x,y,60,0")))
    import_table(store, save(tmp_path, lines("b,new,y,61,0", "c,x,y,62,0")))
    assert sorted(stored(store, "id", "title")) == [("a", "Title"), ("b", "new"), ("c", "x")]


# -- bad tables ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([GOOD, "b,x,y,fast,0.5"], "row 3, column 'tempo': 'fast' is not a number"),
        ([GOOD, "b,x,y,120,1_0"], "row 3, column 'energy': '1_0' is not a number"),
        (['a,"two\nlines",A,120,0.5', "b,x,y,١,0"], "row 3, column 'tempo': '١' is not a number"),
        (
            [GOOD, "", "", "b,x,y,120,1.5", "c,x,y,1,-2"],
            r"row 5, column 'energy': 1\.5 is outside 0 to 1 \(2",
        ),
        ([GOOD, "b,x,y,inf,0"], "row 3, column 'tempo': inf is outside"),
        ([GOOD, "b,x,y,1e999,0"], "row 3, column 'tempo': inf is outside"),
        ([GOOD, "b,x,y,-inf,0"], "row 3, column 'tempo': -inf is outside"),
        ([GOOD, ",x,y,120,0"], "row 3 has no id"),
        ([GOOD, "  ,x,y,120,0"], "row 3 has no id"),
        ([GOOD, "b,x,y,120"], "row 3 has 4 columns, the header 5"),
        ([GOOD, "", "b,x,y,120,0,9"], "row 4 has 6 columns, the header 5"),
    ],
)
def test_bad_rows_are_named_as_the_file_counts_them(
    store: Store, tmp_path: Path, rows: list[str], message: str
) -> None:
    path = save(tmp_path, lines(*rows))
    with bad_table(f"^{re.escape(str(path))}: {message}") as caught:
        import_table(store, path)
    assert caught.value.remedy
    assert len(store) == 0


def test_the_column_named_is_the_one_in_the_file(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path, "id,BPM,duration_ms\na,120,1000\nb,500,2000\n")
    with bad_table("row 3, column 'BPM': 500 is outside 0 to 400"):
        import_table(store, path, mapping={"tempo": "BPM"})
    path = save(tmp_path, "id,tempo,duration_ms\na,120,1000\nb,100,-1\n")
    with bad_table("row 3, column 'duration_ms': -1 is outside 0 to 8.64e"):
        import_table(store, path)


def test_a_popularity_that_is_no_number_is_named(store: Store, tmp_path: Path) -> None:
    with bad_table("table.csv: row 2, column 'popularity': 'high' is not a number"):
        import_table(store, save(tmp_path, "id,title,artist,tempo,popularity\na,b,c,1,high\n"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (HEADER.encode(), "has a header but no rows"),
        (HEADER.encode() + b"\r\n\r\n", "has a header but no rows"),
        (lines("a,caf\xe9,b,1,0").encode("latin-1"), "is not utf-8 text.*--encoding latin-1"),
        (lines(GOOD).encode("utf-16"), "is not utf-8 text.*--encoding utf-16"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "is not utf-8 text"),
        (bytes(1 << 21), "is not utf-8 text"),
        (b"x" * (3 << 20), "cannot be read as a table|known layout|no rows"),
        (b"x" * (3 << 20) + b",id,tempo\n1,2,3\n", "cannot be read as a table"),
        (b"a;b;c\n1;2;3\n", "is not a table of a known layout"),
        (b"id,tempo,tempo\na,1,2\n", "has 2 columns called 'tempo'"),
        (b"<html>\n<body>Not found</body>\n</html>\n", "is not a table of a known layout"),
        (b"\x1b[31mid\n\x07\n\x07,\x1b\n", "has 2 columns, the header 1"),
    ],
    ids=range(14),
)
def test_what_is_no_table_is_said_in_one_line(
    store: Store, tmp_path: Path, data: bytes, message: str
) -> None:
    path = save(tmp_path, data)
    with bad_table(message) as caught:
        import_table(store, path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < len(str(path)) + 400


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.csv", "no such file"), ("folder.csv", "cannot be read"), ("t.csv.gz", "cannot be read")],
)
def test_unreadable_files(store: Store, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    save(tmp_path, gzip.compress(lines(GOOD).encode() * 99)[:-20], "t.csv.gz")
    with bad_table(message):
        import_table(store, tmp_path / name)


@pytest.mark.parametrize("encoding", ["klingon", "utf-16"])
def test_a_wrong_encoding_is_named(store: Store, tmp_path: Path, encoding: str) -> None:
    with bad_table(f"is not {encoding} text"):
        import_table(store, save(tmp_path, lines(GOOD)), encoding=encoding)


def test_missing_and_unknown_columns(store: Store, tmp_path: Path) -> None:
    with bad_table("needs an id and at least one feature"):
        import_table(store, save(tmp_path, "id,title\na,b\n"))
    with bad_table("no column 'BPM'"):
        import_table(store, save(tmp_path, lines(GOOD)), mapping={"tempo": "BPM"})


def test_a_failing_import_leaves_the_library_as_it_was(store: Store, tmp_path: Path) -> None:
    import_table(store, save(tmp_path, lines(GOOD)))
    version = store.version
    with bad_table("row 3"):
        import_table(store, save(tmp_path, lines("a,other,A,1,0", "b,x,y,1,99")))
    store.refresh()
    assert store.version == version
    assert stored(store, "id", "title") == [("a", "Title")]


def test_an_import_waits_for_no_other_writer(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path, lines(GOOD))
    with store.writing("scan"), pytest.raises(LibraryError, match=r"written by process \d+ \(scan\)"):
        import_table(Store(store.uri), path)


def records(texts: Iterable[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


def test_playlists_of_a_table(store: Store, tmp_path: Path) -> None:
    header = (
        "track_id,track_name,track_artist,tempo,playlist_id,playlist_name,playlist_genre,playlist_subgenre"
    )
    rows = [
        header,
        "a,T,A,120,p1,Mine,rock,punk",
        "a,T,A,120,p2,Yours,pop,",
        "a,T,A,120,p1,Mine,rock,punk",
        "b,U,B,60,,,,",
    ]
    done = import_table(store, save(tmp_path, records(rows)))
    assert (done.playlists, done.genres) == (2, 3)
    kept = {
        (r["playlist_id"], r["track_id"], r["name"], r["subgenre"]) for r in store.playlists().to_pylist()
    }
    assert kept == {("p1", "a", "Mine", "punk"), ("p2", "a", "Yours", None)}
    assert stored(store, "id", "genres") == [("a", ["rock", "pop", "punk"]), ("b", [])]
