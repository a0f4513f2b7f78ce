"""What a library keeps of how its owner likes to steer: named profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import cast

from soundglass.core.errors import SoundglassError
from soundglass.library.profiles import delete_profile, profile, profiles, save_profile
from soundglass.library.saved import Saved
from soundglass.recommend.steering import Steerable, Steering
from soundglass.surfaces.library.opened import Opened


class Profiling(Opened):
    """Saving and finding profiles."""

    @cached_property
    def saved(self) -> Saved:
        """What is kept beside the analysis."""
        return Saved(self.uri)

    def profiles(self) -> dict[str, Steering]:
        """Read all saved profiles, by name."""
        return {kept.name: Steering.from_json(kept.settings) for kept in profiles(self.saved)}

    def profile(self, name: str) -> Steering:
        """Read a saved profile; case does not count.

        Raises
        ------
        SoundglassError
            There is none of this name; names those there are.
        """
        return Steering.from_json(profile(self.saved, name).settings)

    def save_profile(self, name: str, steering: Steering) -> None:
        """Keep how to steer under a name, in the place of what had it."""
        save_profile(self.saved, name, steering.to_json())

    def delete_profile(self, name: str) -> None:
        """Forget a profile; raises as :meth:`profile` does."""
        delete_profile(self.saved, name)

    def _steering(
        self, steering: Steering | str | None, by: str | None, weight: float | None
    ) -> Steering | None:
        """Find what is steered by; a recommender that is named comes before that of a profile."""
        if isinstance(steering, str):
            steering = self.profile(steering)
        if steering is None or (by is None and weight is None):
            return steering
        return replace(steering, by=cast("Steerable", by or steering.by), share=weight)


def steering_of(weights: Mapping[str, float], shifts: Mapping[str, float], tempo: str) -> Steering:
    """Make a steering of what people write.

    Parameters
    ----------
    weights, shifts : mapping of str to float
        As of :class:`Steering`.
    tempo : str
        As in ``80-120``, ``80-`` or ``-120``; empty for any.

    Raises
    ------
    SoundglassError
        Something is impossible.
    """
    slowest, dash, fastest = tempo.partition("-")
    if tempo.strip() and not dash:
        raise SoundglassError(f"{tempo!r} is no range of tempi", remedy="As in 80-120, 80- or -120")
    return Steering(weights, shifts, _bpm(slowest), _bpm(fastest))


def _bpm(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise SoundglassError(f"{text[:20]!r} is no tempo", remedy="As in 80-120, 80- or -120") from None
