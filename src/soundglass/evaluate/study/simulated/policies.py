"""Who simulated participants are: how often they are right, what they think, and how they behave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Final, Literal, TypeAlias

from soundglass.core.errors import SoundglassError
from soundglass.evaluate.study.conditions import EXPLANATIONS, Explanation

Manner: TypeAlias = Literal["plain", "impatient", "quits", "withdraws", "returns", "doubles"]
"""As asked; answers before listening; leaves, deletes all, or comes back half-way; sends all twice."""

_EVEN: Final[Mapping[Explanation, float]] = dict.fromkeys(EXPLANATIONS, 0.0)


@dataclass(frozen=True, slots=True)
class Policy:
    """How one kind of simulated participants answers.

    Attributes
    ----------
    accuracy : mapping of Explanation to float
        How probable the right answer to a trial is.
    shift : mapping of Explanation to float
        How much better than after no explanation all is rated, in standard deviations of one rating.
    error : mapping of Explanation to float
        By how many of 7 points the expectation misses the impression: a standard deviation.
    persuasion : mapping of Explanation to float
        By how many points the expectation is too high.
    reads : bool
        Whether questions are read; who does not always gives the first answer.
    """

    name: str
    accuracy: Mapping[Explanation, float] = field(default_factory=lambda: dict.fromkeys(EXPLANATIONS, 0.5))
    shift: Mapping[Explanation, float] = field(default_factory=lambda: _EVEN)
    error: Mapping[Explanation, float] = field(default_factory=lambda: dict.fromkeys(EXPLANATIONS, 1.8))
    persuasion: Mapping[Explanation, float] = field(default_factory=lambda: _EVEN)
    manner: Manner = "plain"
    reads: bool = True


def _informed(name: str, manner: Manner = "plain") -> Policy:
    """Understand bars best, then regions; believe a sentence that says nothing."""
    return Policy(
        name,
        accuracy={"none": 0.55, "fixed": 0.55, "bars": 0.75, "regions": 0.65},
        shift={"none": 0.0, "fixed": 0.2, "bars": 0.8, "regions": 0.6},
        error={"none": 1.8, "fixed": 1.8, "bars": 1.1, "regions": 1.3},
        persuasion={"none": 0.0, "fixed": 0.8, "bars": 0.0, "regions": 0.2},
        manner=manner,
    )


POLICIES: Final[Mapping[str, Policy]] = {
    policy.name: policy
    for policy in (
        _informed("informed"),
        Policy("guesser"),
        Policy("straight-liner", reads=False),
        _informed("impatient", "impatient"),
        _informed("quitter", "quits"),
        _informed("withdrawer", "withdraws"),
        _informed("returner", "returns"),
        _informed("double-submitter", "doubles"),
    )
}
"""All policies, by name."""

_MIXED: Final = (
    *("informed", "impatient", "informed", "returner", "informed", "guesser", "informed"),
    *("double-submitter", "informed", "quitter", "informed", "straight-liner", "informed", "withdrawer"),
)


def roster(n: int, only: str | None = None) -> tuple[Policy, ...]:
    """Say who takes part.

    Parameters
    ----------
    n : int
        How many.
    only : str, optional
        The name of the policy that all have; a fixed mixture of all policies if left out.

    Returns
    -------
    tuple of Policy

    Raises
    ------
    SoundglassError
        Nobody is asked for, or there is no such policy.
    """
    if n < 1:
        raise SoundglassError(f"{n} participants cannot be simulated", remedy="Choose 1 or more")
    if only is not None and only not in POLICIES:
        raise SoundglassError(f"no policy is called {only!r}", remedy=f"Choose one of {', '.join(POLICIES)}")
    return tuple(POLICIES[name] for name in islice(cycle(_MIXED if only is None else (only,)), n))
