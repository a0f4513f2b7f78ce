"""What a library lets one hear: where two tracks are alike, as sounds."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from soundglass.library.search import file_of, find_row
from soundglass.surfaces.library.asking import Asking

if TYPE_CHECKING:
    from soundglass.explain.heard import HeardMost
    from soundglass.surfaces.sounds import Heard


class Hearing(Asking):
    """Listening."""

    def listen(
        self,
        track: str,
        other: str,
        folder: str | PathLike[str],
        *,
        n: int = 3,
        bed_db: float | None = None,
        suffix: Literal[".wav", ".flac"] = ".wav",
    ) -> tuple[Heard, ...]:
        """Write the regions in which two tracks match most as sounds, as :func:`write_matches` says."""
        from soundglass.surfaces.sounds import write_matches  # loads the decoders

        parts = self.why(track, other, by="spectrogram").parts
        store = self._store()
        query, match = (file_of(store, find_row(store, side)) for side in (track, other))
        return write_matches(query, match, parts, Path(folder), n, bed_db, suffix)

    def heard(self, track: str, other: str) -> HeardMost:
        """Hear two tracks again and say in which stretch of each they are alike most, by spectrogram."""
        from soundglass.explain.heard import heard_most  # loads the decoders

        store, explainers = self._snapshot()
        pair = find_row(store, track), find_row(store, other)
        return heard_most(store, explainers.by_spectrogram(*pair).recommender, pair)
