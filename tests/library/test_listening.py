"""One pass: what is wanted is found, nothing else is computed, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

import numpy as np
import pytest
import soxr

from media_files import music, write
from soundglass.audio.decode import decode
from soundglass.core.settings import DEFAULTS
from soundglass.embeddings.analysis import Embedding, Excerpt
from soundglass.embeddings.picture import PICTURE, PictureMaker
from soundglass.features.loudness import LoudnessMeter
from soundglass.features.perceptual import SAMPLE_RATE, PerceptualModel, excerpt_windows
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.features.timbre import TimbreAnalyser
from soundglass.features.tonal import TonalAnalyser
from soundglass.library import listening
from soundglass.library.listening import Heard, Listener
from soundglass.library.versions import VERSIONS, AnalysisPart
from soundglass.spectrogram import StreamingSpectrogram

RATE, SECONDS = 32_000, 100.0
ALL = frozenset(VERSIONS)


class Keeper:
    """Stands where the embedder stands and keeps what it is given."""

    def __call__(self, excerpts: list[Excerpt]) -> Embedding:
        self.excerpts = excerpts
        return Embedding()


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return music(SECONDS, RATE, 2, 3)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, samples: np.ndarray) -> Path:
    return write(tmp_path_factory.mktemp("music") / "a.flac", "flac", samples, RATE)


@pytest.fixture(scope="module")
def read(path: Path) -> np.ndarray:
    """The samples as they come back from the file, shape (n, 2)."""
    return decode(path, lambda blocks: np.concatenate(list(blocks))).result


def hear(path: Path, listener: Listener, parts: Set[AnalysisPart], said_s: float = SECONDS) -> Heard:
    return decode(path, lambda blocks: listener(blocks, said_s, parts)).result


@pytest.fixture(scope="module")
def heard(path: Path) -> Heard:
    return hear(path, Listener.load(), ALL)


def test_features_are_those_of_each_analyser_by_itself(heard: Heard, read: np.ndarray) -> None:
    mono = np.ascontiguousarray(read.mean(axis=1))
    cut = [mono[round(a * RATE) : round(b * RATE)] for a, b in excerpt_windows(SECONDS)]
    meter = LoudnessMeter(RATE, 2)
    meter.push(read)
    stream = StreamingSpectrogram()
    resampled = soxr.resample(mono, RATE, DEFAULTS.spectrogram.sample_rate)
    blocks = [*stream.push(resampled), *stream.flush()]
    expected = [
        *PerceptualModel.load().predict(*(soxr.resample(piece, RATE, SAMPLE_RATE) for piece in cut)),
        *meter.finish(),
    ]
    for kind in (RhythmAnalyser, TonalAnalyser, TimbreAnalyser):
        analyser = kind(DEFAULTS.spectrogram)
        for block in blocks:
            analyser.push(block)
        expected += analyser.finish()
    found = {measurement.name: measurement.value for measurement in heard.features}
    assert found.pop("duration") == SECONDS
    assert found == pytest.approx({m.name: m.value for m in expected}, rel=1e-3, abs=1e-3, nan_ok=True)


def test_the_picture_is_made_of_the_same_spectrogram(heard: Heard, read: np.ndarray) -> None:
    stream, maker = StreamingSpectrogram(), PictureMaker(SECONDS)
    resampled = soxr.resample(read.mean(axis=1), RATE, DEFAULTS.spectrogram.sample_rate)
    for block in (*stream.push(resampled), *stream.flush()):
        maker.push(block)
    expected, found = (np.frombuffer(made, PICTURE)[0] for made in (maker.finish(), heard.picture))
    assert expected["start_s"] == found["start_s"]
    np.testing.assert_allclose(found["pixels"].astype(int), expected["pixels"].astype(int), atol=1)


@pytest.mark.parametrize("part", sorted(ALL))
def test_a_part_alone_is_the_same_as_with_the_others(path: Path, heard: Heard, part: AnalysisPart) -> None:
    alone = hear(path, Listener.load(), {part})
    match part:
        case "features":
            assert repr(alone.features) == repr(heard.features)
            assert (alone.embedding, alone.picture) == (None, None)
        case "embedding":
            np.testing.assert_array_equal(alone.embedding.tokens.vectors, heard.embedding.tokens.vectors)
            np.testing.assert_array_equal(alone.embedding.tokens.boxes, heard.embedding.tokens.boxes)
            np.testing.assert_array_equal(alone.embedding.tags, heard.embedding.tags)
            assert (alone.features, alone.picture) == (None, None)
        case "picture":
            assert alone.picture == heard.picture
            assert (alone.features, alone.embedding) == (None, None)


def test_the_embedding_alone_needs_no_spectrogram_and_no_features(
    path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("StreamingSpectrogram", "FeatureAnalyser", "PictureMaker", "resampled"):
        monkeypatch.setattr(listening, name, lambda *_, name=name: pytest.fail(f"{name} was used"))
    found = hear(path, Listener.load(), {"embedding"})
    np.testing.assert_array_equal(found.embedding.tokens.vectors, heard.embedding.tokens.vectors)


def test_the_picture_alone_needs_no_excerpt_and_no_features(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "FeatureAnalyser", lambda *_: pytest.fail("features were sought"))
    monkeypatch.setattr(soxr, "resample", lambda *_: pytest.fail("an excerpt was resampled"))
    assert hear(path, Listener.load(), {"picture"}).picture


def test_the_recording_is_resampled_once_for_each_rate(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams, excerpts = [], []
    stream, resample = soxr.ResampleStream, soxr.resample
    monkeypatch.setattr(soxr, "ResampleStream", lambda *a, **k: streams.append(a[:2]) or stream(*a, **k))
    monkeypatch.setattr(soxr, "resample", lambda *a: excerpts.append(a[1:]) or resample(*a))
    hear(path, Listener.load(), ALL)
    assert streams == [(RATE, DEFAULTS.spectrogram.sample_rate)]
    assert excerpts == [(RATE, SAMPLE_RATE)] * len(excerpt_windows(SECONDS))


def test_excerpts_say_where_they_start(path: Path, read: np.ndarray) -> None:
    keeper = Keeper()
    hear(path, Listener(PerceptualModel.load(), keeper), {"embedding"})
    windows = excerpt_windows(SECONDS)
    assert len(keeper.excerpts) == len(windows) == 3
    for excerpt, (start, end) in zip(keeper.excerpts, windows, strict=True):
        assert excerpt.start_s == pytest.approx(start, abs=1 / RATE)
        assert len(excerpt.samples) == pytest.approx((end - start) * SAMPLE_RATE, abs=2)
        at = round(excerpt.start_s * RATE)
        piece = soxr.resample(read[at : at + RATE].mean(axis=1), RATE, SAMPLE_RATE)
        np.testing.assert_allclose(excerpt.samples[100:10_000], piece[100:10_000], atol=1e-4)


def test_a_recording_that_ends_early_gives_the_excerpts_there_are(path: Path) -> None:
    keeper = Keeper()
    hear(path, Listener(PerceptualModel.load(), keeper), {"embedding"}, said_s=240.0)
    assert [round(excerpt.start_s) for excerpt in keeper.excerpts] == [25]
    assert hear(path, Listener.load(), ALL, said_s=24 * 3600.0).embedding.tokens is None


def test_silence_has_no_tokens_no_tags_and_no_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "silent.wav", "wav", np.zeros((RATE, 1), np.float32), RATE)
    found = hear(path, Listener.load(), ALL, 1.0)
    assert (found.embedding, found.picture) == (Embedding(None, None), None)


@pytest.mark.parametrize("seconds", [0.05, 1.0, 2.9])
def test_a_recording_shorter_than_a_patch_has_tokens_within_it(tmp_path: Path, seconds: float) -> None:
    path = write(tmp_path / "short.wav", "wav", music(seconds, RATE, 1), RATE)
    tokens = hear(path, Listener.load(), ALL, seconds).embedding.tokens
    assert tokens.boxes[:, 1].max() <= seconds + 1e-3
    assert (tokens.boxes[:, 0] < tokens.boxes[:, 1]).all()
    assert tokens.weights.sum() == pytest.approx(1.0)
