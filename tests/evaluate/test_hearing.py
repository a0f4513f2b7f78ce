from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from ranked import Told, context_of

from feature_tables import random_values
from media_files import music, write
from soundglass.core.types import Track
from soundglass.evaluate.ranking.hearing import MIDDLE_S, Hearing, Recording, heard
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store

RATE = 22_050


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    return write(tmp_path_factory.mktemp("long") / "long.flac", "flac", music(100, 8000, 1), 8000)


def library_of(folder: Path, files: list[Path]) -> Store:
    store = Store(str(folder / "library.lance"), create=True)
    values = random_values(len(files))
    store.upsert(
        [
            TrackRow(
                Track(f"t{i}", "audio"),
                {name: column[i] for name, column in values.items()} | {"duration": 2.0},
                [FileStamp(str(file), 1, 2)],
            )
            for i, file in enumerate(files)
        ]
    )
    return store


class Listener:
    """Describes a track by the sum of its squares and says what it was asked to hear."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, recording: Recording) -> list[float] | None:
        self.heard.append(recording.path.name)
        energy = float(np.square(recording.middle(RATE)).sum())
        return [energy] if energy else None

    def compare(self, name, rows, descriptions) -> Told:
        system = Told(np.zeros((len(rows), len(rows))), name)
        system.rows, system.descriptions = rows, descriptions
        return system

    @property
    def kind(self) -> Hearing:
        return Hearing("listener", self, self.compare)


def test_the_middle_is_cut_from_the_middle(long_file):
    samples, _ = soundfile.read(long_file, dtype="float32")
    middle = Recording(long_file, 100.0).middle(8000)
    assert len(middle) == MIDDLE_S * 8000
    assert np.array_equal(middle, samples[35 * 8000 : 65 * 8000])


def test_excerpts_are_what_a_scan_hears(long_file):
    samples, _ = soundfile.read(long_file, dtype="float32")
    excerpts = Recording(long_file, 100.0).excerpts(8000)
    starts = [100 / 6 - 15, 35, 500 / 6 - 15]
    assert len(excerpts) == 3
    for start, excerpt in zip(starts, excerpts, strict=True):
        first = round(start * 8000)
        assert np.array_equal(excerpt, samples[first : first + len(excerpt)])
        assert len(excerpt) == pytest.approx(30 * 8000, abs=1)


def test_channels_are_averaged_and_resampled(tmp_path):
    time = np.arange(2 * 44_100)[:, None] / 44_100
    samples = np.sin(2 * np.pi * time * np.array([200, 300])) / 2
    middle = Recording(write(tmp_path / "a.wav", "wav", samples), 2.0).middle(RATE)
    assert len(middle) == 2 * RATE
    assert middle[100:-100] == pytest.approx(samples.mean(axis=1)[::2][100:-100], abs=1e-3)


def test_systems_that_could_describe_nothing_rank_nothing(tmp_path):
    store = library_of(tmp_path, [tmp_path / "gone.wav"])
    (system,) = heard(context_of(store), np.arange(1), [Listener().kind])
    assert len(system.rows) == 0


def test_tracks_that_cannot_be_heard_or_described_are_not_ranked(tmp_path):
    silent = write(tmp_path / "silent.wav", "wav", np.zeros((44_100, 1), np.float32))
    files = [
        write(tmp_path / "a.wav", "wav"),
        tmp_path / "gone.wav",
        silent,
        write(tmp_path / "b.ogg", "ogg"),
    ]
    (system,) = heard(context_of(library_of(tmp_path, files)), np.arange(4), [Listener().kind])
    assert system.rows.tolist() == [0, 3]
    assert len(system.descriptions) == 2


def test_what_was_heard_is_not_heard_again_and_a_new_system_hears_alone(tmp_path):
    files = [write(tmp_path / f"{i}.wav", "wav", music(0.3, seed=i)) for i in range(10)]
    store = library_of(tmp_path, files)
    first, again, other = Listener(), Listener(), Listener()
    context = context_of(store, tmp_path / "kept")
    heard(context, np.arange(10), [first.kind])
    kind = Hearing("other", other, other.compare)
    both = heard(context, np.arange(10), [again.kind, kind])
    assert first.heard == [file.name for file in files]
    assert again.heard == []
    assert other.heard == first.heard
    assert both[0].descriptions == both[1].descriptions


def test_an_interruption_costs_no_more_than_a_few_tracks(tmp_path):
    files = [write(tmp_path / f"{i}.wav", "wav", music(0.3, seed=i)) for i in range(20)]
    store = library_of(tmp_path, files)
    context = context_of(store, tmp_path / "kept")

    class Interrupted(Listener):
        def __call__(self, recording):
            if recording.path.name == "17.wav":
                raise KeyboardInterrupt
            return super().__call__(recording)

    with pytest.raises(KeyboardInterrupt):
        heard(context, np.arange(20), [Interrupted().kind])
    resumed = Listener()
    heard(context, np.arange(20), [resumed.kind])
    assert resumed.heard == ["16.wav", "17.wav", "18.wav", "19.wav"]
