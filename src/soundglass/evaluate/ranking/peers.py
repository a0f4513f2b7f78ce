"""Other programs that say which music is alike, and the networks Soundglass builds on, taken alone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import Json
from soundglass.embeddings.network import PATCH_FRAMES, SAMPLE_RATE, TokenNetwork, log_mel
from soundglass.evaluate.ranking.baselines import Points, directions, raw_columns, standardised
from soundglass.evaluate.ranking.hearing import Hearing, Recording
from soundglass.features.perceptual import FEATURES
from soundglass.library.store import Store
from soundglass.recommend.base import OfRows

_MUSLY_RATE = 22_050
_MOST_IN_STYLE = 1000


def peers() -> tuple[list[Hearing], list[str]]:
    """List the systems that hear tracks, and say which programs are not installed."""
    found, notes = [_musicnn()], []
    for module, name, make in (("pymusly", "pymusly", _musly), ("bliss_audio", "bliss-audio", _bliss)):
        if find_spec(module):
            found += make(import_module(module))
        else:
            notes.append(f"{name} is left out: it is not installed (pip install 'soundglass[peers]')")
    return found, notes


def vibenet(store: Store, rows: NDArray[np.int64]) -> Points:
    """Compare VibeNet's seven features alone, by Euclidean distance on standard scores."""
    values = raw_columns(store, rows, FEATURES)
    known = np.isfinite(values).all(axis=1)
    return Points("vibenet", rows[known], standardised(values[known]))


class Jukebox(Protocol):
    """What is used of ``pymusly.MuslyJukebox``."""

    def set_style(self, tracks: list[object]) -> None:
        """Say against which tracks all are seen."""
        ...

    def add_tracks(self, tracks: list[object]) -> list[int]:
        """Register tracks."""
        ...

    def compute_similarity(
        self, seed: tuple[int, object], tracks: list[tuple[int, object]]
    ) -> Sequence[float]:
        """Give the distances of one to many; small is alike."""
        ...


class Musly(OfRows):
    """libmusly's distance between its models of tracks.

    Parameters
    ----------
    name : str
    rows : ndarray of int, shape (n_tracks,)
        Rows of the library, ascending.
    jukebox : Jukebox
    tracks : sequence of pymusly.MuslyTrack
        In the order of ``rows``.

    Notes
    -----
    The method ``timbre`` compares Gaussians of 25 MFCCs by the Jensen-Shannon divergence, rescaled by mutual
    proximity to at most 1,000 tracks (Schnitzer et al., Using mutual proximity to improve content-based audio
    similarity, ISMIR 2011); ``mandelellis`` is what :mod:`soundglass.evaluate.ranking.timbre` does.
    """

    lacking = ("a track that libmusly cannot analyse is not compared", "Choose another track")

    def __init__(
        self, name: str, rows: NDArray[np.int64], jukebox: Jukebox, tracks: Sequence[object]
    ) -> None:
        self.name = name
        self.rows = rows
        self._jukebox = jukebox
        style = np.unique(np.linspace(0, len(tracks) - 1, min(len(tracks), _MOST_IN_STYLE)).astype(int))
        jukebox.set_style([tracks[place] for place in style.tolist()])
        self._known = list(zip(jukebox.add_tracks(list(tracks)), tracks, strict=True))

    def scores(self, query: int) -> NDArray[np.float64]:
        """Give the negative distance of all rows to the query row."""
        distances = self._jukebox.compute_similarity(self._known[self.position(query)], self._known)
        return -np.array(distances, dtype=np.float64)


def _musly(pymusly: ModuleType) -> list[Hearing]:
    return [_musly_by(pymusly, method) for method in ("timbre", "mandelellis")]


def _musly_by(pymusly: ModuleType, method: str) -> Hearing:
    jukebox = pymusly.MuslyJukebox(method=method)

    def describe(recording: Recording) -> Json:
        try:
            track = jukebox.track_from_audiodata(recording.middle(_MUSLY_RATE).tolist())
        except pymusly.MuslyError:
            return None
        return base64.b64encode(jukebox.serialize_track(track)).decode()

    def compare(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Musly:
        tracks = [jukebox.deserialize_track(base64.b64decode(one)) for one in descriptions]
        return Musly(name, rows, pymusly.MuslyJukebox(method=method), tracks)

    return Hearing(f"pymusly-{method}", describe, compare)


def _bliss(bliss_audio: ModuleType) -> list[Hearing]:
    """Take bliss's own features of tempo, timbre, loudness and chroma, of whole files, and its distance."""

    def describe(recording: Recording) -> Json:
        try:
            return [float(value) for value in bliss_audio.Song(str(recording.path)).analysis]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # it panics, which is no Exception
            return None

    return [Hearing("bliss-audio", describe, _as_points)]


def _as_points(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Points:
    return Points(name, rows, np.array(descriptions, dtype=np.float64))


def _musicnn() -> Hearing:
    """Take the shipped network's activations averaged over time, by the angle between standard scores.

    What lies where in frequency is kept.
    """
    network = TokenNetwork.load()

    def describe(recording: Recording) -> Json:
        mels = [log_mel(samples) for samples in recording.excerpts(SAMPLE_RATE)]
        whole = np.concatenate([mel[: len(mel) // PATCH_FRAMES * PATCH_FRAMES] for mel in mels])
        if not len(whole):
            return None
        cells = network.run(whole.reshape(-1, PATCH_FRAMES, whole.shape[1])).cells
        return [round(float(value), 6) for value in cells.mean(axis=(0, 1)).ravel()]

    def compare(name: str, rows: NDArray[np.int64], descriptions: Sequence[Json]) -> Points:
        means = _as_points(name, rows, descriptions).points
        return Points(name, rows, directions(standardised(means)))

    return Hearing("musicnn-pooled", describe, compare)
