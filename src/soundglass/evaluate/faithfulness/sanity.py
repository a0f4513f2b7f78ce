"""Does the explanation depend on what was learned, and on the pair: weights and matches are put at random.

Method: Adebayo et al., "Sanity checks for saliency maps" (2018). What every map of a recording may go with,
the range of frequencies and how loud it is there, is taken out: an untrained network hears that too.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.errors import SoundglassError
from soundglass.core.statistics import Estimate, bootstrap_mean
from soundglass.core.types import FloatArray, Json
from soundglass.embeddings.analysis import Embedder
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.correlation import (
    partial_rank_correlation,
    rank_correlation,
    shared_by_construction,
)
from soundglass.evaluate.faithfulness.pairs import read_pair, recommended
from soundglass.evaluate.faithfulness.pieces import Ear, Hearing, is_silent, mono, spread, terms
from soundglass.evaluate.faithfulness.untrained import LAYERS, untrained
from soundglass.evaluate.findings import Section, Table, Target
from soundglass.explain.relevance import in_favour

Values: TypeAlias = NDArray[np.float64]

LARGEST = 0.1

_LEAST_PAIRS = 5
_DEPTHS = ("the last of four layers", "the last two layers", "the last three layers", "all four layers")


def evaluate_sanity(context: Context) -> Section:
    """Explain recommendations by networks whose weights are drawn at random, and explain other pairs."""
    try:
        laboratory = _Laboratory(context)
    except SoundglassError as error:
        return _left_out(f"No explanation was put at random: {error.message}.")
    n_pairs = len(laboratory.pairs)
    if n_pairs < _LEAST_PAIRS:
        return _left_out(
            f"{n_pairs} recommendations have audio; fewer than {_LEAST_PAIRS} do not tell whether an "
            "explanation depends on the network and the pair."
        )
    rows = dict(laboratory.rows())
    everything, other = rows[_DEPTHS[-1]], rows[_OTHER]
    table = Table(
        title="How alike the map is with weights, or the match, at random",
        columns=("at random", "Spearman's ρ", "given frequency and loudness"),
        rows=tuple((what, *figures) for what, figures in rows.items()),
        caption=f"{n_pairs} recommendations, their maps of what speaks for the pair; 0: nothing in common, "
        "1: the same. The projection is fitted anew to each network. The second figure is a partial "
        "correlation.",
    )
    return Section(
        name="sanity",
        title="Sanity",
        summary=f"With all weights drawn at random the map of relevance has a correlation of "
        f"{everything[1].value:.2f} with the true one ({everything[0].value:.2f} with what both share by "
        f"frequency and loudness); that for another match {other[1].value:.2f}.",
        tables=(table,),
        targets=(
            _target("correlation of the maps, all weights at random", *everything),
            _target("correlation of the maps, for another match", *other),
        ),
        notes=laboratory.notes,
    )


_OTHER, _OTHER_WEIGHT = "the match", "the match; token weight without the pair"
_ALL = "all four layers, and the match"


class _Laboratory:
    """The recommendations, and what networks make of them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pieces: dict[str, FloatArray] = {}
        self.pairs: list[tuple[str, str]] = []
        self._artists: list[str] = []
        asked = recommended(context)
        for pair in asked:
            clips = read_pair(context, pair)
            samples = [] if clips is None else [mono(clip) for clip in clips]
            if samples and not any(map(is_silent, samples)):
                self._pieces |= {one.id: of_one for one, of_one in zip(pair, samples, strict=True)}
                self.pairs.append((pair[0].id, pair[1].id))
                self._artists.append(pair[0].artist)
        left = len(asked) - len(self.pairs)
        self.notes = (f"sanity: left out {left} recommendations without readable audio",) if left else ()

    def rows(self) -> list[tuple[str, tuple[Estimate, Estimate]]]:
        """Measure everything, in the order of the table."""
        kept, n = self._context.kept, len(_DEPTHS) + 1
        found = []
        for depth, what in enumerate(_DEPTHS, start=1):
            self._context.progress("drawing weights at random", depth - 1, n)
            key = f"sanity, {depth} layers at random, {len(self.pairs)} pairs"
            one = kept(key, partial(self._redrawn, LAYERS[-depth:]))
            found.append((what, self._figures(one["own"])))
        found.append((_ALL, self._figures(one["other"])))
        one = kept(f"sanity, other match, {len(self.pairs)} pairs", self._other_match)
        self._context.progress("drawing weights at random", n, n)
        found.append((_OTHER, self._figures(one["relevance"])))
        found.append((_OTHER_WEIGHT, self._figures(one["weight"])))
        return found

    def _figures(self, correlations: list[Json]) -> tuple[Estimate, Estimate]:
        settings = self._context.settings
        raw, given = np.array(correlations, dtype=np.float64).T
        groups = np.repeat(self._artists, len(raw) // len(self._artists))
        first, second = (
            bootstrap_mean(values, groups, settings.resamples, settings.seed) for values in (raw, given)
        )
        return first, second

    @cached_property
    def _trained(self) -> _World:
        return _World(Embedder.load(), self._pieces)

    def _redrawn(self, layers: tuple[str, ...]) -> Json:
        """Compare the maps of the true network with those of one with new weights in some layers."""
        pieces = list(self._pieces.values())
        world = _World(untrained(layers, pieces, self._context.settings.seed), self._pieces)
        own, other = [], []
        for index, (query, match) in enumerate(self.pairs):
            true = self._trained.maps(query, match)
            drawn, of_other = world.maps(query, match), world.maps(query, self._other(index))
            sides = zip((query, match), true, drawn, strict=True)
            own += [self._compared(track, one, two) for track, one, two in sides]
            other.append(self._compared(query, true[0], of_other[0]))
        return {"own": own, "other": other}

    def _other_match(self) -> Json:
        relevance, weight = [], []
        for index, (query, match) in enumerate(self.pairs):
            maps = [self._trained.maps(query, other)[0] for other in (match, self._other(index))]
            relevance.append(self._compared(query, *maps))
            same = self._trained.weights(query)
            weight.append(self._compared(query, same, same))
        return {"relevance": relevance, "weight": weight}

    def _other(self, index: int) -> str:
        """Take the match of another pair."""
        own = self.pairs[index]
        others = (match for _, match in self.pairs[index + 1 :] + self.pairs[:index])
        return next((match for match in others if match not in own), own[1])

    def _compared(self, track: str, one: Values, other: Values) -> tuple[float, float]:
        given = shared_by_construction(self._trained.hearing(track).cells)
        return rank_correlation(one, other), partial_rank_correlation(one, other, given)


class _World:
    """What one network hears in pieces, with them as its background."""

    def __init__(self, embedder: Embedder, pieces: dict[str, FloatArray]) -> None:
        self._ear = Ear.among(embedder, pieces)
        self._pieces = pieces
        self._heard: dict[str, Hearing] = {}

    def hearing(self, track: str) -> Hearing:
        if track not in self._heard:
            self._heard[track] = self._ear(self._pieces[track], track)
        return self._heard[track]

    def maps(self, query: str, match: str) -> tuple[Values, Values]:
        """Give the relevance of every cell of both tracks."""
        sides = self.hearing(query), self.hearing(match)
        amounts = in_favour(terms(*sides))
        one, other = (spread(side, of_side).amounts for side, of_side in zip(sides, amounts, strict=True))
        return one, other

    def weights(self, track: str) -> Values:
        """Give every cell the weight of what it is like, without any pair."""
        side = self.hearing(track)
        return spread(side, side.tokens.weights.astype(np.float64)).amounts


def _target(what: str, raw: Estimate, partial: Estimate) -> Target:
    remark = f"given frequency and loudness; {raw.value:.2f} with what both share by them"
    return Target(what, f"at most {LARGEST}", partial, abs(partial.value) <= LARGEST, remark)


def _left_out(note: str) -> Section:
    return Section("sanity", "Sanity", "", notes=(note,))
