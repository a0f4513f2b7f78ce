"""What the page shows of a steered list: sliders, switches, results with their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.catalogue import CATALOGUE, GROUPS
from soundglass.core.types import Recommendation, Track
from soundglass.explain.bars import Bar, bars, scale_of, written
from soundglass.explain.moves import Cause, Move
from soundglass.explain.steered import SteeredList
from soundglass.explain.whatif import ordinal
from soundglass.recommend.steering import MAX_SHIFT, SHIFTABLE, Steering

MAIN_SLIDERS = ("energy", "acousticness", "valence", "tempo")
MAIN_SWITCHES = 6

_COUNTS = {0.5: "half", 1.0: "as usual", 2.0: "twice", 3.0: "three times"}


@dataclass(frozen=True, slots=True)
class Slider:
    """One amount that may be asked for.

    Attributes
    ----------
    less, more : str
        What its ends are called.
    has, asked : str
        What the track has, and what is asked for; empty where nothing is.
    known : bool
        Whether the track has it at all.
    """

    group: str
    less: str
    more: str
    shift: float
    has: str
    asked: str
    known: bool

    @property
    def reach(self) -> float:
        """The end of its scale."""
        return MAX_SHIFT


@dataclass(frozen=True, slots=True)
class Switch:
    """One part that may be turned off, or count otherwise.

    Attributes
    ----------
    carried : str
        What it adds to the scores of the list on average.
    width : float
        Of its bar, 0 to 100.
    counts : list of (float, str, bool)
        How much it may count: the factor, its name, and whether it is chosen.
    """

    group: str
    off: bool
    carried: str
    width: float
    counts: Sequence[tuple[float, str, bool]]

    @property
    def is_weighted(self) -> bool:
        """Whether it counts otherwise than usual."""
        return any(chosen and factor != 1 for factor, _, chosen in self.counts)

    @property
    def name(self) -> str:
        """Its name, as the parts of scores are called."""
        return self.group.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Shown:
    """One result.

    Attributes
    ----------
    mark, mark_text : str
        Whether it rose or fell, as a sign and in words; empty where it stayed.
    kind : {"rose", "fell", "new", "stayed"}
    """

    result: Recommendation
    move: Move
    kind: str
    mark: str
    mark_text: str
    score: str
    score_text: str
    bars: Sequence[Bar]

    @property
    def track(self) -> Track:
        """The track."""
        return self.result.track


@dataclass(frozen=True, slots=True)
class Fallen:
    """What has left the list.

    Attributes
    ----------
    where : str
        Its place now, as far as it has one.
    """

    move: Move
    where: str


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows.

    Attributes
    ----------
    summary : str
        The list in one line.
    """

    track: Track
    steering: Steering
    sliders: Sequence[Slider]
    switches: Sequence[Switch]
    results: Sequence[Shown]
    fallen: Sequence[Fallen]
    summary: str
    notes: Sequence[str]
    zero: float

    @property
    def main_switches(self) -> list[Switch]:
        """Those of the parts that carry most, and what is turned off."""
        most = self.switches[:MAIN_SWITCHES]
        return [*most, *(switch for switch in self.switches[MAIN_SWITCHES:] if switch.off)]

    @property
    def more_switches(self) -> list[Switch]:
        """All others."""
        return [switch for switch in self.switches[MAIN_SWITCHES:] if not switch.off]

    @property
    def main_sliders(self) -> list[Slider]:
        """Those people ask for most."""
        return [slider for slider in self.sliders if slider.group in MAIN_SLIDERS]

    @property
    def more_sliders(self) -> list[Slider]:
        """All others."""
        return [slider for slider in self.sliders if slider.group not in MAIN_SLIDERS]


def view_of(found: SteeredList) -> View:
    """Gather what is shown."""
    answer = found.answer
    scale = scale_of([(result.parts, result.score) for result in answer])
    asked = bool(found.steering.shifts)
    results = [
        Shown(
            result,
            move,
            *_marked(move),
            written(result.score),
            _score_text(result.score, asked),
            bars(result.parts, result.score, scale),
        )
        for result, move in zip(answer, found.moves, strict=True)
    ]
    return View(
        answer.query,
        found.steering,
        _sliders(found),
        _switches(found),
        results,
        [Fallen(move, _where(move)) for move in found.fallen],
        _summary(results, found),
        [note for note in answer.notes if not note.startswith("steered: ")],
        scale.zero,
    )


def _sliders(found: SteeredList) -> list[Slider]:
    sliders = []
    for group in SHIFTABLE:
        feature = GROUPS[group][0]
        if group not in found.carried or feature.name not in found.has:
            continue
        has, wanted = found.has[feature.name], found.wanted.get(feature.name)
        less, more = feature.comparatives
        asked = "" if wanted is None else CATALOGUE[feature.name].text(wanted.asked, has.source)
        shift = found.steering.shifts.get(group, 0.0)
        sliders.append(Slider(group, less, more, shift, has.label, asked, has.value is not None))
    return sorted(sliders, key=lambda one: (*MAIN_SLIDERS, one.group).index(one.group))


def _switches(found: SteeredList) -> list[Switch]:
    largest = max((abs(amount) for amount in found.carried.values()), default=0.0) or 1.0
    switches = []
    for group, amount in found.carried.items():
        weight = found.steering.weights.get(group, 1.0)
        named = _COUNTS | ({weight: f"{weight:g} times"} if weight and weight not in _COUNTS else {})
        counts = [(factor, name, factor == (weight or 1.0)) for factor, name in sorted(named.items())]
        width = 100 * max(0.0, amount) / largest
        switches.append(Switch(group, weight == 0, written(amount), width, counts))
    return switches


def _marked(move: Move) -> tuple[str, str, str]:
    """Name how a track moved, as a kind, a sign and words."""
    if move.was is None:
        was = f", it was {ordinal(move.place)} of all" if move.place else ""
        return "new", "new", f"new in the list{was}"
    if move.rank is None or move.rank == move.was:
        return "stayed", "", "in its place"
    by = abs(move.rank - move.was)
    return (
        ("rose", f"↑{by}", f"up from {move.was}")
        if move.rose
        else ("fell", f"↓{by}", f"down from {move.was}")
    )


def _where(move: Move) -> str:
    if move.place is not None:
        return ordinal(move.place)
    return "out" if move.cause in {Cause.OUT_OF_RANGE, Cause.NOT_COMPARED} else "lower"


def _score_text(score: float, asked: bool) -> str:
    percent = round(100 * score)
    end = "exactly what you asked for" if asked else "the same recording"
    if percent > 0:
        return f"{percent} % of the way from a random track to {end}"
    none, less = ("no nearer to it", "further from it") if asked else ("no more like it", "less like it")
    return f"{none if percent == 0 else less} than a random track"


def _summary(results: Sequence[Shown], found: SteeredList) -> str:
    if not results:
        return "No track is left."
    counts = {kind: sum(one.kind == kind for one in results) for kind in ("rose", "fell", "new")}
    words = {"rose": "rose", "fell": "fell", "new": "new"}
    said = [f"{count} {words[kind]}" for kind, count in counts.items() if count]
    said += [f"{len(found.fallen)} left the list"] if found.fallen else []
    tracks = f"{len(results)} {'track' if len(results) == 1 else 'tracks'}"
    return f"{tracks}: {', '.join(said)}." if said else f"{tracks}, as without steering."
