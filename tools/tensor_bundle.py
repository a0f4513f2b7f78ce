"""Read the tensors of a TensorFlow checkpoint (a "tensor bundle") without TensorFlow.

Formats: the index is a table of LevelDB (its ``doc/table_format.md``) from tensor names to the messages of
TensorFlow's ``tensor_bundle.proto``; the data file holds the raw values. Every block and tensor that is read
is checked against its CRC-32C.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_FOOTER_BYTES, _MAGIC = 48, 0xDB4775248B80FB57
_UNCOMPRESSED = 0
_FLOAT32 = 1
_SHARDS, _ENDIANNESS = 1, 2
_DTYPE, _SHAPE, _OFFSET, _SIZE, _CRC = 1, 2, 4, 5, 6
_DIMENSION, _DIMENSION_SIZE = 2, 1
_VARINT, _BYTES, _FIXED = 0, 2, {1: 8, 5: 4}


class BundleError(ValueError):
    """The bytes are not a checkpoint that this reader knows."""


class Bundle:
    """The float32 tensors of a checkpoint of one shard, by name.

    Parameters
    ----------
    index, data : bytes
        The files ``.index`` and ``.data-00000-of-00001``.
    """

    def __init__(self, index: bytes, data: bytes) -> None:
        entries = dict(_table(index))
        header = dict(_fields(entries.pop(b"")))
        if header.get(_SHARDS) != 1 or header.get(_ENDIANNESS, 0) != 0:
            raise BundleError("not one little-endian shard")
        self._entries = {name.decode(): entry for name, entry in entries.items()}
        self._data = data

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        entry = dict(_fields(self._entries[name]))
        dimensions = [
            dict(_fields(value)) for key, value in _fields(entry.get(_SHAPE, b"")) if key == _DIMENSION
        ]
        shape = [dimension.get(_DIMENSION_SIZE, 0) for dimension in dimensions]
        start = entry.get(_OFFSET, 0)
        raw = self._data[start : start + entry[_SIZE]]
        if entry[_DTYPE] != _FLOAT32 or len(raw) != 4 * np.prod(shape, dtype=int):
            raise BundleError(f"{name} is not float32 of shape {shape}")
        if _masked_crc(raw) != entry[_CRC]:
            raise BundleError(f"{name} is damaged")
        return np.frombuffer(raw, dtype="<f4").reshape(shape)


def _table(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Read all keys and values of a LevelDB table."""
    footer = content[-_FOOTER_BYTES:]
    if len(footer) < _FOOTER_BYTES or int.from_bytes(footer[-8:], "little") != _MAGIC:
        raise BundleError("not a table")
    _, after_metaindex = _handle(footer, 0)
    index, _ = _handle(footer, after_metaindex)
    for _, value in _block(content, *index):
        block, _ = _handle(value, 0)
        yield from _block(content, *block)


def _handle(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(content, at)
    size, at = _varint(content, at)
    return (offset, size), at


def _block(content: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Read the entries of one block, whose keys give only what differs from the key before."""
    block, compression = content[offset : offset + size], content[offset + size]
    checked = content[offset : offset + size + 1]
    if compression != _UNCOMPRESSED or content[offset + size + 1 :][:4] != _masked_crc(checked).to_bytes(
        4, "little"
    ):
        raise BundleError("a block is compressed or damaged")
    n_restarts = int.from_bytes(block[-4:], "little")
    end, at, key = len(block) - 4 * (n_restarts + 1), 0, b""
    while at < end:
        shared, at = _varint(block, at)
        unshared, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + length]
        at += length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Read the fields of a protobuf message by number; fixed-width ones as unsigned."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _varint(message, at)
        elif kind == _BYTES:
            length, at = _varint(message, at)
            value, at = message[at : at + length], at + length
        else:
            value, at = int.from_bytes(message[at : at + _FIXED[kind]], "little"), at + _FIXED[kind]
        yield number, value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while content[at] & 0x80:
        value |= (content[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | content[at] << shift, at + 1


def _crc_table() -> list[int]:
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (0x82F63B78 if value & 1 else 0) for value in table]
    return table


_CRC_TABLE = _crc_table()


def _masked_crc(content: bytes) -> int:
    """Compute the CRC-32C (Castagnoli), rotated and shifted as LevelDB stores it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
