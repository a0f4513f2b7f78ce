"""Soundglass: a glass-box music recommender.

Examples
--------
::

    import soundglass

    library = soundglass.open("music.lance")
    library.scan("~/Music")
    for rec in library.similar("wesnoth battle", by="features", n=5):
        print(rec.score, rec.sentence)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundglass.core.errors import SoundglassError

if TYPE_CHECKING:
    from soundglass.surfaces.library import Library
    from soundglass.surfaces.library import open_library as open  # noqa: A004  (as in gzip.open)

__version__ = "0.1.0"
__all__ = ["Library", "SoundglassError", "__version__", "open"]


def __getattr__(name: str) -> object:
    """Load the library's machinery only when it is asked for, so that workers and ``--help`` start fast."""
    if name in {"Library", "open"}:
        from soundglass.surfaces import library

        return library.open_library if name == "open" else library.Library
    raise AttributeError(f"module 'soundglass' has no attribute {name!r}")
