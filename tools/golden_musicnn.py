"""Write tests/golden/musicnn.json: what the musicnn package itself finds in patterns and in the demo music.

Run it with a Python that has ``musicnn==0.1.0`` (installed with ``--no-deps``) beside tensorflow-cpu,
tf_keras, librosa, soundfile and soxr. The package's own graph runs on log-mels whose logarithm is taken in
float32. The tests of ``soundglass.embeddings.network`` compare with the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Grid = NDArray[np.float64]

SAMPLE_RATE, HOP_LENGTH, N_FFT, N_MELS, PATCH_FRAMES = 16_000, 256, 512, 96, 187
ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "musicnn.json"
DEMO = ROOT / "src" / "soundglass" / "demo"
NETWORKS = ("MTT_vgg",)
LAYERS = ("pool4", "conv5")
PROBED_CELLS, PROBED_CHANNELS = ((0, 0), (5, 2), (10, 5)), slice(None, None, 16)
DECIMALS = 6

FILES = (
    "mattias-westlund-traveling-minstrels.ogg",
    "mortimer-twang-mortimers-chipdisko.ogg",
    "muldjord-chaos-god.ogg",
    "wansti-supertux-credits-theme.flac",
    "will-savino-ivory-tower.ogg",
)
"""Each gives its first three patches."""

PATCHES_PER_FILE = 3

PATTERNS: dict[str, Callable[[Grid, Grid], Grid]] = {
    "silence": lambda t, m: 0.0 * t * m,
    "tilt": lambda t, m: 3.0 - m / 32.0 + 0.0 * t,
    "steady harmonics": lambda t, m: 2.0 * (m % 12 < 2) + 0.0 * t,
    "pulses": lambda t, m: 3.0 * np.exp(-(t % 31) / 8.0) * np.exp(-m / 60.0),
    "slow ripple": lambda t, m: 1.5 + 1.5 * np.cos(2 * np.pi * (t / 62.5 + m / 24.0)),
    "fast ripple": lambda t, m: 1.5 - 1.5 * np.cos(2 * np.pi * (t / 6.25 - m / 48.0)),
}
"""Log-mels in closed form of frame and band."""


def pattern(name: str) -> Array:
    """Make one of the patterns, shape (PATCH_FRAMES, N_MELS); needs nothing but numpy."""
    frames, bands = np.arange(PATCH_FRAMES)[:, None], np.arange(N_MELS)
    return PATTERNS[name](frames, bands).astype(np.float32)


def samples(name: str) -> Array:
    """Read a file of the demo music, mono at ``SAMPLE_RATE``, shape (n,)."""
    import soundfile
    import soxr

    channels, rate = soundfile.read(DEMO / name, dtype="float32", always_2d=True)
    return soxr.resample(channels.mean(axis=1), rate, SAMPLE_RATE)


def cut(log_mel: Array) -> Array:
    """Cut the first patches of a file, shape (PATCHES_PER_FILE, PATCH_FRAMES, N_MELS)."""
    return log_mel[: PATCHES_PER_FILE * PATCH_FRAMES].reshape(-1, PATCH_FRAMES, N_MELS)


def probe(cells: Array) -> Array:
    """Take the activations that are kept, from shape (time, frequency, channel)."""
    return np.stack([cells[time, frequency, PROBED_CHANNELS] for time, frequency in PROBED_CELLS])


def _reference_log_mel(name: str) -> Array:
    import librosa

    sizes = {"sr": SAMPLE_RATE, "hop_length": HOP_LENGTH, "n_fft": N_FFT, "n_mels": N_MELS}
    mel = librosa.feature.melspectrogram(y=samples(name), **sizes).T
    return np.log10(10_000 * mel + 1).astype(np.float32)


@contextmanager
def _network(name: str) -> Iterator[Callable[[Array], dict[str, Array]]]:
    """Build the package's graph on today's TensorFlow and load its checkpoint."""
    import musicnn.models
    import tensorflow as tf
    from tf_keras.src.legacy_tf_layers import convolutional, core, normalization, pooling

    normalised: list[Any] = []

    def batch_normalization(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        normalised.append(normalization.batch_normalization(*arguments, **options))
        return normalised[-1]

    tf.compat.v1.layers = SimpleNamespace(
        batch_normalization=batch_normalization,
        conv2d=convolutional.conv2d,
        dense=core.dense,
        dropout=core.dropout,
        flatten=core.flatten,
        max_pooling2d=pooling.max_pooling2d,
    )
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        patches = tf.compat.v1.placeholder(tf.float32, [None, PATCH_FRAMES, N_MELS])
        training = tf.compat.v1.placeholder(tf.bool)
        logits, *pools = musicnn.models.define_model(patches, training, name, 50)
        outputs = {"tags": tf.nn.sigmoid(logits), "pool4": pools[3], "conv5": normalised[5]}
        folder = Path(musicnn.models.__file__).parent / name
        tf.compat.v1.train.Saver().restore(session, f"{folder}/")
        yield lambda batch: session.run(outputs, {patches: batch, training: False})


def _kept(outputs: dict[str, Array], index: int) -> dict[str, Any]:
    found = {"tags": outputs["tags"][index], **{layer: probe(outputs[layer][index]) for layer in LAYERS}}
    return {key: value.astype(float).round(DECIMALS).tolist() for key, value in found.items()}


def main() -> None:
    """Run the package on every pattern and file."""
    from musicnn.configuration import MTT_LABELS

    inputs = {name: pattern(name)[None] for name in PATTERNS}
    inputs |= {name: cut(_reference_log_mel(name)) for name in FILES}
    networks = []
    for name in NETWORKS:
        with _network(name) as run:
            found = {key: run(batch) for key, batch in inputs.items()}
        golden = {key: [_kept(outputs, k) for k in range(len(inputs[key]))] for key, outputs in found.items()}
        entries = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items())
        networks.append(f" {json.dumps(name)}: {{\n{entries}\n }}")
    labels = json.dumps(MTT_LABELS)
    body = ",\n".join(networks)
    GOLDEN.write_text(f'{{"labels": {labels},\n"networks": {{\n{body}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
