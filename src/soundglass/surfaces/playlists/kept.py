"""A library's playlists as Python sees them: kept, changed, written to files."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from soundglass.core.errors import SoundglassError
from soundglass.library.playlists import Playlists
from soundglass.surfaces.playlists.formats import format_of
from soundglass.surfaces.playlists.listing import absolute, beside, listing


class KeptPlaylists(Playlists):
    """The playlists of a :class:`~soundglass.surfaces.library.Library`.

    Examples
    --------
    ::

        library = soundglass.open("music.lance")
        library.playlists.make("Evening", [rec.track.id for rec in library.similar("so what")])
        library.playlists.export("Evening", "evening.m3u8")
    """

    def export(self, wanted: str, file: str | PathLike[str], *, absolute_paths: bool = False) -> Path:
        """Write a playlist to a file, in the format its suffix names; one of this name is replaced.

        Parameters
        ----------
        wanted : str
            The playlist's name or id.
        file : path-like
        absolute_paths : bool
            Name the music by its whole path instead of the way from the file's folder.

        Raises
        ------
        NoSuchPlaylist
            There is none.
        SoundglassError
            The suffix names no format, or the file cannot be written.
        """
        path = Path(file).expanduser()
        chosen, playlist = format_of(path), self.find(wanted)
        place = absolute if absolute_paths else beside(path.absolute().parent.resolve())
        content = chosen.write(listing(self._store, playlist, place))
        try:
            path.write_bytes(content)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SoundglassError(
                f"cannot be written ({reason})", path=path, remedy="Choose another place"
            ) from error
        return path
