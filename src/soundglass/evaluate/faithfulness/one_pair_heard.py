"""One pair's regions put to the test: taken out of the match's sound, which is heard and scored again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soundglass.audio.clip import read_clips
from soundglass.audio.identity import content_hash
from soundglass.core.errors import AudioError
from soundglass.core.types import Region
from soundglass.embeddings.analysis import Embedder, Excerpt
from soundglass.embeddings.network import SAMPLE_RATE
from soundglass.embeddings.tokens import TokenSet
from soundglass.evaluate.faithfulness.one_pair import SEED, Taken
from soundglass.evaluate.faithfulness.removal import noise, removed
from soundglass.evaluate.faithfulness.rerun import Rerun, Sounding, score
from soundglass.features.perceptual import EXCERPT_S, excerpt_windows

N_FILLS = 3
"""How often what is named is taken away, each time with other noise in its place."""

N_RANDOM = 12
"""How often as much is taken away elsewhere."""

_TRIES = 20

Spectrum: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Hearings:
    """What is heard of a recording that was changed in several ways; ``None`` where nothing is left.

    Attributes
    ----------
    whole : TokenSet or None
        Unchanged.
    named : tuple of (TokenSet or None)
        Without what is named, once with each noise.
    random : tuple of (TokenSet or None)
        Without as much elsewhere.
    """

    whole: TokenSet | None
    named: tuple[TokenSet | None, ...]
    random: tuple[TokenSet | None, ...]


def read_excerpts(path: Path) -> list[Excerpt]:
    """Read what a scan hears of a file, from just the same places: a shift of a millisecond changes tokens.

    Raises
    ------
    AudioError
        The file is gone or cannot be decoded.
    """
    claimed_s = content_hash(path).duration_s
    windows = excerpt_windows(EXCERPT_S if claimed_s is None else claimed_s)
    clips = [clip.spread_over(1).resampled(SAMPLE_RATE) for clip in read_clips(path, windows)]
    return [Excerpt(start, clip.samples[:, 0]) for (start, _), clip in zip(windows, clips, strict=True)]


def hear_without(
    embedder: Embedder,
    excerpts: Sequence[Excerpt],
    regions: Sequence[Region],
    spectrum: Spectrum,
    n_fills: int = N_FILLS,
    n_random: int = N_RANDOM,
) -> Hearings:
    """Hear a recording whole, without some regions, and without as many others; the same each time.

    Parameters
    ----------
    excerpts : sequence of Excerpt
        What a scan hears of it.
    regions : sequence of Region
        Those that are named.
    spectrum : (ndarray, ndarray)
        Of the noise in their place: Hz, and power.

    Raises
    ------
    AudioError
        None of the regions lies in what is heard.
    """
    heard = [region for region in regions if any(_overlap(region, _span(one)) > 0 for one in excerpts)]
    if not heard:
        raise AudioError("none of the regions lies in what is heard", remedy="Scan the file again")
    rng = np.random.default_rng(SEED)
    fills = [noise(excerpts, spectrum, rng) for _ in range(n_fills)]
    others = [elsewhere(heard, excerpts, rng) for _ in range(n_random)]
    return Hearings(
        embedder(excerpts).tokens,
        tuple(embedder(removed(excerpts, tuple(heard), fill)).tokens for fill in fills),
        tuple(
            embedder(removed(excerpts, other, fills[at % n_fills])).tokens for at, other in enumerate(others)
        ),
    )


def elsewhere(
    regions: Sequence[Region], excerpts: Sequence[Excerpt], rng: np.random.Generator
) -> tuple[Region, ...]:
    """Move regions to random times in what is heard, where none of them was as far as there is room.

    They stay as long and as high as they were, and in their band.
    """

    def tried(region: Region) -> Iterator[tuple[float, Region]]:
        for _ in range(_TRIES):
            moved = _somewhere(region, excerpts, rng)
            shared = sum(_overlap(moved, other) for other in regions)
            yield shared, moved
            if not shared:
                return

    return tuple(min(tried(region), key=lambda found: found[0])[1] for region in regions)


def score_hearings(rerun: Rerun, query: int, match: int, listed: float, heard: Hearings) -> Taken:
    """Score the changed recordings anew, as the recommender would.

    Parameters
    ----------
    query, match : int
        Rows of the library; the match is what was changed.
    listed : float
        Their score as the recommender has it.

    Raises
    ------
    AudioError
        Nothing is left to be heard.
    """
    of_query = rerun.stored(query)

    def scored(tokens: TokenSet | None) -> float:
        if of_query is None or tokens is None:
            raise AudioError("nothing is heard in what is left", remedy="Choose another pair")
        return _scored(rerun, of_query, tokens, match)

    return Taken(
        scored(heard.whole),
        listed,
        tuple(map(scored, heard.named)),
        tuple(map(scored, heard.random)),
    )


def _scored(rerun: Rerun, query: Sounding, tokens: TokenSet, match: int) -> float:
    return score(query, rerun.measured(tokens, match))


def _span(excerpt: Excerpt) -> Region:
    length_s = len(excerpt.samples) / SAMPLE_RATE
    return Region(excerpt.start_s, excerpt.start_s + length_s, 0.0, SAMPLE_RATE / 2)


def _somewhere(region: Region, excerpts: Sequence[Excerpt], rng: np.random.Generator) -> Region:
    length_s = region.end_s - region.start_s
    spans = [_span(excerpt) for excerpt in excerpts]
    room = np.array([max(1e-3, span.end_s - span.start_s - length_s) for span in spans])
    at = int(rng.choice(len(spans), p=room / room.sum()))
    start_s = spans[at].start_s + float(rng.uniform(0.0, room[at]))
    return replace(region, start_s=start_s, end_s=start_s + length_s)


def _overlap(one: Region, other: Region) -> float:
    """Give the area two regions share, in seconds times Hz."""
    seconds = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    hertz = min(one.high_hz, other.high_hz) - max(one.low_hz, other.low_hz)
    return max(0.0, seconds) * max(0.0, hertz)
