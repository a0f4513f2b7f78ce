"""Weights the package carries, each pinned by its SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from soundglass.core.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TOKEN_PROJECTION = "token-projection-1.npy"  # noqa: S105  (a file, no password)

PINNED = MappingProxyType(
    {
        "musicnn-mtt-vgg-0.1.0.onnx": "1c9d686abb7ae93c9372cd1ba3f6303cb82d8a2ba878f80bd772a9f983a76e51",
        TOKEN_PROJECTION: "0256c859bb74e884a16a52ce41d803988d7e62b9358a39f5d49b60256aeb0a27",
        "vibenet-0.1.0.onnx": "efa88450153863a1461989a00846526ac9230665b19fbf82f33e46fdeef7d275",
    }
)
"""File name to SHA-256, in hexadecimal."""

_FOLDER = Path(__file__).parent
_REMEDY = "Reinstall soundglass, or make the file anew as src/soundglass/models/README.md says"


def read_model(name: str, folder: Path = _FOLDER) -> bytes:
    """Read a weights file and check that it is the pinned one.

    Parameters
    ----------
    name : str
        A key of ``PINNED``.
    folder : Path
        Where the file lies.

    Returns
    -------
    bytes
        The file; what was checked is what is used.

    Raises
    ------
    ModelError
        The file is missing, unreadable or has another hash.
    """
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot read the weights ({error.strerror}), expected SHA-256 {PINNED[name]}"
        raise ModelError(message, path=path, remedy=_REMEDY) from error
    found = hashlib.sha256(content).hexdigest()
    if found != PINNED[name]:
        message = f"the weights have SHA-256 {found}, expected {PINNED[name]}"
        raise ModelError(message, path=path, remedy=_REMEDY)
    return content


def open_network(name: str) -> InferenceSession:
    """Open a network for one CPU thread, as workers run side by side; raises as :func:`read_model`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(read_model(name), options, providers=["CPUExecutionProvider"])
