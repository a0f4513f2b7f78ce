from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from ranked import context_of, library_of, tracks_of
from scipy.spatial.distance import cdist
from scipy.stats import zscore

from media_files import music, write
from soundglass.embeddings.network import PATCH_FRAMES, SAMPLE_RATE, TokenNetwork, log_mel
from soundglass.evaluate.ranking import peers as module
from soundglass.evaluate.ranking import systems as all_systems
from soundglass.evaluate.ranking.hearing import Recording
from soundglass.evaluate.ranking.peers import Musly, peers, vibenet
from soundglass.features.perceptual import FEATURES
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store


class Jukebox:
    """Does what pymusly's jukebox does with numbers for tracks: the distance is their difference."""

    def __init__(self, method: str = "timbre") -> None:
        self.method = method
        self.style: list[float] = []

    def track_from_audiodata(self, samples: list[float]) -> float:
        if not any(samples):
            raise MuslyError
        return sum(map(abs, samples))

    def serialize_track(self, track: float) -> bytes:
        return str(track).encode()

    def deserialize_track(self, track: bytes) -> float:
        return float(track)

    def set_style(self, tracks: list[float]) -> None:
        self.style = tracks

    def add_tracks(self, tracks: list[float]) -> list[int]:
        return list(range(len(tracks)))

    def compute_similarity(self, seed, tracks) -> list[float]:
        return [abs(seed[1] - track) for _, track in tracks]


class MuslyError(Exception):
    pass


class PanicError(BaseException):
    """What a panic of Rust becomes."""


def song(path: str) -> SimpleNamespace:
    if path.endswith("broken.wav"):
        raise PanicError
    return SimpleNamespace(analysis=[1.0, 2.0, 3.0])


@pytest.fixture
def installed(monkeypatch):
    """Stand in for the two programs, which need not be installed."""
    modules = {
        "pymusly": SimpleNamespace(MuslyJukebox=Jukebox, MuslyError=MuslyError),
        "bliss_audio": SimpleNamespace(Song=song),
    }
    monkeypatch.setattr(module, "find_spec", modules.get)
    monkeypatch.setattr(module, "import_module", modules.__getitem__)


def kind(name):
    return next(one for one in peers()[0] if one.name == name)


def test_programs_that_are_not_installed_are_left_out_with_a_remedy(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    found, notes = peers()
    assert [one.name for one in found] == ["musicnn-pooled"]
    assert [note.partition(" ")[0] for note in notes] == ["pymusly", "bliss-audio"]
    assert all("pip install 'soundglass[peers]'" in note for note in notes)


def test_installed_programs_take_part(installed):
    names = [one.name for one in peers()[0]]
    assert names == ["musicnn-pooled", "pymusly-timbre", "pymusly-mandelellis", "bliss-audio"]
    assert peers()[1] == []


def test_peers_take_part_only_if_asked_for(installed, tmp_path):
    tracks = tracks_of(3, "audio")
    store = library_of(tmp_path, tracks)
    without = all_systems.systems(context_of(store))[0]
    named = all_systems.systems(context_of(store, peers=True))
    assert "vibenet" not in [system.name for system in without]
    assert "vibenet" in [system.name for system in named[0]]
    assert any(note.startswith("musicnn-pooled is left out") for note in named[1])  # the files are not there


def test_vibenet_is_the_distance_of_seven_standard_scores(tmp_path):
    values = np.random.default_rng(0).random((8, len(FEATURES))).astype(np.float32)
    values[3, 2] = math.nan
    tracks = tracks_of(8, "audio")
    store = Store(str(tmp_path / "library.lance"), create=True)
    columns = [dict(zip(FEATURES, row, strict=True)) for row in values.tolist()]
    store.upsert([TrackRow(track, own) for track, own in zip(tracks, columns, strict=True)])
    system = vibenet(store, np.arange(8))
    known = [0, 1, 2, 4, 5, 6, 7]
    assert system.rows.tolist() == known
    points = zscore(values[known].astype(np.float64))
    found = np.array([system.scores(row) for row in known])
    assert found == pytest.approx(-(cdist(points, points) ** 2), abs=1e-9)


def test_musly_ranks_by_its_own_distance(installed, tmp_path):
    files = [write(tmp_path / f"{i}.wav", "wav", gain * music(0.5)) for i, gain in enumerate((0.1, 0.5, 0.4))]
    timbre = kind("pymusly-timbre")
    descriptions = [timbre.describe(Recording(file, 0.5)) for file in files]
    system = timbre.compare("pymusly-timbre", np.array([0, 2, 4]), descriptions)
    assert np.argsort(-system.scores(2)).tolist() == [1, 2, 0]
    assert system.scores(2)[1] == 0


def test_musly_is_shown_at_most_a_thousand_tracks_spread_over_all():
    jukebox = Jukebox()
    Musly("musly", np.arange(2500), jukebox, [float(i) for i in range(2500)])
    assert len(jukebox.style) == 1000
    assert jukebox.style[0] == 0
    assert jukebox.style[-1] == 2499


def test_what_programs_fail_on_is_not_described(installed, tmp_path):
    silent = write(tmp_path / "silent.wav", "wav", np.zeros((4410, 1), np.float32))
    broken = write(tmp_path / "broken.wav", "wav", music(0.1))
    assert kind("pymusly-timbre").describe(Recording(silent, 0.1)) is None
    assert kind("bliss-audio").describe(Recording(broken, 0.1)) is None
    assert kind("bliss-audio").describe(Recording(silent, 0.1)) == [1.0, 2.0, 3.0]


def test_the_network_is_pooled_over_time_alone(tmp_path):
    samples = music(6.5, SAMPLE_RATE, 1)
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, SAMPLE_RATE, "FLOAT")
    pooled = kind("musicnn-pooled").describe(Recording(path, 6.5))
    mel = log_mel(samples[:, 0])
    cells = TokenNetwork.load().run(mel[: 2 * PATCH_FRAMES].reshape(2, PATCH_FRAMES, -1)).cells
    expected = cells.reshape(-1, *cells.shape[2:]).mean(axis=0)
    assert np.reshape(pooled, expected.shape) == pytest.approx(expected, abs=1e-4)


def test_less_than_a_patch_is_not_pooled(tmp_path):
    path = write(tmp_path / "a.wav", "wav", music(1.0, SAMPLE_RATE, 1), SAMPLE_RATE)
    assert kind("musicnn-pooled").describe(Recording(path, 1.0)) is None


def test_pooled_vectors_are_compared_by_their_angle_seen_from_the_mean():
    vectors = np.random.default_rng(0).normal(3, 2, (9, 5))
    system = kind("musicnn-pooled").compare("musicnn-pooled", np.arange(9), vectors.tolist())
    points = zscore(vectors)
    expected = -2 * cdist(points, points, "cosine")
    assert np.array([system.scores(row) for row in range(9)]) == pytest.approx(expected, abs=1e-9)
