"""A plan of a listening study without a library: made-up tracks and scores that are easy to tell apart."""

from __future__ import annotations

from soundglass.evaluate.study.conditions import RECOMMENDERS, By
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.plan import (
    PRACTICE,
    BarShown,
    BoxShown,
    Evidence,
    Heard,
    ItemSet,
    PictureShown,
    Plan,
    SoundShown,
    Stimulus,
    Trial,
)

N_SETS = 8


def plan_of(**design: object) -> Plan:
    """Make a plan with other settings than the usual ones."""
    chosen = Design(**design)  # type: ignore[arg-type]
    sets = tuple(_set(f"set-{nth}", chosen.trials) for nth in range(N_SETS))
    practice = _set(PRACTICE, 1)
    ids = {track for one in (*sets, practice) for track in _ids(one)}
    tracks = {track: Heard(track, f"Title of {track}", f"Artist of {track}", 180.0, -3.0) for track in ids}
    return Plan(chosen, sets, practice, tracks, {"program": "1"})


def _set(key: str, trials: int) -> ItemSet:
    return ItemSet(key, f"{key}-query", {by: _stimulus(key, by, trials) for by in RECOMMENDERS})


def _stimulus(key: str, by: By, trials: int) -> Stimulus:
    made = tuple(
        Trial(f"{key}-{by}-high-{nth}", f"{key}-{by}-low-{nth}", 0.6, 0.2, 1.0 + nth, disagree=nth == 0)
        for nth in range(trials)
    )
    return Stimulus(f"{key}-{by}-match", 0.8, 1, _evidence(f"{key}-{by}"), made)


def _evidence(key: str) -> Evidence:
    bars = (BarShown("tempo", "+0.50", 0, 50, False), BarShown("the score", "0.80", 0, 80, False, True))
    pictures = tuple(
        PictureShown(role, f"{key}-{role}.webp", 800, 300, "A spectrogram", (BoxShown(1, 10, 20, 30, 40),))
        for role in ("query", "match")
    )
    sounds = (SoundShown("Both", f"{key}-both.mp3", 1), SoundShown("Only this", f"{key}-one.mp3"))
    return Evidence(f"Sentence of {key}.", "0.80", "very alike", bars, "How to read it.", pictures, sounds)


def _ids(one: ItemSet) -> list[str]:
    of = [track for made in one.of.values() for trial in made.trials for track in (trial.higher, trial.lower)]
    return [one.query, *(made.match for made in one.of.values()), *of]
