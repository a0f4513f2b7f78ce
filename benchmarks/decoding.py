"""How fast and how alike the two decoders are: ``python -m benchmarks.decoding`` (docs/decisions/0003)."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.__main__ import SHARED
from soundglass.audio._container import identify_container
from soundglass.audio._pyav import PyavSource
from soundglass.audio._soundfile import SoundfileSource
from soundglass.audio.blocks import Source
from soundglass.audio.decode import decode
from soundglass.audio.identity import content_hash
from soundglass.core.settings import DEFAULTS
from soundglass.core.types import FloatArray

_LIMITS = DEFAULTS.audio
_REPEATS = 3
_STEADY_S = (3, 28)


def main() -> None:
    """Print rates, times real time, and the largest difference between the decoders."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding")
    parser.add_argument("--audio", type=Path, default=SHARED / "audio", help="a folder of Ogg Vorbis files")
    vorbis = sorted(parser.parse_args().audio.glob("*.ogg"))
    with tempfile.TemporaryDirectory() as folder:
        joined = _joined(vorbis)
        longer = [Path(folder) / name for name in ("four.mp3", "four.flac")]
        for path in longer:
            soundfile.write(path, joined, 44_100)
        print(f"{'files':<24} {'soundfile':>9} {'PyAV':>6} {'hash':>7} {'decode':>7}")
        _report(f"{len(vorbis)} Vorbis files", vorbis)
        for path in longer:
            _report(f"{path.suffix[1:]} of {len(joined) / 44_100:.0f} s", [path])
        apart = max(_apart(path) for path in [*vorbis, *longer])
        print(f"largest difference between seconds {_STEADY_S[0]} and {_STEADY_S[1]}: {apart:.1e}")


def _joined(files: Iterable[Path]) -> FloatArray:
    """Join stereo excerpts of 44.1 kHz to four minutes."""
    infos = ((path, soundfile.info(path)) for path in files)
    stereo = [path for path, info in infos if (info.samplerate, info.channels) == (44_100, 2)]
    return np.concatenate([soundfile.read(path, dtype="float32")[0] for path in stereo[:8]])


def _report(what: str, files: list[Path]) -> None:
    seconds = {path: soundfile.info(path).duration for path in files}
    rates = [
        sum(seconds.values()) / _best(action, files)
        for action in (
            lambda path: _mono(SoundfileSource(path, _LIMITS)),
            lambda path: _mono(PyavSource(path, identify_container(path, _LIMITS), _LIMITS)),
            content_hash,
            lambda path: decode(path, _averaged, expected_s=seconds[path]),
        )
    ]
    print(f"{what:<24} {rates[0]:8.0f}x {rates[1]:5.0f}x {rates[2]:6.0f}x {rates[3]:6.0f}x")


def _best(action: Callable[[Path], object], files: list[Path]) -> float:
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        for path in files:
            action(path)
        times.append(time.perf_counter() - start)
    return min(times)


def _mono(source: Source) -> FloatArray:
    with closing(source):
        return _averaged(source)


def _averaged(blocks: Iterable[FloatArray]) -> FloatArray:
    return np.concatenate([block.mean(axis=1) for block in blocks])


def _apart(path: Path) -> float:
    """Compare away from both ends, where excerpts cut from longer files differ by design."""
    rate = soundfile.info(path).samplerate
    steady = slice(_STEADY_S[0] * rate, _STEADY_S[1] * rate)
    one = _mono(SoundfileSource(path, _LIMITS))[steady]
    other = _mono(PyavSource(path, identify_container(path, _LIMITS), _LIMITS))[steady]
    return float(np.abs(one - other).max())


if __name__ == "__main__":
    main()
