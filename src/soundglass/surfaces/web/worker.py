"""The process that does the web app's work on files; may die without harm.

Run by :class:`soundglass.audio.pool.WorkerPool` as ``python -m soundglass.surfaces.web.worker``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from soundglass.audio.pool import serve
from soundglass.core.types import Json


@dataclass(frozen=True, slots=True)
class Job:
    """A function that workers may be asked for.

    Attributes
    ----------
    module, function : str
        Where it is; imported with its first call. It takes JSON-ready keyword arguments and returns JSON.
    quick : bool
        Whether someone is listening meanwhile: it never waits behind long work.
    """

    module: str
    function: str
    quick: bool = False


JOBS: Mapping[str, Job] = {
    "cover": Job("soundglass.surfaces.web.sound.decoding", "cover"),
    "pcm": Job("soundglass.surfaces.web.sound.decoding", "pcm", quick=True),
    "tile": Job("soundglass.surfaces.web.sight.draw", "tile"),
    "part": Job("soundglass.surfaces.web.sight.draw", "part"),
    "region_sound": Job("soundglass.surfaces.web.why.hearing", "region_sound", quick=True),
    "study_results": Job("soundglass.surfaces.web.study.analysing", "study_results"),
    "without": Job("soundglass.surfaces.web.why.hearing", "without"),
}
"""Everything a worker can be asked for, by name; nothing else can be called."""


def handle(job: Mapping[str, Json]) -> Json:
    """Answer one job."""
    wanted = JOBS[job["name"]]
    return getattr(import_module(wanted.module), wanted.function)(**job["asked"])


if __name__ == "__main__":
    serve(handle)
