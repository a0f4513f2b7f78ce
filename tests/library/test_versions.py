"""Each part of an analysis is judged by its own version."""

from __future__ import annotations

from itertools import combinations

from soundglass.library.versions import VERSION_COLUMNS, VERSIONS, outdated_parts

CURRENT = {VERSION_COLUMNS[part]: version for part, version in VERSIONS.items()}


def test_a_part_is_outdated_where_it_is_missing_older_or_newer() -> None:
    assert outdated_parts(CURRENT) == frozenset()
    for n_parts in range(1, len(VERSIONS) + 1):
        for parts in combinations(VERSIONS, n_parts):
            for version in (None, 0, 1000):
                row = CURRENT | {VERSION_COLUMNS[part]: version for part in parts}
                assert outdated_parts(row) == set(parts)


def test_every_part_has_a_column_of_its_own() -> None:
    assert VERSION_COLUMNS.keys() == VERSIONS.keys()
    assert len(set(VERSION_COLUMNS.values())) == len(VERSIONS)
