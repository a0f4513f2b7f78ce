"""Is the explanation what the system did: all tests of it, one after another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from soundglass.evaluate.context import Context
from soundglass.evaluate.faithfulness.deletion_section import evaluate_deletion
from soundglass.evaluate.faithfulness.features import evaluate_feature_faithfulness
from soundglass.evaluate.faithfulness.planted import evaluate_planted
from soundglass.evaluate.faithfulness.robustness import evaluate_robustness
from soundglass.evaluate.faithfulness.sanity import evaluate_sanity
from soundglass.evaluate.faithfulness.words import evaluate_words
from soundglass.evaluate.findings import Section

_TESTS: tuple[Callable[[Context], Section], ...] = (
    evaluate_deletion,
    evaluate_planted,
    evaluate_sanity,
    evaluate_robustness,
    evaluate_feature_faithfulness,
    evaluate_words,
)


def evaluate_faithfulness(context: Context) -> Section:
    """Run every test that the library allows and join what they found."""
    found = [test(context) for test in _TESTS]
    return Section(
        name="faithfulness",
        title="Is the explanation true?",
        summary=" ".join(section.summary for section in found if section.summary),
        tables=tuple(chain.from_iterable(section.tables for section in found)),
        charts=tuple(chain.from_iterable(section.charts for section in found)),
        targets=tuple(chain.from_iterable(section.targets for section in found)),
        notes=tuple(chain.from_iterable(section.notes for section in found)),
    )
