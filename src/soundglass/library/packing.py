"""Token sets and tags as columns of a library or as JSON, and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np

from soundglass.core.errors import LibraryError
from soundglass.core.types import FloatArray, Json
from soundglass.embeddings.analysis import Embedding
from soundglass.embeddings.network import TAGS
from soundglass.embeddings.tokens import N_DIMENSIONS, TokenSet

_NUMBERS = {"vectors": "i1", "weights": "<f4", "boxes": "<f4", "traits": "u1"}

TOKEN_COLUMNS = tuple(f"token_{name}" for name in _NUMBERS)
"""The columns a token set is made of."""

STANDING_COLUMNS = ("token_means", "token_shares", "token_scale", "background")
"""What is measured of a token set against the library's background, and that one's version."""


def pack(tokens: TokenSet) -> dict[str, bytes]:
    """Write the arrays of a token set row by row, little end first."""
    return {name: getattr(tokens, name).astype(kind).tobytes() for name, kind in _NUMBERS.items()}


def unpack(packed: Mapping[str, bytes]) -> TokenSet:
    """Read what :func:`pack` wrote; ``ValueError`` where the lengths do not fit one another."""
    arrays = {name: np.frombuffer(packed[name], kind) for name, kind in _NUMBERS.items()}
    n_tokens = len(arrays["weights"])
    return TokenSet(
        arrays["vectors"].reshape(n_tokens, N_DIMENSIONS),
        arrays["weights"],
        arrays["boxes"].reshape(n_tokens, 4),
        arrays["traits"].reshape(n_tokens, -1),
    )


def embedding_columns(embedding: Embedding | None) -> dict[str, Json]:
    """Lay tokens and tags out as columns; all null where nothing was heard.

    What is measured against the library's background is null too, as it belongs to the tokens there were.
    """
    tokens, tags = (None, None) if embedding is None else (embedding.tokens, embedding.tags)
    packed = {} if tokens is None else pack(tokens)
    return {
        **{f"token_{name}": packed.get(name) for name in _NUMBERS},
        **dict.fromkeys(STANDING_COLUMNS),
        "tags": None if tags is None else dict(zip(TAGS, tags.tolist(), strict=True)),
    }


def tokens_from_row(row: Mapping[str, Json]) -> TokenSet | None:
    """Read the tokens out of a row that holds ``TOKEN_COLUMNS``; ``None`` for a track without.

    Raises
    ------
    LibraryError
        The columns do not fit one another.
    """
    if row["token_weights"] is None:
        return None
    try:
        return unpack({name: row[f"token_{name}"] for name in _NUMBERS})
    except (TypeError, ValueError):
        raise LibraryError("the tokens of a track make no sense", remedy="Scan its file again") from None


def embedding_to_json(embedding: Embedding) -> Json:
    """Write an embedding for a pipe; binary as base64."""
    tokens, tags = embedding.tokens, embedding.tags
    return {
        "tokens": None if tokens is None else {name: to_text(b) for name, b in pack(tokens).items()},
        "tags": None if tags is None else tags.tolist(),
    }


def embedding_from_json(answer: Mapping[str, Json]) -> Embedding:
    """Read what :func:`embedding_to_json` wrote."""
    tokens, tags = answer["tokens"], answer["tags"]
    return Embedding(
        None if tokens is None else unpack({name: from_text(text) for name, text in tokens.items()}),
        None if tags is None else _float32(tags),
    )


def to_text(binary: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(binary).decode("ascii")


def from_text(text: str) -> bytes:
    """Read base64."""
    return base64.b64decode(text, validate=True)


def _float32(values: list[float]) -> FloatArray:
    return np.array(values, dtype=np.float32)
