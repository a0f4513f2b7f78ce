"""Every recording of a page, each decoded once: its player, its spectrogram, and what is heard of a match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from soundglass.core.errors import AudioError
from soundglass.core.types import Region, Track
from soundglass.explain.phrases import phrase, time_text
from soundglass.explain.pictures.marks import Mark
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.style import signed
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.surfaces.report.sounds import (
    Piece,
    Recording,
    around,
    best_piece,
    listen,
    one_after_another,
    only,
    sound,
)
from soundglass.surfaces.report.spectrograms import Box, Picture, boxes, close_up, picture

WHOLE_QUERY_S, WHOLE_MATCH_S = 240.0, 30.0
"""Up to these lengths the track itself and what is like it are played as a whole."""

EXCERPT_S = 20.0
"""What is played of a longer match; of a longer query as much as of the longest that is played as a whole.
With five matches of each recommender a page then stays below 8 MB."""

SEEN_WHOLE_S = 30.0
"""In a longer recording a region is too narrow to be looked at: it is shown close up, too."""

CLOSE_UP_S = 3.0

_LEAST_S = 0.05
"""Of a region within a recording; those of a picture of fixed length may reach beyond a shorter one."""

_LESS_S = 0.3
"""What a piece may lack: the last block of a file is not decoded alike by every decoder."""

OWN = "own"
"""What the ids of the query's players begin with."""

FROM_A_TABLE = "It comes from a table of features: there is no sound to play and no spectrogram to show."


@dataclass(frozen=True, slots=True)
class Player:
    """A piece of a recording that can be played.

    Attributes
    ----------
    key : str
        Its id on the page.
    uri : str
        An MP3.
    said : str
        Which piece it is; empty for the whole.
    """

    key: str
    uri: str
    piece: Piece
    said: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a sound is on the page: a player, and seconds within its file."""

    key: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of two spectrograms of a pair."""

    is_match: bool
    picture: Picture
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A matched region: where it is in both tracks, and how it sounds.

    Attributes
    ----------
    times : (str, str)
        When it starts in the query and in the match.
    stretches : (Stretch, Stretch)
    alone : str
        Nothing but the region of either track, one after another: an MP3.
    close_ups : tuple of Side
        The region and what is around it in the query and in the match; none of short recordings.
    """

    number: int
    colour: str
    name: str
    amount: str
    times: tuple[str, str]
    stretches: tuple[Stretch, Stretch]
    alone: str
    close_ups: tuple[Side, ...]


class Heard:
    """One track of the page, as far as it can be heard.

    Parameters
    ----------
    store : Store
    row : int
        Of the library.
    track : Track
    regions : sequence of (Region, float)
        What is spoken of, and how much it counts.
    see : bool
        Whether its spectrogram is shown.
    whole_s : float
        Up to this length all of it is played.
    excerpt_s : float
        What is played of a longer one.
    """

    def __init__(
        self,
        store: Store,
        row: int,
        track: Track,
        regions: Sequence[tuple[Region, float]],
        *,
        see: bool,
        whole_s: float = WHOLE_MATCH_S,
        excerpt_s: float = EXCERPT_S,
    ) -> None:
        self.recording: Recording | None = None
        self.reason = FROM_A_TABLE
        self._pieces: list[Piece] = []
        if track.origin == "csv":
            return
        self._duration_s, self._whole = track.duration_s, track.duration_s <= whole_s
        main = best_piece(regions, track.duration_s, whole_s, excerpt_s)
        others = [piece for region, _ in regions if not main.holds(piece := self._around(region))]
        pieces = list(dict.fromkeys([main, *others]))
        try:
            recording = listen(file_of(store, row), pieces, track.duration_s, see=see)
        except AudioError as error:
            self.reason = f"Its file {error.message}: it cannot be played or shown."
            return
        if all(
            clip.duration_s > piece.end_s - piece.start_s - _LESS_S for piece, clip in recording.clips.items()
        ):
            self.recording, self.reason, self._pieces = recording, "", pieces
        else:
            self.reason = (
                "Its file is shorter than it was when it was scanned: scan it again to hear and see it."
            )

    @cached_property
    def picture(self) -> Picture | None:
        """Its spectrogram, if it is shown."""
        return None if self.image is None else picture(self.image)

    @property
    def image(self) -> MelImage | None:
        """What its spectrogram is drawn from."""
        return None if self.recording is None else self.recording.image

    def players(self, key: str) -> tuple[Player, ...]:
        """Play it at one place of the page: the main piece, then what of the regions lies outside of that."""
        return tuple(
            Player(f"{key}-{at}", uri, piece, self._said(piece))
            for at, (piece, uri) in enumerate(zip(self._pieces, self._sounds, strict=True))
        )

    def stretch(self, region: Region, key: str) -> Stretch:
        """Find the player of a region at one place of the page."""
        wanted = self._around(region)
        at, piece = next((i, p) for i, p in enumerate(self._pieces) if p.holds(wanted))
        return Stretch(f"{key}-{at}", wanted.start_s - piece.start_s, wanted.end_s - piece.start_s)

    @cached_property
    def _sounds(self) -> tuple[str, ...]:
        if self.recording is None:
            return ()
        return tuple(sound(self.recording.clip(piece)) for piece in self._pieces)

    def has(self, region: Region) -> bool:
        """Tell whether there is anything of a region to be heard and seen."""
        return self.recording is not None and min(region.end_s, self._duration_s) - region.start_s > _LEAST_S

    def _around(self, region: Region) -> Piece:
        return around(region, self._duration_s)

    def _said(self, piece: Piece) -> str:
        if self._whole:
            return ""
        return f"{time_text(piece.start_s)} to {time_text(piece.end_s)}"


def sides(query: Heard, match: Heard, marked: Sequence[Mark]) -> tuple[Side, ...]:
    """Show both tracks of a pair with their matched regions; empty where one of them cannot be shown."""
    marked = _present(query, match, marked)
    shown = [(query, False), (match, True)] if marked else []
    return tuple(
        Side(is_match, heard.picture, tuple(boxes(heard.image, marked, "match" if is_match else "query")))
        for heard, is_match in shown
        if query.picture and match.picture and heard.picture and heard.image
    )


def matches(query: Heard, match: Heard, marked: Sequence[Mark], key: str) -> tuple[Match, ...]:
    """Make the matched regions of a pair audible; the match's players begin with a key."""
    if query.recording is None or match.recording is None:
        return ()
    return tuple(
        Match(
            number=mark.number,
            colour=mark.colour,
            name=phrase(mark.part.name),
            amount=signed(mark.part.contribution),
            times=(time_text(mark.query.start_s), time_text(mark.match.start_s)),
            stretches=(query.stretch(mark.query, OWN), match.stretch(mark.match, key)),
            alone=one_after_another(only(query.recording, mark.query), only(match.recording, mark.match)),
            close_ups=_close_ups(query, match, mark),
        )
        for mark in _present(query, match, marked)
    )


def _present(query: Heard, match: Heard, marked: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marked if query.has(mark.query) and match.has(mark.match)]


def _close_ups(query: Heard, match: Heard, mark: Mark) -> tuple[Side, ...]:
    if query.image is None or match.image is None:
        return ()
    if max(query.image.end_s, match.image.end_s) <= SEEN_WHOLE_S:
        return ()
    found = []
    for image, region, is_match in ((query.image, mark.query, False), (match.image, mark.match, True)):
        near = close_up(image, region, CLOSE_UP_S)
        found.append(
            Side(is_match, picture(near), tuple(boxes(near, [mark], "match" if is_match else "query")))
        )
    return tuple(found)


def spoken_of(marked: Mapping[str, Sequence[Mark]], query_id: str) -> dict[str, list[tuple[Region, float]]]:
    """Gather the regions of every track that some matches speak of.

    Parameters
    ----------
    marked : mapping of str to sequence of Mark
        By the id of the match.
    """
    regions: defaultdict[str, list[tuple[Region, float]]] = defaultdict(list)
    for match_id, marks in marked.items():
        for mark in marks:
            regions[query_id].append((mark.query, mark.part.contribution))
            regions[match_id].append((mark.match, mark.part.contribution))
    return regions
