"""Convert musicnn's published TensorFlow checkpoints into src/soundglass/models as ONNX.

The graphs are the functions ``vgg`` and ``build_musicnn`` of the package's ``models.py``; the bytes are the
same wherever this runs. ``--baselines FOLDER`` writes the package's other networks there, which the
program does not need.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from fetch_models import MODELS, download, save
from tensor_bundle import Bundle

REQUIREMENT = "musicnn==0.1.0"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
LICENCE = ("musicnn-0.1.0.dist-info/LICENSE.md", "LICENSE.musicnn")

_EPSILON = 1e-3
_OPSET, _IR_VERSION = 17, 8
_CHANNELS_LAST, _CHANNELS_FIRST, _CHANNELS_AS_BANDS = [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]
_FRONT_END = (
    ("conv2d", 3, 3),
    ("conv2d_1", 3, 3),
    ("conv2d_2", 63, 64),
    ("conv2d_3", 31, 32),
    ("conv2d_4", 15, 16),
)


class Graph:
    """An ONNX graph in the making, whose weights come from a checkpoint.

    Parameters
    ----------
    bundle : Bundle
        The weights.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: object) -> str:
        """Add a node of one output and give that output's name."""
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], output, **attributes))
        return output

    def weight(self, name: str, axes: list[int] | None = None) -> str:
        """Add a tensor of the checkpoint, its axes reordered."""
        tensor = self._bundle[name]
        return self.constant(name, tensor if axes is None else tensor.transpose(axes))

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add a tensor."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def convolution(self, name: str, data: str, axes: list[int], **attributes: object) -> str:
        """Add a convolution, whose kernel's axes are reordered, and its rectifier."""
        weights = self.weight(f"{name}/kernel", axes), self.weight(f"{name}/bias")
        return self.add("Relu", self.add("Conv", data, *weights, **attributes))

    def normalisation(self, number: int, data: str) -> str:
        """Add the batch normalisation of this number."""
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        weights = [self.weight(f"{name}/{part}") for part in parts]
        return self.add("BatchNormalization", data, *weights, epsilon=_EPSILON)

    def dense(self, name: str, data: str) -> str:
        """Add a dense layer."""
        return self.add("Gemm", data, self.weight(f"{name}/kernel"), self.weight(f"{name}/bias"))

    def pool(self, data: str, size: list[int], strides: list[int]) -> str:
        """Add a maximum over windows that lie wholly inside."""
        return self.add("MaxPool", data, kernel_shape=size, strides=strides)


def vgg(graph: Graph) -> None:
    """Build the VGG network up to the logits; ``pool4`` and ``conv5`` have the channels last."""
    padded = {"axes": _CHANNELS_FIRST, "pads": [1, 1, 1, 1]}
    data = graph.add("Unsqueeze", "log_mel", graph.constant("channel", np.array([1])))
    data = graph.normalisation(0, data)
    # The first pool, 4 frames x 1 band in steps of 2 x 2, keeps every other band: only those are made.
    data = graph.normalisation(1, graph.convolution("1CNN", data, strides=[1, 2], **padded))
    data = graph.pool(data, [4, 1], [2, 1])
    for number in (2, 3, 4):
        data = graph.normalisation(number, graph.convolution(f"{number}CNN", data, **padded))
        data = graph.pool(data, [2, 2], [2, 2])
    graph.add("Transpose", data, output="pool4", perm=_CHANNELS_LAST)
    data = graph.normalisation(5, graph.convolution("5CNN", data, **padded))
    graph.add("Transpose", data, output="conv5", perm=_CHANNELS_LAST)
    data = graph.pool(data, [4, 4], [4, 4])
    data = graph.add("Flatten", graph.add("Transpose", data, perm=_CHANNELS_LAST))
    graph.add("Sigmoid", graph.dense("dense", data), output="tags")


def musicnn(graph: Graph) -> None:
    """Build the musicnn network; ``pooled`` has maximum and mean of every channel by turns."""
    data = graph.add("Unsqueeze", "log_mel", graph.constant("channel", np.array([1])))
    data = graph.normalisation(0, data)
    bands = []
    for number, (name, before, after) in enumerate(_FRONT_END, start=1):
        band = graph.convolution(name, data, _CHANNELS_FIRST, pads=[before, 0, after, 0])
        bands.append(graph.add("ReduceMax", graph.normalisation(number, band), axes=[3]))
    data = graph.add("Concat", *bands, axis=1)
    channels = [data]
    for number, name in enumerate(("conv2d_5", "conv2d_6", "conv2d_7"), start=6):
        middle = graph.convolution(name, data, _CHANNELS_AS_BANDS, pads=[3, 0, 3, 0])
        middle = graph.normalisation(number, middle)
        data = graph.add("Add", middle, data) if len(channels) > 1 else middle
        channels.append(data)
    data = graph.add("Concat", *channels, axis=1)
    pools = [graph.add(operator, data, axes=[2]) for operator in ("ReduceMax", "ReduceMean")]
    pooled = graph.add("Flatten", graph.add("Concat", *pools, axis=2), output="pooled")
    data = graph.add("Relu", graph.dense("dense", graph.normalisation(9, pooled)))
    data = graph.add("Identity", graph.normalisation(10, data), output="penultimate")
    graph.add("Sigmoid", graph.dense("dense_1", data), output="tags")


@dataclass(frozen=True)
class Network:
    """One of the package's networks.

    Attributes
    ----------
    folder : str
        Where the package has the checkpoint.
    file : str
        Name of the converted file.
    build : callable
        Adds the nodes to a graph.
    outputs : dict
        Name to shape, of one patch.
    """

    folder: str
    file: str
    build: Callable[[Graph], None]
    outputs: dict[str, list[int]]

    def convert(self, wheel: zipfile.ZipFile) -> bytes:
        """Read the checkpoint and write it as ONNX."""
        files = (".index", ".data-00000-of-00001")
        graph = Graph(Bundle(*(wheel.read(f"musicnn/{self.folder}/{file}") for file in files)))
        self.build(graph)
        return serialise(graph, self)


def serialise(graph: Graph, network: Network) -> bytes:
    """Write the graph with its inputs, outputs and origin."""
    source, *outputs = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["patches", *shape])
        for name, shape in {"log_mel": [187, 96], **network.outputs, "tags": [50]}.items()
    )
    made = helper.make_graph(graph.nodes, network.folder, [source], outputs, graph.weights)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="soundglass",
        doc_string=f"{network.folder} of musicnn 0.1.0, by Jordi Pons, Universitat Pompeu Fabra",
    )
    origin = {"source": f"PyPI {REQUIREMENT}", "source_sha256": WHEEL_SHA256, "license": "ISC"}
    helper.set_model_props(model, origin)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


_CELLS = {"pool4": [11, 6, 128], "conv5": [11, 6, 128]}
_POOLED = {"pooled": [1506], "penultimate": [200]}
PACKAGED = (Network("MTT_vgg", "musicnn-mtt-vgg-0.1.0.onnx", vgg, _CELLS),)
BASELINES = (
    Network("MSD_vgg", "musicnn-msd-vgg-0.1.0.onnx", vgg, _CELLS),
    Network("MTT_musicnn", "musicnn-mtt-0.1.0.onnx", musicnn, _POOLED),
    Network("MSD_musicnn", "musicnn-msd-0.1.0.onnx", musicnn, _POOLED),
)


def main() -> None:
    """Write the network of the program and its licence, or those of the baselines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--baselines", type=Path, metavar="FOLDER", help="write the package's other networks there instead"
    )
    baselines: Path | None = parser.parse_args().baselines
    with download(REQUIREMENT, WHEEL_SHA256) as wheel:
        if baselines is None:
            save(LICENCE[1], wheel.read(LICENCE[0]), REQUIREMENT)
        for network in PACKAGED if baselines is None else BASELINES:
            save(network.file, network.convert(wheel), REQUIREMENT, baselines or MODELS)


if __name__ == "__main__":
    main()
