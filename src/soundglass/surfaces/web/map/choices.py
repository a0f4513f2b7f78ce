"""What can be chosen on the page of the map."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.catalogue import CATALOGUE
from soundglass.surfaces.web.map.colours import KINDS
from soundglass.surfaces.web.map.ground import SPACES
from soundglass.surfaces.web.map.words import METHODS
from soundglass.surfaces.web.state import Snapshot


@dataclass(frozen=True, slots=True)
class Choices:
    """Values and what people call them.

    Attributes
    ----------
    spaces, methods, kinds, features : tuple of (str, str)
    """

    spaces: tuple[tuple[str, str], ...]
    methods: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    features: tuple[tuple[str, str], ...]


def choices_of(now: Snapshot) -> Choices:
    """Give what can be chosen; a feature no track has is left out."""
    known = now.kept("map features", lambda: _known(now))
    return Choices(
        tuple(SPACES.items()),
        tuple(METHODS.items()),
        tuple((kind, kind) for kind in KINDS),
        tuple((name, name.replace("_", " ")) for name in known),
    )


def _known(now: Snapshot) -> list[str]:
    columns = now.store.columns(list(CATALOGUE))
    return [name for name in CATALOGUE if columns[name].null_count < len(columns)]
