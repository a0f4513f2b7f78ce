"""Figures the field uses for tempo and key."""

from __future__ import annotations

TOLERANCE = 0.04
OCTAVES = (1.0, 2.0, 3.0, 1 / 2, 1 / 3)


def tempo_accuracy(estimate: float, truth: float) -> tuple[bool, bool]:
    """Accuracy 1 and 2 (Gouyon et al. 2006): within 4 %, and within 4 % of an octave relative."""
    near = [abs(estimate / (truth * factor) - 1) <= TOLERANCE for factor in OCTAVES]
    return near[0], any(near)


def mirex_key_score(estimate: tuple[int, str], truth: tuple[int, str]) -> float:
    """1 for the key, .5 for the fifth above in the same mode, .3 for the relative, .2 for the parallel key.

    >>> mirex_key_score((7, "major"), (0, "major"))
    0.5
    """
    interval = (estimate[0] - truth[0]) % 12
    if estimate[1] == truth[1]:
        return {0: 1.0, 7: 0.5}.get(interval, 0.0)
    if interval == (9 if truth[1] == "major" else 3):
        return 0.3
    return 0.2 if interval == 0 else 0.0
