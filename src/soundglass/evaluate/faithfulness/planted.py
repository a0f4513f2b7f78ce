"""Planted motifs: a loop is put into two unrelated recordings, and the explanation must point at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.core.statistics import Estimate, bootstrap_mean
from soundglass.embeddings.analysis import Embedder
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.loops import LOOP_S
from soundglass.evaluate.faithfulness.pieces import LONGEST_S, Ear, Recording, recordings
from soundglass.evaluate.faithfulness.planting import (
    ENERGY,
    LEVELS_DB,
    METHODS,
    OURS,
    Planted,
    plant,
)
from soundglass.evaluate.faithfulness.pointing import Pointed
from soundglass.evaluate.findings import Cell, Chart, Section, Series, Table, Target
from soundglass.library.background import read_background

Values = NDArray[np.float64]

LENGTHS_S = (12.0, LONGEST_S)
"""Seconds of the recordings that a loop is planted into; their tokens cover them whole."""

POINTING, OVERLAP = 0.9, 0.5
JUDGED_DB = 3.0

_LEAST_RECORDINGS, _LEAST_PLANTS = 3, 5
_HEARD = 0.06
_MANNERS = ((False, "on top of the music"), (True, "brought to the music's own level"))


def evaluate_planted(context: Context) -> Section:
    """Plant loops into recordings of the library and see whether each explanation points at them."""
    try:
        rows = context.explainers.of("spectrogram").recommender.rows
        background = read_background(context.store)
    except SoundglassError as error:
        return _section("", notes=(f"No loop was planted: {error.message}.",))
    if background is None:
        return _section("", notes=("No loop was planted: the library has no background to compare with.",))
    ear, found = Ear(Embedder.load(), background), {}
    notes: list[str] = []
    for length_s in LENGTHS_S:
        among = recordings(context.store, rows, length_s)
        planted = _planted(context, ear, among, length_s) if len(among) >= _LEAST_RECORDINGS else []
        if len({one.plant for one in planted}) < _LEAST_PLANTS:
            notes.append(
                f"planted loops: too few recordings of {length_s:g} s, by different artists, can be read"
            )
        else:
            found[length_s] = planted
    figures = {length_s: _Figures(context, planted, length_s) for length_s, planted in found.items()}
    return _section(
        " ".join(of_length.summary() for of_length in figures.values()),
        tuple(table for of_length in figures.values() for table in of_length.tables()),
        tuple(of_length.chart() for of_length in figures.values()),
        tuple(target for of_length in figures.values() for target in of_length.targets()),
        tuple(notes),
    )


def _planted(context: Context, ear: Ear, among: list[Recording], length_s: float) -> list[Planted]:
    found: list[Planted] = []
    for number in range(context.settings.plants):
        context.progress(f"planting loops into {length_s:g} s", number, context.settings.plants)
        found += plant(context, ear, among, length_s, number)
    context.progress(f"planting loops into {length_s:g} s", context.settings.plants, context.settings.plants)
    return found


class _Figures:
    """What was found in recordings of one length."""

    def __init__(self, context: Context, planted: Sequence[Planted], length_s: float) -> None:
        self._settings = context.settings
        self._planted = planted
        self._length_s = length_s

    def tables(self) -> list[Table]:
        """Give one table for each manner of planting."""
        return [self._table(*manner) for manner in _MANNERS]

    def chart(self) -> Chart:
        """Draw how often each method points at loops that loudness does not give away."""
        series = []
        for method in METHODS:
            hits = [self._mean(_hit, method, True, level) for level in LEVELS_DB]
            series.append(
                Series(
                    method,
                    LEVELS_DB,
                    tuple(hit.value for hit in hits),
                    tuple(hit.low for hit in hits),
                    tuple(hit.high for hit in hits),
                )
            )
        return Chart(
            "lines",
            f"How often a loop in {self._length_s:g} s is pointed at, {_MANNERS[1][1]}",
            "level of the loop, dB",
            "pointing game",
            tuple(series),
            reference=POINTING,
        )

    def targets(self) -> list[Target]:
        """Judge the explanation at +3 dB."""
        found = []
        for levelled, manner in _MANNERS:
            where = f"of loops in {self._length_s:g} s, +{JUDGED_DB:g} dB, {manner}"
            hit = self._mean(_hit, OURS, levelled, JUDGED_DB)
            overlap = self._median(OURS, levelled, JUDGED_DB)
            found += [
                Target(
                    f"pointing game {where}",
                    f"at least {POINTING}",
                    hit,
                    hit.value >= POINTING,
                    self._heard(levelled),
                ),
                Target(f"median overlap {where}", f"at least {OVERLAP}", overlap, overlap >= OVERLAP),
            ]
        return found

    def summary(self) -> str:
        """Say how often the explanation points at the loop."""
        hit, energy = (self._mean(_hit, method, True, JUDGED_DB).value for method in (OURS, ENERGY))
        overlap = self._median(OURS, True, JUDGED_DB)
        return (
            f"A loop of {LOOP_S:g} s in {self._length_s:g} s of unrelated recordings, no louder than the "
            f"music, is pointed at in {hit:.0%} of cases (by energy in {energy:.0%}), with an overlap of "
            f"{overlap:.2f}."
        )

    def _table(self, levelled: bool, manner: str) -> Table:
        levels = [f"{level:+g} dB" for level in LEVELS_DB]
        rows: list[tuple[Cell, ...]] = []
        for method in METHODS:
            hits = [self._mean(_hit, method, levelled, level) for level in LEVELS_DB]
            overlaps = [self._median(method, levelled, level) for level in LEVELS_DB]
            rows.append((method, *hits, *overlaps, self._mean(_mass, method, levelled, JUDGED_DB)))
        return Table(
            title=f"A loop of {LOOP_S:g} s in {self._length_s:g} s of unrelated recordings, {manner}",
            columns=(
                "points at the loop by",
                *(f"pointing game, {level}" for level in levels),
                *(f"median overlap, {level}" for level in levels),
                f"relevance in the loop, {JUDGED_DB:+g} dB",
            ),
            rows=tuple(rows),
            caption=f"{len(self._values(_hit, OURS, levelled, JUDGED_DB)[0])} recordings, in pairs. dB: of "
            "the loop against the recording. Overlap: intersection over union with the stretch that stands "
            f"out. By its length the loop would have {LOOP_S / self._length_s:.2f} of the relevance.",
        )

    def _heard(self, levelled: bool) -> str:
        """Tell how the pointing goes with whether the score rose."""
        some = [one for one in self._planted if (one.levelled, one.level_db) == (levelled, JUDGED_DB)]
        told = []
        for rose, chosen in (
            (f"{_HEARD:g} or more", [one for one in some if one.rise >= _HEARD]),
            ("less", [one for one in some if one.rise < _HEARD]),
        ):
            hits = [side.hit for one in chosen for side in one.pointed[OURS]]
            if hits:
                told.append(f"{np.mean(hits):.2f} where it raised the score by {rose} ({len(chosen)} pairs)")
        return "; ".join(told)

    def _values(
        self, measure: Callable[[Pointed], float], method: str, levelled: bool, level_db: float
    ) -> tuple[list[float], list[str]]:
        some = [one for one in self._planted if (one.levelled, one.level_db) == (levelled, level_db)]
        values = [measure(side) for one in some for side in one.pointed[method]]
        return values, [str(one.plant) for one in some for _ in range(2)]

    def _mean(
        self, measure: Callable[[Pointed], float], method: str, levelled: bool, level_db: float
    ) -> Estimate:
        values, groups = self._values(measure, method, levelled, level_db)
        return bootstrap_mean(values, groups, self._settings.resamples, self._settings.seed)

    def _median(self, method: str, levelled: bool, level_db: float) -> float:
        return float(np.median(self._values(_overlap, method, levelled, level_db)[0]))


def _hit(one: Pointed) -> float:
    return float(one.hit)


def _mass(one: Pointed) -> float:
    return one.mass


def _overlap(one: Pointed) -> float:
    return one.overlap


def _section(
    summary: str,
    tables: tuple[Table, ...] = (),
    charts: tuple[Chart, ...] = (),
    targets: tuple[Target, ...] = (),
    notes: tuple[str, ...] = (),
) -> Section:
    return Section("planted", "Planted motifs", summary, tables, charts, targets, notes)
