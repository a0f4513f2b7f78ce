"""A library as Python sees it: open, fill, ask, look, hear, measure, keep, study."""

from __future__ import annotations

from os import PathLike
from typing import Any

from soundglass.surfaces.library.filling import Filling
from soundglass.surfaces.library.hearing import Hearing
from soundglass.surfaces.library.keeping import Keeping
from soundglass.surfaces.library.looking import Looking
from soundglass.surfaces.library.matching import Matching
from soundglass.surfaces.library.measuring import Measuring
from soundglass.surfaces.library.studying import Studying


class Library(Filling, Hearing, Looking, Matching, Measuring, Keeping, Studying):
    """A collection of analysed tracks that can be asked for recommendations and their reasons.

    Parameters
    ----------
    uri : path-like or str
        A folder, or the URI of one on object storage. It is made by the first scan or import.
    settings : Settings

    Examples
    --------
    ::

        library = soundglass.open("music.lance")
        library.scan("~/Music")
        for rec in library.similar("wesnoth battle", n=5):
            print(rec.score, rec.sentence)
    """


def open_library(uri: str | PathLike[str], **settings: Any) -> Library:  # noqa: ANN401  (passed through)
    """Open a library; a missing one is made by its first scan or import."""
    return Library(uri, **settings)
