"""What a participant hears and sees, by the names on a page: tracks, parts of an explanation, tones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from soundglass.core.errors import TrackNotFound
from soundglass.core.types import Json
from soundglass.evaluate.study import roles, tones
from soundglass.evaluate.study.plan import Plan
from soundglass.evaluate.study.steps import Step
from soundglass.library.study.records import Material
from soundglass.surfaces.web.sound.routes import content_of
from soundglass.surfaces.web.sound.streaming import Content
from soundglass.surfaces.web.sound.wav import WavContent
from soundglass.surfaces.web.state import Web

TONES = "tones"
"""The name of the sound check."""

_TURNS = threading.BoundedSemaphore(8)
"""So many participants' sounds are decoded at once, fewer than the workshop lets wait."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """A content that is at hand."""

    data: bytes
    media_type: str
    sha256: str

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    @property
    def etag(self) -> str:
        """Another one for other bytes."""
        return f'"{self.sha256}"'

    def blocks(self, start: int, stop: int) -> Generator[bytes, None, None]:
        """Give these bytes."""
        yield self.data[start:stop]


def tones_of(seed: int) -> Content:
    """Make the tones a participant has to count."""
    data = tones.wav(seed)
    return Bytes(data, "audio/wav", sha256(data).hexdigest())


def track_of(step: Step, plan: Plan, name: str, web: Web, *, wav: bool = False) -> Content:
    """Give the sound of a track on a page.

    Where participants are not shown names the sound is decoded, as the files have names in them.

    Parameters
    ----------
    step : Step
    plan : Plan
    name : str
        A role.
    web : Web
    wav : bool
        Whether it is to be decoded in any case.

    Raises
    ------
    TrackNotFound
        The page has no such track, or the library no longer has it.
    AudioError
        Its file cannot be played.
    """
    track = next((track for role, track in roles.tracks(step, plan).items() if role == name), None)
    if track is None:
        raise TrackNotFound("the page plays no such track")
    now = web.snapshot()
    content = content_of(now, web, now.row(track.id), wav=wav or not plan.design.show_names)
    return replace(content, ask=_in_turn(content.ask)) if isinstance(content, WavContent) else content


def _in_turn(ask: Callable[..., Json]) -> Callable[..., Json]:
    """Let a room full of people who begin at the same moment wait rather than be refused."""

    def asked(name: str, **job: Json) -> Json:
        with _TURNS:
            return ask(name, **job)

    return asked


def kept(material: Material) -> Content:
    """Give a picture or a sound that was made with the study."""
    return Bytes(material.content, material.media_type, material.sha256)


def heard_on(shown: Mapping[str, Json]) -> list[dict[str, Json]]:
    """List all sounds of a page: tracks, and those of its explanation."""
    explanation = shown["explanation"]
    return [*shown["sounds"], *(explanation["sounds"] if explanation else ())]
