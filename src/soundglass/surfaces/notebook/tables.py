"""Recommendations as tables: a row for each result, or for each part of each score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from soundglass.core.contract import finite, side_json
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json, Recommendation, Recommendations

if TYPE_CHECKING:
    import pandas as pd

_FEATURE = {"value": pa.float64(), "unit": pa.string(), "percentile": pa.float64(), "source": pa.string()}
_REGION = dict.fromkeys(("start_s", "end_s", "low_hz", "high_hz"), pa.float64())

RESULTS = pa.schema(
    [
        ("rank", pa.int64()),
        ("id", pa.string()),
        ("title", pa.string()),
        ("artist", pa.string()),
        ("album", pa.string()),
        ("path", pa.string()),
        ("score", pa.float64()),
        ("sentence", pa.string()),
    ]
)
"""One row a result."""

PARTS = pa.schema(
    [
        ("rank", pa.int64()),
        ("id", pa.string()),
        ("part", pa.string()),
        ("contribution", pa.float64()),
        *(
            (f"{side}_{name}", kind)
            for side in ("query", "match")
            for name, kind in (_FEATURE | _REGION).items()
        ),
    ]
)
"""One row a part; the contributions of one rank sum to its score. What a kind of part lacks is null."""


def to_arrow(answer: Recommendations, *, parts: bool = False) -> pa.Table:
    """Lay recommendations out as a table.

    Parameters
    ----------
    parts : bool
        A row for each part of each score, by ``PARTS``, instead of one for each result, by ``RESULTS``.

    Returns
    -------
    pyarrow.Table
        ``query`` and ``by`` are in the schema's metadata.
    """
    schema = PARTS if parts else RESULTS
    rows = [row for result in answer for row in (_parts(result) if parts else (_result(result),))]
    about = {"query": answer.query.id, "by": answer.by}
    return pa.Table.from_pylist(rows, schema=schema.with_metadata(about))


def to_pandas(answer: Recommendations, *, parts: bool = False) -> pd.DataFrame:
    """Lay recommendations out as a data frame, as :func:`to_arrow` does.

    Raises
    ------
    SoundglassError
        pandas is not installed.
    """
    try:
        frame: pd.DataFrame = to_arrow(answer, parts=parts).to_pandas()
    except ImportError:
        raise SoundglassError(
            "data frames need pandas", remedy="Run pip install 'soundglass[notebook]', or take to_arrow()"
        ) from None
    return frame


def _result(result: Recommendation) -> dict[str, Json]:
    track = result.track
    about = {"id": track.id, "title": track.title, "artist": track.artist, "album": track.album}
    return {
        "rank": result.rank,
        **about,
        "path": track.path,
        "score": result.score,
        "sentence": result.sentence,
    }


def _parts(result: Recommendation) -> Iterator[dict[str, Json]]:
    for part in result.parts:
        row = {
            "rank": result.rank,
            "id": result.track.id,
            "part": part.name,
            "contribution": part.contribution,
        }
        for side, shown in (("query", part.query), ("match", part.match)):
            row |= {f"{side}_{name}": finite(value) for name, value in side_json(shown).items()}
        yield {name: value for name, value in row.items() if name in PARTS.names}
