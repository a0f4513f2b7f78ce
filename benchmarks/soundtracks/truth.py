"""What belongs together: the soundtrack, release and artist of every track."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SHIPPED_SIX_TIMES = "drascula-music"


@dataclass(frozen=True, slots=True)
class Tracks:
    """Music and where it belongs.

    Attributes
    ----------
    files : sequence of Path
    soundtrack, release, artist : ndarray of str, shape (n_tracks,)
        The folder it is shipped in; the game or album; who made it, empty where nobody says.
    """

    files: Sequence[Path]
    soundtrack: NDArray[np.str_]
    release: NDArray[np.str_]
    artist: NDArray[np.str_]

    @classmethod
    def read(cls, folder: Path) -> Tracks:
        """Read the ``tracks.csv`` that ``tools/fetch_game_music.py`` wrote."""
        with (folder / "tracks.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        columns = [np.array([row[name] for row in rows]) for name in ("soundtrack", "release", "artist")]
        return cls([folder / row["path"] for row in rows], *columns)

    @property
    def by_same_artist(self) -> NDArray[np.bool_]:
        """Tell which pairs are by one artist who is known, shape (n_tracks, n_tracks)."""
        pairs: NDArray[np.bool_] = _same(self.artist) & (self.artist != "")
        return pairs

    @property
    def of_same_release(self) -> NDArray[np.bool_]:
        """Tell which pairs are of one release, shape (n_tracks, n_tracks)."""
        return _same(self.release)

    @property
    def of_same_soundtrack(self) -> NDArray[np.bool_]:
        """Tell which pairs are of one soundtrack, shape (n_tracks, n_tracks)."""
        return _same(self.soundtrack)


def with_copies(tracks: Tracks) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """List the tracks as a search for files finds them that follows links: one soundtrack is there six times.

    Returns
    -------
    index : ndarray of int, shape (n_files,)
        Which track each file holds.
    soundtrack : ndarray of str, shape (n_files,)
        Every copy of the folder counts as a soundtrack of its own.
    """
    linked = np.flatnonzero(tracks.soundtrack == _SHIPPED_SIX_TIMES)
    names = [
        np.full(len(linked), f"{_SHIPPED_SIX_TIMES}/{language}")
        for language in ("de", "en", "es", "fr", "it")
    ]
    index = np.concatenate([np.arange(len(tracks.files)), *[linked] * len(names)])
    return index, np.concatenate([tracks.soundtrack, *names])


def _same(labels: NDArray[np.str_]) -> NDArray[np.bool_]:
    pairs: NDArray[np.bool_] = labels[:, None] == labels
    return pairs
