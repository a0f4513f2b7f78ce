"""Two lists for one track: what joins them, what each says of the other's, how alike all look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundglass.core.contract import finite
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json, Recommendation
from soundglass.evaluate.visual.stored import Looks, look_at
from soundglass.explain.base import Explainer
from soundglass.explain.compare import Comparison, FoundByOne, compare
from soundglass.surfaces.answers import comparison_json
from soundglass.surfaces.web.state import Snapshot


@dataclass(frozen=True, slots=True)
class Item:
    """One track of a list.

    Attributes
    ----------
    there : int
        Its place by the other recommender.
    by_both : bool
        Whether the other list names it, too.
    alone : FoundByOne or None
        What the other says of it, if not.
    objection : str
        Why the other ranks it where it does.
    look : float or None
        How alike the pictures of it and of the query look.
    """

    result: Recommendation
    row: int
    there: int
    by_both: bool
    alone: FoundByOne | None
    objection: str
    look: float | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All that is compared for one track."""

    row: int
    comparison: Comparison
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    looks: Looks | None

    @property
    def by(self) -> tuple[str, str]:
        """Both recommenders."""
        one, other = self.comparison.lists
        return one.by, other.by

    def rows(self, own: int) -> list[int]:
        """Give the rows of one of the lists."""
        return [item.row for item in self.items[own]]


def side_by_side(now: Snapshot, row: int, by: str, other: str, n: int) -> SideBySide:
    """Compare two recommenders for a track.

    Raises
    ------
    SoundglassError
        They are one and the same.
    FeatureMismatchError, LibraryError
        One of them cannot compare this track with any; says why.
    """
    if by == other:
        raise SoundglassError("a comparison is of two recommenders", remedy="Choose two different ones")
    explainers = now.explainer(by, row), now.explainer(other, row)
    comparison = compare(now.store, *explainers, row, n)
    rows = {r.track.id: now.row(r.track.id) for of_one in comparison.lists for r in of_one}
    looks = look_at(now.store, row, list(dict.fromkeys(rows.values())))
    alone = {(found.by, found.result.track.id): found for found in comparison.found_by_one}
    objections = [_sentences(explainers[1 - own], row, rows, comparison, own) for own in (0, 1)]
    ranks = [{r.track.id: r.rank for r in of_one} for of_one in comparison.lists]
    items = [
        tuple(
            Item(
                result=result,
                row=rows[result.track.id],
                there=found.place if found else ranks[1 - own][result.track.id],
                by_both=found is None,
                alone=found,
                objection=objections[own].get(result.track.id, ""),
                look=looks.matches.get(rows[result.track.id]) if looks else None,
            )
            for result in of_one
            for found in (alone.get((of_one.by, result.track.id)),)
        )
        for own, of_one in enumerate(comparison.lists)
    ]
    return SideBySide(row, comparison, (items[0], items[1]), looks)


def _sentences(
    explainer: Explainer, query: int, rows: dict[str, int], comparison: Comparison, own: int
) -> dict[str, str]:
    """Let a recommender say what it thinks of the tracks that only the other one found."""
    found = [f for f in comparison.found_by_one if f.by == comparison.lists[own].by]
    parts = explainer.parts(query, [rows[f.result.track.id] for f in found])
    return {f.result.track.id: explainer.sentence(p, f.score) for f, p in zip(found, parts, strict=True)}


def side_by_side_json(answer: SideBySide) -> dict[str, Json]:
    """Give what ``soundglass compare`` gives, with the other's reasons and how alike all look."""
    told = comparison_json(answer.comparison)
    objections = {
        (answer.by[own], item.result.track.id): item.objection for own in (0, 1) for item in answer.items[own]
    }
    for found in told["found_by_one"]:
        found["other"]["sentence"] = objections[found["by"], found["id"]]
    notes = told.pop("notes")
    return {**told, "looks": _looks_json(answer), "notes": notes}


def _looks_json(answer: SideBySide) -> Json:
    looks = answer.looks
    if looks is None:
        return None
    both: Sequence[Item] = (*answer.items[0], *answer.items[1])
    rows = {by: answer.rows(own) for own, by in enumerate(answer.by)}
    return {
        "measure": "MS-SSIM",
        "pairs": {item.result.track.id: item.look for item in both if item.look is not None},
        "means": {by: finite(looks.mean(of_one)) for by, of_one in rows.items()},
        "more_alike": {by: finite(looks.more_alike(of_one)) for by, of_one in rows.items()},
        "random": looks.random.tolist(),
    }
