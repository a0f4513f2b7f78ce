"""Lists of tracks: what a search finds, and what came last."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.contract import track_json
from soundglass.core.types import Json, Track
from soundglass.library.lookup import Lookup
from soundglass.library.recent import newest_rows
from soundglass.surfaces.web.state import Snapshot

_RECENT_KEPT = 100


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found: the first tracks, how many there are, and whether they are only spelt alike."""

    typed: str
    tracks: list[Track]
    total: int
    respelt: bool

    def as_json(self) -> Json:
        """Lay it out for programs."""
        return {
            "query": self.typed,
            "total": self.total,
            "respelt": self.respelt,
            "results": [listed_json(track) for track in self.tracks],
        }


def search(now: Snapshot, typed: str, n: int) -> Hits:
    """Find the tracks that are meant by what is typed so far."""
    found = lookup(now).find(typed, n)
    return Hits(typed.strip(), now.tracks(found.rows.tolist()), found.total, found.respelt)


def prepare(now: Snapshot) -> None:
    """Make what the first search needs."""
    lookup(now).find("a")


def lookup(now: Snapshot) -> Lookup:
    """Give the index of all names, made once for a snapshot."""
    return now.kept("lookup", lambda: Lookup.of(now.store))


def recent(now: Snapshot, n: int) -> list[Track]:
    """List the newest tracks; at most a hundred."""
    rows = now.kept("recent", lambda: newest_rows(now.store, _RECENT_KEPT))
    return now.tracks(rows[:n].tolist())


def listed_json(track: Track) -> Json:
    """Give what a list shows of a track."""
    return {
        **track_json(track),
        "origin": track.origin,
        "genres": list(track.genres),
        "year": track.year,
        "duration_s": track.duration_s if track.duration_s == track.duration_s else None,
    }
