"""Steered lists and profiles in JSON."""

from __future__ import annotations

from dataclasses import asdict

from soundglass.core.contract import recommendations_json, track_json
from soundglass.core.types import Json
from soundglass.explain.moves import Move
from soundglass.explain.steered import SteeredList
from soundglass.library.profiles import SavedProfile
from soundglass.recommend.steering import Steering
from soundglass.surfaces.web.steer.asked import query_of


def steered_json(found: SteeredList) -> dict[str, Json]:
    """Give a steered list, what became of the plain one, and what each part now carries."""
    return {
        **recommendations_json(found.answer),
        "steering": found.steering.to_json(),
        "moves": [_move_json(move) for move in found.moves],
        "fallen": [_move_json(move) for move in found.fallen],
        "carried": dict(found.carried),
        "wanted": {name: asdict(wanted) for name, wanted in found.wanted.items()},
    }


def profile_json(kept: SavedProfile) -> dict[str, Json]:
    """Give a profile."""
    steering = Steering.from_json(kept.settings)
    return {
        "name": kept.name,
        "steering": steering.to_json(),
        "wishes": list(steering.wishes),
        "query": query_of(steering),
        "created": kept.created.isoformat(),
        "changed": kept.changed.isoformat(),
    }


def _move_json(move: Move) -> dict[str, Json]:
    return {
        **track_json(move.track),
        "rank": move.rank,
        "was": move.was,
        "place": move.place,
        "cause": None if move.cause is None else move.cause.name.lower(),
        "feature": move.feature,
        "change": move.change,
        "sentence": move.sentence,
    }
