"""What a page tells: what each recommender finds like a track, explained in full, and how far they agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.errors import FeatureMismatchError, LibraryError, SoundglassError
from soundglass.core.types import Recommendations, Track
from soundglass.explain.answer import Pair, explain_pair, recommend, tracks
from soundglass.explain.base import Explainer
from soundglass.explain.compare import Comparison, compare
from soundglass.explain.registry import Explainers
from soundglass.explain.whatif import ordinal
from soundglass.library.store import Store
from soundglass.recommend.filters import Filters

LARGELY, PARTLY = 0.6, 0.25
"""Of rank-biased overlap: from here on two lists agree that far."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one recommender says.

    Attributes
    ----------
    explainer : Explainer or None
        ``None`` where it cannot say anything of the track.
    pairs : tuple of Pair
        Its recommendations, best first.
    rows : tuple of int
        Of the library, those of the matches.
    refusal : str
        Why it cannot say anything.
    """

    by: str
    explainer: Explainer | None
    pairs: tuple[Pair, ...]
    rows: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def ids(self) -> list[str]:
        """The ids of what it recommends."""
        return [pair.match.id for pair in self.pairs]

    @property
    def names(self) -> dict[int, str]:
        """The rows and names of what it recommends."""
        return {row: pair.match.label for row, pair in zip(self.rows, self.pairs, strict=True)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What all of them say of one track.

    Attributes
    ----------
    row : int
        Of the library.
    agreement : str
        How far two lists agree, in words; empty where there are no two.
    places : dict
        By recommender and track what place the other one gives it, in words.
    """

    track: Track
    row: int
    columns: tuple[Column, ...]
    agreement: str
    places: dict[tuple[str, str], str]


def ask(store: Store, explainers: Explainers, row: int, by: Sequence[str], n: int) -> Asked:
    """Ask one or two recommenders for what is like a track.

    Raises
    ------
    SoundglassError
        One of them does not exist, or none of them can say anything of the track.
    """
    found: list[tuple[str, Explainer | None, str]] = []
    refused: list[SoundglassError] = []
    for name in by:
        try:
            found.append((name, explainers.of(name, row), ""))
        except (FeatureMismatchError, LibraryError) as error:
            refused.append(error)
            found.append((name, None, error.message))
    if len(refused) == len(by):
        raise refused[0]
    able = [explainer for _, explainer, _ in found if explainer is not None]
    comparison = _compared(store, able, row, n)
    lists = iter(comparison.lists if comparison else [recommend(store, e, row, n, Filters()) for e in able])
    columns = [
        Column(name, None, (), refusal=refusal)
        if explainer is None
        else _column(store, explainer, row, next(lists))
        for name, explainer, refusal in found
    ]
    return Asked(
        tracks(store, [row])[0],
        row,
        tuple(columns),
        agreement_in_words(comparison) if comparison else "",
        _places(columns, comparison) if comparison else {},
    )


def _compared(store: Store, able: Sequence[Explainer], row: int, n: int) -> Comparison | None:
    if len(able) != 2:
        return None
    try:
        return compare(store, able[0], able[1], row, n)
    except FeatureMismatchError:  # there is no track that both can compare with this one
        return None


def _column(store: Store, explainer: Explainer, row: int, answer: Recommendations) -> Column:
    rows = [found for result in answer if (found := store.row_of(result.track.id)) is not None]
    pairs = [explain_pair(store, explainer, row, match) for match in rows]
    return Column(answer.by, explainer, tuple(pairs), tuple(rows), answer.notes)


def agreement_in_words(comparison: Comparison) -> str:
    """Say how far the two lists of a comparison agree; empty where there are no two."""
    found = comparison.agreement
    longest = max(map(len, comparison.lists))
    if not longest or math.isnan(found.rbo):
        return ""
    common = {0: "No track", 1: "One track"}.get(found.in_common, f"{found.in_common} tracks")
    verb = "is" if found.in_common <= 1 else "are"
    how_far = (
        "they largely agree"
        if found.rbo >= LARGELY
        else "they agree in part"
        if found.rbo >= PARTLY
        else "they hear different things in it"
    )
    return (
        f"{common} of {longest} {verb} in both lists. With the first places counting most, the lists overlap "
        f"by {found.rbo:.2f} of 1 (rank-biased overlap): {how_far}."
    )


def _places(columns: Sequence[Column], comparison: Comparison) -> dict[tuple[str, str], str]:
    """Say of every result what the other recommender thinks of it."""
    said = {}
    for own, other in ((columns[0], columns[1]), (columns[1], columns[0])):
        for track_id in own.ids:
            if track_id in other.ids:
                rank = ordinal(1 + other.ids.index(track_id))
                said[own.by, track_id] = f"Found by both: {rank} by {other.by}"
    for alone in comparison.found_by_one:
        other_by = next(column.by for column in columns if column.by != alone.by)
        place = f"{ordinal(alone.place)} of {comparison.n_tracks:,}"
        said[alone.by, alone.result.track.id] = f"Only here: {place} by {other_by}"
    return said
