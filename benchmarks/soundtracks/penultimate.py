"""Write the vectors of musicnn's own network, the pooled baseline: ``penultimate.py FOLDER MODEL OUT.npy``.

MODEL is MTT_musicnn or MSD_musicnn; OUT.npy then goes to ``python -m benchmarks.soundtracks --vectors``. Run
it as a script with a Python that has ``musicnn==0.1.0`` (installed with ``--no-deps``) beside tensorflow-cpu,
tf_keras, librosa, soundfile and soxr. The package's graph runs as published, with the logarithm in float32.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

EXCERPT_S, SAMPLE_RATE, HOP_LENGTH, N_FFT, N_MELS, PATCH_FRAMES = 30, 16_000, 256, 512, 96, 187


def main() -> None:
    """Describe every track by its mean penultimate activations, in the order of tracks.csv."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("model", choices=["MTT_musicnn", "MSD_musicnn"])
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    with (arguments.folder / "tracks.csv").open(encoding="utf-8", newline="") as file:
        paths = [arguments.folder / row["path"] for row in csv.DictReader(file)]
    with network(arguments.model) as penultimate:
        np.save(arguments.out, np.array([penultimate(patches(path)).mean(axis=0) for path in paths]))


def patches(path: Path) -> Array:
    """Cut the middle 30 s of a file into patches, shape (n_patches, PATCH_FRAMES, N_MELS)."""
    import librosa
    import soundfile
    import soxr

    with soundfile.SoundFile(path) as audio:
        audio.seek(max(0, (audio.frames - EXCERPT_S * audio.samplerate) // 2))
        channels = audio.read(EXCERPT_S * audio.samplerate, dtype="float32", always_2d=True)
        samples = soxr.resample(channels.mean(axis=1), audio.samplerate, SAMPLE_RATE)
    sizes = {"sr": SAMPLE_RATE, "hop_length": HOP_LENGTH, "n_fft": N_FFT, "n_mels": N_MELS}
    mel = librosa.feature.melspectrogram(y=samples, **sizes).T
    mel = np.log10(10_000 * mel + 1).astype(np.float32)
    n_patches = len(mel) // PATCH_FRAMES
    return mel[: n_patches * PATCH_FRAMES].reshape(n_patches, PATCH_FRAMES, N_MELS)


@contextmanager
def network(model: str) -> Iterator[Callable[[Array], Array]]:
    """Build the package's graph on today's TensorFlow and load its checkpoint."""
    import musicnn.models
    import tensorflow as tf
    from tf_keras.src.legacy_tf_layers import convolutional, core, normalization, pooling

    tf.compat.v1.layers = SimpleNamespace(
        batch_normalization=normalization.batch_normalization,
        conv2d=convolutional.conv2d,
        dense=core.dense,
        dropout=core.dropout,
        flatten=core.flatten,
        max_pooling2d=pooling.max_pooling2d,
    )
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        inputs: Any = tf.compat.v1.placeholder(tf.float32, [None, PATCH_FRAMES, N_MELS])
        training = tf.compat.v1.placeholder(tf.bool)
        *_, penultimate = musicnn.models.define_model(inputs, training, model, 50)
        folder = Path(musicnn.models.__file__).parent / model
        tf.compat.v1.train.Saver().restore(session, f"{folder}/")
        yield lambda batch: session.run(penultimate, {inputs: batch, training: False})


if __name__ == "__main__":
    main()
