"""What was seen on spectrograms, kept in a file, so that no recording is heard twice."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from soundglass.explain.patterns.statistics import SETTINGS, STATISTICS, STATISTICS_VERSION, Seen

_TABLE = f"seen_{STATISTICS_VERSION}"
_CHUNK = 500
_SIZES = (0, 4 * (len(STATISTICS) + SETTINGS.n_mels))


class Kept:
    """Statistics by track id, for one version of them; SQLite keeps what was stored through a kill.

    What cannot be kept is heard again next time, and a file that is no database is made anew.

    Parameters
    ----------
    file : Path, optional
        Made when first stored to; ``None`` keeps nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def read(self, ids: Sequence[str]) -> dict[str, Seen | None]:
        """Give what is kept of these tracks; ``None`` where there was nothing to see."""
        found: dict[str, Seen | None] = {}
        if self._file is None or not self._file.is_file():
            return found
        with contextlib.suppress(sqlite3.Error, OSError), self._open(self._file) as database:
            for first in range(0, len(ids), _CHUNK):
                some = ids[first : first + _CHUNK]
                marks = ",".join("?" * len(some))
                rows = database.execute(f"SELECT id, numbers FROM {_TABLE} WHERE id IN ({marks})", some)  # noqa: S608
                found.update((track, _unpacked(packed)) for track, packed in rows if len(packed) in _SIZES)
        return found

    def store(self, seen: Mapping[str, Seen | None]) -> None:
        """Keep what was seen of tracks, all of it or none."""
        if self._file is None or not seen:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._write(self._file, seen)
            except sqlite3.OperationalError:  # locked, full or read-only
                raise
            except sqlite3.DatabaseError:
                self._file.unlink()
                self._write(self._file, seen)

    def _write(self, file: Path, seen: Mapping[str, Seen | None]) -> None:
        with self._open(file) as database:
            rows = [(track, _packed(one)) for track, one in seen.items()]
            database.executemany(f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?)", rows)  # noqa: S608

    @contextlib.contextmanager
    def _open(self, file: Path) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(file, timeout=60)) as database, database:
            database.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (id TEXT PRIMARY KEY, numbers BLOB)")
            yield database


def _packed(seen: Seen | None) -> bytes:
    return b"" if seen is None else np.concatenate([seen.numbers, seen.spectrum]).astype("<f4").tobytes()


def _unpacked(packed: bytes) -> Seen | None:
    if not packed:
        return None
    numbers = np.frombuffer(packed, "<f4").astype(np.float64)
    return Seen(numbers[: len(STATISTICS)], numbers[len(STATISTICS) :])
