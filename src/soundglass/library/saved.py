"""What a user keeps beside the analysis, in one SQLite file: profiles and playlists."""

from __future__ import annotations

from typing import Final

from soundglass.library.sqlite_file import Migrations, SqliteFile, names_of

SAVED_FILE: Final = "saved.sqlite"
SAVED_FILES: Final = names_of(SAVED_FILE)
"""All names it may have in a library's folder."""

MIGRATIONS: Final[Migrations] = (
    (
        """CREATE TABLE profiles (
            folded TEXT PRIMARY KEY, name TEXT NOT NULL, settings TEXT NOT NULL,
            created TEXT NOT NULL, changed TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE playlists (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
            version INTEGER NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE playlist_tracks (
            playlist TEXT NOT NULL REFERENCES playlists (id) ON DELETE CASCADE, track TEXT NOT NULL,
            place INTEGER NOT NULL, title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL,
            duration_s REAL, reason TEXT NOT NULL, PRIMARY KEY (playlist, track)
        ) STRICT, WITHOUT ROWID""",
    ),
)


class Saved(SqliteFile):
    """One user's profiles and playlists of one library."""

    FILE = SAVED_FILE
    APPLICATION = 0x536F756E  # "Soun"
    HOLDS = "your profiles and playlists"
    MIGRATIONS = MIGRATIONS
