"""Orders of removal: exact bounds, losses that add up, and orders that mean what they are called."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from feature_tables import random_values
from soundglass.evaluate.faithfulness.feature_orders import (
    ORDERS,
    PARTS,
    Removal,
    area,
    bounds,
    mean_value,
    normalised,
)
from soundglass.evaluate.faithfulness.reference_features import FeatureReference

NAMES = ("energy", "loudness", "valence", "tempo", "acousticness", "key", "mode", "duration")


@pytest.fixture(scope="module")
def removal() -> Removal:
    return Removal.of(FeatureReference(random_values(60, seed=8, names=NAMES), "csv"), 4, 17)


def test_bounds_are_those_of_all_orders(removal: Removal) -> None:
    n = len(removal.groups)
    assert n == 6
    found = [area(removal.curves(order)[0]) for order in permutations(range(n))]
    assert bounds(removal.losses()) == pytest.approx((min(found), max(found)), abs=1e-9)


def test_losses_add_up(removal: Removal) -> None:
    order = list(range(len(removal.groups)))
    without, alone = removal.curves(order)
    losses = removal.losses()
    np.testing.assert_allclose(without, np.cumsum(losses), atol=1e-9)
    np.testing.assert_allclose(alone, losses.sum() - np.cumsum(losses), atol=1e-9)


def test_normalised(removal: Removal) -> None:
    losses = removal.losses()
    best = np.argsort(-losses).tolist()
    assert normalised(area(removal.curves(best)[0]), losses) == pytest.approx(1)
    assert normalised(area(removal.curves(best[::-1])[0]), losses) == pytest.approx(0)
    assert np.isnan(normalised(1.0, np.ones(4)))


def test_a_removed_feature_has_the_mean(removal: Removal) -> None:
    reference = removal.reference
    n = len(removal.groups)
    removed = np.zeros((1, n), dtype=bool)
    removed[0, removal.groups.index("energy")] = True
    means = {name: np.array([mean_value(reference, name)]) for name in ("energy", "loudness")}
    np.testing.assert_allclose(removal.scores(removed), reference.scores(4, means, 17))
    assert mean_value(reference, "key") in range(12)


def test_orders_begin_with_what_they_are_named_for(removal: Removal) -> None:
    orders = removal.orders(np.random.default_rng(0), 5)
    assert tuple(orders) == ORDERS
    parts = dict(zip(removal.reference.groups, removal.reference.parts(4)[17], strict=True))
    assert removal.groups[orders[PARTS][0][0]] == max(parts, key=lambda group: parts[group])
    study = [removal.groups[k] for k in orders["the study's fixed table"][0]]
    assert study[:3] == ["energy", "acousticness", "valence"]
    assert len(orders["random"]) == 5
    assert all(sorted(order) == list(range(6)) for several in orders.values() for order in several)


def test_what_is_unknown_is_not_removed() -> None:
    values = random_values(60, seed=8, names=NAMES)
    values["valence"][17] = np.nan
    assert "valence" not in Removal.of(FeatureReference(values, "csv"), 4, 17).groups
