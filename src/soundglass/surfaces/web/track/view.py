"""What the upper half of a track's page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from soundglass.core.catalogue import PITCH_CLASSES
from soundglass.core.errors import FeatureMismatchError
from soundglass.core.types import Track
from soundglass.explain.profile import Profile, Reading, stored_profile
from soundglass.recommend.space import FeatureSpace
from soundglass.surfaces.web.state import Snapshot
from soundglass.surfaces.web.track.spread import Spread, spreads
from soundglass.surfaces.web.track.words import (
    SOURCES,
    Alternative,
    Tag,
    alternatives,
    error_text,
    flags,
    standing,
    tags,
)

TWELVE = (
    *("energy", "danceability", "valence", "acousticness", "instrumentalness", "speechiness", "liveness"),
    *("loudness", "tempo", "duration", "key", "mode"),
)
"""What tables of features have, and what people know them by."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One feature of a track among the library's.

    Attributes
    ----------
    name : str
    value : str
        With its unit.
    standing : str
        Where it stands in the library, in words.
    error, source : str
    spread : Spread or None
        Of the library; ``None`` where no track knows the feature.
    at : float or None
        Place of the value on it.
    band : (float, float) or None
        Left edge and width of the typical error on it.
    reading : Reading
    """

    name: str
    value: str
    standing: str
    error: str
    source: str
    spread: Spread | None
    at: float | None
    band: tuple[float, float] | None
    reading: Reading

    @property
    def alternative_text(self) -> str:
        """What the picture says to who cannot see it."""
        said = [f"{self.name}: {self.value}", self.standing, self.error, self.source]
        return ", ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A key or a tempo, how sure it is, and what it may be instead.

    Attributes
    ----------
    label : str
    sure : int or None
        Percent.
    others : list of Alternative
    """

    name: str
    label: str
    sure: int | None
    others: Sequence[Alternative]


@dataclass(frozen=True, slots=True)
class Pitch:
    """How strong one pitch class is, 0 to 1 of the strongest."""

    name: str
    share: float
    is_tonic: bool


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a track.

    Attributes
    ----------
    twelve, further : list of Shown
        With a distribution, and in the table.
    doubts : list of Doubt
        Key and tempo.
    chroma : list of Pitch
        Empty where it is not known.
    """

    track: Track
    profile: Profile
    twelve: Sequence[Shown]
    further: Sequence[Shown]
    doubts: Sequence[Doubt]
    chroma: Sequence[Pitch]
    tags: Sequence[Tag]
    flags: Sequence[str]
    n_tracks: int


def view_of(now: Snapshot, row: int) -> View:
    """Gather what is shown of a track."""
    profile = profile_of(now, row)
    space = space_of(now, row)
    origin = profile.track.origin
    found = now.kept(("spreads", origin), lambda: spreads(space, from_table=origin == "csv")) if space else {}
    shown = {reading.feature.name: _shown(reading, found) for reading in profile.readings}
    known = {name: one for name, one in shown.items() if one.reading.shown.value is not None}
    readings = {name: one.reading for name, one in known.items()}
    return View(
        track=profile.track,
        profile=profile,
        twelve=[known[name] for name in TWELVE if name in known and known[name].spread is not None],
        further=list(shown.values()),
        doubts=[_doubt(readings[name]) for name in ("key", "tempo") if _is_doubtful(readings.get(name))],
        chroma=_chroma(readings.get("key")),
        tags=tags(profile),
        flags=flags(profile.track.flags),
        n_tracks=now.n_tracks,
    )


def profile_of(now: Snapshot, row: int) -> Profile:
    """Read all that is known of a track, placed among the library's."""
    return stored_profile(now.store, row, space_of(now, row))


def space_of(now: Snapshot, row: int) -> FeatureSpace | None:
    """Give the space a track's features live in; ``None`` where no feature is known of any track."""
    try:
        return now.space(row)
    except FeatureMismatchError:
        return None


def _shown(reading: Reading, found: Mapping[str, Spread]) -> Shown:
    name, value = reading.feature.name, reading.shown.value
    spread = found.get(name)
    placed = spread is not None and value is not None
    return Shown(
        name=name.replace("_", " "),
        value=reading.shown.label,
        standing=standing(reading) or _company(spread, reading),
        error=error_text(reading),
        source=SOURCES[reading.shown.source],
        spread=spread,
        at=spread.place(value) if placed and spread and value is not None else None,
        band=spread.band(reading) if placed and spread else None,
        reading=reading,
    )


def _company(spread: Spread | None, reading: Reading) -> str:
    """Say how many have the same, of what has no more or less."""
    if spread is None or not spread.names or reading.shown.value is None:
        return ""
    return f"as {round(100 * spread.share(reading.shown.value))} % of the library"


def _doubt(reading: Reading) -> Doubt:
    sure = None if reading.confidence is None else round(100 * reading.confidence)
    return Doubt(reading.feature.name, reading.shown.label, sure, alternatives(reading))


def _is_doubtful(reading: Reading | None) -> bool:
    """Tell whether the method said how sure it is, or what else it may be; tables do not."""
    return reading is not None and (reading.confidence is not None or bool(reading.support))


def _chroma(key: Reading | None) -> list[Pitch]:
    shares = [] if key is None else key.support.get("chroma", [])
    if key is None or len(shares) != len(PITCH_CLASSES) or not max(shares) > 0:
        return []
    tonic = round(key.shown.value or 0) % len(PITCH_CLASSES)
    return [
        Pitch(name, share / max(shares), at == tonic)
        for at, (name, share) in enumerate(zip(PITCH_CLASSES, shares, strict=True))
    ]
