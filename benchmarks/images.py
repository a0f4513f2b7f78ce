"""How fast spectrogram images are made, here and by librosa with matplotlib: ``python -m benchmarks.images``.

Rates are images per second of processor time, so that they mean one core also on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import soundfile

from soundglass.demo import demo_music
from soundglass.surfaces.images import ImageSettings, write_images
from soundglass.surfaces.images.worker import make

_CLIP_S = 10
_FORMATS = ("wav", "mp3", "ogg")
_REPEATS = 3
_PEER_FILES = 12


def main() -> None:
    """Print images a second on one core for each format, and for the whole command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images")
    parser.add_argument("folder", type=Path, nargs="?", default=demo_music(), help="Ogg Vorbis music")
    music = sorted(parser.parse_args().folder.rglob("*.ogg"))
    with tempfile.TemporaryDirectory() as folder:
        clips = {kind: _clips(music, kind, Path(folder) / kind) for kind in _FORMATS}
        print(f"images/s on one core, of {len(music)} clips of {_CLIP_S} s")
        print(f"{'':<34}" + "".join(f"{kind:>8}" for kind in _FORMATS))
        images = Path(folder) / "images"
        images.mkdir()
        for name, draw, n in _CONTESTANTS:
            rates = [_rate(draw, files[:n], images) for files in clips.values()]
            print(f"{name:<34}" + "".join(f"{rate:8.1f}" for rate in rates))
        _report_command(Path(folder))


def _by_librosa(path: Path, target: Path, *, axes: bool) -> None:
    """Draw as their documentation does, the bare image at one pixel a mel band."""
    import librosa
    import matplotlib as mpl

    mpl.use("Agg")
    import librosa.display
    import matplotlib.pyplot as plt
    import numpy as np

    samples, rate = librosa.load(path, sr=22_050, duration=_CLIP_S)
    mel = librosa.feature.melspectrogram(y=samples, sr=rate, n_mels=128)
    decibels = librosa.power_to_db(mel, ref=np.max)
    figure, panel = plt.subplots(figsize=(8.0, 3.6) if axes else (1.28, 1.28), dpi=144 if axes else 100)
    places = {"x_axis": "time", "y_axis": "mel"} if axes else {}
    drawn = librosa.display.specshow(decibels, sr=rate, ax=panel, cmap="magma", **places)
    if axes:
        figure.colorbar(drawn, ax=panel, format="%+2.0f dB")
        figure.savefig(target)
    else:
        panel.axis("off")
        figure.savefig(target, bbox_inches="tight", pad_inches=0)
    plt.close(figure)


def _clips(music: Iterable[Path], kind: str, folder: Path) -> list[Path]:
    folder.mkdir()
    clips = []
    for path in music:
        rate = soundfile.info(path).samplerate
        samples, _ = soundfile.read(path, frames=_CLIP_S * rate)
        clips.append(folder / f"{path.stem}.{kind}")
        soundfile.write(clips[-1], samples, rate)
    return clips


def _rate(draw: Callable[[Path, Path], object], files: list[Path], images: Path) -> float:
    draw(files[0], images / "first.png")
    times = []
    for _ in range(_REPEATS):
        for image in images.iterdir():
            image.unlink()
        start = time.process_time()
        for path in files:
            draw(path, images / f"{path.name}.png")
        times.append(time.process_time() - start)
    return len(files) / min(times)


def _report_command(folder: Path) -> None:
    """Time the whole run by one worker, its start included, and a second run that finds all done."""
    start = _core_s()
    done = write_images([folder / kind for kind in _FORMATS], folder / "out", workers=1)
    made = _core_s()
    again = write_images([folder / kind for kind in _FORMATS], folder / "out", workers=1)
    kept = _core_s()
    print(f"whole run, one worker: {done.made / (made - start):.1f} images/s, its start included")
    print(f"again, all {again.kept} being there: {again.kept / (kept - made):.0f} images/s")


def _core_s() -> float:
    """Give the processor time of this process and its workers so far."""
    return sum(os.times()[:4])


_CONTESTANTS: tuple[tuple[str, Callable[[Path, Path], object], int | None], ...] = (
    ("soundglass, bare", lambda path, to: make(path, to, (0, 0), ImageSettings()), None),
    ("librosa and matplotlib, bare", lambda path, to: _by_librosa(path, to, axes=False), _PEER_FILES),
    ("soundglass, with axes", lambda path, to: make(path, to, (0, 0), ImageSettings(axes=True)), _PEER_FILES),
    ("librosa and matplotlib, with axes", lambda path, to: _by_librosa(path, to, axes=True), _PEER_FILES),
)


if __name__ == "__main__":
    main()
