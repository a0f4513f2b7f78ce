"""A made evaluation with everything in it that a report must cope with."""

from __future__ import annotations

import math
from pathlib import Path

from soundglass.core.statistics import Estimate
from soundglass.evaluate.context import EvaluationSettings
from soundglass.evaluate.findings import Chart, Section, Series, Table, Target
from soundglass.evaluate.run import Evaluation, Subject

EVIL = "<script>alert('rock & \"roll\"')</script>"
SYSTEMS = ("features", "spectrogram", "random")
SIZES = (0.1, 0.2, 0.5)

DOTS = Chart(
    "dots",
    "Genre: P@10",
    "P@10",
    "",
    (
        Series("artist filter on", SYSTEMS, (0.31, 0.42, 0.05), (0.28, 0.4, 0.03), (0.34, 0.44, 0.07)),
        Series("artist filter off", SYSTEMS, (0.35, math.nan, 0.06)),
    ),
    "Further right is better.",
    0.055,
)
LINES = Chart("lines", "Deletion", "share", "score", (Series("explanation", SIZES, (0.9, 0.5, 0.2)),))
BARS = Chart(
    "bars", "Truth", "", "rate", (Series("ours", ("tempo", EVIL), (1.0, 0.5), (0.9, 0.4), (1.0, 0.6)),)
)

RANKED = Table(
    "Genre",
    ("system", "P@10 ↑", "skew ↓", "largest hub"),
    (
        ("features", Estimate(0.31, 0.28, 0.34, 298), Estimate(0.4, -0.1, 0.9, 51), 40),
        ("spectrogram", Estimate(0.42, 0.40, 0.44, 298), math.nan, 1200),
        (EVIL, Estimate(math.nan), 0.0002, None),
    ),
    "Intervals: 95 %.",
)
DIFFERENCES = Table(
    "Differences", ("systems", "difference"), (("one − other", Estimate(0.1, 0.02, 0.2, 30)),)
)

MADE = Evaluation(
    Subject("music & more.lance", 298, 290, 41, 1, 7),
    "0.1.0",
    EvaluationSettings(listeners=Path("/home/somebody/listening.tsv")),
    (
        Section(
            "ranking",
            "Recommendation performance",
            f"By genre {EVIL} spectrogram is best.",
            (RANKED, DIFFERENCES),
            (DOTS,),
            (
                Target("spectrogram above mel-pca", "above 0", Estimate(0.1, 0.02, 0.2, 298), True),
                Target(
                    "blend above both", "above 0", Estimate(-0.01, -0.05, 0.03, 298), False, f"too few {EVIL}"
                ),
                Target("features on the reference table", "at least 0.43", math.nan, None, "no such table"),
            ),
            (f"{EVIL} is left out",),
        ),
        Section("visual", "Visual similarity", "", notes=("there is no audio",)),
        Section(
            "faithfulness",
            "Faithfulness",
            "It holds.",
            (),
            (LINES, BARS),
            (Target("parts sum to the score", "to 0.000001", 3.4e-16, True),),
        ),
    ),
)
