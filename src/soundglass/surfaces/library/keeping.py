"""What keeps a library whole, and what is kept beside it."""

from __future__ import annotations

from soundglass.library.health import Health, LibraryInfo, check, summarise
from soundglass.library.saved import Saved
from soundglass.surfaces.library.opened import Opened
from soundglass.surfaces.playlists.kept import KeptPlaylists


class Keeping(Opened):
    """Checking, tidying, playlists."""

    @property
    def playlists(self) -> KeptPlaylists:
        """The playlists beside the library: made, changed, written to files."""
        return KeptPlaylists(Saved(self.uri), self._store())

    def info(self) -> LibraryInfo:
        """Say what is in the library."""
        return summarise(self._store())

    def check(self) -> Health:
        """Read everything and report what is damaged, impossible or gone."""
        return check(self._store())

    def compact(self) -> dict[str, int]:
        """Merge small pieces and drop old snapshots."""
        with self._store().writing("compact"):
            return self._store().compact()
