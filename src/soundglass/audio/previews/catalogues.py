"""How the public catalogues are asked and what they answer: Deezer, iTunes, or the table's own column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from soundglass.audio.previews.addresses import FetchError
from soundglass.audio.previews.pace import Rate
from soundglass.audio.previews.wanted import Offer, Wanted
from soundglass.core.types import Json

GetJson: TypeAlias = Callable[[str, Callable[[Json], Json]], Json]
"""Fetches an address and reads its JSON; what the second raises counts as the host's own failure."""

_DEEZER_QUOTA, _DEEZER_NO_DATA = 4, 800
_OFFERS_ASKED_FOR = 5
_MAX_WORDS = 200
_ADDITION = re.compile(r"\s+[-–—]\s.*|\s*[(\[].*")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


class Catalogue(Protocol):
    """Something that knows where previews are."""

    @property
    def name(self) -> str:
        """What the source is called."""

    @property
    def rates(self) -> Mapping[str, Rate]:
        """How often its host may be asked."""

    def offers(self, wanted: Wanted, get: GetJson) -> Iterator[Offer]:
        """Ask for a track, the surest way first; nothing more is asked once the caller stops reading.

        Raises
        ------
        FetchError
            The catalogue does not answer, or not as it should.
        """


@dataclass(frozen=True, slots=True)
class Column:
    """The table's own addresses of previews."""

    name: str = "column"
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def offers(self, wanted: Wanted, get: GetJson) -> Iterator[Offer]:
        """Give the row's address, where it has one."""
        if wanted.preview_url:
            yield Offer(self.name, wanted.id, "preview_url", "", wanted.preview_url)


@dataclass(frozen=True, slots=True)
class Deezer:
    """Deezer's public API: by ISRC, then by title and artist; 50 requests in 5 s without a key."""

    base: str = "https://api.deezer.com"
    name: str = "deezer"

    @property
    def rates(self) -> Mapping[str, Rate]:
        """Its published limit."""
        return {urlsplit(self.base).netloc: Rate(50, 5.0)}

    def offers(self, wanted: Wanted, get: GetJson) -> Iterator[Offer]:
        """Look the ISRC up; then search with the title as it is, and without what is added to it."""
        isrc = wanted.isrc.replace("-", "").upper()
        if _ISRC.fullmatch(isrc):
            url = f"{self.base}/track/isrc:{isrc}"
            yield from self._tracks([get(url, _checked)], "isrc", url)
        for title in _titles(wanted):
            words = f'track:"{_quotable(title)}"'
            if wanted.artist:
                words = f'artist:"{_quotable(wanted.artist)}" {words}'
            url = f"{self.base}/search?{urlencode({'q': words, 'limit': _OFFERS_ASKED_FOR})}"
            yield from self._tracks(_list(get(url, _checked), "data"), "title and artist", url)

    def _tracks(self, found: list[Json], queried_by: str, url: str) -> Iterator[Offer]:
        for track in found:
            if isinstance(track, dict) and "id" in track:
                yield Offer(
                    self.name,
                    str(track["id"]),
                    queried_by,
                    url,
                    _text(track, "preview"),
                    _text(track, "title"),
                    _deezer_artists(track),
                    _text(track, "isrc"),
                    _number(track, "duration"),
                )


@dataclass(frozen=True, slots=True)
class Itunes:
    """Apple's public search API: by words; about 20 requests a minute without a key."""

    base: str = "https://itunes.apple.com"
    name: str = "itunes"

    @property
    def rates(self) -> Mapping[str, Rate]:
        """Its published limit."""
        return {urlsplit(self.base).netloc: Rate(20, 60.0)}

    def offers(self, wanted: Wanted, get: GetJson) -> Iterator[Offer]:
        """Search with the title as it is, and without what is added to it."""
        for title in _titles(wanted):
            words = f"{wanted.artist} {title}".strip()[:_MAX_WORDS]
            asked = urlencode({"term": words, "entity": "song", "limit": _OFFERS_ASKED_FOR}, quote_via=quote)
            url = f"{self.base}/search?{asked}"
            for track in _list(get(url, _as_it_is), "results"):
                if isinstance(track, dict) and "trackId" in track:
                    milliseconds = _number(track, "trackTimeMillis")
                    yield Offer(
                        self.name,
                        str(track["trackId"]),
                        "title and artist",
                        url,
                        _text(track, "previewUrl"),
                        _text(track, "trackName"),
                        _text(track, "artistName"),
                        duration_s=None if milliseconds is None else milliseconds / 1000,
                    )


def _checked(answer: Json) -> Json:
    """Give what Deezer answered; it reports what is wrong with status 200."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or error.get("code") == _DEEZER_NO_DATA:
        return None if error else answer
    message = str(error.get("message", error))[:_MAX_WORDS]
    raise FetchError(f"the host answered: {message}", may_pass=error.get("code") == _DEEZER_QUOTA)


def _as_it_is(answer: Json) -> Json:
    return answer


def _titles(wanted: Wanted) -> tuple[str, ...]:
    """Give the title as listed, and without "- Remastered 2011", "(feat. …)" and the like."""
    title = " ".join(wanted.title.split())
    return tuple(dict.fromkeys(filter(None, (title, _ADDITION.sub("", title)))))


def _quotable(text: str) -> str:
    return " ".join(text.replace('"', " ").split())[:_MAX_WORDS]


def _deezer_artists(track: Json) -> str:
    names = [_text(artist, "name") for artist in _list(track, "contributors") if isinstance(artist, dict)]
    main = track.get("artist")
    return ", ".join(filter(None, names)) or (_text(main, "name") if isinstance(main, dict) else "")


def _list(answer: Json, key: str) -> list[Json]:
    found = answer.get(key) if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []


def _text(answer: Mapping[str, Json], key: str) -> str:
    found = answer.get(key)
    return found if isinstance(found, str) else ""


def _number(answer: Mapping[str, Json], key: str) -> float | None:
    found = answer.get(key)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
