"""Does the explanation stay where it is when a recording is louder, coded as MP3, or a moment later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import Clip
from soundglass.audio.mp3 import through_mp3
from soundglass.core.errors import AudioError, SoundglassError
from soundglass.core.statistics import Estimate, bootstrap_mean
from soundglass.core.types import Json, Region
from soundglass.embeddings.analysis import Embedder
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.correlation import rank_correlation
from soundglass.evaluate.faithfulness.pairs import Pair, read_pair, recommended
from soundglass.evaluate.faithfulness.pieces import Ear, Hearing, is_silent, mono, spread, terms
from soundglass.evaluate.findings import Section, Table, Target
from soundglass.explain.relevance import in_favour, share_within
from soundglass.explain.spectrogram import MatchedTokens
from soundglass.explain.stretch import density, holding, intensity, stretch
from soundglass.library.background import read_background

Values = NDArray[np.float64]

SHIFT_S = 0.01
LEAST = 0.7

_LEAST_PAIRS = 5
_STEP_S = 0.05
_MEASURES = ("area", "area by chance", "stretch", "stretch by chance", "part", "correlation", "score")
_COLUMNS = (
    "change",
    "overlap of the area",
    "by chance",
    "overlap of the stretch",
    "by chance",
    "overlap of the top part",
    "ρ of the maps",
    "change of score",
)


def evaluate_robustness(context: Context) -> Section:
    """Explain recommendations again after changes of the query that nobody would call another sound."""
    try:
        pairs, background = recommended(context), read_background(context.store)
    except SoundglassError as error:
        return _left_out(f"No explanation was tried on changed recordings: {error.message}.")
    if background is None:
        return _left_out("No explanation was tried on changed recordings: the library has no background.")
    ear, found = Ear(Embedder.load(), background), []
    for done, pair in enumerate(pairs):
        context.progress("changing recordings a little", done, len(pairs))
        key = f"robustness {pair[0].id} {pair[1].id}"
        changed = context.kept(key, partial(_measured, context, ear, pair))
        if changed is not None:
            found.append((pair[0].artist, changed))
    context.progress("changing recordings a little", len(pairs), len(pairs))
    if len(found) < _LEAST_PAIRS:
        return _left_out(
            f"{len(found)} recommendations have audio; fewer than {_LEAST_PAIRS} do not tell whether "
            "explanations stay where they are."
        )
    left = len(pairs) - len(found)
    notes = (f"robustness: left out {left} recommendations without readable audio",) if left else ()
    return _section(context, found, notes)


def _louder(gain_db: float) -> Callable[[Clip], Clip]:
    return lambda clip: replace(clip, samples=clip.samples * np.float32(10 ** (gain_db / 20)))


def _later(clip: Clip) -> Clip:
    n = round(SHIFT_S * clip.sample_rate)
    samples = np.pad(clip.samples, ((n, 0), (0, 0)))[: len(clip.samples)]
    return replace(clip, samples=samples)


CHANGES: Mapping[str, Callable[[Clip], Clip]] = {
    "3 dB louder": _louder(3.0),
    "3 dB quieter": _louder(-3.0),
    "MP3, 128 kbit/s": through_mp3,
    "10 ms later": _later,
}


@dataclass(frozen=True, slots=True)
class _Explained:
    """An explanation of a pair, with times as they were before the change.

    Attributes
    ----------
    score : float
    areas : list of ndarray of bool, shape (n_times, n_bands)
        Where half of what speaks for the pair lies, in the query and in the match.
    stretches : list of ndarray of bool, shape (n_times,)
        The stretch that stands out.
    amounts : list of ndarray, shape (n_cells,)
    parts : tuple of Region
        Of the top part.
    """

    score: float
    areas: list[NDArray[np.bool_]]
    stretches: list[NDArray[np.bool_]]
    amounts: list[Values]
    parts: tuple[Region, Region]


def _measured(context: Context, ear: Ear, pair: Pair) -> dict[str, Json] | None:
    """Compare the explanations before and after each change, on both sides; ``None`` without audio."""
    clips = read_pair(context, pair)
    if clips is None or any(is_silent(mono(clip)) for clip in clips):
        return None
    found: dict[str, Json] = {}
    try:
        match = ear(mono(clips[1]), pair[1].id)
        before = _explained(ear(mono(clips[0]), pair[0].id), match, 0.0)
        for name, change in CHANGES.items():
            query = ear(mono(change(clips[0])), pair[0].id)
            after = _explained(query, match, SHIFT_S if change is _later else 0.0)
            found[name] = _compared(before, after)
    except AudioError:
        return None
    return found


def _explained(query: Hearing, match: Hearing, later_s: float) -> _Explained:
    of_pair = terms(query, match)
    areas, stretches, amounts = [], [], []
    for side, of_side, shift in zip((query, match), in_favour(of_pair), (later_s, 0.0), strict=True):
        of_map = spread(side, of_side)
        times = np.arange(_STEP_S / 2, float(side.cells.boxes[:, 1].max()), _STEP_S)
        standing_out = np.zeros(len(times), dtype=bool)
        standing_out[stretch(intensity(of_map, times + shift))] = True
        areas.append(holding(density(of_map, times + shift)))
        stretches.append(standing_out)
        amounts.append(of_map.amounts)
    top = MatchedTokens.of(query.tokens, match.tokens, of_pair).findings[0].places[0]
    one, other = top.regions(query.tokens, match.tokens)
    shifted = replace(one, start_s=one.start_s - later_s, end_s=one.end_s - later_s)
    return _Explained(of_pair.score, areas, stretches, amounts, (shifted, other))


def _compared(before: _Explained, after: _Explained) -> dict[str, list[float]]:
    return {
        **_overlaps("area", before.areas, after.areas),
        **_overlaps("stretch", before.stretches, after.stretches),
        "part": [region_overlap(*both) for both in zip(before.parts, after.parts, strict=True)],
        "correlation": [
            rank_correlation(one, other) if len(one) == len(other) else float("nan")
            for one, other in zip(before.amounts, after.amounts, strict=True)
        ],
        "score": [abs(after.score - before.score)] * 2,
    }


def _overlaps(
    what: str, before: list[NDArray[np.bool_]], after: list[NDArray[np.bool_]]
) -> dict[str, list[float]]:
    """Compare areas with what they became, and with that moved by half the piece."""
    both = list(zip(before, after, strict=True))
    return {
        what: [overlap(one, other) for one, other in both],
        f"{what} by chance": [overlap(one, np.roll(other, len(other) // 2, axis=0)) for one, other in both],
    }


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Give the intersection of two areas over their union, 0 to 1; NaN where both are empty."""
    n = min(len(one), len(other))
    union = int((one[:n] | other[:n]).sum())
    return int((one[:n] & other[:n]).sum()) / union if union else float("nan")


def region_overlap(one: Region, other: Region) -> float:
    """Give the intersection of two regions over their union, in seconds times mel, 0 to 1."""
    shared_of_one, shared_of_other = (
        float(share_within(np.array([[a.start_s, a.end_s, a.low_hz, a.high_hz]]), b)[0])
        for a, b in ((one, other), (other, one))
    )
    if shared_of_one == 0:
        return 0.0
    return 1 / (1 / shared_of_one + 1 / shared_of_other - 1)


def _section(context: Context, found: list[tuple[str, dict[str, Json]]], notes: tuple[str, ...]) -> Section:
    rows = {change: _means(context, found, change) for change in CHANGES}
    areas, stretches = ([means[what].value for means in rows.values()] for what in ("area", "stretch"))
    table = Table(
        "The same explanation of a query that was changed a little",
        _COLUMNS,
        tuple((change, *(means[measure] for measure in _MEASURES)) for change, means in rows.items()),
        f"{len(found)} recommendations, both sides. Area: the smallest that holds half of what speaks for "
        "the pair, in seconds times mel; about a third of all, mostly where boxes lie close. Stretch: what "
        "stands out in time. Top part: its box. All by intersection over union; by chance: with the one "
        "after the change moved by half the piece.",
    )
    return Section(
        "robustness",
        "Robustness",
        "When the query is made louder or quieter, coded as MP3 or delayed by 10 ms, the area that holds "
        f"half of what speaks for a recommendation overlaps by {min(areas):.2f} or more with what it was, "
        f"the stretch that stands out by {min(stretches):.2f} or more.",
        (table,),
        targets=tuple(target for change, means in rows.items() for target in _targets(change, means)),
        notes=notes,
    )


def _means(context: Context, found: list[tuple[str, dict[str, Json]]], change: str) -> dict[str, Estimate]:
    groups = [artist or f"pair {index}" for index, (artist, _) in enumerate(found) for _ in range(2)]
    settings, means = context.settings, {}
    for measure in _MEASURES:
        values = [value for _, changed in found for value in changed[change][measure]]
        means[measure] = bootstrap_mean(values, groups, settings.resamples, settings.seed)
    return means


def _targets(change: str, means: Mapping[str, Estimate]) -> list[Target]:
    part = f"{means['part'].value:.2f} for the box of the top part"
    remarks = {
        what: f"{means[f'{what} by chance'].value:.2f} by chance; {part}" for what in ("area", "stretch")
    }
    return [
        Target(
            f"overlap of the explained {what}, {change}",
            f"at least {LEAST}",
            means[what],
            means[what].value >= LEAST,
            remark,
        )
        for what, remark in remarks.items()
    ]


def _left_out(note: str) -> Section:
    return Section("robustness", "Robustness", "", notes=(note,))
