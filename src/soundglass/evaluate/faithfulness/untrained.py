"""The network with weights drawn at random, layer by layer from the top or all of them.

Method: model parameter randomisation (Adebayo et al., "Sanity checks for saliency maps", 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from soundglass.core.types import FloatArray
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import Layer, TokenNetwork
from soundglass.embeddings.projection import Projection
from soundglass.embeddings.tokens import N_DIMENSIONS
from soundglass.models import read_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LAYERS = ("1CNN", "2CNN", "3CNN", "4CNN")
"""The convolutions below the layer that tokens are taken from, lowest first."""

_MODEL = "musicnn-mtt-vgg-0.1.0.onnx"
_LAYER: Layer = "pool4"
_CELLS = 200

# Of ONNX's protocol buffers: ModelProto.graph, GraphProto.initializer, TensorProto's dims, name and raw_data.
_GRAPH, _INITIALIZER, _DIMS, _NAME, _RAW = 7, 5, 1, 8, 9
_WIDTHS = {1: 8, 5: 4}


def untrained(layers: Sequence[str], pieces: Sequence[FloatArray], seed: int) -> Embedder:
    """Make an embedder with weights of some layers drawn anew.

    The projection is fitted to what this network hears, as the packaged one was to the trained network, so
    that nothing but training tells the two apart.

    Parameters
    ----------
    layers : sequence of str
        Of ``LAYERS``.
    pieces : sequence of ndarray, shape (n_samples,)
        Music to fit the projection to, mono at the network's rate.
    """
    network = TokenNetwork(_session(redrawn(read_model(_MODEL), layers, seed)), _LAYER)
    hears, rng = Embedder(network, Projection.load()), np.random.default_rng(seed)
    found = [hears.cells([Excerpt(0.0, samples)]).activations for samples in pieces]
    drawn = [of_one[rng.permutation(len(of_one))[:_CELLS]] for of_one in found]
    return Embedder(network, Projection.fit(np.concatenate(drawn), N_DIMENSIONS))


def redrawn(model: bytes, layers: Sequence[str], seed: int) -> bytes:
    """Give a network in ONNX new weights in some layers: normal, of variance 2 / fan-in, without biases.

    He et al., "Delving deep into rectifiers", 2015. The same seed gives a layer the same weights, whichever
    others are drawn. Weights are found in the file by their names.
    """
    changed = bytearray(model)
    for name, (dims, first, end) in weights(model).items():
        layer, _, kind = name.partition("/")
        if layer in layers and kind == "bias":
            changed[first:end] = bytes(end - first)
        elif layer in layers:
            rng = np.random.default_rng([seed, *layer.encode()])
            drawn = rng.normal(scale=np.sqrt(2 / np.prod(dims[1:])), size=dims)
            changed[first:end] = drawn.astype("<f4").tobytes()
    return bytes(changed)


def weights(model: bytes) -> Mapping[str, tuple[tuple[int, ...], int, int]]:
    """Say where the weights of a network in ONNX are: name to shape, first byte and end."""
    found = {}
    for _, graph in _fields(model, 0, len(model), _GRAPH):
        for _, tensor in _fields(model, *graph, _INITIALIZER):
            (_, name), (_, raw) = (next(_fields(model, *tensor, number)) for number in (_NAME, _RAW))
            dims = tuple(value for value, _ in _fields(model, *tensor, _DIMS))
            found[model[slice(*name)].decode()] = dims, *raw
    return found


def _fields(data: bytes, at: int, end: int, wanted: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the fields of one number in a message: the value if it is a whole number, and where it is."""
    while at < end:
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        value, after = (0, at + _WIDTHS[kind]) if kind in _WIDTHS else _varint(data, at)
        if kind == 2:
            at, after = after, after + value
        if number == wanted:
            yield value, (at, after)
        at = after


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at


def _session(model: bytes) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
