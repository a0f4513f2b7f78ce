"""The deletion test in tables: the explanation beside everything else that may point at a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from soundglass.core import statistics
from soundglass.core.errors import SoundglassError
from soundglass.core.statistics import Estimate
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.deletion import OTHERS, USUAL, DeletedPair, deleted_pairs
from soundglass.evaluate.faithfulness.orderings import Removals, by_relevance
from soundglass.evaluate.faithfulness.pointers import BOXES, OCCLUSION, OURS, RANDOM
from soundglass.evaluate.faithfulness.pointers import OTHERS as BASELINES
from soundglass.evaluate.findings import Cell, Chart, Section, Series, Table, Target

Values = NDArray[np.float64]

METHODS = (OURS, BOXES, OCCLUSION, *BASELINES, RANDOM)
TITLES = {
    USUAL: "in their place noise of the library's median energy in each band",
    OTHERS: "in their place what other tracks of the library have there",
}
_IN_PLACE = {USUAL: "noise in their place", OTHERS: "other music in their place"}

_BEATEN = (OCCLUSION, *BASELINES, RANDOM)
_LEAST_PAIRS = 5
_COLUMNS = (
    "order by",
    "normalised comprehensiveness",
    "comprehensiveness",
    "sufficiency",
    "fall without a third",
    "place without a third",
    "ρ with occlusion",
    "ρ with Shapley values",
    "Holm p",
)


def evaluate_deletion(context: Context) -> Section:
    """Take recommendations apart and tell which order of removal hurts most."""
    try:
        pairs, notes = deleted_pairs(context)
    except SoundglassError as error:
        return _left_out(f"No audio was taken apart: {error.message}.")
    if len(pairs) < _LEAST_PAIRS:
        return _left_out(
            f"{len(pairs)} recommendations could be taken apart; fewer than {_LEAST_PAIRS} tell nothing."
        )
    fills = (OTHERS, USUAL)
    return Section(
        name="deletion",
        title="Deletion",
        summary=_summary(context, pairs),
        tables=tuple(_table(context, pairs, fill) for fill in fills),
        charts=tuple(_chart(pairs, fill) for fill in fills),
        targets=tuple(target for fill in fills for target in _targets(context, pairs, fill)),
        notes=tuple(notes),
    )


# -- figures -----------------------------------------------------------------------------------------------


def _normalised(pairs: Sequence[DeletedPair], fill: str, method: str) -> Values:
    """Give each pair's normalised comprehensiveness by one method."""
    if method == RANDOM:
        return np.array([pair.removals[fill].normalised_by_chance() for pair in pairs])
    return _by_order(pairs, fill, method, Removals.normalised)


def _by_order(
    pairs: Sequence[DeletedPair], fill: str, method: str, measure: Callable[[Removals, Sequence[int]], float]
) -> Values:
    return np.array([measure(pair.removals[fill], _order(pair, fill, method)) for pair in pairs])


def _relevance(pair: DeletedPair, fill: str, method: str) -> Sequence[float] | Values:
    return pair.removals[fill].occlusion() if method == OCCLUSION else pair.relevance[method]


def _order(pair: DeletedPair, fill: str, method: str) -> list[int]:
    return by_relevance(_relevance(pair, fill, method))


def _third(pair: DeletedPair, fill: str, method: str) -> int:
    """Give the set of the third of units that a method takes away first."""
    order = _order(pair, fill, method)
    return sum(1 << unit for unit in order[: len(order) // 3])


def _falls(pairs: Sequence[DeletedPair], fill: str, method: str) -> Values:
    """Tell how far each score falls without a third of what is heard."""
    if method == RANDOM:
        return np.array([p.removals[fill].drop_by_chance(p.removals[fill].n_units // 3) for p in pairs])
    return np.array([pair.removals[fill].drops[_third(pair, fill, method)] for pair in pairs])


def _correlations(
    pairs: Sequence[DeletedPair], fill: str, method: str, truth: Callable[[Removals], Values]
) -> Values:
    return np.array([_spearman(_relevance(pair, fill, method), truth(pair.removals[fill])) for pair in pairs])


def _spearman(one: Sequence[float] | Values, other: Values) -> float:
    from scipy.stats import spearmanr

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(spearmanr(one, other).statistic)


# -- findings ----------------------------------------------------------------------------------------------


def _table(context: Context, pairs: Sequence[DeletedPair], fill: str) -> Table:
    groups = [pair.artist for pair in pairs]

    def mean(values: Values) -> Estimate:
        return statistics.bootstrap_mean(values, groups, context.settings.resamples, context.settings.seed)

    ours = _normalised(pairs, fill, OURS)
    p_values = dict(
        zip(_BEATEN, statistics.holm([_p(context, pairs, fill, m) for m in _BEATEN]), strict=True)
    )
    rows: list[tuple[Cell, ...]] = []
    for method in METHODS:
        normalised = ours if method == OURS else _normalised(pairs, fill, method)
        row: list[Cell] = [method, mean(normalised)]
        if method == RANDOM:
            row += [None, None, mean(_falls(pairs, fill, method)), None, None, None]
        else:
            places = np.array([pair.places[fill][_third(pair, fill, method)] for pair in pairs])
            row += [
                mean(_by_order(pairs, fill, method, Removals.comprehensiveness)),
                mean(_by_order(pairs, fill, method, Removals.sufficiency)),
                mean(_falls(pairs, fill, method)),
                float(np.median(places)),
                None if method == OCCLUSION else mean(_correlations(pairs, fill, method, Removals.occlusion)),
                mean(_correlations(pairs, fill, method, Removals.shapley)),
            ]
        rows.append((*row, float(p_values[method]) if method in p_values else None))
    return Table(
        title=f"Parts of the match taken away in order of relevance; {TITLES[fill]}",
        columns=_COLUMNS,
        rows=tuple(rows),
        caption=_CAPTION.format(n=len(pairs)),
    )


_CAPTION = (
    "{n} first recommendations. What is heard of the match is divided into six units of equal seconds and "
    "mel; after each of the 64 possible removals everything is computed anew from the samples. Normalised: "
    "0 is the worst order there is, 1 the best. Sufficiency: the fall with only the first units left; low is "
    "good. Place: the median, where the match came first. Occlusion sees the removals themselves, one unit "
    "at a time; no explanation could. p: against Soundglass, paired, by Holm."
)


_AT_MOST = "of a score to which every part adds its own, a random order stands at 0.5: 2 is perfection"


def _p(context: Context, pairs: Sequence[DeletedPair], fill: str, method: str) -> float:
    return _better(context, pairs, fill, method)[1]


def _better(context: Context, pairs: Sequence[DeletedPair], fill: str, method: str) -> tuple[Estimate, float]:
    """Compare Soundglass with another method, pair by pair."""
    return statistics.paired_difference(
        _normalised(pairs, fill, OURS),
        _normalised(pairs, fill, method),
        [pair.artist for pair in pairs],
        context.settings.resamples,
        context.settings.seed,
    )


def _targets(context: Context, pairs: Sequence[DeletedPair], fill: str) -> list[Target]:
    groups = [pair.artist for pair in pairs]
    where = f"; {_IN_PLACE[fill]}"

    def mean(values: Values) -> Estimate:
        return statistics.bootstrap_mean(values, groups, context.settings.resamples, context.settings.seed)

    ours, chance = (mean(_normalised(pairs, fill, method)) for method in (OURS, RANDOM))
    rho = mean(_correlations(pairs, fill, OURS, Removals.occlusion))
    ratio = ours.value / chance.value
    falls = [float(np.nanmean(_falls(pairs, fill, method))) for method in (OURS, RANDOM)]
    found = [
        Target(f"normalised comprehensiveness{where}", "at least 0.70", ours, ours.value >= 0.70),
        Target(f"the same over that of a random order{where}", "at least 2", ratio, ratio >= 2, _AT_MOST),
        Target(
            f"fall without the third that matters most over that without any third{where}",
            "at least 2",
            falls[0] / falls[1],
            falls[0] >= 2 * falls[1] > 0,
        ),
        Target(f"Spearman's ρ with occlusion{where}", "at least 0.6", rho, rho.value >= 0.6),
    ]
    for method in _BEATEN:
        difference, _ = _better(context, pairs, fill, method)
        found.append(
            Target(
                f"normalised comprehensiveness above {method}{where}",
                "interval above 0",
                difference,
                difference.low > 0,
                "it sees the removals" if method == OCCLUSION else "",
            )
        )
    return found


def _summary(context: Context, pairs: Sequence[DeletedPair]) -> str:
    ours, boxes, chance = (np.nanmean(_normalised(pairs, OTHERS, method)) for method in (OURS, BOXES, RANDOM))
    fall, by_chance = (np.nanmean(_falls(pairs, OTHERS, method)) for method in (OURS, RANDOM))
    return (
        f"The six parts of {len(pairs)} recommended recordings were taken out of their audio in the order "
        f"in which the explanation says they matter. On a scale from the worst order (0) to the best (1) "
        f"that order stands at {ours:.2f}, a random one at {chance:.2f}; the boxes of the tokens, without "
        f"the other places they stand for, at {boxes:.2f}. Without the third that is said to matter most the "
        f"score falls by {fall:.3f}, without any third by {by_chance:.3f} on average."
    )


def _chart(pairs: Sequence[DeletedPair], fill: str) -> Chart:
    series = []
    for method in (OURS, BOXES, *BASELINES):
        paths = [pair.removals[fill].deletion(_order(pair, fill, method)) for pair in pairs]
        length = max(map(len, paths))
        whole = [path for path in paths if len(path) == length]
        shares = tuple(np.linspace(0, 1, length).tolist())
        series.append(Series(method, shares, tuple(np.mean(whole, axis=0).tolist())))
    return Chart(
        kind="lines",
        title=f"The score as parts are taken away; {TITLES[fill]}",
        x_label="share taken away",
        y_label="score",
        series=tuple(series),
        caption="The faster it falls, the better the order; 0 is the likeness of a random track.",
        reference=0.0,
    )


def _left_out(note: str) -> Section:
    return Section("deletion", "Deletion", "", notes=(note,))
