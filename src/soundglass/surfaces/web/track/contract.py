"""The shape of what is known of one track."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from soundglass.surfaces.web.contract import ReadingShape, TrackShape

_EXACT = ConfigDict(extra="forbid")


@with_config(_EXACT)
class ProfileTrackShape(TrackShape):
    """A track, and what is odd about its recording."""

    flags: list[str]


@with_config(_EXACT)
class FeatureShape(ReadingShape):
    """One feature: its value, how far to trust it, and what stands behind it."""

    error: float | None
    evidence: dict[str, Any]
    meaning: str
    method: str
    trust: str


@with_config(_EXACT)
class ProfileShape(TypedDict):
    """All that is known of a track; tags by how likely they are, 0 to 1."""

    track: ProfileTrackShape
    features: dict[str, FeatureShape]
    tags: dict[str, float]
