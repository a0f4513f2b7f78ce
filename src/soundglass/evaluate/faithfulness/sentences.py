"""Finished sentences read back: what each of them states, word by word, by a grammar of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from soundglass.core.catalogue import CATALOGUE

UNREAD = "not understood"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a sentence states.

    Attributes
    ----------
    kind : str
        How it is said: ``"unusually"``, ``"alike in"``, ``"matches"``, …
    subject : str
        Of what: an adjective, a noun, the name of a region.
    values : tuple of str
        Numbers, keys or times as they are written; a value both tracks share is written once.
    """

    kind: str
    subject: str = ""
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = f" ({' / '.join(self.values)})" if self.values else ""
        return f"{self.kind} {self.subject}".strip() + shown


@dataclass(frozen=True, slots=True)
class Imagined:
    """What a counterfactual sentence states.

    Attributes
    ----------
    feature : str
        What is changed; empty where a region is left out.
    region : str
        The name of the region that is left out; empty where a feature is changed.
    value, actual : str
        The imagined and the true value; ``actual`` is the time of a region.
    rank, actual_rank : int
    score, actual_score : str or None
        ``None`` where the score is not told.
    """

    feature: str
    region: str
    value: str
    actual: str
    rank: int
    actual_rank: int
    score: str | None
    actual_score: str | None


def statements(sentence: str) -> list[Statement]:
    """Read a sentence; what the grammar does not know is a statement of kind ``UNREAD``."""
    text, at, relation = sentence, 0, ""
    found: list[Statement] = []
    while at < len(text):
        if skipped := _CONNECTIVE.match(text, at):
            at = skipped.end()
        elif named := _RELATION.match(text, at):
            at, relation = named.end(), named[1]
        elif adjective := relation in _DEGREES and _ADJECTIVE.match(text, at):
            at = adjective.end()
            found.append(Statement(relation, adjective[1]))
        elif compared := relation and _NOUN.match(text, at):
            at = compared.end()
            found.append(Statement(relation, compared[1], _values(compared[2])))
        else:
            rule = next(((p.match(text, at), make) for p, make in _RULES if p.match(text, at)), None)
            if rule is None or rule[0] is None:
                return [*found, Statement(UNREAD, text[at:])]
            at, relation = rule[0].end(), ""
            found += rule[1](rule[0])
    return found


def imagined(sentence: str) -> Imagined | None:
    """Read a counterfactual sentence; ``None`` where the grammar does not know it."""
    read = _IMAGINED.fullmatch(sentence)
    if read is None:
        return None
    stays = read["stays"]
    ranks = [stays, stays] if stays else [read["to"], read["from"]]
    rank, actual_rank = (int(re.sub(r"\D", "", place)) for place in ranks)
    rises = {"rise": rank < actual_rank, "fall": rank > actual_rank, None: True}[read["way"]]
    scores = [read["after"], read["before"]]
    if read["moves"]:
        after, before = map(number, scores)
        rises &= (after > before) == (read["moves"] == "rising")
    if not rises:
        return None
    feature = (read["feature"] or "").replace(" ", "_")
    return Imagined(
        feature,
        read["region"] or "",
        read["value"] or "",
        read["actual"] or read["time"] or "",
        rank,
        actual_rank,
        *scores,
    )


def number(text: str) -> float:
    """Read a number with its typographic minus, whatever unit follows; raises ``ValueError``."""
    return float(text.replace("−", "-").split(" ")[0])


def seconds(text: str) -> int:
    """Read a time: ``1:02:03`` is 3723."""
    total = 0
    for part in text.split(":"):
        total = 60 * total + int(part)
    return total


def _values(written: str) -> tuple[str, ...]:
    return tuple(re.split(r" and | against ", written))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(filter(None, words), key=len, reverse=True))


ADJECTIVES: Mapping[str, tuple[str, bool]] = {
    word: (name, bool(high)) for name, f in CATALOGUE.items() for high, word in enumerate(f.words) if word
}
"""What a track is called, to the feature and whether its high end is meant."""

COMPARATIVES: Mapping[str, tuple[str, bool]] = {
    word: (name, bool(high))
    for name, f in CATALOGUE.items()
    for high, word in enumerate(f.comparatives)
    if word
}
NOUNS: Mapping[str, str] = {f.noun: name for name, f in CATALOGUE.items()}

_DEGREES = ("unusually", "rather")
_TIME = r"\d+:\d\d(?::\d\d)?"
_TIMES = rf"{_TIME}(?:, {_TIME})*(?: and {_TIME})?"
_NAME = r"[a-z]+(?:[ -][a-z]+)*?"
_PLACE = r"[\d,]+(?:st|nd|rd|th)"
_HZ = r"([\d]+) and ([\d]+) Hz"

_CONNECTIVE = re.compile(
    r"both are |they are (?!(?:hardly |)(?:more|less))|, but |, and | and |; still, |, |: |\.$", re.IGNORECASE
)
_RELATION = re.compile(
    r"(unusually|rather|at the same|at nearly the same|two to one in|nearly two to one in|in the same|"
    r"in related|alike in|nearer than most in|far apart in|further apart than most in) "
)
_ADJECTIVE = re.compile(rf"({_any_of(ADJECTIVES)})(?=[,.; ])")
_NOUN = re.compile(rf"({_any_of(NOUNS)})s? \(([^()]+)\)")


def _matches(found: re.Match[str]) -> list[Statement]:
    names = re.split(r"(?:, | and )the ", found[1])
    there, back = (re.findall(_TIME, times) for times in (found[2], found[3]))
    if len(there) != len(back):
        return [Statement(UNREAD, found[0])]
    if len(there) > 1:
        names = [name.removesuffix("s") for name in names]
    return [Statement("matches", n, pair) for n in names for pair in zip(there, back, strict=True)]


def _as(kind: str) -> Callable[[re.Match[str]], list[Statement]]:
    return lambda found: [Statement(kind, found[1], found.groups()[1:])]


def _of_numbers(kind: str) -> Callable[[re.Match[str]], list[Statement]]:
    return lambda found: [Statement(kind, "", found.groups())]


_RULES: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], list[Statement]]]] = (
    (
        re.compile(rf"the match is ({_any_of(COMPARATIVES)}) \(([^()]+)\)", re.IGNORECASE),
        lambda found: [Statement("the match is", found[1], _values(found[2]))],
    ),
    (
        re.compile(rf"little in the match is like the ({_NAME}) at ({_TIME})"),
        _as("little in the match is like"),
    ),
    (
        re.compile(rf"little in the query is like the match's ({_NAME}) at ({_TIME})"),
        _as("little in the query is like"),
    ),
    (re.compile(rf"the ({_NAME}) at ({_TIME}) is only loosely like ({_TIME})"), _as("only loosely like")),
    (
        re.compile(
            rf"the ({_NAME}(?:(?:, | and )the {_NAME})*) at ({_TIMES}) match(?:es)? (?:those at )?({_TIMES})",
            re.IGNORECASE,
        ),
        _matches,
    ),
    (
        re.compile(r"They are ((?:hardly )?more|less) alike than tracks picked at random"),
        _as("alike, against random"),
    ),
    (re.compile(rf"Their pictures look alike most between {_HZ}"), _of_numbers("pictures most alike")),
    (re.compile(rf"Their pictures differ most between {_HZ}"), _of_numbers("pictures differ most")),
    (re.compile(rf"differ between {_HZ}"), _of_numbers("pictures differ")),
)

_IMAGINED = re.compile(
    rf"(?:With (?P<feature>[a-z ]+) at (?P<value>.+?) instead of (?P<actual>.+?)|"
    rf"Without its (?P<region>{_NAME}) at (?P<time>{_TIME})) it would "
    rf"(?:stay (?P<stays>{_PLACE})|(?P<way>rise|fall) from (?P<from>{_PLACE}) to (?P<to>{_PLACE}))"
    r"(?:, its score (?P<moves>rising|falling) from (?P<before>−?[\d.]+) to (?P<after>−?[\d.]+\d))?\."
)
