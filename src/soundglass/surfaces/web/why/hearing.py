"""Workers' side of a pair: regions as sounds, and recordings heard again without them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from soundglass.audio.clip import Clip
from soundglass.core.types import Json, Region
from soundglass.embeddings.analysis import Embedder
from soundglass.embeddings.tokens import TokenSet
from soundglass.evaluate.faithfulness.one_pair_heard import Hearings, hear_without, read_excerpts
from soundglass.explain.listen import pair_clip
from soundglass.explain.masks import EDGE_S
from soundglass.library.packing import from_text, pack, to_text, unpack
from soundglass.surfaces.report.sounds import around, listen, mp3
from soundglass.surfaces.report.sounds import only as masked


def region_sound(sides: Sequence[Json], only: bool) -> str:
    """Make a region of one track, or of two one after the other and equally loud, a sound.

    Parameters
    ----------
    sides : sequence of dict
        One or two, each with ``path``, ``duration_s`` and ``region``: start and end in seconds, low and high
        in Hz.
    only : bool
        Nothing but the region, by a soft mask; else all that sounds then, and a second before and after.

    Returns
    -------
    str
        An MP3, as base64.
    """
    one, *other = (
        _clip(Path(side["path"]), side["duration_s"], Region(*side["region"]), only) for side in sides
    )
    return b64encode(mp3(pair_clip(one, other[0]) if other else one)).decode("ascii")


def _clip(path: Path, duration_s: float, region: Region, only: bool) -> Clip:
    piece = around(region, duration_s, EDGE_S) if only else around(region, duration_s)
    recording = listen(path, [piece], duration_s, see=False)
    return masked(recording, region) if only else recording.clip(piece)


def without(path: str, regions: Sequence[Sequence[float]], spectrum: Sequence[Sequence[float]]) -> Json:
    """Hear a recording whole, without some regions, and without as much elsewhere.

    Parameters
    ----------
    path : str
    regions : sequence of (start_s, end_s, low_hz, high_hz)
    spectrum : (sequence of float, sequence of float)
        Of the noise that takes their place: Hz, and power.

    Returns
    -------
    dict
        What :func:`heard` reads.
    """
    excerpts = read_excerpts(Path(path))
    centres, powers = (np.array(values) for values in spectrum)
    found = hear_without(_embedder(), excerpts, [Region(*edges) for edges in regions], (centres, powers))
    return {
        "whole": _packed(found.whole),
        "named": [_packed(tokens) for tokens in found.named],
        "random": [_packed(tokens) for tokens in found.random],
    }


def heard(answer: Json) -> Hearings:
    """Read what :func:`without` found."""
    return Hearings(
        _unpacked(answer["whole"]),
        tuple(_unpacked(tokens) for tokens in answer["named"]),
        tuple(_unpacked(tokens) for tokens in answer["random"]),
    )


def _packed(tokens: TokenSet | None) -> Json:
    return None if tokens is None else {name: to_text(array) for name, array in pack(tokens).items()}


def _unpacked(packed: Json) -> TokenSet | None:
    return None if packed is None else unpack({name: from_text(text) for name, text in packed.items()})


@cache
def _embedder() -> Embedder:
    return Embedder.load()
