"""Excerpts of free-licence music in many styles, to try Soundglass on."""

from importlib.resources import files
from pathlib import Path


def demo_music() -> Path:
    """Return the folder of the excerpts."""
    return Path(str(files(__name__)))
