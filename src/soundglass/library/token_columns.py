"""The tokens of many tracks, out of the library's binary columns."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.embeddings import EMBEDDING_VERSION
from soundglass.embeddings.matching import TokenTable
from soundglass.embeddings.tokens import N_DIMENSIONS

Number = TypeVar("Number", np.int8, np.float32)

HAS_TOKENS = f"embedding_version = {EMBEDDING_VERSION} AND token_weights IS NOT NULL"
"""Condition on tracks whose tokens this program can compare."""


def sound_tokens(columns: pa.Table, weights: str | None = None, *others: str) -> tuple[pa.Table, TokenTable]:
    """Read the tokens of the rows in which they make sense, and give those rows.

    A row is left out whose columns do not fit one another, or in which a direction is zero or a weight is
    not a positive number: one torn track must not keep the rest from being compared. Checks of a library
    name such tracks.

    Parameters
    ----------
    columns : Table
        With ``token_vectors``.
    weights : str, optional
        A column of one float32 for each token, which is positive.
    *others : str
        Columns of one float32 for each token.
    """
    sizes = _sizes(columns["token_vectors"])
    fit = (sizes > 0) & (sizes % N_DIMENSIONS == 0)
    for name in (*([weights] if weights else ()), *others):
        fit &= _sizes(columns[name]) * N_DIMENSIONS == sizes * np.dtype(np.float32).itemsize
    columns, sizes = columns.filter(pa.array(fit)), sizes[fit]
    table = TokenTable.of(
        joined(columns["token_vectors"], np.int8).reshape(-1, N_DIMENSIONS), sizes // N_DIMENSIONS
    )
    good = table.squares > 0
    if weights:
        numbers = joined(columns[weights], np.float32)
        good &= (numbers > 0) & (numbers < np.inf)
    bad = np.unique(np.searchsorted(table.starts, np.flatnonzero(~good), side="right") - 1)
    if not len(bad):
        return columns, table
    kept = np.delete(np.arange(len(table)), bad)
    return columns.take(kept), table.take(kept)


def joined(column: pa.ChunkedArray, kind: type[Number]) -> NDArray[Number]:
    """Read a binary column, none of whose rows is null, as one array."""
    wide = column.cast(pa.large_binary()).combine_chunks()
    chunks = wide.chunks if isinstance(wide, pa.ChunkedArray) else [wide]
    parts = [np.empty(0, kind)]
    for chunk in chunks:
        _, offsets, data = chunk.buffers()
        ends = np.frombuffer(offsets, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        parts.append(np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]].view(kind))
    return np.concatenate(parts)


def _sizes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give the number of bytes of each row, 0 where there is none."""
    return np.asarray(pc.fill_null(pc.binary_length(column), 0), dtype=np.int64)
