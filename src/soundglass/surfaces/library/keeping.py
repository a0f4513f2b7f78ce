"""What keeps a library whole."""

from __future__ import annotations

from soundglass.library.health import Health, LibraryInfo, check, summarise
from soundglass.surfaces.library.opened import Opened


class Keeping(Opened):
    """Checking and tidying."""

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
