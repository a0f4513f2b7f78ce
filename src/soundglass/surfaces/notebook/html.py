"""Answers as pieces of HTML that need nothing around them: tables, bars, spectrograms, players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from soundglass.core.types import Part, Recommendations
from soundglass.explain.answer import Pair
from soundglass.explain.named import named_parts
from soundglass.explain.phrases import phrase, time_text
from soundglass.explain.pictures.pages import environment
from soundglass.explain.profile import Profile
from soundglass.surfaces.cli.show import error_text, minus, side_text, signed, support_text
from soundglass.surfaces.notebook.excerpt import Excerpt, audible, excerpt, regions_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from soundglass.surfaces.sounds import Listening

HEARD = 12
"""Of so many results there are players; of all of a long list they would swell the notebook."""

_PARTS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a score as a bar.

    Attributes
    ----------
    size : str
        The contribution, as people read it.
    left, width : float
        Where the bar begins and how wide it is, in percent of the row.
    sides : tuple of str
        The values of query and match, or where the regions are.
    """

    name: str
    size: str
    left: float
    width: float
    for_it: bool
    sides: tuple[str, ...]


def recommendations_html(answer: Recommendations) -> str:
    """Write a list: rank, score, track, sentence and bars, the first ``HEARD`` with picture and player."""
    return _rendered(
        "recommendations.html.j2",
        answer=answer,
        query=excerpt(answer.query, regions_of(answer[0].parts)[0] if answer else ()),
        results=[
            (result, _named_bars(result.parts), excerpt(result.track, regions_of(result.parts)[1]))
            if result.rank <= HEARD
            else (result, _named_bars(result.parts), Excerpt())
            for result in answer
        ],
    )


def pair_html(answer: Pair) -> str:
    """Write a pair in full: both tracks to see and hear, all parts as bars, what-ifs."""
    regions = regions_of(answer.parts)
    sides = [
        (track, excerpt(track, of)) for track, of in zip((answer.query, answer.match), regions, strict=True)
    ]
    shown = sorted(answer.parts, key=lambda part: -abs(part.contribution))[:_PARTS]
    shown = [part for part in answer.parts if part in shown]
    return _rendered("pair.html.j2", answer=answer, sides=sides, rows=_bars(shown, answer.parts))


def profile_html(answer: Profile) -> str:
    """Write all features of a track as a table."""
    rows = [
        (reading, reading.shown, error_text(reading), support_text(reading)) for reading in answer.readings
    ]
    tags = [(tag.replace("_", " "), p) for tag, p in answer.tags.items() if p >= 0.2]
    return _rendered("profile.html.j2", answer=answer, rows=rows, tags=tags, piece=excerpt(answer.track))


def listening_html(answer: Listening) -> str:
    """Write the sounds of a pair, each with its player."""
    rows = [(sound, audible(Path(answer.folder) / sound.file, sound.seconds)) for sound in answer.sounds]
    return _rendered("listening.html.j2", answer=answer, rows=rows)


def _named_bars(parts: Sequence[Part]) -> list[Bar]:
    """Draw the parts that a sentence names, and one for the rest."""
    named, against = named_parts(parts)
    return _bars([*named, *([against] if against is not None else [])], parts)


def _bars(shown: Sequence[Part], parts: Sequence[Part]) -> list[Bar]:
    """Draw some parts and, as one, all others; on one scale, with 0 at one place."""
    rest = sum(part.contribution for part in parts) - sum(part.contribution for part in shown)
    rows = [
        (phrase(part.name), part.contribution, (side_text(part.query), side_text(part.match)))
        for part in shown
    ]
    if len(shown) < len(parts):
        rows.append(("everything else", rest, ("", "")))
    lowest, highest = (end([size for _, size, _ in rows] + [0.0]) for end in (min, max))
    scale = 100.0 / ((highest - lowest) or 1.0)
    return [
        Bar(
            name,
            signed(size),
            (min(size, 0.0) - lowest) * scale,
            abs(size) * scale,
            size >= 0,
            sides,
        )
        for name, size, sides in rows
    ]


def _rendered(name: str, **values: object) -> str:
    style = resources.files("soundglass.surfaces.notebook").joinpath("answers.css").read_text("utf-8")
    return _environment().get_template(name).render(style=style, **values)


def _score(score: float) -> str:
    return minus(f"{score:.3f}")


@cache
def _environment() -> Environment:
    made = environment("soundglass.surfaces", "notebook")
    made.globals.update(score_text=_score, time_text=time_text)
    return made
