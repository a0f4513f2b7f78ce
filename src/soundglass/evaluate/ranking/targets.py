"""What the recommenders should reach, and whether they do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from soundglass.core.statistics import Estimate
from soundglass.evaluate.findings import Target
from soundglass.evaluate.ranking.exposure import Exposure
from soundglass.evaluate.ranking.results import Results

OURS = ("features", "spectrogram", "blend")
RIVALS = ("pymusly-timbre", "bliss-audio", "mel-pca")
"""What the spectrogram has to beat."""

BY_SOUND = (("artist", False, "P@5"), ("album", False, "P@5"), ("genre", True, "P@10"))
BY_FEATURES = (("subgenre", True, "P@10"), ("playlist", True, "R-precision"))

REFERENCE_TRACKS, REFERENCE_PLAYLISTS = 28_356, 471
"""Of TidyTuesday's table of Spotify tracks, 2020-01-21."""

REFERENCE = (("genre", 0.43), ("subgenre", 0.19), ("playlist", 0.028))
"""P@10 with the artist filter that features should reach there, without labels."""

MOST_SKEWED, LEAST_COVERED = 1.0, 0.9

_ABOVE = "above, the interval of the difference too"


def targets(results: Results, exposures: Mapping[str, Exposure]) -> tuple[Target, ...]:
    """Compare what was found with what should be."""
    return (
        *(_above(results, "spectrogram", rival, *what) for what in BY_SOUND for rival in RIVALS),
        *(_above(results, "features", "seed-cosine", *what) for what in BY_FEATURES),
        *(_above_both(results, *what) for what in BY_SOUND),
        *_reference(results),
        *(target for name in OURS for target in _even(name, exposures.get(name))),
    )


def _above(results: Results, one: str, other: str, truth: str, filtered: bool, measure: str) -> Target:
    what = f"{one} above {other}, {_of(truth, filtered, measure)}"
    question = results.question(truth, filtered)
    missing = [name for name in (one, other) if name not in results.by_system]
    if question is None or missing:
        return _untold(what, _ABOVE, f"no {missing[0]} here" if missing else f"no {truth} here")
    found, _ = results.difference(one, other, question, measure)
    return Target(what, _ABOVE, found, *_verdict(found))


def _above_both(results: Results, truth: str, filtered: bool, measure: str) -> Target:
    """Compare the blend with the better of the two it is made of."""
    question = results.question(truth, filtered)
    if question is None or any(name not in results.by_system for name in OURS):
        better = "both"
    else:
        means = {name: results.mean(name, question, measure).value for name in OURS[:2]}
        better = max(means, key=lambda name: means[name])
    target = _above(results, "blend", better, truth, filtered, measure) if better != "both" else None
    what = f"blend above both, {_of(truth, filtered, measure)}"
    if target is None:
        return _untold(what, _ABOVE, f"no {truth} here" if question is None else "it takes both")
    remark = f"the better of both is {better}"
    return Target(what, _ABOVE, target.found, target.met, ": ".join(filter(None, (remark, target.remark))))


def _reference(results: Results) -> Iterator[Target]:
    here = len(results.asked.rows) == REFERENCE_TRACKS and _n_playlists(results) == REFERENCE_PLAYLISTS
    for truth, least in REFERENCE:
        what, aim = f"features on the reference table, {_of(truth, True, 'P@10')}", f"at least {least:.3g}"
        question = results.question(truth, True)
        if not here or question is None or "features" not in results.by_system:
            yield _untold(what, aim, "only TidyTuesday's table of 28,356 tracks can tell")
            continue
        found = results.mean("features", question, "P@10")
        yield _limited(what, aim, found, found.value >= least, f"{least - found.value:.3f} short of it")


def _even(name: str, exposure: Exposure | None) -> Iterator[Target]:
    skew, covers = f"skew of N10, {name}", f"coverage@10, {name}"
    most, least = f"at most {MOST_SKEWED:.1f}", f"at least {LEAST_COVERED:.0%}"
    if exposure is None:
        yield _untold(skew, most, f"no {name} here")
        yield _untold(covers, least, f"no {name} here")
        return
    found, lists = exposure.skewness, f"of {exposure.n_asked} lists"
    hub = "a sample" if exposure.largest_hub is None else f"one track is in {exposure.largest_hub}"
    yield _limited(skew, most, found, found.value <= MOST_SKEWED, f"{hub} {lists}")
    found, never = exposure.coverage, exposure.antihubs.value
    yield _limited(
        covers, least, found, found.value >= LEAST_COVERED, f"{never:.0%} of tracks are in no list"
    )


def _limited(what: str, aim: str, found: Estimate, met: bool, why: str) -> Target:
    if not math.isfinite(found.value):
        return _untold(what, aim, "too many tracks to ask about all, or too few")
    return Target(what, aim, found, met, "" if met else why)


def _verdict(difference: Estimate) -> tuple[bool | None, str]:
    if not math.isfinite(difference.low):
        return None, "too few artists for an interval"
    if difference.low > 0:
        return True, ""
    return False, "below" if difference.high < 0 else "the interval includes 0"


def _n_playlists(results: Results) -> int:
    return next((t.members.shape[0] for t in results.asked.truths if t.name == "playlist"), 0)


def _of(truth: str, filtered: bool, measure: str) -> str:
    return f"{truth} {measure}" + (", artist filter on" if filtered else "")


def _untold(what: str, aim: str, remark: str) -> Target:
    return Target(what, aim, math.nan, None, remark)
