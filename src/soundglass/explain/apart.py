"""What sets some tracks of a library apart from all others: features, tags and genres, by effect size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.effects import rank_delta
from soundglass.core.statistics import Estimate, group_codes, holm
from soundglass.core.types import FloatArray, Track
from soundglass.embeddings.concepts import concepts
from soundglass.library.store import Store

MEDIUM = 0.33
"""An effect below this is small (Romano et al., 2006), and no name is made of it."""

SURE = 0.05
"""What the p value of an effect must be below to be said, corrected for all of its kind (Holm)."""

MOST_SAID = 3

LEAST_TAG = 0.1
"""By how much the likelihood of a tag must differ on average to be said."""

FEWEST_WITH_GENRE = 5
MOST_GENRES = 30

_FEATURES_IN_OTHER_WORDS = frozenset({"fast", "slow", "loud", "quiet", "soft", "beat"})

Kind: TypeAlias = Literal["feature", "tag", "genre"]


@dataclass(frozen=True, slots=True)
class Quality:
    """What tracks have more or less of.

    Attributes
    ----------
    kind : {"feature", "tag", "genre"}
    name : str
    values : ndarray of float32, shape (n_tracks,)
        A feature in its unit; how likely a tag is; 1 for tracks of a genre, 0 for others. NaN where unknown.
    error : float
        The typical error of a value; no smaller difference is said. Of tempo it is relative.
    """

    kind: Kind
    name: str
    values: FloatArray
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Trait:
    """How much of something some tracks have, against all others: a claim that can be checked again.

    Attributes
    ----------
    kind : {"feature", "tag", "genre"}
    name : str
    mean, elsewhere : float
        Of these tracks, and of all others; NaN where unknown. Of a genre it is the share.
    effect : Estimate
        Cliff's delta with its 95 % interval, 1 where each of these tracks has more than each other one.
    p : float
        Of the effect's being 0, corrected for all features, all tags or all genres that were tried.
    error : float
        As of :class:`Quality`.
    """

    kind: Kind
    name: str
    mean: float
    elsewhere: float
    effect: Estimate
    p: float
    error: float = 0.0

    @property
    def high(self) -> bool:
        """Whether these tracks have more."""
        return self.effect.value > 0

    @property
    def holds(self) -> bool:
        """Whether it may be said: no small effect, no chance, and more than the error of measurement."""
        error = self.error * (self.elsewhere if self.name == "tempo" else 1)
        apart = self.mean - self.elsewhere
        return (
            abs(self.effect.value) >= MEDIUM
            and self.p < SURE
            and abs(apart) > error
            and (apart > 0) is self.high
        )

    @property
    def words(self) -> str:
        """What these tracks are called for it, as in ``more acoustic``."""
        if self.kind == "feature":
            return CATALOGUE[self.name].comparatives[self.high]
        often = " often" if self.kind == "genre" else ""
        return f"{'more' if self.high else 'less'}{often} {self.name.replace('_', ' ')}"


def qualities(
    store: Store, rows: Sequence[int], tracks: Sequence[Track], features: Mapping[str, FloatArray]
) -> tuple[Quality, ...]:
    """Gather what can set tracks apart: ordered features, tags that hold up on labelled music, genres.

    Parameters
    ----------
    rows : sequence of int
        Rows of the library, all of one origin.
    tracks : sequence of Track
    features : mapping of str to ndarray of float32, shape (n_tracks,)
        Of the same tracks, by name.
    """
    measured = bool(tracks) and tracks[0].origin == "audio"
    found = [
        Quality("feature", name, values, CATALOGUE[name].error if measured else 0.0)
        for name, values in features.items()
        if all(CATALOGUE[name].comparatives)
    ]
    if measured:
        likely = store.take(rows, ["tags"])["tags"].combine_chunks()
        found += [
            Quality("tag", tag, np.asarray(likely.field(tag), np.float32), LEAST_TAG)
            for tag, concept in concepts().items()
            if concept.holds and tag not in _FEATURES_IN_OTHER_WORDS
        ]
    return (*found, *_genres(tracks))


def feature_values(store: Store, rows: Sequence[int]) -> Mapping[str, FloatArray]:
    """Read the features of some rows by name; NaN where unknown."""
    table = store.take(rows, list(CATALOGUE))
    return {name: np.asarray(table[name], np.float32) for name in CATALOGUE}


def traits(inside: NDArray[np.bool_], among: Sequence[Quality], artists: Sequence[str]) -> tuple[Trait, ...]:
    """Compare some tracks with all others in every quality that is known of both.

    Parameters
    ----------
    inside : ndarray of bool, shape (n_tracks,)
    artists : sequence of str, shape (n_tracks,)
        Tracks of one artist are not independent; an empty name is nobody's.

    Returns
    -------
    tuple of Trait
        In the order of ``among``.
    """
    codes = group_codes(artists)
    found = []
    for quality in among:
        effect, p = rank_delta(quality.values, inside, codes)
        if np.isfinite(effect.value):
            mean, elsewhere = (float(np.nanmean(quality.values[side])) for side in (inside, ~inside))
            trait = Trait(quality.kind, quality.name, mean, elsewhere, effect, p, quality.error)
            found.append(trait)
    corrected = {}
    for kind in {trait.kind for trait in found}:
        family = [trait for trait in found if trait.kind == kind]
        for trait, p in zip(family, holm([trait.p for trait in family]).tolist(), strict=True):
            corrected[kind, trait.name] = p
    return tuple(replace(trait, p=corrected[trait.kind, trait.name]) for trait in found)


def said(found: Sequence[Trait]) -> tuple[Trait, ...]:
    """Choose what is said of traits: the largest that hold, at most three.

    Of features that measure nearly one thing one is said, and one tag, and one genre.
    """
    chosen: dict[str, Trait] = {}
    for trait in sorted(found, key=lambda trait: -abs(trait.effect.value)):
        about = CATALOGUE[trait.name].group if trait.kind == "feature" else f"a {trait.kind}"
        if trait.holds and about not in chosen and len(chosen) < MOST_SAID:
            chosen[about] = trait
    return tuple(chosen.values())


def _genres(tracks: Sequence[Track]) -> list[Quality]:
    """Count genres; those of very few tracks set nothing apart."""
    counts: dict[str, int] = {}
    for track in tracks:
        for genre in set(track.genres):
            counts[genre] = counts.get(genre, 0) + 1
    often = [(-n, genre) for genre, n in counts.items() if n >= FEWEST_WITH_GENRE]
    unknown = np.array([not track.genres for track in tracks], dtype=bool)
    found = []
    for _, genre in sorted(often)[:MOST_GENRES]:
        has = np.array([genre in track.genres for track in tracks], dtype=np.float32)
        has[unknown] = np.nan
        found.append(Quality("genre", genre, has))
    return found
