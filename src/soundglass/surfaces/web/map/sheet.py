"""What has been found out about one space of one snapshot, kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

import soundglass
from soundglass.core.types import FloatArray
from soundglass.library.store import Store
from soundglass.recommend.maps import MapCoordinates, Method, Neighbours

T = TypeVar("T")
Part: TypeAlias = Literal["clusters", "near", "pca", "tsne"]

_FORMAT = 1
_KEPT_SHEETS, _KEPT_BYTES = 24, 500 << 20
_PROGRESS = "progress.json"


@dataclass(frozen=True, slots=True)
class NamedCluster:
    """A cluster as a map names it.

    Attributes
    ----------
    number, size : int
    name : str
        What sets it apart.
    label : str
        The same with the sizes of the effects.
    typical : tuple of int
        The points that lie most in the middle of it, the first one first.
    """

    number: int
    size: int
    name: str
    label: str
    typical: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which points go together.

    Attributes
    ----------
    labels : ndarray of int8, shape (n_points,)
        0 for the largest cluster; -1 for points of none.
    named : tuple of NamedCluster
    notes : tuple of str
        What to know of them, each a sentence without its full stop.
    """

    labels: NDArray[np.int8]
    named: tuple[NamedCluster, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where all points lie, and how true that is.

    Attributes
    ----------
    xy : ndarray of float32, shape (n_points, 2)
        -1 to 1.
    errors : ndarray of float32, shape (n_points,)
        0 where the surroundings of a point are true, 1 where nothing of them is; NaN where not known yet.
    kept : float
        Share of the nearest tracks that are among the nearest on the map; NaN where not known yet.
    shares : (float, float) or None
        Of the variance, what the two axes show; ``None`` for t-SNE.
    """

    xy: FloatArray
    errors: FloatArray
    kept: float
    shares: tuple[float, float] | None = None

    @property
    def trust(self) -> float:
        """The mean trustworthiness of all points, 0 to 1; NaN where not known yet."""
        return 1 - float(self.errors.mean(dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a map is: which stage of how many, and what is done in it."""

    stage: int
    stages: int
    words: str


class Sheet:
    """The folder of one space of one snapshot.

    Parameters
    ----------
    folder : Path
        Need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, store: Store, by: str, under: Path) -> Sheet:
        """Name the folder of a store's snapshot and a space; another state of the library has another."""
        state = (store.uri, store.version, store.changed.isoformat(), by, soundglass.__version__, _FORMAT)
        return cls(under / hashlib.sha256(repr(state).encode("utf-8", "replace")).hexdigest()[:32])

    # -- reading ---------------------------------------------------------------------------------------

    def has(self, part: Part) -> bool:
        """Whether a part is there."""
        return (self.folder / _file(part)).is_file()

    def clusters(self) -> Clusters | None:
        """Read the clusters; ``None`` where they are not found yet."""
        with self._mending("clusters"):
            found = json.loads((self.folder / _file("clusters")).read_bytes())
            labels = np.load(self.folder / "labels.npy", allow_pickle=False)
            named = tuple(NamedCluster(**{**one, "typical": tuple(one["typical"])}) for one in found["named"])
            return Clusters(labels, named, tuple(found["notes"]))
        return None

    def placed(self, method: Method) -> Placed | None:
        """Read where the points lie; ``None`` where they are not laid out yet."""
        return self._read(
            method,
            lambda found: Placed(
                found["xy"], found["errors"], float(found["kept"]), tuple(found["shares"].tolist()) or None
            ),
        )

    def neighbours(self) -> Neighbours | None:
        """Read the nearest of every point."""
        return self._read("near", lambda found: Neighbours(found["positions"], found["distances"]))

    def progress(self) -> Progress | None:
        """Read what is being done."""
        try:
            return Progress(**json.loads((self.folder / _PROGRESS).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    # -- keeping ---------------------------------------------------------------------------------------

    def keep_clusters(self, clusters: Clusters) -> None:
        """Keep the clusters."""
        self._write("labels.npy", lambda file: np.save(file, clusters.labels))
        content = {"named": [asdict(one) for one in clusters.named], "notes": clusters.notes}
        self._write(_file("clusters"), lambda file: file.write(json.dumps(content).encode()))

    def keep_placed(self, placed: MapCoordinates) -> None:
        """Keep where the points lie."""
        self._write(
            _file(placed.method),
            lambda file: np.savez(
                file,
                xy=placed.xy,
                errors=placed.errors,
                kept=np.float64(placed.kept),
                shares=np.array(placed.shares or (), dtype=np.float64),
            ),
        )

    def keep_neighbours(self, near: Neighbours) -> None:
        """Keep the nearest of every point."""
        self._write(
            _file("near"), lambda file: np.savez(file, positions=near.positions, distances=near.distances)
        )

    def keep_progress(self, progress: Progress) -> None:
        """Tell what is being done."""
        self._write(_PROGRESS, lambda file: file.write(json.dumps(asdict(progress)).encode()))

    def finish(self) -> None:
        """Forget what was being done, and the oldest sheets where there are many or large ones."""
        (self.folder / _PROGRESS).unlink(missing_ok=True)
        sheets = [one for one in self.folder.parent.iterdir() if one.is_dir() and one != self.folder]
        sheets.sort(key=lambda one: one.stat().st_mtime, reverse=True)
        taken = _size(self.folder)
        for place, old in enumerate(sheets, start=1):
            taken += _size(old)
            if place >= _KEPT_SHEETS or taken > _KEPT_BYTES:
                shutil.rmtree(old, ignore_errors=True)

    def _read(self, part: Part, read: Callable[[NpzFile], T]) -> T | None:
        """Read a part that holds several arrays."""
        # numpy leaves a file open that it opened itself and cannot read.
        with (
            self._mending(part),
            (self.folder / _file(part)).open("rb") as file,
            np.load(file, allow_pickle=False) as found,
        ):
            return read(found)
        return None

    @contextmanager
    def _mending(self, part: Part) -> Iterator[None]:
        """Let a part be missing, and one that makes no sense be found out again."""
        try:
            yield
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            with suppress(OSError):
                (self.folder / _file(part)).unlink(missing_ok=True)

    def _write(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        """Write a file all at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".{name}.{os.getpid()}.{threading.get_ident()}"
        try:
            with part.open("wb") as file:
                write(file)
            part.replace(self.folder / name)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _file(part: Part) -> str:
    return "clusters.json" if part == "clusters" else f"{part}.npz"


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
