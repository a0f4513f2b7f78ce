"""Weights are found in the file where ONNX's own library finds them, and drawn anew where asked."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from soundglass.audio.decode import read_mono
from soundglass.core.types import FloatArray
from soundglass.demo import demo_music
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.evaluate.faithfulness.untrained import LAYERS, redrawn, untrained, weights
from soundglass.models import read_model

MODEL = "musicnn-mtt-vgg-0.1.0.onnx"


@pytest.fixture(scope="module")
def model() -> bytes:
    return read_model(MODEL)


def by_onnx(model: bytes) -> dict[str, np.ndarray]:
    loaded = onnx.load_model_from_string(model)
    return {one.name: numpy_helper.to_array(one) for one in loaded.graph.initializer}


def test_weights_are_where_onnx_finds_them(model: bytes) -> None:
    expected, found = by_onnx(model), weights(model)
    assert list(found) == list(expected)
    for name, (dims, first, end) in found.items():
        assert dims == expected[name].shape
        assert model[first:end] == expected[name].tobytes()
    assert {f"{layer}/kernel" for layer in LAYERS} <= set(found)


def test_only_the_layers_asked_for_are_drawn(model: bytes) -> None:
    before, after = by_onnx(model), by_onnx(redrawn(model, ("3CNN", "4CNN"), 1))
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {"3CNN/kernel", "3CNN/bias", "4CNN/kernel", "4CNN/bias"}
    kernel = after["4CNN/kernel"]
    assert kernel.std() == pytest.approx(np.sqrt(2 / (128 * 9)), rel=0.01)
    assert abs(kernel.mean()) < 0.001
    assert not after["4CNN/bias"].any()


def test_a_layer_is_drawn_alike_whatever_else_is(model: bytes) -> None:
    alone, together = (by_onnx(redrawn(model, layers, 1)) for layers in (("4CNN",), LAYERS))
    np.testing.assert_array_equal(alone["4CNN/kernel"], together["4CNN/kernel"])
    assert not np.array_equal(alone["4CNN/kernel"], by_onnx(redrawn(model, LAYERS, 2))["4CNN/kernel"])
    assert not np.array_equal(together["4CNN/kernel"], together["3CNN/kernel"])


def test_another_network_hears_other_things() -> None:
    pieces: list[FloatArray] = [
        read_mono(file, SAMPLE_RATE)[: 6 * SAMPLE_RATE] for file in sorted(demo_music().glob("*.ogg"))[:3]
    ]
    embedder = untrained(LAYERS, pieces, 0)
    true = Embedder.load().cells([Excerpt(0.0, pieces[0])])
    drawn = embedder.cells([Excerpt(0.0, pieces[0])])
    np.testing.assert_array_equal(true.boxes, drawn.boxes)
    assert abs(np.corrcoef(true.activations.ravel(), drawn.activations.ravel())[0, 1]) < 0.5
    lengths = np.linalg.norm(embedder.directions(drawn), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)
