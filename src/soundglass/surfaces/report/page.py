"""The report of a track as one page of HTML that needs nothing beside itself."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.embeddings.concepts import concepts
from soundglass.explain.answer import Pair
from soundglass.explain.bars import (
    HEARD,
    Bar,
    Row,
    Scale,
    against,
    bars,
    rows,
    scale_of,
    score_in_words,
    shown_parts,
    written,
)
from soundglass.explain.phrases import time_text
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.pages import environment
from soundglass.explain.pictures.style import readable
from soundglass.explain.profile import Profile, stored_profile
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.report.asked import Asked, Column, ask
from soundglass.surfaces.report.heard import (
    OWN,
    WHOLE_QUERY_S,
    Heard,
    Match,
    Player,
    Side,
    matches,
    sides,
    spoken_of,
)
from soundglass.surfaces.report.map import SmallMap, small_map

if TYPE_CHECKING:
    from jinja2 import Environment

BOTH = ("features", "spectrogram")

_LIKELY_TAG, _SHOWN_TAGS = 0.2, 6
_FACTS = ("key", "tempo", "loudness", "duration")


@dataclass(frozen=True, slots=True)
class Card:
    """One recommendation.

    Attributes
    ----------
    key : str
        Begins all ids of it.
    place : str
        What the other recommender thinks of it.
    heard : Heard
        The match.
    players : tuple of Player
        Of the match, or none.
    sides : tuple of Side
        Both spectrograms, the query's first, or none.
    """

    key: str
    rank: int
    pair: Pair
    score: str
    words: str
    place: str
    bars: tuple[Bar, ...]
    rows: tuple[Row, ...]
    against: str
    heard: Heard
    players: tuple[Player, ...]
    sides: tuple[Side, ...]
    matches: tuple[Match, ...]

    @property
    def exact(self) -> str:
        """The score as the table of all parts has it."""
        return written(self.pair.score, 3)

    @property
    def length(self) -> str:
        """How long the match is."""
        return time_text(round(self.pair.match.duration_s))

    @property
    def has_values(self) -> bool:
        """Whether some of its parts are features."""
        return any(row.source != HEARD for row in self.rows)


@dataclass(frozen=True, slots=True)
class CardList:
    """The recommendations of one recommender."""

    column: Column
    scale: Scale
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the report of a track shows.

    Attributes
    ----------
    facts : tuple of (str, str)
    tags : tuple of str
    """

    track: Track
    profile: Profile
    facts: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    heard: Heard
    players: tuple[Player, ...]
    agreement: str
    lists: tuple[CardList, ...]
    maps: tuple[SmallMap, ...]
    n_tracks: int
    snapshot: int
    made: str


def build(store: Store, explainers: Explainers, row: int, by: Sequence[str] = BOTH, n: int = 5) -> Page:
    """Gather the report of a track.

    Parameters
    ----------
    row : int
        Of the library.
    by : sequence of str
        One or two recommenders.
    n : int
        How many recommendations of each.

    Raises
    ------
    SoundglassError
        There is no such recommender, or none of them can say anything of the track.
    """
    if not 1 <= len(by) <= 2 or len({*by}) < len(by):
        raise SoundglassError("a report is by one or two recommenders", remedy=f"As in --by {','.join(BOTH)}")
    asked = ask(store, explainers, row, by, n)
    profile = stored_profile(store, row, explainers.features(row).recommender.space)
    heard = _heard(store, asked)
    maps = [
        small_map(column.explainer.recommender, row, [column.names for column in asked.columns])
        for column in asked.columns
        if column.explainer is not None
    ]
    return Page(
        track=asked.track,
        profile=profile,
        facts=_facts(profile),
        tags=_tags(profile),
        heard=heard[asked.track.id],
        players=heard[asked.track.id].players(OWN),
        agreement=asked.agreement,
        lists=tuple(_card_list(column, asked, heard) for column in asked.columns),
        maps=tuple(drawn for drawn in maps if drawn is not None),
        n_tracks=len(store),
        snapshot=store.version,
        made=f"{store.changed:%Y-%m-%d}",
    )


def _marked(column: Column) -> dict[str, list[Mark]]:
    return {pair.match.id: shown_parts(pair.parts)[1] for pair in column.pairs}


def _heard(store: Store, asked: Asked) -> dict[str, Heard]:
    """Hear every track of the page once."""
    own = asked.track
    marked: dict[str, list[Mark]] = {}
    for column in asked.columns:
        for match_id, marks in _marked(column).items():
            marked[match_id] = marked.get(match_id, []) + marks
    regions = spoken_of(marked, own.id)
    longest = WHOLE_QUERY_S
    found = {
        own.id: Heard(store, asked.row, own, regions[own.id], see=True, whole_s=longest, excerpt_s=longest)
    }
    for column in asked.columns:
        for row, pair in zip(column.rows, column.pairs, strict=True):
            track = pair.match
            if track.id not in found:
                found[track.id] = Heard(store, row, track, regions[track.id], see=bool(marked[track.id]))
    return found


def _card_list(column: Column, asked: Asked, heard: dict[str, Heard]) -> CardList:
    scale = scale_of([(pair.parts, pair.score) for pair in column.pairs])
    query, marked = heard[asked.track.id], _marked(column)
    cards = []
    for rank, pair in enumerate(column.pairs, start=1):
        match, marks, key = heard[pair.match.id], marked[pair.match.id], f"{column.by}-{rank}"
        cards.append(
            Card(
                key=key,
                rank=rank,
                pair=pair,
                score=written(pair.score),
                words=score_in_words(pair.score),
                place=asked.places.get((column.by, pair.match.id), ""),
                bars=tuple(bars(pair.parts, pair.score, scale)),
                rows=tuple(rows(pair.parts, pair.score)),
                against=against(pair.parts),
                heard=match,
                sides=sides(query, match, marks),
                players=match.players(key),
                matches=matches(query, match, marks, key),
            )
        )
    return CardList(column, scale, tuple(cards))


def _facts(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Give what one would say of a track first."""
    readings = {reading.feature.name: reading.shown for reading in profile.readings}
    return tuple((name, readings[name].label) for name in _FACTS if readings[name].value is not None)


def _tags(profile: Profile) -> tuple[str, ...]:
    """Give the likely tags that labelled music backs."""
    backed = {tag for tag, concept in concepts().items() if concept.holds}
    likely = [tag for tag, p in profile.tags.items() if p >= _LIKELY_TAG and tag in backed]
    return tuple(tag.replace("_", " ") for tag in likely[:_SHOWN_TAGS])


def html(page: Page) -> str:
    """Write a page; all that comes from a library is escaped, and no script but the page's own runs."""
    files = resources.files("soundglass.surfaces.report")
    script = files.joinpath("report.js").read_text("utf-8")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    template = _environment().get_template("report.html.j2")
    return template.render(page=page, script=script, digest=digest, program=soundglass.__version__)


def write(page: Page, path: Path) -> Path:
    """Write a page to a file.

    Raises
    ------
    SoundglassError
        The file cannot be written.
    """
    text = html(page)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundglassError(
            f"cannot be written ({reason})", path=path, remedy="Choose another place with -o"
        ) from error
    return path


@cache
def _environment() -> Environment:
    made = environment("soundglass.surfaces", "report")
    made.filters["readable"] = readable
    return made
