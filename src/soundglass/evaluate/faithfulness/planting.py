"""One loop planted into two unrelated recordings, and where each explanation says the score comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from soundglass.core.types import FloatArray, Json
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness import loops
from soundglass.evaluate.faithfulness.pieces import (
    Ear,
    Hearing,
    Recording,
    is_silent,
    mono,
    read_piece,
    spread,
    terms,
)
from soundglass.evaluate.faithfulness.pointing import Pointed, by_profile, by_region
from soundglass.explain.relevance import Relevance, in_favour
from soundglass.explain.spectrogram import MatchedTokens
from soundglass.explain.stretch import intensity
from soundglass.recommend.spectrogram import Terms

Values = NDArray[np.float64]

LEVELS_DB = (0.0, 3.0, 6.0)

OURS, TOP_PART = "relevance", "region of the top part"
ENERGY, WEIGHT, CHANCE = "energy", "token weight, without the pair", "relevance dealt out at random"
METHODS = (OURS, TOP_PART, ENERGY, WEIGHT, CHANCE)

_STEP_S = 0.05
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Planted:
    """One loop in two recordings, at one level.

    Attributes
    ----------
    plant : int
        Number of the pair of recordings.
    levelled : bool
        Whether the stretch was brought to the recordings' own level.
    level_db : float
    rise : float
        How far the loop raised the score.
    pointed : mapping of str to pair of Pointed
        By method: in the query, in the match.
    """

    plant: int
    levelled: bool
    level_db: float
    rise: float
    pointed: dict[str, tuple[Pointed, Pointed]]


def plant(
    context: Context, ear: Ear, among: Sequence[Recording], length_s: float, number: int
) -> list[Planted]:
    """Plant one loop at every level; empty where no three recordings serve."""
    key = f"planted loop {number} in {length_s:g} s"
    found = context.kept(key, lambda: _measured(context, ear, among, length_s, number))
    return [
        Planted(
            number,
            one["levelled"],
            one["level_db"],
            one["rise"],
            {method: (Pointed(**sides[0]), Pointed(**sides[1])) for method, sides in one["pointed"].items()},
        )
        for one in found
    ]


def _measured(
    context: Context, ear: Ear, among: Sequence[Recording], length_s: float, number: int
) -> list[Json]:
    rng = np.random.default_rng([context.settings.seed, round(length_s), number])
    drawn = _drawn(context, among, length_s, number, rng)
    if drawn is None:
        return []
    hosts, loop = drawn
    latest = min(len(samples) for _, samples in hosts) / SAMPLE_RATE - loops.LOOP_S
    starts = rng.uniform(0, latest, 2).tolist()
    before = terms(*_heard(ear, hosts)).score
    found = []
    for levelled in (False, True):
        for level_db in LEVELS_DB:
            changed = [
                (track, loops.mixed(samples, loop, start, level_db, levelled=levelled))
                for (track, samples), start in zip(hosts, starts, strict=True)
            ]
            sides = _heard(ear, changed)
            of_pair = terms(*sides)
            found.append(
                {
                    "levelled": levelled,
                    "level_db": level_db,
                    "rise": of_pair.score - before,
                    "pointed": _pointed(sides, of_pair, starts, rng),
                }
            )
    return found


def _drawn(
    context: Context,
    among: Sequence[Recording],
    length_s: float,
    number: int,
    rng: np.random.Generator,
) -> tuple[list[tuple[str, FloatArray]], Values] | None:
    """Draw two recordings by different artists, and a loop: every other one is cut out of a third's."""
    for _ in range(_TRIES):
        three = [among[int(k)] for k in rng.permutation(len(among))[:3]]
        if len({one.artist or one.id for one in three}) < 3:
            continue
        clips = [read_piece(context.store, one, length_s) for one in three]
        samples = [mono(clip) for clip in clips if clip is not None]
        if len(samples) < 3 or any(is_silent(one) for one in samples[:2]):
            continue
        if number % 2:
            return _named(three, samples), loops.MADE[number // 2 % len(loops.MADE)]()
        loop = loops.cut(samples[2], float(rng.uniform(0, length_s - loops.LOOP_S)))
        if loop is not None:
            return _named(three, samples), loop
    return None


def _named(three: Sequence[Recording], samples: Sequence[FloatArray]) -> list[tuple[str, FloatArray]]:
    return [(one.id, of_one) for one, of_one in zip(three[:2], samples[:2], strict=True)]


def _heard(ear: Ear, samples: Sequence[tuple[str, FloatArray]]) -> tuple[Hearing, Hearing]:
    query, match = (ear(of_one, track) for track, of_one in samples)
    return query, match


def _pointed(
    sides: tuple[Hearing, Hearing],
    of_pair: Terms,
    starts: Sequence[float],
    rng: np.random.Generator,
) -> dict[str, list[Json]]:
    """Judge every explanation on both sides."""
    matched = MatchedTokens.of(sides[0].tokens, sides[1].tokens, of_pair)
    regions = matched.findings[0].places[0].regions(matched.query, matched.match)
    found: dict[str, list[Json]] = {method: [] for method in METHODS}
    for side, amounts, region, start in zip(sides, in_favour(of_pair), regions, starts, strict=True):
        truth = start, start + loops.LOOP_S
        times = np.arange(_STEP_S / 2, float(side.cells.boxes[:, 1].max()), _STEP_S)
        for method, of_map in _maps(side, amounts, rng):
            found[method].append(asdict(by_profile(intensity(of_map, times), _STEP_S, truth)))
        found[TOP_PART].append(asdict(by_region(region, truth)))
    return found


def _maps(side: Hearing, amounts: Values, rng: np.random.Generator) -> Iterator[tuple[str, Relevance]]:
    dealt = {
        OURS: amounts,
        WEIGHT: side.tokens.weights.astype(np.float64),
        CHANCE: rng.permutation(amounts),
    }
    for method, of_tokens in dealt.items():
        yield method, spread(side, of_tokens)
    yield ENERGY, Relevance(side.cells.boxes, side.cells.powers.astype(np.float64))
