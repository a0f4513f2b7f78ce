"""A library, a design and a wording become a study that is fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.choice import Asked
from soundglass.evaluate.study.chosen import Chosen, choose
from soundglass.evaluate.study.conditions import By
from soundglass.evaluate.study.design import BACKGROUND, SCALES, Design
from soundglass.evaluate.study.eligible import compared_by
from soundglass.evaluate.study.evidence import make_evidence
from soundglass.evaluate.study.framing import Recording
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.pairing import Pair, spread_of
from soundglass.evaluate.study.plan import PRACTICE, Heard, ItemSet, Plan, Stimulus, Trial
from soundglass.explain.answer import reasons
from soundglass.explain.base import Explainer
from soundglass.explain.pictures.mel import read_mel
from soundglass.explain.registry import Explainers
from soundglass.library.search import file_of
from soundglass.library.store import Store
from soundglass.library.study.records import Material
from soundglass.library.versions import VERSIONS
from soundglass.recommend.base import place


def make(
    store: Store,
    explainers: Explainers,
    design: Design,
    instruments: Instruments,
    progress: Callable[[int, int], None] = lambda _, __: None,
    version: str = "",
) -> tuple[Plan, tuple[Material, ...]]:
    """Make a study of a library: choose tracks, ask both recommenders, and freeze how they explain.

    Parameters
    ----------
    store : Store
        At one snapshot.
    explainers : Explainers
        Of that snapshot.
    design : Design
        The same design and the same library give the same plan.
    instruments : Instruments
        The wording of what is said of pictures and sounds.
    progress : callable
        Told how many sets are done, of how many.
    version : str
        Of the program.

    Returns
    -------
    Plan
    tuple of Material
        Pictures (WebP) and sounds (MP3), by the keys that the plan's evidence names.

    Raises
    ------
    SoundglassError
        The library is too small, which says how many tracks are needed and how many there are; or there is
        no scale that the design asks for.
    AudioError
        A file cannot be decoded.
    """
    _refuse_unknown(design, instruments)
    chosen = choose(store, explainers, design)
    maker = _Maker(store, compared_by(explainers), chosen, instruments)
    items, materials = dict[str, ItemSet](), list[Material]()
    for done, key in enumerate(chosen.sets):
        progress(done, len(chosen.sets))
        items[key], made = maker.item_set(key)
        materials += made
    progress(len(chosen.sets), len(chosen.sets))
    practice = items.pop(PRACTICE)
    versions = {
        "soundglass": version,
        "snapshot": str(store.version),
        **{f"analysis.{part}": str(version) for part, version in VERSIONS.items()},
        "wording": instruments.sha256,
    }
    return Plan(design, tuple(items.values()), practice, _equally_loud(chosen), versions), tuple(materials)


def _refuse_unknown(design: Design, instruments: Instruments) -> None:
    """Raise where something is to be asked that is no questionnaire of this wording."""
    known = [key for key in (*SCALES, *BACKGROUND) if key in instruments.scales]
    unknown = [key for key in (*design.scales, *design.background) if key not in known]
    if unknown:
        raise SoundglassError(
            f"there is no questionnaire {unknown[0]!r}", remedy=f"There is: {', '.join(known)}"
        )


def _equally_loud(chosen: Chosen) -> dict[str, Heard]:
    """Turn all tracks down to one level; by id."""
    heard = (
        Heard(
            id=track.id,
            title=track.title,
            artist=track.artist,
            duration_s=track.duration_s,
            gain_db=round(min(0.0, chosen.level_lufs - chosen.lufs[row]), 2),
        )
        for row, track in chosen.tracks.items()
    )
    return {one.id: one for one in sorted(heard, key=lambda one: one.id)}


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes stimuli of what was chosen."""

    store: Store
    by: Mapping[By, Explainer]
    chosen: Chosen
    words: Instruments

    def item_set(self, key: str) -> tuple[ItemSet, list[Material]]:
        """Ask both recommenders about one query; each file is read once for both."""
        asked, pairs = self.chosen.sets[key], self.chosen.pairs[key]
        read = {row: self._read(row) for row in sorted(asked.rows)}
        stimuli, materials = dict[By, Stimulus](), list[Material]()
        for by in self.by:
            stimuli[by], made = self._stimulus(by, asked, pairs, read, f"{key}-{by}")
            materials += made
        return ItemSet(key, self.chosen.tracks[asked.query].id, stimuli), materials

    def _stimulus(
        self, by: By, asked: Asked, pairs: Sequence[Pair], read: Mapping[int, Recording], key: str
    ) -> tuple[Stimulus, tuple[Material, ...]]:
        query, match = asked.query, asked.matches[by]
        why = reasons(self.store, self.by[by], query, match)
        both = read[query], read[match]
        evidence, materials = make_evidence(why, both, key, self.words, self.chosen.level_lufs)
        recommender = self.by[by].recommender
        rank = place(recommender, query, why.score, recommender.scores(query), match)
        trials = tuple(self._trial(by, query, pair) for pair in pairs)
        return Stimulus(self.chosen.tracks[match].id, why.score, rank, evidence, trials), materials

    def _trial(self, own: By, query: int, pair: Pair) -> Trial:
        """Say which of two candidates a recommender ranks higher, and by how much."""
        rows = np.array(sorted(pair), dtype=np.int64)
        scores = {by: of.recommender.exact_scores(query, rows) for by, of in self.by.items()}
        apart = {by: float(two[0] - two[1]) for by, two in scores.items()}
        higher, lower = (0, 1) if apart[own] > 0 else (1, 0)
        return Trial(
            higher=self.chosen.tracks[int(rows[higher])].id,
            lower=self.chosen.tracks[int(rows[lower])].id,
            higher_score=float(scores[own][higher]),
            lower_score=float(scores[own][lower]),
            margin=abs(apart[own]) / spread_of(self.by[own], query),
            disagree=len({one > 0 for one in apart.values()}) > 1,
        )

    def _read(self, row: int) -> Recording:
        path = file_of(self.store, row)
        rate = self.store.take([row], ["sample_rate"])["sample_rate"][0].as_py()
        image = read_mel(path)
        highest_hz = (rate or image.settings.sample_rate) / 2
        return Recording(path, self.chosen.tracks[row].duration_s, image, highest_hz)
