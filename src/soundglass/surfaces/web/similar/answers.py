"""Recommendations for a page and as JSON: by features, spectrogram or both, with others looked for, too."""

from __future__ import annotations

from dataclasses import dataclass

from soundglass.core.contract import part_json, recommendations_json, track_json
from soundglass.core.types import Json, Part, Recommendations, Track
from soundglass.explain.seeds import SeedPart, seeded_answer
from soundglass.recommend.filters import Filters
from soundglass.surfaces.web.similar.asked import Asked
from soundglass.surfaces.web.state import Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, and what was looked for.

    Attributes
    ----------
    seeds : dict of int to Track
        Row of the query, of what else is looked for and of what is turned away from, to the track.
    weight : float or None
        The share of the spectrogram, in a blend.
    """

    asked: Asked
    answer: Recommendations
    seeds: dict[int, Track]
    weight: float | None

    def of(self, ids: tuple[str, ...]) -> list[Track]:
        """Give some of the seeds by their ids."""
        known = {track.id: track for track in self.seeds.values()}
        return [known[one] for one in ids]


def find(now: Snapshot, row: int, asked: Asked) -> Found:
    """Recommend tracks.

    Parameters
    ----------
    row : int
        Of the query.

    Raises
    ------
    TrackNotFound
        There is no track of one of the ids.
    SoundglassError
        The tracks cannot be compared in this way; says why.
    """
    more, less = ([now.row(one) for one in ids] for ids in (asked.more, asked.less))
    explainer = now.explainer(asked.by, row, *more, *less, weight=asked.weight)
    weight = getattr(explainer.recommender, "weight", None)
    rows = list(dict.fromkeys([row, *more, *less]))
    seeds = dict(zip(rows, now.tracks(rows), strict=True))
    filters = Filters(per_artist=asked.per_artist)
    answer = seeded_answer(now.store, explainer, row, asked.n, filters, more, less)
    return Found(asked, answer, seeds, weight)


def similar_json(found: Found) -> dict[str, Json]:
    """Give recommendations and what was looked for; each part says of which track's likeness it is one."""
    asked = found.asked
    answer = recommendations_json(found.answer)
    for shape, result in zip(answer["results"], found.answer, strict=True):
        shape["parts"] = [_part_json(part, found.seeds) for part in result.parts]
    more, less = ([track_json(track) for track in found.of(ids)] for ids in (asked.more, asked.less))
    return {**answer, "weight": found.weight, "more": more, "less": less}


def _part_json(part: Part, seeds: dict[int, Track]) -> dict[str, Json]:
    own = {"seed": seeds[part.seed].id} if isinstance(part, SeedPart) else {}
    return {**part_json(part), **own}
