"""What a library lets one hear: where two tracks are alike, as sounds."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from soundglass.core.errors import AudioError
from soundglass.explain.answer import tracks
from soundglass.library.search import file_of, find_row
from soundglass.surfaces.library.asking import Asking
from soundglass.surfaces.library.opened import Named

if TYPE_CHECKING:
    from soundglass.explain.heard import HeardMost
    from soundglass.explain.relevance import Relevance
    from soundglass.surfaces.sonification import Sonification
    from soundglass.surfaces.sounds import Listening, Suffix

MAPPED = ("spectrogram", "blend")
"""Recommenders by tokens, whose score can be laid on all that is heard."""


class Hearing(Asking):
    """Listening."""

    def listen(
        self,
        track: Named,
        other: Named,
        folder: str | PathLike[str],
        *,
        by: str = "spectrogram",
        weight: float | None = None,
        n: int = 3,
        bed_db: float | None = None,
        suffix: Suffix = ".wav",
    ) -> Listening:
        """Write what speaks most for a pair as sounds, as :func:`write_sounds` says.

        Parameters
        ----------
        folder : path-like or str
            Made if need be; files of the same names are replaced.
        by, weight
            As for :meth:`similar`; a recommender whose parts are regions.
        n : int
            How many regions at most.
        bed_db : float, optional
            How loud all the rest is while a region is heard; silent if left out.
        suffix : {".wav", ".flac"}
        """
        from soundglass.surfaces.sounds import strongest, write_sounds  # loads the decoders

        pair = self.why(track, other, by=by, weight=weight)
        strongest(pair.parts, n, by)  # before files are heard again
        store = self._store()
        query, match = (file_of(store, find_row(store, side)) for side in (track, other))
        maps = self.relevance(track, other) if by in MAPPED else None
        folder = Path(folder).expanduser()
        return write_sounds(pair, (query, match), folder, n=n, bed_db=bed_db, suffix=suffix, maps=maps)

    def sonify(
        self,
        target: str | PathLike[str],
        out: str | PathLike[str],
        *,
        start_s: float | None = None,
        seconds: float | None = None,
    ) -> Sonification:
        """Make a sound from a log-mel spectrogram alone, as :func:`write_sonified` says.

        Parameters
        ----------
        target : path-like or str
            An audio file, a PNG made by ``soundglass spectrograms``, or a track of the library.
        out : path-like or str
            WAV or FLAC; an existing file is replaced.
        start_s, seconds : float, optional
            Which stretch: 10 s from the middle of a recording, or all of an image, if left out.
        """
        from soundglass.surfaces.sonification import write_sonified  # loads the decoders

        source = Path(target).expanduser()
        if not source.is_file():
            store = self._store()
            row = find_row(store, fspath(target))
            source = file_of(store, row)
            if source == Path():
                (track,) = tracks(store, [row])
                raise AudioError(
                    f"{track.label} has no audio to listen to: it comes from a table",
                    remedy="Choose a track that was scanned, or name a file",
                )
        return write_sonified(source, Path(out).expanduser(), start_s, seconds)

    def heard(self, track: Named, other: Named) -> HeardMost:
        """Hear two tracks again and say in which stretch of each they are alike most, by spectrogram."""
        from soundglass.explain.heard import heard_most  # loads the decoders

        store, explainers = self._snapshot()
        pair = find_row(store, track), find_row(store, other)
        return heard_most(store, explainers.by_spectrogram(*pair).recommender, pair)

    def relevance(self, track: Named, other: Named) -> tuple[Relevance, Relevance]:
        """Hear two tracks again and map what speaks for the pair on either, by spectrogram."""
        from soundglass.explain.heard import heard_again  # loads the decoders

        store, explainers = self._snapshot()
        pair = find_row(store, track), find_row(store, other)
        return heard_again(store, explainers.by_spectrogram(*pair).recommender, pair)
