"""What is named is what carries a score, and nothing is said twice."""

from __future__ import annotations

import pytest

from soundglass.core.types import FeatureEvidence, Part, Region
from soundglass.explain.named import MAX_NAMED, named_parts

UNKNOWN = FeatureEvidence(None, "", None, "csv", "")


def part(name: str, contribution: float) -> Part:
    return Part(name, contribution, UNKNOWN, UNKNOWN)


def region(name: str, contribution: float, query_s: float = 0.0, match_s: float = 0.0) -> Part:
    sides = [Region(start, start + 1, 0, 100) for start in (query_s, match_s)]
    return Part(f"{name}, 60–180 Hz", contribution, sides[0], sides[1])


def test_the_fewest_parts_that_carry_three_fifths_are_named() -> None:
    for first, names in ((0.61, ["a"]), (0.6, ["a"]), (0.59, ["a", "b"])):
        rest = 1 - first
        named, _ = named_parts([part("a", first), part("b", 0.6 * rest), part("c", 0.4 * rest)])
        assert [p.name for p in named] == names


def test_the_largest_objection_is_named_unless_negligible() -> None:
    parts = [part("a", 0.5), part("b", 0.5), part("c", -0.015)]
    assert named_parts(parts)[1] is None
    named, against = named_parts([*parts, part("d", -0.3), part("e", -0.03)])
    assert [p.name for p in named] == ["a", "b"]
    assert against is not None
    assert against.name == "d"


def test_at_most_three_parts_are_named() -> None:
    named, _ = named_parts([part(str(i), 0.1) for i in range(10)])
    assert len(named) == MAX_NAMED


def test_nothing_positive_names_nothing() -> None:
    named, against = named_parts([part("a", -0.1), part("b", -0.4), part("c", 0.0)])
    assert named == []
    assert against is not None
    assert against.name == "b"
    assert named_parts([]) == ([], None)


def test_what_reads_as_nothing_is_no_objection() -> None:
    assert named_parts([part("a", 0.1), part("b", -0.0049)])[1] is None
    assert named_parts([part("a", 0.1), part("b", -0.0051)])[1] is not None


def test_further_regions_are_named_where_they_carry_nearly_as_much() -> None:
    parts = [region("drone", 0.2), region("hit", 0.16, 5), region("tone", 0.14, 9), *[part("x", 0.01)] * 40]
    assert [p.contribution for p in named_parts(parts)[0] if p in parts[:3]] == [0.2, 0.16]
    assert [p.contribution for p in named_parts(parts[:3])[0]] == [0.2, 0.16]


@pytest.mark.parametrize(
    ("other", "is_named"),
    [
        (region("drone", 0.19, 5, 6), True),
        (region("drone", 0.19, 0.9, 6), False),
        (region("drone", 0.19, 5, 0.4), False),
        (region("hit", 0.19, 0.9, 0.4), True),
    ],
)
def test_a_region_that_repeats_what_is_said_is_passed_over(other: Part, is_named: bool) -> None:
    further = [region("tone", 0.18, 20, 30), region("noise", 0.17, 40, 50)]
    named, _ = named_parts([region("drone", 0.2), other, *further])
    assert (other in named) == is_named


def test_what_is_called_like_a_match_is_no_objection() -> None:
    hit, drone = region("hit", -0.05, 5), region("drone", -0.06, 9)
    assert named_parts([region("drone", 0.2), hit, drone])[1] == hit
    assert named_parts([region("drone", 0.2), drone])[1] is None


def test_the_best_of_both_kinds_is_named() -> None:
    parts = [part("feature", 0.5 - i / 100) for i in range(4)] + [region("drone", 0.1)]
    named, _ = named_parts(parts)
    assert [p.contribution for p in named] == [0.5, 0.49, 0.1]
    assert len(named) <= MAX_NAMED
    few, _ = named_parts([part("feature", 0.9), region("drone", 0.1)])
    assert [p.contribution for p in few] == [0.9, 0.1]


def test_what_hardly_counts_is_not_named() -> None:
    named, _ = named_parts([part("feature", 0.9), region("drone", 0.01)])
    assert [p.contribution for p in named] == [0.9]
