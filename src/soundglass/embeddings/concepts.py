"""Which of musicnn's tags hold up on labelled patches the network has never seen."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from soundglass.core.types import FloatArray
from soundglass.embeddings.network import TAGS

LEAST_AUC = 0.75
"""What the area under the ROC curve must reach, on all patches and on those of every single source."""

_TABLE = Path(__file__).with_name("concepts.toml")


@dataclass(frozen=True, slots=True)
class Concept:
    """How far a tag can be trusted, as ``python -m benchmarks.tags`` finds.

    Attributes
    ----------
    auc : float
        Chance that a patch with what the tag names ranks above one without.
    worst : float
        The same for the source where it is worst.
    n_positive, n_negative : int
        Patches.
    data : str
        What they were.
    """

    tag: str
    auc: float
    worst: float
    n_positive: int
    n_negative: int
    data: str

    @property
    def holds(self) -> bool:
        """Whether the tag may be used as a word."""
        return min(self.auc, self.worst) >= LEAST_AUC


@cache
def concepts() -> Mapping[str, Concept]:
    """Give all tags that could be tested; the others may be shown as tags, and are nothing more."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return MappingProxyType({tag: Concept(tag, **found) for tag, found in table.items()})


def words(tags: FloatArray, least: float = 0.3) -> tuple[str, ...]:
    """Name what a recording's tags say, as far as they hold up.

    Parameters
    ----------
    tags : ndarray, shape (len(TAGS),)
        Likelihoods, 0 to 1.
    least : float
        What a likelihood must reach to be named.

    Returns
    -------
    tuple of str
        Likeliest first.
    """
    known = concepts()
    likely = [(float(value), tag) for tag, value in zip(TAGS, tags, strict=True) if value >= least]
    return tuple(tag for _, tag in sorted(likely, reverse=True) if tag in known and known[tag].holds)
