"""What the four notebooks share: music to work on, a table of its features, and the study's own ways."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

import soundglass
from soundglass.demo import demo_music
from soundglass.surfaces.library import Library

BUILT = Path(__file__).parents[1] / "build" / "notebooks"
"""Whatever the notebooks make; nothing else is written to."""

COLUMNS = ("danceability", "energy", "acousticness", "valence", "instrumentalness", "tempo")
"""The columns the study compared tracks by, as they stand in the table."""

_SHARED_TABLE = Path(__file__).parents[2] / "shared" / "data" / "csv" / "tidytuesday_spotify_songs.csv.gz"
_SPOTIFY = {
    "track_id": ("track_id", "id"),
    "track_name": ("track_name", "title", "name"),
    "artists": ("artists", "track_artist", "artist"),
    "track_genre": ("track_genre", "playlist_subgenre", "genre"),
    "duration_ms": ("duration_ms",),
    **{name: (name,) for name in COLUMNS},
}
_TYPO_FROM = 6

pd.set_option("display.max_colwidth", 100)


def demo() -> Library:
    """Give the demo library; the first notebook to ask analyses its music, in about half a minute."""
    library = soundglass.open(BUILT / "demo.lance")
    library.scan(demo_music(), workers=2)
    return library


def table_of(library: Library) -> pd.DataFrame:
    """Lay a library out as the tables are that people have: Spotify's column names, one row a track."""
    everything = library.map(clusters=None)
    named = {
        "track_id": [track.id for track in everything.tracks],
        "track_name": [track.title for track in everything.tracks],
        "artists": [track.artist for track in everything.tracks],
        "track_genre": [track.genres[0] if track.genres else "" for track in everything.tracks],
        "duration_ms": [round(1000 * track.duration_s) for track in everything.tracks],
    }
    features = {name: everything.features[name] for name in (*COLUMNS, "loudness", "speechiness", "liveness")}
    table = pd.DataFrame({**named, **features})
    return table.sort_values(["artists", "track_name"], ignore_index=True)


def own_table() -> pd.DataFrame | None:
    """Read your own Spotify-like table, named by ``SOUNDGLASS_TABLE``, or one beside the project, if any."""
    path = Path(os.environ.get("SOUNDGLASS_TABLE", _SHARED_TABLE))
    if not path.is_file():
        return None
    found = pd.read_csv(path)
    names = {theirs: ours for ours, known in _SPOTIFY.items() for theirs in known if theirs in found}
    table = found.rename(columns=names)[list(dict.fromkeys(names.values()))]
    return table.dropna(subset=[*COLUMNS, "track_name", "artists"]).drop_duplicates(
        "track_id", ignore_index=True
    )


def library_of(table: pd.DataFrame) -> Library:
    """Give the library of a table of one's own; each table has its own."""
    digest = int(pd.util.hash_pandas_object(table, index=False).sum()) & 0xFFFFFFFF
    path = BUILT / f"own-{digest:08x}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    library = soundglass.open(path.with_suffix(".lance"))
    library.import_table(path)
    return library


def cosine(values: pd.DataFrame | np.ndarray) -> np.ndarray:
    """Compare all rows with all rows by the cosine of the angle between them, as the study did."""
    rows = np.asarray(values, dtype=float)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def without_itself(similarity: np.ndarray) -> np.ndarray:
    """Take out what compares each row with itself."""
    similarity = similarity.copy()
    np.fill_diagonal(similarity, -np.inf)
    return similarity


def as_others_write(table: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """List the same music as another service would, with what makes joining tables hard.

    Of ten titles one stays as it is; others get a note of an edition, a featured artist, a typing error,
    other letters or brackets, and lengths differ by up to 2 s. Two of ten become another recording, live or
    remixed, which must not be matched. ``truth`` holds the id of the row that is meant, or nothing.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for at, row in enumerate(table.itertuples()):
        title, artist, truth = row.track_name, row.artists, row.track_id
        match at % 10:
            case 1:
                title = f"{title} - Remastered 2011"
            case 2:
                title = f"{title} (feat. Somebody Else)"
            case 3:
                title = _mistyped(title, rng)
            case 4:
                title, artist = title.upper(), artist.lower()
            case 5:
                artist = ", ".join(reversed(artist.split(" & "))) if " & " in artist else f"The {artist}"
            case 6:
                title = f"{title} [Album Version]"
            case 7:
                title = f" {title}  - Mono"
            case 8:
                title, truth = f"{title} (Live at the Town Hall)", None
            case 9:
                title, truth = f"{title} - Night Shift Remix", None
        rows.append((f"other-{at}", title, artist, row.duration_ms / 1000 + rng.uniform(-2, 2), truth))
    return pd.DataFrame(rows, columns=["id", "title", "artist", "duration", "truth"])


def _mistyped(title: str, rng: np.random.Generator) -> str:
    """Swap two letters."""
    if len(title) < _TYPO_FROM:
        return title
    at = int(rng.integers(1, len(title) - 2))
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]
