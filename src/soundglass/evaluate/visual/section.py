"""Visual similarity: do recommended tracks look more alike than random ones, and than those of one genre."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from soundglass.evaluate.context import Context
from soundglass.evaluate.findings import Chart, Section, Series, Table
from soundglass.evaluate.visual.gallery import draw
from soundglass.evaluate.visual.pairs import PER_QUERY, RANDOM, SAME_GENRE, choose_pairs
from soundglass.evaluate.visual.pictures import N_BEATS, PER_BEAT, RANGE_DB
from soundglass.evaluate.visual.seen import Difference, Seen, look, of_queries
from soundglass.recommend.mel_pca import MelPcaRecommender

TITLE = "Visual similarity"

LEAST_ARTISTS = 10
"""Kinds of pairs that queries by fewer artists have are not compared: no interval could be trusted."""


def evaluate_visual(context: Context) -> Section:
    """Measure whether recommended tracks look alike, by measures that no recommender uses.

    Raises
    ------
    CatalogueError
        The table of labels is missing or not one.
    """
    pairs = choose_pairs(context)
    gallery = draw(context, pairs.rows)
    seen = look(context, pairs, gallery.pictures)
    kinds = [kind for kind in pairs.matches if _n_artists(seen[0], kind) >= LEAST_ARTISTS]
    few = [kind for kind in pairs.matches if kind not in kinds]
    notes = [*pairs.notes, *gallery.notes]
    if few:
        notes.append(
            f"Pairs that queries by fewer than {LEAST_ARTISTS} artists have are left out: {', '.join(few)}"
        )
    if RANDOM not in kinds or len(kinds) < 2:
        return Section("visual", TITLE, "There are no pictures to compare.", notes=tuple(notes))
    compared = [one.differences(list(_comparisons(kinds))) for one in seen]
    return Section(
        "visual",
        TITLE,
        _summary(seen, compared),
        (_means(seen, kinds), *(_table(one, found) for one, found in zip(seen, compared, strict=True))),
        (_chart(seen, compared),),
        notes=tuple(notes),
    )


def _n_artists(seen: Seen, kind: str) -> int:
    having = np.isfinite(of_queries(seen.values[kind]))
    return len(set(itertools.compress(seen.groups, having)))


def _comparisons(kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Set every kind against random pairs, and every recommender against those of a genre."""
    yield from ((kind, RANDOM) for kind in kinds if kind != RANDOM)
    if SAME_GENRE in kinds:
        yield from ((kind, SAME_GENRE) for kind in kinds if kind not in {RANDOM, SAME_GENRE})


def _means(seen: Sequence[Seen], kinds: Sequence[str]) -> Table:
    return Table(
        "How alike pairs look",
        ("pairs", *(one.measure.name for one in seen)),
        tuple((kind, *(one.mean(kind) for one in seen)) for kind in kinds),
        f"Pictures are log-mel spectrograms of the middle {N_BEATS} beats, {PER_BEAT} columns a beat, down "
        f"to {RANGE_DB:.0f} dB below the loudest spot. MS-SSIM: 1 for equal pictures, one turned by whole "
        "beats to where they correlate best. Patch EMD (earth mover's distance): 0 for the same patches, "
        f"whenever they sound. Up to {PER_QUERY} pairs of each kind a query, none known to be by one artist "
        "or on one album. mel-pca compares log-mel spectrograms itself, though not aligned to beats, which "
        "favours it here. Intervals: 95 %, artists drawn with replacement.",
    )


def _table(seen: Seen, found: Sequence[Difference]) -> Table:
    return Table(
        f"{seen.measure.name}: which pairs look more alike",
        ("pairs", "difference", "Cliff's δ", "p"),
        tuple((f"{one.one} − {one.other}", one.mean, one.effect, one.p) for one in found),
        "Of the same queries, above 0 where the first look more alike. Cliff's δ, from −1 to 1: how much "
        "likelier one of the first looks more alike than one of the others, than less; below 0.147 it is "
        "called negligible. p: two-sided, by the bootstrap, corrected for the "
        f"{len(found)} comparisons of this table (Holm).",
    )


def _chart(seen: Sequence[Seen], compared: Sequence[Sequence[Difference]]) -> Chart:
    series = []
    for one, found in zip(seen, compared, strict=True):
        effects = {each.one: each.effect for each in found if each.other == RANDOM}
        values, low, high = zip(*((e.value, e.low, e.high) for e in effects.values()), strict=True)
        series.append(Series(one.measure.name, tuple(effects), values, low, high))
    return Chart(
        "dots",
        "How much more alike than random pairs",
        "Cliff's δ",
        "pairs",
        tuple(series),
        "Above 0 they look more alike than random pairs of the same queries; 1 would be always.",
        0.0,
    )


def _summary(seen: Sequence[Seen], compared: Sequence[Sequence[Difference]]) -> str:
    sentences = [_sentence(one, found) for one, found in zip(seen, compared, strict=True)]
    if any(one.one == MelPcaRecommender.name for one in compared[0]):
        sentences.append("mel-pca compares pictures of much the same kind, which favours it here.")
    return " ".join(sentences)


def _sentence(seen: Seen, found: Sequence[Difference]) -> str:
    """Say for which kinds a difference is shown and for which not."""
    told = []
    for other in (RANDOM, SAME_GENRE):
        against = [one for one in found if one.other == other]
        shown = [f"{one.one} (δ {one.effect.value:.2f})" for one in against if one.is_shown]
        rest = [one.one for one in against if not one.is_shown]
        pairs = "random pairs" if other == RANDOM else "pairs of the same genre"
        told += [f"more alike than {pairs}: {', '.join(shown)}"] if shown else []
        told += [f"not shown to look more alike than {pairs}: {', '.join(rest)}"] if rest else []
    return f"By {seen.measure.name}, {'; '.join(told)}."
