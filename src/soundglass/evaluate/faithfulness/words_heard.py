"""Is what sentences say of regions true of the sound: the regions of some pairs, cut out and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from soundglass.audio.decode import read_mono
from soundglass.core.errors import AudioError
from soundglass.core.statistics import bootstrap_mean
from soundglass.core.types import Json, Part, Region
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.reference_tokens import TokenReference
from soundglass.evaluate.faithfulness.region_audio import AROUND_S, RATE, Heard, distance, listen
from soundglass.evaluate.faithfulness.sentences import Statement, statements
from soundglass.evaluate.faithfulness.verdicts import Tally, Verdict
from soundglass.evaluate.faithfulness.witnessed import Witnessed
from soundglass.evaluate.faithfulness.witnesses import MISSED_KINDS, REGION_KINDS, part_of
from soundglass.evaluate.faithfulness.words_of_regions import check_words, sides_said
from soundglass.evaluate.findings import Table, Target
from soundglass.explain.answer import recommend
from soundglass.explain.compare import spread
from soundglass.library.search import file_of
from soundglass.recommend.filters import Filters

N_LISTED = 5
N_OTHERS = 12
"""How many other tracks "little in the match is like" is measured against, all their regions."""

MOST_MISSED = 30
N_RANDOM = 2000
TRUE_WORDS = 0.99

_LOOSE, _STRICT = "“{}”", "“{}”, to the letter"


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of regions.

    Attributes
    ----------
    query, match : int
        Rows of the library.
    part : Part
        Whose regions are meant.
    """

    query: int
    match: int
    statement: Statement
    part: Part

    def places(self) -> list[tuple[int, Region]]:
        """Give the regions it describes, each with its row."""
        of_query = self.statement.kind != "little in the query is like"
        rows = [self.query, self.match] if of_query else [self.match]
        return list(zip(rows, sides_said(self.statement, self.part), strict=False))


@dataclass(slots=True)
class Ears:
    """Measures regions, each track's together, and keeps what was measured."""

    context: Context
    unread: set[int] = field(default_factory=set)
    _heard: dict[tuple[int, Region], Heard | None] = field(default_factory=dict)

    def hear(self, places: Iterable[tuple[int, Region]], what: str, around_s: float = AROUND_S) -> None:
        """Measure regions, named by row; those of files that cannot be read stay unknown."""
        wanted: dict[int, list[Region]] = {}
        for row, region in dict.fromkeys(place for place in places if place not in self._heard):
            wanted.setdefault(row, []).append(region)
        for done, (row, regions) in enumerate(wanted.items(), start=1):
            key = f"regions of row {row}, {around_s} s: {sorted(map(repr, regions))}"
            packed = self.context.kept(key, partial(self._measured, row, regions, around_s))
            if packed is None:
                self.unread.add(row)
            for region, numbers in zip(regions, packed or (), strict=False):
                self._heard[row, region] = Heard.unpack(numbers) if numbers else None
            self.context.progress(what, done, len(wanted))

    def of(self, row: int, region: Region) -> Heard | None:
        """Give what was measured; ``None`` where nothing could be."""
        return self._heard.get((row, region))

    def all(self) -> list[tuple[int, Heard]]:
        """Give everything that was measured, with its row."""
        return [(row, heard) for (row, _), heard in self._heard.items() if heard]

    def _measured(self, row: int, regions: Sequence[Region], around_s: float) -> Json:
        try:
            samples = read_mono(file_of(self.context.store, row), RATE)
        except AudioError:
            return None
        return [None if heard is None else heard.packed() for heard in listen(samples, regions, around_s)]


@dataclass(frozen=True, slots=True)
class HeardWords:
    """What was found about words of regions."""

    tables: tuple[Table, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()


def words_heard(context: Context, recommenders: Sequence[Witnessed]) -> HeardWords:
    """Check the words of regions in the five first matches of some tracks, by recommenders with regions."""
    said = [one for recommender in recommenders for one in _gathered(context, recommender)]
    if not said:
        return HeardWords(notes=("words of regions: left out, no sentence speaks of any",))
    ears = Ears(context)
    ears.hear((place for one in said for place in one.places()), "regions that sentences name")
    exact, within = Tally(), Tally()
    for one in said:
        heard = [found for place in one.places() if (found := ears.of(*place)) is not None]
        exact.add(check_words(one.statement, heard, strictly=True))
        within.add(check_words(one.statement, heard, strictly=False))
    named = ears.all()
    alike = _alike(context, said, ears, named)
    missed = Tally()
    reference = next((recommender.tokens[0] for recommender in recommenders if recommender.tokens), None)
    if reference is not None:
        missed.add(_missed(context, said, ears, reference))
    notes = [f"false, heard: {text}" for text in within.examples() + missed.examples()]
    if ears.unread:
        notes.append(f"words of regions: {len(ears.unread)} tracks left out, whose files cannot be read")
    rate = within.rate()
    target = Target("true words of regions, by the audio", "at least 99 %", rate, rate.value >= TRUE_WORDS)
    return HeardWords(
        (_words_table(exact, within), _likeness_table(alike, missed)),
        (target,) if rate.n else (),
        tuple(notes),
    )


def _gathered(context: Context, one: Witnessed) -> Iterator[Said]:
    store = context.store
    for query in spread(one.witness.rows, context.settings.pairs).tolist():
        for result in recommend(store, one.explainer, query, N_LISTED, Filters()):
            regions = [part for part in result.parts if isinstance(part.query, Region)]
            match = store.row_of(result.track.id)
            for statement in statements(result.sentence):
                if statement.kind in REGION_KINDS and match is not None:
                    part = part_of(statement, regions)
                    if part is not None:
                        yield Said(query, match, statement, part)


def _alike(
    context: Context, said: Sequence[Said], ears: Ears, named: Sequence[tuple[int, Heard]]
) -> list[tuple[str, float]]:
    """Say of each match which share of random pairs of named regions is further apart, and whose it is."""
    rng = np.random.default_rng(context.settings.seed)
    drawn = rng.integers(0, len(named), (4 * N_RANDOM, 2)).tolist() if named else []
    apart = [(named[i], named[k]) for i, k in drawn if named[i][0] != named[k][0]][:N_RANDOM]
    random = np.sort([distance(one, other) for (_, one), (_, other) in apart])
    artists = context.store.columns(["artist"])["artist"].to_pylist()
    found = []
    for one in said:
        both = [ears.of(*place) for place in one.places()]
        if one.statement.kind == "matches" and len(random) and both[0] and both[1]:
            further = 1 - np.searchsorted(random, distance(both[0], both[1])) / len(random)
            found.append((artists[one.query] or "", float(further)))
    return found


def _missed(
    context: Context, said: Sequence[Said], ears: Ears, reference: TokenReference
) -> Iterator[Verdict]:
    """Judge "little in the match is like": whether the nearest region of most other tracks is nearer."""
    missed = [one for one in said if one.statement.kind in MISSED_KINDS][:MOST_MISSED]
    if not missed:
        return
    others = spread(np.array(reference.rows, dtype=np.int64), N_OTHERS).tolist()
    told = [
        (one, *one.places()[0], one.query if one.places()[0][0] == one.match else one.match) for one in missed
    ]
    rows = dict.fromkeys([*others, *(other for *_, other in told)])
    boxes = {row: reference.regions(row) for row in rows}
    every = ((row, region) for row in rows for region in boxes[row])
    ears.hear(every, "all regions of some tracks", around_s=0.0)

    def nearest(heard: Heard, row: int) -> float:
        known = [found for region in boxes[row] if (found := ears.of(row, region)) is not None]
        return min((distance(heard, found) for found in known), default=float("inf"))

    for one, row, region, other in told:
        heard = ears.of(row, region)
        rivals = [] if heard is None else [nearest(heard, at) for at in others if at not in (row, other)]
        if heard is not None and rivals and np.isfinite(own := nearest(heard, other)):
            nearer = float(np.mean([rival < own for rival in rivals]))
            shown = f"{one.statement}; {100 * nearer:.0f} % of {len(rivals)} tracks hold something nearer"
            yield Verdict("“little … is like …”, by the audio", nearer >= 0.5, shown)


def _words_table(exact: Tally, within: Tally) -> Table:
    kinds = within.words()
    rows = [(kind, within.rate([kind]), exact.rate([kind])) for kind in kinds]
    return Table(
        "Words of regions, measured anew",
        ("word", "true within tolerance", "true to the letter"),
        (*rows, ("all words", within.rate(), exact.rate())),
        "Share of regions that a word is true of, with Wilson's 95 % interval. Regions are cut out of the "
        "audio and measured by another transform, whose results mostly differ by less than the tolerance.",
    )


def _likeness_table(alike: Sequence[tuple[str, float]], missed: Tally) -> Table:
    artists, further = [artist for artist, _ in alike], np.array([share for _, share in alike])
    rows = [
        ("matches: nearer than the median random pair", bootstrap_mean(further > 0.5, artists)),
        ("matches: share of random pairs that are further apart", bootstrap_mean(further, artists)),
        *((kind, missed.rate([kind])) for kind in missed.words()),
    ]
    return Table(
        "Likeness that sentences state, heard",
        ("statement", "true"),
        tuple(rows),
        "By the distance of level profiles in 24 bands; random pairs are of regions that sentences name, of "
        "two tracks. Chance is one half in every row.",
    )
