"""What the four notebooks share: music to work on, a table of its features, and the study's own ways."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

import soundglass
from soundglass.core.errors import CatalogueError, LibraryError
from soundglass.core.types import Track
from soundglass.demo import demo_music
from soundglass.library.scan import ScanProgress
from soundglass.surfaces.library import Library

OWN_MUSIC = os.environ.get("SOUNDGLASS_MUSIC", "")
"""A folder of your own music; the notebooks run on the demo music where it is empty."""

FOLDER = Path(OWN_MUSIC).expanduser().absolute() if OWN_MUSIC else demo_music()
"""The music the notebooks run on."""

_NAME = f"own-{zlib.crc32(os.fsencode(FOLDER)):08x}" if OWN_MUSIC else "demo"
BUILT = Path(__file__).parents[1] / "build" / "notebooks" / _NAME
"""Whatever the notebooks make, each folder of music by itself; nothing else is written to."""

FEWEST = 12
"""Of fewer tracks there are no ten nearest, and nothing else that the notebooks count."""

CLIP_S = 10.0
"""The study cut ten seconds of every track."""

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
_DEMO_TRACK = "escape from chaosland"
_Item = TypeVar("_Item")

pd.set_option("display.max_colwidth", 100)


def music(progress: Callable[[ScanProgress], None] = lambda _: None) -> Library:
    """Give the library of the music, your own or the demo's; what is new or changed is analysed first.

    Raises
    ------
    AudioError
        The folder does not exist.
    LibraryError
        Too few tracks are long enough.
    """
    library = soundglass.open(BUILT / "music.lance")
    workers = (
        None if OWN_MUSIC else 1
    )  # tracks are stored as workers are done: one stores the demo in one order
    done = library.scan(FOLDER, workers=workers, prune=True, progress=progress)
    n = len(studied(library)) if len(library) else 0
    if n < FEWEST:
        failed = f"; {len(done.failed)} files cannot be read" if done.failed else ""
        raise LibraryError(
            f"{n} tracks of {CLIP_S:.0f} s or longer, not silent, were found, and the study needs at least "
            f"{FEWEST}{failed}",
            path=FOLDER,
            remedy="Name a folder with more music in SOUNDGLASS_MUSIC",
        )
    return library


def studied(library: Library) -> list[Track]:
    """Give the tracks that the study can cut ten seconds from and hear something in."""
    return [
        track
        for track in library.map(clusters=None).tracks
        if round(track.duration_s, 1) >= CLIP_S and "silent" not in track.flags
    ]


def example(library: Library) -> Track:
    """Pick the track that examples are shown with."""
    return library.showcase() if OWN_MUSIC else library.find(_DEMO_TRACK)


def middle(track: Track, seconds: float = CLIP_S) -> tuple[float, float]:
    """Say from where to where the middle of a track lasts, in seconds from its start."""
    start = max(0.0, (track.duration_s - seconds) / 2)
    return start, start + seconds


def evenly(items: Sequence[_Item], most: int) -> list[_Item]:
    """Take about so many at most, evenly spread, so that large libraries take no longer."""
    return list(items)[:: max(1, round(len(items) / most))]


def table_of(library: Library) -> pd.DataFrame:
    """Lay a library out as the tables are that people have: Spotify's column names, one row a track.

    Tracks that are silent or shorter than ten seconds are left out, as are those without one of the columns.
    """
    everything = library.map(clusters=None)
    named = {
        "track_id": [track.id for track in everything.tracks],
        "track_name": [track.title or Path(track.path).stem for track in everything.tracks],
        "artists": [track.artist for track in everything.tracks],
        "track_genre": [track.genres[0] if track.genres else "" for track in everything.tracks],
        "duration_ms": [round(1000 * track.duration_s) for track in everything.tracks],
    }
    features = {name: everything.features[name] for name in (*COLUMNS, "loudness", "speechiness", "liveness")}
    table = pd.DataFrame({**named, **features}).dropna(subset=list(COLUMNS))
    table = table[table["track_id"].isin([track.id for track in studied(library)])]
    return table.sort_values(["artists", "track_name"], ignore_index=True)


def own_table() -> pd.DataFrame | None:
    """Read your own Spotify-like table, named by ``SOUNDGLASS_TABLE``, or one beside the project, if any.

    Raises
    ------
    CatalogueError
        It cannot be read, lacks a column that the study compared, or has too few rows.
    """
    named = os.environ.get("SOUNDGLASS_TABLE", "")
    path = Path(named or _SHARED_TABLE).expanduser()
    if not named and not path.is_file():
        return None
    try:
        found = pd.read_csv(path, low_memory=False)
    except (OSError, EOFError, ValueError) as error:  # those of pandas are ValueErrors
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise CatalogueError(f"cannot be read ({reason})", path=path, remedy="Name a CSV table") from error
    names = {known: ours for ours, known in _columns_of(found).items()}
    needed = (*COLUMNS, "track_name", "artists")
    if missing := [name for name in needed if name not in names.values()]:
        raise CatalogueError(
            f"has no column {', '.join(missing)}", path=path, remedy="Name a table with Spotify's columns"
        )
    table = found[list(names)].rename(columns=names).dropna(subset=list(needed))
    if "track_id" not in table:
        table.insert(0, "track_id", [f"row-{at + 2}" for at in table.index])
    table["track_id"] = table["track_id"].astype(str)
    table = table.drop_duplicates("track_id", ignore_index=True)
    if len(table) < FEWEST:
        raise CatalogueError(
            f"has {len(table)} complete rows, and the study needs at least {FEWEST}",
            path=path,
            remedy="Name a longer table in SOUNDGLASS_TABLE",
        )
    return table


def _columns_of(table: pd.DataFrame) -> dict[str, str]:
    """Say which of a table's columns stands for each of ours."""
    known = {ours: [name for name in theirs if name in table] for ours, theirs in _SPOTIFY.items()}
    return {ours: theirs[0] for ours, theirs in known.items() if theirs}


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
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows / np.where(lengths > 0, lengths, 1)
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
        seconds = getattr(row, "duration_ms", np.nan) / 1000 + rng.uniform(-2, 2)
        rows.append((f"other-{at}", title, artist, seconds, truth))
    return pd.DataFrame(rows, columns=["id", "title", "artist", "duration", "truth"])


def _mistyped(title: str, rng: np.random.Generator) -> str:
    """Swap two letters."""
    if len(title) < _TYPO_FROM:
        return title
    at = int(rng.integers(1, len(title) - 2))
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]
