"""The state of the library: what it holds, and what can be done about what it lacks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from soundglass.core.types import Json
from soundglass.library.health import LibraryInfo, summarise
from soundglass.library.store import Store
from soundglass.library.versions import VERSION_COLUMNS, VERSIONS
from soundglass.surfaces.cli.options import default_library
from soundglass.surfaces.cli.show import home_as_tilde
from soundglass.surfaces.web.state import Snapshot, Web


@dataclass(frozen=True, slots=True)
class Advice:
    """Something the library lacks, and what to do: a command to copy, or a scan to start."""

    words: str
    command: str = ""
    scan: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What a library holds.

    Attributes
    ----------
    info : LibraryInfo
    outdated : int
        Recordings whose analysis lacks something that this program finds.
    size : int or None
        Bytes on disk; ``None`` on object storage.
    """

    info: LibraryInfo
    outdated: int
    size: int | None

    @property
    def audio(self) -> int:
        """Tracks that can be heard."""
        return self.info.tracks.get("audio", 0)

    @property
    def from_table(self) -> int:
        """Tracks that are rows of a table."""
        return self.info.tracks.get("csv", 0)

    @property
    def length(self) -> tuple[str, str]:
        """How long all of it lasts: a number, and its unit."""
        hours = self.info.hours
        return (f"{hours:,.0f}", "hours") if hours >= 2 else (f"{hours * 60:,.0f}", "minutes")

    @property
    def total(self) -> int:
        """All tracks."""
        return sum(self.info.tracks.values())

    def as_json(self, roots: list[str], advice: list[Advice]) -> Json:
        """Lay it out for programs."""
        info = self.info
        return {
            "tracks": self.total,
            "audio": self.audio,
            "from_table": self.from_table,
            "with_spectrogram": info.tokens,
            "outdated": self.outdated,
            "artists": info.artists,
            "albums": info.albums,
            "playlists": info.playlists,
            "hours": info.hours,
            "genres": dict(info.genres),
            "flags": dict(info.flags),
            "bytes": self.size,
            "version": info.version,
            "folders": roots,
            "advice": [{"words": one.words, "command": one.command or None} for one in advice],
        }


def overview(now: Snapshot) -> Overview:
    """Count what a snapshot holds; made once for each."""
    return now.kept("overview", lambda: _counted(now.store))


def advice(web: Web, now: Snapshot) -> list[Advice]:
    """Say what the library lacks, the most useful first."""
    return list(_advice(web, overview(now), now.roots))


def _advice(web: Web, known: Overview, roots: list[Path]) -> Iterator[Advice]:
    gone = [root.name or str(root) for root in roots if not root.exists()]
    if gone:
        names = ", ".join(gone)
        yield Advice(f"{names} cannot be reached now, so nothing in it can be played. Is the disk mounted?")
    if known.outdated and len(gone) < len(roots):
        of = "track was" if known.outdated == 1 else "tracks were"
        yield Advice(
            f"{known.outdated:,} {of} analysed by an earlier version. Scan again to complete them.", scan=True
        )
    if known.from_table and not known.audio:
        yield Advice(
            "These tracks come from a table: there is nothing to hear, and no spectrogram to compare. "
            "Scan your music, and the app plays it and shows where two tracks sound alike.",
            command("scan ~/Music", web),
        )


def command(words: str, web: Web) -> str:
    """Write a command for this library; of a path that is nobody's business, the last name alone."""
    uri = web.library.uri
    if uri == default_library():
        return f"soundglass {words}"
    return f"soundglass {words} --library {cut_name(web) or home_as_tilde(uri)}"


def cut_name(web: Web) -> str:
    """Give what commands call the library where they may not show its path; empty where they may."""
    short = home_as_tilde(web.library.uri)
    hidden = Path(short).is_absolute() and not web.settings.show_paths
    return Path(short).name if hidden else ""


def _counted(store: Store) -> Overview:
    table = store.columns([*VERSION_COLUMNS.values()], "origin = 'audio'")
    old = np.zeros(table.num_rows, dtype=bool)
    for part, column in VERSION_COLUMNS.items():
        old |= np.asarray(pc.fill_null(pc.not_equal(table[column], VERSIONS[part]), True))
    return Overview(summarise(store), int(old.sum()), _size(store.uri) if store.is_local else None)


def _size(folder: str) -> int:
    """Add up the files of a folder, of which a scan may take some away meanwhile."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  (many, and quickly)
    return size
