"""Further answers in JSON: one pair, one track's features, two lists compared, a way between two tracks."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from soundglass.core.contract import finite, part_json, result_json, side_json, track_json
from soundglass.core.errors import LibraryError
from soundglass.core.types import Json, Track
from soundglass.explain.answer import Pair
from soundglass.explain.atlas import Atlas
from soundglass.explain.clusters import Cluster
from soundglass.explain.compare import Agreement, Comparison, FoundByOne, LibraryComparison
from soundglass.explain.path import Path
from soundglass.explain.profile import Profile
from soundglass.recommend.clusters import Clustering

if TYPE_CHECKING:
    from soundglass.explain.heard import HeardMost
    from soundglass.surfaces.sonification import Sonification
    from soundglass.surfaces.sounds import Listening, Sound


def pair_json(
    answer: Pair, where: HeardMost | None = None, listening: Listening | None = None
) -> dict[str, Json]:
    """Give one pair in full, where it is heard, and as what sounds; its contributions sum to its score."""
    heard = {} if where is None else {"query": asdict(where.query), "match": asdict(where.match)}
    return {
        "query": track_json(answer.query),
        "by": answer.by,
        "match": track_json(answer.match),
        "score": answer.score,
        "rank": answer.rank,
        "of": answer.n_tracks,
        "sentence": answer.sentence,
        "parts": [part_json(part) for part in answer.parts],
        "counterfactuals": [
            {**asdict(change), "sentence": change.sentence} for change in answer.counterfactuals
        ],
        **({"heard_most": {**heard, "sentence": where.sentence}} if where is not None else {}),
        **({"folder": listening.folder, "sounds": sounds_json(listening.sounds)} if listening else {}),
    }


def profile_json(answer: Profile) -> dict[str, Json]:
    """Give all features of a track, and its tags."""
    return {
        "track": {**track_json(answer.track), "flags": list(answer.track.flags)},
        "features": {
            reading.feature.name: {
                **side_json(reading.shown),
                "error": reading.error,
                "confidence": reading.confidence,
                "evidence": dict(reading.support),
                "meaning": reading.feature.says,
                "method": reading.feature.method,
                "trust": reading.feature.trust,
            }
            for reading in answer.readings
        },
        "tags": dict(answer.tags),
    }


def comparison_json(answer: Comparison) -> dict[str, Json]:
    """Give two lists for one track, how far they agree, and what only one of them has."""
    one, other = answer.lists
    return {
        "query": track_json(answer.query),
        "by": [one.by, other.by],
        "of": answer.n_tracks,
        **_agreement_json(answer.agreement),
        "lists": {of_one.by: [result_json(result) for result in of_one] for of_one in answer.lists},
        "found_by_one": [_found_json(found) for found in answer.found_by_one],
        "notes": list(answer.notes),
    }


def library_comparison_json(answer: LibraryComparison) -> dict[str, Json]:
    """Give how far two recommenders agree over a library."""
    return {
        "by": list(answer.by),
        "n": answer.n,
        "of": answer.n_tracks,
        "asked": answer.n_asked,
        "overlap": answer.overlap,
        "rbo": answer.rbo,
        "correlation": finite(answer.correlation),
        "same_first": answer.same_first,
        "in_common": list(answer.in_common),
        "most": [{**track_json(track), **_agreement_json(how)} for track, how in answer.most],
        "least": [{**track_json(track), **_agreement_json(how)} for track, how in answer.least],
        "notes": list(answer.notes),
    }


def path_json(answer: Path) -> dict[str, Json]:
    """Give a way between two tracks; the contributions of each step sum to its score."""
    return {
        "start": track_json(answer.start),
        "end": track_json(answer.end),
        "by": answer.by,
        "largest_jump": answer.largest_jump,
        "steps": [
            {
                **track_json(step.track),
                "score": step.score,
                "sentence": step.sentence,
                "parts": [part_json(part) for part in step.parts],
            }
            for step in answer.steps
        ],
        "notes": list(answer.notes),
    }


def atlas_json(answer: Atlas) -> dict[str, Json]:
    """Give a map: how true it is, where every track lies, and the clusters with what sets them apart."""
    placed = answer.coordinates
    where = zip(placed.xy.tolist(), placed.trust.tolist(), placed.errors.tolist(), strict=True)
    clusters = [answer.cluster_of(point) for point in range(len(answer.tracks))]
    return {
        "by": answer.by,
        "method": placed.method,
        "kept": finite(placed.kept),
        "tracks": [
            {
                **track_json(track),
                "x": x,
                "y": y,
                "trust": trust,
                "error": error,
                "cluster": None if cluster is None else cluster.number,
            }
            for track, ((x, y), trust, error), cluster in zip(answer.tracks, where, clusters, strict=True)
        ],
        "trustworthiness": finite(placed.trustworthiness),
        "shares": None if placed.shares is None else list(placed.shares),
        "clustering": _clustering_json(answer.clustering),
        "clusters": [_cluster_json(cluster, answer.tracks) for cluster in answer.clusters],
        "notes": list(answer.notes),
    }


def sounds_json(sounds: Sequence[Sound]) -> list[Json]:
    """Give the files of a folder of sounds: what each holds, how long and how loud it is."""
    return [
        {
            "file": sound.file,
            "kind": sound.kind,
            "side": sound.side,
            "part": None if sound.part is None else part_json(sound.part),
            "spans": [{"start_s": start_s, "end_s": end_s} for start_s, end_s in sound.spans],
            "seconds": sound.seconds,
            "peak_dbfs": finite(sound.peak_dbfs),
            "loudness_lufs": finite(sound.loudness_lufs),
        }
        for sound in sounds
    ]


def sonification_json(answer: Sonification) -> dict[str, Json]:
    """Give where a sound is, of what spectrogram it was made, and how near to that it comes."""
    return asdict(answer)


def write_csv(
    records: Sequence[Mapping[str, Json]], path: FilePath, fields: Sequence[str] | None = None
) -> None:
    """Write records of the same fields as a table; ``fields`` heads one that may have no records.

    Raises
    ------
    LibraryError
        The file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, fields or (list(records[0]) if records else []))
            table.writeheader()
            table.writerows(records)
    except OSError as error:
        raise LibraryError(
            f"cannot be written ({error.strerror})", path=path, remedy="Choose another place"
        ) from error


def _clustering_json(found: Clustering | None) -> Json:
    if found is None:
        return None
    return {
        "method": found.method,
        "silhouette": finite(found.silhouette),
        "tried": {str(k): silhouette for k, silhouette in found.tried.items()},
        "chance": {"shuffled": finite(found.shuffled), "cloud": finite(found.cloud)},
    }


def _cluster_json(cluster: Cluster, tracks: Sequence[Track]) -> dict[str, Json]:
    named = {(trait.kind, trait.name) for trait in cluster.named_by}
    return {
        "number": cluster.number,
        "name": cluster.name,
        "size": cluster.size,
        "typical": [track_json(tracks[point]) for point in cluster.typical],
        "profile": [
            {
                "kind": trait.kind,
                "name": trait.name,
                "mean": trait.mean,
                "elsewhere": trait.elsewhere,
                "delta": {"value": trait.effect.value, "low": trait.effect.low, "high": trait.effect.high},
                "p": trait.p,
                "words": trait.words,
                "in_name": (trait.kind, trait.name) in named,
            }
            for trait in cluster.profile
        ],
    }


def _agreement_json(agreement: Agreement) -> dict[str, Json]:
    return {name: finite(value) for name, value in asdict(agreement).items()}


def _found_json(found: FoundByOne) -> dict[str, Json]:
    return {
        "by": found.by,
        "rank": found.result.rank,
        **track_json(found.result.track),
        "sentence": found.result.sentence,
        "other": {"rank": found.place, "score": found.score},
    }
