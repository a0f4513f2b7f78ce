"""Small libraries of feature values for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from hypothesis import strategies as st

from soundglass.core.catalogue import CATALOGUE
from soundglass.core.types import Track
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.space import FeatureSpace

Values = dict[str, np.ndarray]

_RANGES = {
    "loudness": (-30.0, -3.0),
    "tempo": (50.0, 210.0),
    "key": (0, 11),
    "mode": (0, 1),
    "time_signature": (3, 5),
    "duration": (60.0, 600.0),
    "brightness": (300.0, 6000.0),
    "dynamic_range": (1.0, 20.0),
    "onset_rate": (0.5, 9.0),
}


def random_values(
    n: int, seed: int = 0, missing: float = 0.0, names: Sequence[str] = tuple(CATALOGUE)
) -> Values:
    """Draw a library; whole numbers where the feature has them, a share of the values missing."""
    rng = np.random.default_rng(seed)
    values = {}
    for name in names:
        low, high = _RANGES.get(name, (0.0, 1.0))
        drawn = (
            rng.integers(low, high, n, endpoint=True) if isinstance(low, int) else rng.uniform(low, high, n)
        )
        if CATALOGUE[name].scale.value == "quantile":
            drawn = drawn**3
        column = drawn.astype(np.float32).astype(np.float64)
        column[rng.random(n) < missing] = np.nan
        values[name] = column
    return values


def recommender_of(
    values: Mapping[str, np.ndarray],
    origin: Literal["audio", "csv"] = "csv",
    weights: Mapping[str, float] | None = None,
) -> FeatureRecommender:
    """Make a recommender whose rows are the positions in the columns."""
    space = FeatureSpace.fit(values, weights)
    return FeatureRecommender(np.arange(len(space)), space, origin)


def store_of(path: Path, values: Mapping[str, np.ndarray], tracks: Sequence[Track] = ()) -> Store:
    """Write a library whose rows are the positions in the columns."""
    n = len(next(iter(values.values())))
    known = tracks or [Track(f"t{i}", "csv", title=f"Title {i}", artist=f"Artist {i}") for i in range(n)]
    store = Store(str(path / "library.lance"), create=True)
    store.upsert([TrackRow(track, {k: v[i] for k, v in values.items()}) for i, track in enumerate(known)])
    order = [row["id"] for row in store.columns(["id"]).to_pylist()]
    assert order == [track.id for track in known]
    return store


@st.composite
def libraries(draw: st.DrawFn) -> Values:
    """Libraries of 1 to 12 tracks with missing values, constant columns and ties."""
    n = draw(st.integers(1, 12))
    names = draw(st.lists(st.sampled_from(tuple(CATALOGUE)), min_size=1, max_size=8, unique=True))
    values = {}
    for name in names:
        low, high = _RANGES.get(name, (0.0, 1.0))
        some = draw(
            st.lists(
                st.integers(low, high) if isinstance(low, int) else st.floats(low, high, width=32),
                min_size=1,
                max_size=4,
            )
        )
        column = draw(st.lists(st.sampled_from([*some, float("nan")]), min_size=n, max_size=n))
        values[name] = np.array(column, dtype=np.float64)
    return values
