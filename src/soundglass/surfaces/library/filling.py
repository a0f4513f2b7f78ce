"""What fills a library: music, and tables of features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

from soundglass.audio.discover import discover
from soundglass.library.scan import ScanProgress, ScanSummary, scan
from soundglass.library.tables import ImportSummary, read_table
from soundglass.surfaces.library.opened import Opened


class Filling(Opened):
    """Scanning and importing."""

    def scan(
        self,
        *paths: str | PathLike[str],
        workers: int | None = None,
        prune: bool = False,
        progress: Callable[[ScanProgress], None] = lambda _: None,
    ) -> ScanSummary:
        """Analyse the music under folders, or single files; only what is new or changed is looked into.

        Parameters
        ----------
        workers : int, optional
            Analysis processes; one per processor by default.
        prune : bool
            Forget tracks whose files are gone.
        progress : callable
            Told after every file.

        Raises
        ------
        AudioError
            A path does not exist.
        LibraryError
            The library cannot be opened or written.
        """
        settings = self.settings
        if workers is not None:
            settings = replace(settings, scan=replace(settings.scan, workers=workers))
        roots = [Path(path).expanduser() for path in paths]
        discover(roots)  # a missing folder is refused before a library is made for it
        return scan(self._store(create=True), roots, prune=prune, settings=settings, progress=progress)

    def import_table(
        self, path: str | PathLike[str], *, mapping: Mapping[str, str] | None = None, encoding: str = "utf-8"
    ) -> ImportSummary:
        """Read a Spotify-style table, as :func:`soundglass.library.tables.read_table` says, and store it."""
        table = read_table(Path(path), mapping=mapping, encoding=encoding)
        return table.store_in(self._store(create=True))
