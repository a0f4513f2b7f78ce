"""What a scan costs: rate, split by stage, bytes a track, and the memory of one worker."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
import soxr

import soundglass
from soundglass.audio.decode import decode
from soundglass.audio.discover import FoundFile, discover
from soundglass.audio.identity import content_hash
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.picture import PictureMaker
from soundglass.features import perceptual
from soundglass.features.loudness import LoudnessMeter
from soundglass.features.rhythm import RhythmAnalyser
from soundglass.features.timbre import TimbreAnalyser
from soundglass.features.tonal import TonalAnalyser
from soundglass.library.listening import Listener, resampled
from soundglass.library.packing import STANDING_COLUMNS, TOKEN_COLUMNS
from soundglass.library.schema import TRACKS
from soundglass.library.store import Store
from soundglass.library.versions import VERSIONS
from soundglass.library.worker import analyse, identify
from soundglass.spectrogram import StreamingSpectrogram
from soundglass.surfaces.library import Library

_STAGE_SAMPLE = 24
_QUESTIONS = 20
_ANALYSERS = (RhythmAnalyser, TonalAnalyser, TimbreAnalyser)
_LONG_S = 2 * 3600
_PARTS = {"tokens": TOKEN_COLUMNS, "standings": STANDING_COLUMNS, "tags": ("tags",), "picture": ("picture",)}


def report(what: str, folder: Path) -> None:
    """Time a whole scan with the default workers, then its stages on one core."""
    with tempfile.TemporaryDirectory() as scratch:
        library = soundglass.open(Path(scratch) / "bench.lance")
        start = time.perf_counter()
        done = library.scan(folder)
        elapsed = time.perf_counter() - start
        store_ms = _store_ms(Store(library.uri), Store(f"{scratch}/copy.lance", create=True))
        sizes = _sizes(library)
        questions = _questions(library)
    workers = DEFAULTS.scan.workers
    speed = done.audio_s / elapsed / workers
    print(
        f"scan of {done.new} {what}: {done.new / elapsed:.2f} tracks/s, "
        f"{speed:.0f} times real time per core ({workers} workers, {elapsed:.1f} s)"
    )
    files = [item.path for item in discover([folder]) if isinstance(item, FoundFile)]
    _report_stages(files[:: max(1, len(files) // _STAGE_SAMPLE)], store_ms)
    for line in (sizes, questions):
        print(f"  {line}")
    print()


def _store_ms(source: Store, target: Store) -> float:
    """Time the commits of a scan, in batches of its size; milliseconds a track."""
    rows = source.columns(TRACKS.names)
    start = time.perf_counter()
    for first in range(0, len(rows), DEFAULTS.scan.batch_tracks):
        target.upsert_table(rows.slice(first, DEFAULTS.scan.batch_tracks))
    return 1e3 * (time.perf_counter() - start) / len(rows)


def _sizes(library: Library) -> str:
    """Count the bytes of a track by part, as one snapshot holds them."""
    rows = Store(library.uri).columns(TRACKS.names)
    parts = {part: rows.select(columns).nbytes / len(rows) for part, columns in _PARTS.items()}
    parts["the rest"] = rows.nbytes / len(rows) - sum(parts.values())
    listed = ", ".join(f"{part} {size:,.0f}" for part, size in parts.items())
    return f"bytes a track: {listed}; all {sum(parts.values()):,.0f}"


def _questions(library: Library) -> str:
    """Time warm questions by spectrogram, from stored tokens."""
    ids = Store(library.uri).columns(["id"], "token_weights IS NOT NULL")["id"].to_pylist()[: _QUESTIONS + 1]
    pairs = list(pairwise(ids))
    library.why(*pairs[0], by="spectrogram")
    why = [_seconds(partial(library.why, *pair, by="spectrogram")) for pair in pairs]
    similar = [_seconds(partial(library.similar, track, by="spectrogram")) for track in ids]
    return (
        f"by spectrogram, {len(library)} tracks: 'why' {1e3 * statistics.median(why):.0f} ms, "
        f"'similar' with 10 explanations {1e3 * statistics.median(similar):.0f} ms (medians)"
    )


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class _Networks:
    perceptual: perceptual.PerceptualModel
    embedder: Embedder


def _report_stages(files: list[Path], store_ms: float) -> None:
    spent: Counter[str] = Counter()
    networks = _Networks(perceptual.PerceptualModel.load(), Embedder.load())
    audio_s = sum(_clock_stages(path, spent, networks) for path in files)
    spent["store"] = store_ms * len(files) / 1e3  # type: ignore[assignment]
    total = sum(spent.values())
    print(f"  stages in seconds of one core, {len(files)} tracks of {audio_s / len(files):.0f} s on average:")
    for stage, seconds in spent.items():
        print(f"    {stage:<20} {1e3 * seconds / len(files):7.0f} ms a track {100 * seconds / total:5.1f} %")
    print(
        f"    {'all':<20} {1e3 * total / len(files):7.0f} ms a track, {audio_s / total:.0f} times real time"
    )


def _clock_stages(path: Path, spent: Counter[str], networks: _Networks) -> float:
    """Do what a worker does with one file, stage by stage on the same blocks; give the file's seconds."""
    with _clock(spent, "identify"):
        content_hash(path)
    with _clock(spent, "decode"):
        decoded = decode(path, lambda blocks: (list(blocks), blocks.sample_rate))
    blocks, rate = decoded.result
    with _clock(spent, "loudness"):
        meter = LoudnessMeter(rate, blocks[0].shape[1])
        for block in blocks:
            meter.push(block)
        meter.finish()
    with _clock(spent, "resample"):
        mono = [np.ascontiguousarray(block.mean(axis=1)) for block in blocks]
        samples = list(resampled(mono, rate, DEFAULTS.spectrogram.sample_rate))
    with _clock(spent, "STFT and mel"):
        spectrogram = StreamingSpectrogram(DEFAULTS.spectrogram)
        frames = [frame for chunk in samples for frame in spectrogram.push(chunk)]
        frames += spectrogram.flush()
    for name, analyser in (
        *(
            (kind.__name__.removesuffix("Analyser").lower(), kind(DEFAULTS.spectrogram))
            for kind in _ANALYSERS
        ),
        ("picture", PictureMaker(decoded.duration_s)),
    ):
        with _clock(spent, name):
            for frame in frames:
                analyser.push(frame)
            analyser.finish()
    with _clock(spent, "resample excerpts"):
        excerpts = _excerpts(np.concatenate(mono), rate)
    with _clock(spent, "estimated (VibeNet)"):
        networks.perceptual.predict(*(excerpt.samples for excerpt in excerpts))
    with _clock(spent, "tokens and tags"):
        networks.embedder(excerpts)
    return decoded.duration_s


def _excerpts(mono: FloatArray, rate: int) -> list[Excerpt]:
    return [
        Excerpt(a, soxr.resample(mono[round(a * rate) : round(b * rate)], rate, perceptual.SAMPLE_RATE))
        for a, b in perceptual.excerpt_windows(len(mono) / rate)
    ]


@contextmanager
def _clock(spent: Counter[str], stage: str) -> Iterator[None]:
    start = time.process_time()
    yield
    spent[stage] += time.process_time() - start  # type: ignore[assignment]


def report_memory() -> None:
    """Analyse a two-hour stereo FLAC in a fresh process and print its peak memory."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "two-hours.flac"
        _write_long_file(path)
        start = time.perf_counter()
        code = f"from benchmarks.scan_rate import analyse_and_print_peak as f; f({str(path)!r})"
        answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        print(
            f"worker on a 2-hour stereo file: {answer.stdout.strip()}, {time.perf_counter() - start:.0f} s\n"
        )


def analyse_and_print_peak(path: str) -> None:
    """Do what a worker does with one file, and print the peak of its memory."""
    identity = identify(Path(path))
    analyse(Path(path), identity["duration_s"], tuple(VERSIONS), Listener.load())
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory, too
    print(f"peak {int(status.partition('VmHWM:')[2].split()[0]) / 1024:.0f} MB")


def _write_long_file(path: Path) -> None:
    rng = np.random.default_rng(0)
    rate = 44_100
    t = np.arange(10 * rate) / rate
    beat = np.exp(-8 * (t % 0.5)) * rng.normal(0, 0.3, len(t))
    chord = sum(0.1 * np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6))
    piece = np.stack([beat + chord, 0.8 * beat + chord], axis=1).astype(np.float32)
    with soundfile.SoundFile(path, "w", rate, 2, format="FLAC") as file:
        for _ in range(_LONG_S // 10):
            file.write(piece)
