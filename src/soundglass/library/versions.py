"""The parts of an analysis, each with its own version, so that a new model does not redo the rest."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from soundglass.embeddings import EMBEDDING_VERSION
from soundglass.embeddings.picture import PICTURE_VERSION
from soundglass.features import ANALYSIS_VERSION

AnalysisPart: TypeAlias = Literal["features", "embedding", "picture"]

VERSIONS: Mapping[AnalysisPart, int] = MappingProxyType(
    {"features": ANALYSIS_VERSION, "embedding": EMBEDDING_VERSION, "picture": PICTURE_VERSION}
)
"""Part to the version this program finds."""

VERSION_COLUMNS: Mapping[AnalysisPart, str] = MappingProxyType(
    {"features": "analysis_version", "embedding": "embedding_version", "picture": "picture_version"}
)
"""Part to the column that says which version a track has."""


def outdated_parts(row: Mapping[str, int | None]) -> frozenset[AnalysisPart]:
    """Name the parts that a track with these ``VERSION_COLUMNS`` lacks, or has of another version."""
    return frozenset(part for part, version in VERSIONS.items() if row[VERSION_COLUMNS[part]] != version)
