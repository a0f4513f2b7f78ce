"""Column names are recognised, or mapped by hand."""

from __future__ import annotations

import pytest

from soundglass.core.errors import CatalogueError
from soundglass.library.layouts import choose_layout


def _names(header: str) -> list[str]:
    return header.split(",")


SPOTIFY_114K = _names(
    ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,"
    "mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre"
)
TIDYTUESDAY = _names(
    "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,"
    "track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,danceability,energy,"
    "key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms"
)


def test_the_114k_layout_is_recognised() -> None:
    layout = choose_layout(SPOTIFY_114K, {}, "t.csv")
    found = {ours: layout[ours] for ours in ("id", "title", "artist", "album", "genre", "duration_ms")}
    assert found == {
        "id": "track_id",
        "title": "track_name",
        "artist": "artists",
        "album": "album_name",
        "genre": "track_genre",
        "duration_ms": "duration_ms",
    }
    assert {"tempo", "time_signature", "valence"} <= layout.keys()
    assert "playlist_id" not in layout


def test_the_tidytuesday_layout_is_recognised() -> None:
    layout = choose_layout(TIDYTUESDAY, {}, "t.csv")
    found = {ours: layout[ours] for ours in ("id", "title", "artist", "album", "genre", "year", "popularity")}
    assert found == {
        "id": "track_id",
        "title": "track_name",
        "artist": "track_artist",
        "album": "track_album_name",
        "genre": "playlist_genre",
        "year": "track_album_release_date",
        "popularity": "track_popularity",
    }
    assert {"playlist_id", "playlist_name", "playlist_subgenre"} <= layout.keys()
    assert "time_signature" not in layout


def test_our_own_names_are_recognised() -> None:
    layout = choose_layout(["id", "title", "artist", "tempo", "other"], {}, "t.csv")
    assert layout == {"id": "id", "title": "title", "artist": "artist", "tempo": "tempo"}


def test_a_mapping_wins_over_what_is_recognised() -> None:
    layout = choose_layout([*SPOTIFY_114K, "BPM"], {"tempo": "BPM", "id": "track_name"}, "t.csv")
    assert (layout["tempo"], layout["id"], layout["energy"]) == ("BPM", "track_name", "energy")


@pytest.mark.parametrize(
    ("columns", "mapping", "message"),
    [
        (["a", "b"], {}, r"^t\.csv: .*needs an id and at least one feature.*--map"),
        (["id", "title"], {}, "at least one feature"),
        (["tempo", "energy"], {}, "needs an id"),
        (["id", "tempo"], {"bpm": "tempo"}, "'bpm', which is no column of ours.*tempo"),
        (["id", "tempo"], {"energy": "Energy"}, "no column 'Energy'.*It has: id, tempo"),
    ],
)
def test_an_unknown_layout_is_refused_with_what_to_do(
    columns: list[str], mapping: dict[str, str], message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        choose_layout(columns, mapping, "t.csv")
