"""A table becomes two lists whose true matches are known."""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from benchmarks.linkage.wordings import CYRILLIC, GREEK, Wordings
from soundglass.library.linkage.listing import Listed

_GONE = 0.2
_WITHOUT_LENGTH = 0.5
_SCRIPTS = {"cyrillic": CYRILLIC, "greek": GREEK}
_PUBLISHED = (
    r"\s(?:[-–]\s|[(\[])[^-–]*(?:remaster\w*|mono|stereo|radio (?:edit|mix|version)|explicit|"
    r"(?:single|album|original) (?:version|mix|edit)|\bfrom (?:the|\W)).*$"
)


@dataclass(frozen=True)
class Truth:
    """A task: two lists, where each left entry is on the right, and how the left was perturbed."""

    left: list[Listed]
    right: list[Listed]
    present: list[bool]
    kinds: list[tuple[str, ...]]
    lures: list[str]
    songs: dict[str, str]


def recording(listed: Listed) -> str:
    """Say by a rule of the benchmark's own which entries of a table are the same song by the same people."""
    title = re.sub(r"\s*[(\[]\s*(?:feat|ft|with)\b[^)\]]*[)\]]", "", listed.title, flags=re.IGNORECASE)
    title = re.sub(_PUBLISHED, "", title, flags=re.IGNORECASE)
    artist = listed.artists[0] if listed.artists else ""
    return "|".join("".join(filter(str.isalnum, _in_ascii(text).casefold())) for text in (title, artist))


def make_truth(tracks: Sequence[Listed], wordings: Wordings) -> Truth:
    """Perturb a table and take a fifth away."""
    rng = random.Random(wordings.seed)
    truth = Truth([], [], [], [], [], {track.id: recording(track) for track in tracks})
    for track in tracks:
        kinds = tuple(rng.sample(wordings.kinds, rng.choice((0, 1, 1, 2))))
        guest = rng.choice(tracks).artist
        right = track
        if "order" in kinds:
            right = replace(track, artists=(f"{track.artist}, {guest}",))
        if {"fewer artists", "artists in title"} & set(kinds):
            right = replace(track, artists=(*right.artists, guest))
        truth.left.append(_perturbed(track, kinds, guest, wordings, rng))
        truth.kinds.append(kinds)
        present = rng.random() >= _GONE
        truth.present.append(present)
        lure, right = ("", right) if present else _lure(right, tracks, wordings, rng)
        truth.lures.append(lure)
        truth.right.append(replace(right, position=len(truth.right)))
    order = list(range(len(truth.right)))
    rng.shuffle(order)
    return replace(truth, right=[truth.right[at] for at in order])


def _perturbed(
    track: Listed, kinds: tuple[str, ...], guest: str, wordings: Wordings, rng: random.Random
) -> Listed:
    title, artist = track.title, track.artist
    for kind in sorted(_SCRIPTS.keys() & set(kinds)):
        name, said = _named(title)
        title, artist = _transcribed(name, _SCRIPTS[kind]) + said, _transcribed(artist, _SCRIPTS[kind])
    if "featured" in kinds:
        title += rng.choice(wordings.featuring).format(guest)
    if "edition" in kinds:
        title += rng.choice(wordings.editions)
    if "order" in kinds:
        artist = f"{guest}{rng.choice(wordings.joints)}{artist}"
    if "typo" in kinds:
        title, artist = (
            (_mistyped(title, rng), artist) if rng.random() < 0.7 else (title, _mistyped(artist, rng))
        )
    for kind, change in _WHOLE.items():
        if kind in kinds:
            title, artist = change(title), change(artist)
    if "artists in title" in kinds:
        title = f"{title} (with {guest})"
    if "case" in kinds:
        case: Callable[[str], str] = rng.choice((str.upper, str.lower, str.title))
        title, artist = case(title), case(artist)
    seconds = (
        None
        if track.duration_s is None or rng.random() < _WITHOUT_LENGTH
        else track.duration_s + rng.uniform(-2, 2)
    )
    return Listed(track.position, track.id, title, (artist,) if artist else (), duration_s=seconds)


def _mistyped(text: str, rng: random.Random) -> str:
    """Add, drop, change or swap a letter, or two in longer texts."""
    letters = list(text)
    for _ in range(1 if len(text) < 12 else rng.choice((1, 2))):
        at = rng.randrange(len(letters)) if letters else 0
        match rng.choice("adcs"):
            case "a":
                letters.insert(at, rng.choice("abcdefghijklmnopqrstuvwxyz"))
            case "d" if len(letters) > 2:
                del letters[at]
            case "s" if at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            case _ if letters:
                letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return "".join(letters)


def _named(title: str) -> tuple[str, str]:
    """Split what a song is called from what is said beside it."""
    beside = re.search(r"\s*[(\[]|\s+-\s", title)
    at = beside.start() if beside and beside.start() else len(title)
    return title[:at], title[at:]


def _transcribed(text: str, table: str) -> str:
    """Write Latin text in another script as it is heard, by a table of sounds."""
    sounds = {
        "".join(c for c in entry if c.isascii()): entry.lstrip(ascii_lowercase) for entry in table.split()
    }
    return re.sub("|".join(sounds), lambda found: sounds[found[0]], _in_ascii(text).lower()).title()


def _without_article(text: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.IGNORECASE) or text


def _in_ascii(text: str) -> str:
    spread = unicodedata.normalize("NFD", text)
    return "".join(c for c in spread if not unicodedata.combining(c))


def _signs(text: str) -> str:
    return re.sub(r"[.,'’!?\"-]", "", text.replace("&", "and")) or text


def _roman(found: re.Match[str]) -> str:
    return f"{found[1]} {('I', 'II', 'III', 'IV', 'V')[int(found[2]) - 1]}"


_SPREAD = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"}
_WHOLE: dict[str, Callable[[str], str]] = {
    "article": _without_article,
    "diacritics": _in_ascii,
    "signs": _signs,
    "entities": lambda text: html.escape(text, quote=True),
    "umlauts": lambda text: re.sub("[äöüßæøå]", lambda found: _SPREAD[found[0]], text.lower()),
    "width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "spaces": lambda text: re.sub(r"(?<=\w) (?=\w)", lambda _: "_", text),
    "numerals": lambda text: re.sub(r"\b(Part|Pt\.?|Vol\.?) ([1-5])\b", _roman, text),
}


def _lure(
    track: Listed, tracks: Sequence[Listed], wordings: Wordings, rng: random.Random
) -> tuple[str, Listed]:
    """Make what is easily taken for a track but is not it."""
    other = rng.choice(tracks)
    kind = rng.choice(("other title", "other artist", "other version"))
    if kind == "other title":
        return kind, replace(track, id=f"x{track.id}", title=other.title)
    if kind == "other artist":
        return kind, replace(track, id=f"x{track.id}", artists=other.artists)
    version = rng.choice(wordings.versions).format(other.artist)
    return kind, replace(track, id=f"x{track.id}", title=track.title + version)
