"""What joins a library with tables: which row and which track are one recording."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING

from soundglass.surfaces.library.opened import Opened

if TYPE_CHECKING:
    from soundglass.library.linkage.linking import Matches


class Matching(Opened):
    """Matching."""

    def match(
        self,
        table: str | PathLike[str],
        other: str | PathLike[str] | None = None,
        *,
        mapping: Mapping[str, str] | None = None,
        other_mapping: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
        threshold: float | None = None,
    ) -> Matches:
        """Join a table with this library, or with another table, by titles, artists and lengths.

        Parameters
        ----------
        table, other : path-like
            Tables of titles, as :func:`soundglass.library.linkage.listing.read_listing` reads them; with one
            alone, the other side is the library.
        mapping, other_mapping : mapping of str to str, optional
            Our column names to theirs, of each table.
        encoding : str
            Of both.
        threshold : float, optional
            From which score, 0 to 1, on a pair is asserted.

        Returns
        -------
        Matches
            One for each row of ``table``: matched, ambiguous or unmatched, with score and reason.

        Raises
        ------
        CatalogueError
            A table cannot be read, or has no titles.
        """
        from soundglass.library.linkage.deciding import THRESHOLD
        from soundglass.library.linkage.linking import link
        from soundglass.library.linkage.listing import read_listing
        from soundglass.library.linkage.stored import list_tracks

        listed = read_listing(table, mapping, encoding)
        others = list_tracks(self._store()) if other is None else read_listing(other, other_mapping, encoding)
        return link(listed, others, THRESHOLD if threshold is None else threshold)
