"""All that is to be heard of one of two matching recordings, from one pass over its file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from soundglass.audio.clip import Clip, read_clips
from soundglass.core.types import Region
from soundglass.explain.heard import heard_in
from soundglass.explain.highlight import Highlight, heard_spans, heard_within, merged
from soundglass.explain.listen import (
    MOST_PEAK,
    amplified,
    extract_from,
    faded,
    gain_within,
    joined,
    moved,
    span_of,
)
from soundglass.explain.masks import EDGE_S, keep_regions
from soundglass.explain.relevance import Relevance

CONTEXT_S = 1.0
"""How much of a recording is kept around its regions in what is left."""

GAP_S = 0.3
"""Silence between pieces that do not lie together in the recording."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Pieces of one recording, one after another.

    Attributes
    ----------
    clip : Clip
        Every piece fades in and out.
    spans : tuple of (float, float)
        Where they lie, in seconds from the start of the recording.
    gain : float
        What they were multiplied by, so that no peak exceeds -1 dBFS.
    """

    clip: Clip
    spans: tuple[Span, ...]
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Audible:
    """What is to be heard of a recording.

    Attributes
    ----------
    regions : tuple of Clip
        Each region alone.
    all_regions, rest : Excerpts
        What speaks for the match where it lies, and what is left of the same pieces: they have one gain, and
        sum to the pieces.
    stretch, highlight : Excerpts or None
        The stretch of most relevance as it is, and of all that is heard only what the map singles out;
        ``None`` without a map.
    """

    regions: tuple[Clip, ...]
    all_regions: Excerpts
    rest: Excerpts
    stretch: Excerpts | None = None
    highlight: Excerpts | None = None


def audible(
    path: Path, regions: Sequence[Region], bed_db: float = -math.inf, relevance: Relevance | None = None
) -> Audible:
    """Cut a recording.

    Parameters
    ----------
    path : Path
        An audio file.
    regions : sequence of Region
        Seconds from the start of the file, and Hz.
    bed_db : float
        How loud all the rest is while a region is heard alone.
    relevance : Relevance, optional
        What speaks for the pair, place by place.

    Raises
    ------
    AudioError
        The file cannot be decoded, or a region holds nothing.
    """
    alone = [span_of([region], bed_db) for region in regions]
    around = merged((max(0.0, r.start_s - CONTEXT_S), r.end_s + CONTEXT_S) for r in regions)
    most = [] if relevance is None else heard_within(relevance, heard_in(relevance))
    every = [] if relevance is None else heard_spans(relevance)
    clips = iter(read_clips(path, [*alone, *around, *most, *every]))
    each = tuple(
        extract_from(clip, start_s, [region], bed_db, path)
        for region, (start_s, _), clip in zip(regions, alone, clips, strict=False)
    )
    kept, rest = _split(regions, around, list(islice(clips, len(around))))
    if relevance is None:
        return Audible(each, kept, rest)
    stretch = _excerpts(most, list(islice(clips, len(most))))
    return Audible(each, kept, rest, stretch, _singled_out(relevance, every, list(clips)))


def _split(
    regions: Sequence[Region], spans: Sequence[Span], pieces: Sequence[Clip]
) -> tuple[Excerpts, Excerpts]:
    """Part pieces into what lies in the regions and what does not."""
    kept = []
    for (start_s, end_s), piece in zip(spans, pieces, strict=True):
        within = [region for region in regions if start_s < region.end_s and region.start_s < end_s]
        kept.append(keep_regions(piece, [moved(region, -start_s) for region in within]))
    rest = [
        replace(piece, samples=piece.samples - of_piece.samples)
        for piece, of_piece in zip(pieces, kept, strict=True)
    ]
    parted = _one_after_another(kept), _one_after_another(rest)
    gain = gain_within(MOST_PEAK, *parted)
    found = [Excerpts(amplified(clip, gain), tuple(spans), gain) for clip in parted]
    return found[0], found[1]


def _singled_out(relevance: Relevance, spans: Sequence[Span], pieces: Sequence[Clip]) -> Excerpts:
    """Let through what a map of relevance singles out."""
    highlight = Highlight.of(relevance)
    kept = [highlight.keep(piece, start_s) for piece, (start_s, _) in zip(pieces, spans, strict=True)]
    return _excerpts(spans, kept)


def _excerpts(spans: Sequence[Span], pieces: Sequence[Clip]) -> Excerpts:
    clip = _one_after_another(pieces)
    gain = gain_within(MOST_PEAK, clip)
    return Excerpts(amplified(clip, gain), tuple(spans), gain)


def _one_after_another(pieces: Sequence[Clip]) -> Clip:
    return joined([faded(piece, EDGE_S) for piece in pieces], GAP_S)
