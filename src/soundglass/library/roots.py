"""The folders that were scanned, and which files may be served from them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from soundglass.audio.discover import FoundFile, Unreadable
from soundglass.core.errors import AudioError
from soundglass.library.ledger import is_under
from soundglass.library.store import Store

_NOTE = "soundglass.roots"
_LEAST_DEPTH = 3
"""What files of an older library have in common is a root only if it is no more general than /home/me."""

_SCAN_AGAIN = "Scan its folder again"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a library may lie.

    Attributes
    ----------
    roots : tuple of Path
        Folders and files that were scanned, as they were named.
    linked : tuple of Path
        Folders and files outside them that links in them led to when they were scanned; without links.
    """

    roots: tuple[Path, ...] = ()
    linked: tuple[Path, ...] = ()

    def hold(self, real: str) -> bool:
        """Tell whether a path without links lies in one of the places."""
        return any(is_under(real, Path(os.path.realpath(root))) for root in self.roots) or any(
            is_under(real, place) for place in self.linked
        )


_KEPT: WeakKeyDictionary[Store, tuple[int, Places]] = WeakKeyDictionary()


def roots(store: Store) -> list[Path]:
    """List the folders and files that were scanned, as they were named.

    Of a library made before they were noted, the folders its files have in common.
    """
    return list(places(store).roots)


def places(store: Store) -> Places:
    """Read where the files of a library may lie; see :func:`roots`. It is kept as long as the store."""
    kept = _KEPT.get(store)
    if kept is None or kept[0] != store.version:
        kept = _KEPT[store] = store.version, _read(store)
    return kept[1]


def _read(store: Store) -> Places:
    note = store.note(_NOTE)
    if note is None:
        return Places(tuple(_common(_folders(store))))
    noted = json.loads(note)
    return Places(tuple(map(Path, noted["roots"])), tuple(map(Path, noted["linked"])))


def record(store: Store, scanned: Iterable[Path], found: Iterable[FoundFile | Unreadable]) -> None:
    """Note what is scanned and where links in it lead, beside what was noted before; the writer's part.

    Parameters
    ----------
    store : Store
    scanned : iterable of Path
        Absolute.
    found : iterable of FoundFile or Unreadable
        What discovery found there.
    """
    before, scanned = places(store), list(scanned)
    is_noted = store.note(_NOTE) is not None
    older = [top for top in before.roots if is_noted or not any(is_under(str(top), new) for new in scanned)]
    tops = dict.fromkeys((*older, *scanned))
    linked = dict.fromkeys((*before.linked, *_links(tops, found)))
    after = Places(tuple(tops), tuple(linked))
    if after != before or not is_noted:
        lists = {"roots": [str(path) for path in after.roots], "linked": [str(path) for path in after.linked]}
        store.keep_note(_NOTE, json.dumps(lists))


def servable(store: Store, row: int) -> Path:
    """Give the file of a track, if it still is a plain file in a place that was scanned.

    Parameters
    ----------
    store : Store
    row : int

    Returns
    -------
    Path
        Without links: whatever happens to links afterwards, this names the file that was looked at. The first
        of the track's files that may be served.

    Raises
    ------
    AudioError
        The track is a table's, its files are gone, or they are no longer what was scanned.
    """
    (files,) = store.take([row], ["files"])["files"].to_pylist()
    if not files:
        raise AudioError("comes from a table: there is no sound")
    within, refusals = places(store), []
    for file in files:
        try:
            return _checked(Path(os.fsdecode(file["path"])), within)
        except AudioError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _checked(path: Path, within: Places) -> Path:
    real = os.path.realpath(path)
    try:
        status = os.lstat(real)
    except OSError as error:
        gone = isinstance(error, (FileNotFoundError, NotADirectoryError))
        reason = "is no longer there" if gone else f"cannot be read ({error.strerror})"
        raise AudioError(reason, path=path, remedy=f"Is the disk mounted? {_SCAN_AGAIN}") from None
    if not within.hold(real):
        raise AudioError("leads out of the folders that were scanned", path=path, remedy=_SCAN_AGAIN)
    if not stat.S_ISREG(status.st_mode):
        raise AudioError("is no longer a plain file", path=path, remedy=_SCAN_AGAIN)
    return Path(real)


def _links(tops: Iterable[Path], found: Iterable[FoundFile | Unreadable]) -> Iterator[Path]:
    """Yield where links lead that leave the roots: the highest of them on the way to each file found."""
    inside = [Path(os.path.realpath(top)) for top in tops]
    seen: set[Path] = set()
    for file in found:
        if isinstance(file, Unreadable) or (file.path.parent in seen and not file.path.is_symlink()):
            continue
        seen.add(file.path.parent)
        steps = file.path.relative_to(file.root).parts
        for n in range(1, len(steps) + 1):
            real = os.path.realpath(file.root.joinpath(*steps[:n]))
            if not any(is_under(real, place) for place in inside):
                inside.append(Path(real))
                yield Path(real)


def _folders(store: Store) -> set[Path]:
    files = store.columns(["files"], "origin = 'audio'")["files"].to_pylist()
    return {Path(os.fsdecode(file["path"])).parent for of_track in files for file in of_track or ()}


def _common(folders: set[Path]) -> list[Path]:
    """Find what folders have in common, apart where that would be half the disk."""
    if not folders:
        return []
    top = Path(os.path.commonpath(folders))
    if len(top.parts) >= _LEAST_DEPTH or len(folders) == 1 or top in folders:
        return [top]
    below: dict[Path, set[Path]] = {}
    for folder in folders:
        below.setdefault(Path(*folder.parts[: len(top.parts) + 1]), set()).add(folder)
    return [common for name in sorted(below) for common in _common(below[name])]
