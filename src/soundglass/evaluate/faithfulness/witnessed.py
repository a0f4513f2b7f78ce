"""Every recommender a library can have, beside the witness that judges it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.reference_features import FeatureReference
from soundglass.evaluate.faithfulness.reference_pictures import PictureReference
from soundglass.evaluate.faithfulness.reference_tokens import TokenReference
from soundglass.evaluate.faithfulness.witnesses import (
    BlendWitness,
    FeatureWitness,
    PictureWitness,
    TokenWitness,
    Witness,
)
from soundglass.explain.base import Explainer
from soundglass.explain.blend import BlendExplainer
from soundglass.explain.spectrogram import SpectrogramExplainer

_LEAST_TRACKS = 3


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A recommender with what judges it.

    Attributes
    ----------
    name : str
        As in the tables.
    n_queries : int
        Of how many tracks its lists are checked, at most.
    features, tokens : (reference, float), optional
        What its counterfactuals are carried out on, and the share of that likeness in the score.
    hearing : SpectrogramExplainer, optional
        Tells which tokens its regions are made of.
    """

    name: str
    explainer: Explainer
    witness: Witness
    n_queries: int
    features: tuple[FeatureReference, float] | None = None
    tokens: tuple[TokenReference, float] | None = None
    hearing: SpectrogramExplainer | None = None


def feature_witnessed(context: Context, n_queries: int) -> tuple[list[Witnessed], list[str]]:
    """Give the ``features`` recommender of each origin that the library has, and why others are left out."""
    found, notes = [], []
    origins: tuple[tuple[Literal["audio", "csv"], str], ...] = (
        ("audio", "features"),
        ("csv", "features (table)"),
    )
    for origin, name in origins:
        rows = context.store.rows_where(f"origin = '{origin}'")
        if not len(rows):
            continue
        if len(rows) < _LEAST_TRACKS:
            notes.append(f"{name}: left out, {len(rows)} tracks are too few")
            continue
        try:
            explainer = context.explainers.features(int(rows[0]))
        except SoundglassError as error:
            notes.append(f"{name}: left out, {error.message}")
            continue
        reference = FeatureReference.of(context.store, origin)
        found.append(Witnessed(name, explainer, FeatureWitness(reference), n_queries, (reference, 1.0)))
    if not found and not notes:
        notes.append("features: left out, the library holds no track")
    return found, notes


def witnessed(context: Context, n_queries: int) -> tuple[list[Witnessed], list[str]]:
    """Give all recommenders, and why some are left out.

    Parameters
    ----------
    n_queries : int
        Of ``features``; of the others, ``context.settings.pairs``.
    """
    found, notes = feature_witnessed(context, n_queries)
    of_audio = next((one for one in found if one.name == "features"), None)
    others: Sequence[tuple[str, Callable[[], list[Witnessed]]]] = (
        ("spectrogram and blend", partial(_with_regions, context, of_audio)),
        ("mel-pca", partial(_of_pictures, context)),
    )
    for name, made in others:
        try:
            found += made()
        except SoundglassError as error:
            notes.append(f"{name}: left out, {error.message}")
    return found, notes


def _with_regions(context: Context, of_audio: Witnessed | None) -> list[Witnessed]:
    """Give the recommenders whose reasons are regions; raises where the library cannot have them."""
    hearing, n_pairs = context.explainers.by_spectrogram(), context.settings.pairs
    _refuse_few(len(hearing.recommender.rows))
    tokens = TokenReference(context.store)
    heard = TokenWitness(tokens)
    found = [Witnessed("spectrogram", hearing, heard, n_pairs, None, (tokens, 1.0), hearing)]
    blend = context.explainers.of("blend") if of_audio else None
    if of_audio and of_audio.features and isinstance(blend, BlendExplainer):
        weight = blend.recommender.weight
        witness = BlendWitness(FeatureWitness(of_audio.features[0]), heard, weight)
        shares = (of_audio.features[0], 1 - weight), (tokens, weight)
        found.append(Witnessed("blend", blend, witness, n_pairs, *shares, hearing))
    return found


def _of_pictures(context: Context) -> list[Witnessed]:
    explainer = context.explainers.of("mel-pca")
    _refuse_few(len(explainer.recommender.rows))
    witness = PictureWitness(PictureReference(context.store))
    return [Witnessed("mel-pca", explainer, witness, context.settings.pairs)]


def _refuse_few(n_tracks: int) -> None:
    if n_tracks < _LEAST_TRACKS:
        raise SoundglassError(f"{n_tracks} tracks are too few")
