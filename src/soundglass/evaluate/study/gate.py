"""The listening gate: no answer before enough was heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.plan import Role
from soundglass.evaluate.study.steps import Step

_ROUNDING_S: Final = 0.05
"""Browsers tell what was played in steps; nobody is held up for one."""


def still_to_hear(step: Step, design: Design, heard: Mapping[str, float]) -> dict[Role, float]:
    """Say what must still be heard before a page can be answered.

    Parameters
    ----------
    step : Step
    design : Design
    heard : mapping of str to float
        Seconds heard so far, by the name of the sound.

    Returns
    -------
    dict of Role to float
        Seconds; empty once enough was heard.
    """
    left = {role: design.listen_s - heard.get(role, 0.0) for role in step.must_hear}
    return {role: seconds for role, seconds in left.items() if seconds > _ROUNDING_S}
