"""How what is asked for is written in an address: a parameter for each slider and each switch."""

from __future__ import annotations

import math
from typing import Final, cast
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from soundglass.core.catalogue import GROUPS
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.library.profiles import profile
from soundglass.library.saved import Saved
from soundglass.recommend.steering import MAX_SHIFT, MAX_WEIGHT, SHIFTABLE, STEERABLE, Steerable, Steering

_OFF, _COUNTS, _SHIFT = "off", "count_", "shift_"

_KNOWN: Final = frozenset(
    [
        *("by", "weight", "slowest", "fastest", "profile", "n", _OFF),
        *(f"{_COUNTS}{group}" for group in GROUPS),
        *(f"{_SHIFT}{group}" for group in SHIFTABLE),
    ]
)


def steering_of(params: QueryParams, saved: Saved) -> Steering:
    """Read what an address asks for; an empty value asks for nothing.

    Raises
    ------
    SoundglassError
        A name or a number is impossible, or there is no such profile.
    """
    if unknown := sorted(set(params.keys()) - _KNOWN):
        raise SoundglassError(f"nothing can be asked for by {unknown[0][:40]!r}", remedy="See /api")
    if name := params.get("profile"):
        return Steering.from_json(profile(saved, name).settings)
    weights = {group: _number(params, f"{_COUNTS}{group}", 1.0) for group in GROUPS}
    shifts = {group: _number(params, f"{_SHIFT}{group}", 0.0) for group in SHIFTABLE}
    weights.update(dict.fromkeys(params.getlist(_OFF), 0.0))
    by, share = params.get("by") or "features", _bound(params, "weight")
    return Steering(
        weights,
        shifts,
        _bound(params, "slowest"),
        _bound(params, "fastest"),
        cast("Steerable", by),
        share if by == "blend" else None,
    )


def query_of(steering: Steering) -> str:
    """Write what is asked for as an address does; :func:`steering_of` reads the same from it."""
    pairs = [(_OFF, group) for group, weight in steering.weights.items() if not weight]
    pairs += [(f"{_COUNTS}{group}", f"{weight:g}") for group, weight in steering.weights.items() if weight]
    pairs += [(f"{_SHIFT}{group}", f"{shift:g}") for group, shift in steering.shifts.items()]
    bounds = ("slowest", steering.slowest), ("fastest", steering.fastest), ("weight", steering.share)
    pairs += [(name, f"{value:g}") for name, value in bounds if value is not None]
    pairs += [("by", steering.by)] if steering.by != "features" else []
    return urlencode(pairs)


def described() -> dict[str, Json]:
    """Describe the parameters, as OpenAPI does."""
    numbers = [
        (f"{_COUNTS}{group}", 0.0, MAX_WEIGHT, f"How much {group} counts; 1 if left out") for group in GROUPS
    ]
    numbers += [
        (
            f"{_SHIFT}{group}",
            -MAX_SHIFT,
            MAX_SHIFT,
            "Ask for {} (below 0) or {} (above), in standard deviations of the library".format(
                *GROUPS[group][0].comparatives
            ),
        )
        for group in SHIFTABLE
    ]
    numbers += [
        ("slowest", 0.0, 400.0, "Leave out slower tracks, BPM"),
        ("fastest", 0.0, 400.0, "Leave out faster tracks, BPM"),
        (
            "weight",
            0.0,
            1.0,
            "Of the blend: the share of the spectrogram; both have the same say if left out",
        ),
    ]
    groups = {"type": "array", "items": {"enum": list(GROUPS)}}
    shapes: list[tuple[str, Json, str]] = [
        ("by", {"enum": list(STEERABLE), "default": "features"}, "The recommender"),
        ("profile", {"type": "string", "maxLength": 60}, "A saved profile, instead of all that follows"),
        (_OFF, groups, "Parts that do not count; may be repeated"),
    ]
    shapes += [
        (name, {"type": "number", "minimum": lo, "maximum": hi}, says) for name, lo, hi, says in numbers
    ]
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": shape, "description": says}
            for name, shape, says in shapes
        ]
    }


def _number(params: QueryParams, name: str, default: float) -> float:
    found = _bound(params, name)
    return default if found is None else found


def _bound(params: QueryParams, name: str) -> float | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SoundglassError(f"{name} is {text[:20]!r}, no number", remedy="Give a number, or leave it out")
    return number
