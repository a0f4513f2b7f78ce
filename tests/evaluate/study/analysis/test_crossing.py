from __future__ import annotations

import numpy as np
import pytest

from soundglass.evaluate.study.analysis.crossing import Curvature, cross

N = 90


def groupings(kind: str) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    people, items, task = rng.integers(0, 7, N), rng.integers(0, 5, N), rng.integers(0, 3, N)
    people[:7], items[:5], task[:3] = np.arange(7), np.arange(5), np.arange(3)
    of_task = np.unique(people * 3 + task, return_inverse=True)[1]
    return {
        "people": [people],
        "people × items": [people, items],
        "items × people": [items, people],
        "three crossed": [people, items, task],
        "nested": [people, items, of_task],
        "nested, nothing shared": [people, of_task],
        "twice the same": [people, people],
    }[kind]


KINDS = [
    "people",
    "people × items",
    "items × people",
    "three crossed",
    "nested",
    "nested, nothing shared",
    "twice the same",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_level_has_a_place_of_its_own(kind: str) -> None:
    levels = groupings(kind)
    crossing = cross(levels)
    for g, level in enumerate(levels):
        places = crossing.places[:, g]
        assert len({*zip(level, places, strict=True)}) == len(set(level)) == len(set(places))
        assert (crossing.grouping[places] == g).all()
    apart = [set(places) for places in crossing.places.T]
    assert sum(map(len, apart)) == len(set().union(*apart))


@pytest.mark.parametrize(
    ("kind", "own", "size", "n_shared"),
    [
        ("people", (0,), 1, 0),
        ("people × items", (0,), 1, 5),
        ("three crossed", (0,), 1, 8),
        ("nested", (0, 2), 4, 5),
        ("nested, nothing shared", (0, 1), 4, 0),
    ],
)
def test_what_is_met_in_one_block_only_stands_in_it(
    kind: str, own: tuple[int, ...], size: int, n_shared: int
) -> None:
    crossing = cross(groupings(kind))
    assert (crossing.own, crossing.block_size, crossing.n_shared) == (own, size, n_shared)
    for g in own:
        assert (crossing.places[:, g] // size == groupings(kind)[0]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("with_zero", [False, True])
def test_curvature_is_inverted_as_one_dense_matrix_is(kind: str, with_zero: bool) -> None:
    rng = np.random.default_rng(2)
    crossing = cross(groupings(kind))
    n_u = len(crossing.grouping)
    sigma = rng.uniform(0.2, 2, crossing.places.shape[1]) * (not with_zero)
    weights = rng.uniform(0, 0.25, N)
    z = np.zeros((N, n_u))
    for g, places in enumerate(crossing.places.T):
        z[np.arange(N), places] = sigma[g]
    dense = z.T @ (weights[:, None] * z) + np.eye(n_u)
    inverse = np.linalg.inv(dense)
    found = Curvature(crossing, weights, np.broadcast_to(sigma, crossing.places.shape))
    values = rng.normal(size=n_u)
    assert found.solve(values) == pytest.approx(inverse @ values, abs=1e-12)
    assert found.diagonal() == pytest.approx(np.diag(inverse), abs=1e-12)
    assert found.variances() == pytest.approx(np.einsum("ij,jk,ik->i", z, inverse, z), abs=1e-12)
    assert found.log_determinant == pytest.approx(np.linalg.slogdet(dense)[1], abs=1e-12)
