from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feature_tables import random_values, store_of
from soundglass.core.errors import FeatureMismatchError, LibraryError
from soundglass.core.types import Track
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters
from soundglass.recommend.path import find_route, smoothest

NUMERIC = ("energy", "valence", "danceability", "acousticness")


def forward_ways(n_points: int, n_steps: int) -> Iterator[list[int]]:
    """Every way from the first to the last point that only leads forwards."""
    for between in combinations(range(1, n_points - 1), n_steps - 1):
        yield [0, *between, n_points - 1]


def brute_force(costs: np.ndarray, n: int) -> tuple[int, float, float]:
    """Steps, costliest step and sum of the best way."""
    for n_steps in range(min(n, len(costs) - 1), 0, -1):
        found = []
        for way in forward_ways(len(costs), n_steps):
            steps = [costs[pair] for pair in pairwise(way)]
            found.append((max(steps), sum(steps)))
        if (best := min(found))[0] < np.inf:
            return n_steps, *best
    raise AssertionError("there is always the step from the first to the last")


@given(
    n_points=st.integers(2, 8),
    n=st.integers(1, 9),
    seed=st.integers(0, 10**6),
    gaps=st.sampled_from([0.0, 0.3, 0.8]),
    levels=st.sampled_from([2, 5, 10**6]),
)
def test_the_smoothest_way_is_that_of_brute_force(
    n_points: int, n: int, seed: int, gaps: float, levels: int
) -> None:
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, levels, (n_points, n_points)) / levels
    costs[rng.random(costs.shape) < gaps] = np.inf
    costs[np.tril_indices(n_points)] = np.inf
    costs[0, -1] = rng.random()
    way = smoothest(costs, n)
    steps = [costs[pair] for pair in pairwise(way)]
    assert (way[0], way[-1]) == (0, n_points - 1)
    assert all(before < after for before, after in pairwise(way))
    n_steps, largest, total = brute_force(costs, n)
    assert (len(steps), max(steps)) == (n_steps, largest)
    assert sum(steps) == pytest.approx(total)


def line_of(n: int, artists: list[str] | None = None, titles: list[str] | None = None) -> list[Track]:
    return [
        Track(
            f"t{i}",
            "csv",
            title=titles[i] if titles else f"Title {i}",
            artist=artists[i] if artists else f"Artist {i}",
            duration_s=200.0,
        )
        for i in range(n)
    ]


def opened(
    path: Path, values: dict[str, np.ndarray], tracks: list[Track]
) -> tuple[Store, FeatureRecommender]:
    store = store_of(path, values, tracks)
    return store, FeatureRecommender.from_store(store, "csv")


@pytest.fixture
def small(tmp_path: Path) -> tuple[Store, FeatureRecommender]:
    """Eleven tracks, so few that all may be passed."""
    return opened(tmp_path, random_values(11, seed=3, names=NUMERIC), line_of(11))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_in_a_small_library_no_way_in_order_is_smoother(
    small: tuple[Store, FeatureRecommender], n: int
) -> None:
    store, recommender = small
    points = recommender.space.axes.astype(np.float64)
    for start, end in [(0, 1), (4, 9), (10, 2)]:
        route = find_route(store, recommender, start, end, n, Filters())
        line = points[end] - points[start]
        along = (points - points[start]) @ line
        between = sorted(set(range(11)) - {start, end}, key=lambda row: along[row])
        order = np.array([start, *between, end])
        costs = np.array([1 - recommender.exact_scores(int(row), order) for row in order])
        costs[np.tril_indices(11)] = np.inf
        n_steps, largest, total = brute_force(costs, n)
        jumps = 1 - np.array(route.scores)
        assert len(jumps) == n_steps == n
        assert jumps.max() == pytest.approx(largest, abs=1e-12)
        assert jumps.sum() == pytest.approx(total, abs=1e-12)


def test_what_a_route_says_of_itself(small: tuple[Store, FeatureRecommender]) -> None:
    store, recommender = small
    route = find_route(store, recommender, 7, 0, 4, Filters())
    assert (route.rows[0], route.rows[-1]) == (7, 0)
    assert [track.id for track in route.tracks] == [f"t{row}" for row in route.rows]
    assert len(set(route.rows)) == len(route.rows) == 5
    exact = [float(recommender.exact_scores(a, np.array([b]))[0]) for a, b in pairwise(route.rows)]
    assert list(route.scores) == pytest.approx(exact, abs=1e-12)
    assert route.n_repeats == 0


def straight(recommender: FeatureRecommender, start: int, end: int, n: int) -> list[int]:
    """The tracks nearest to evenly spaced points of the straight line."""
    points = recommender.space.axes.astype(np.float64)
    taken = [start, end]
    for i in range(1, n):
        off = ((points - points[start] - (points[end] - points[start]) * i / n) ** 2).sum(axis=1)
        off[taken] = np.inf
        taken.append(int(off.argmin()))
    return [start, *taken[2:], end]


def largest_jump(recommender: FeatureRecommender, rows: list[int]) -> float:
    return max(1 - float(recommender.exact_scores(a, np.array([b]))[0]) for a, b in pairwise(rows))


def test_routes_are_smoother_than_straight_lines(tmp_path: Path) -> None:
    store, recommender = opened(tmp_path, random_values(3000, seed=5, names=NUMERIC), line_of(3000))
    rng = np.random.default_rng(0)
    ours, theirs = [], []
    for _ in range(8):
        start, end = (int(row) for row in rng.choice(3000, 2, replace=False))
        ours.append(1 - min(find_route(store, recommender, start, end, 10, Filters()).scores))
        theirs.append(largest_jump(recommender, straight(recommender, start, end, 10)))
    assert all(one <= other for one, other in zip(ours, theirs, strict=True))
    assert np.mean(ours) < 0.6 * np.mean(theirs)


def test_no_artist_comes_twice_in_a_row_where_there_is_another_way(tmp_path: Path) -> None:
    artists = [f"Artist {i % 3}" for i in range(60)]
    store, recommender = opened(tmp_path, random_values(60, seed=2, names=NUMERIC), line_of(60, artists))
    for end in range(1, 13):
        route = find_route(store, recommender, 0, end, 7, Filters())
        assert route.n_repeats == 0
        assert len(route.scores) == 7


def test_an_artist_comes_twice_in_a_row_only_as_often_as_needed(tmp_path: Path) -> None:
    artists = ["A feat. B"] * 10 + ["B", "C"]
    store, recommender = opened(tmp_path, random_values(12, seed=2, names=NUMERIC), line_of(12, artists))
    assert find_route(store, recommender, 0, 1, 1, Filters()).n_repeats == 1
    alone = find_route(store, recommender, 0, 1, 4, Filters())
    assert "C" in {track.artist for track in alone.tracks}
    assert alone.n_repeats == 2


def test_tracks_without_an_artist_may_follow_each_other(tmp_path: Path) -> None:
    values, tracks = random_values(30, seed=2, names=NUMERIC), line_of(30, [""] * 30)
    store, recommender = opened(tmp_path, values, tracks)
    assert find_route(store, recommender, 0, 1, 6, Filters()).n_repeats == 0


def test_no_recording_comes_twice(tmp_path: Path) -> None:
    once = random_values(12, seed=4, names=(*NUMERIC, "duration"))
    values = {name: np.tile(column, 3) for name, column in once.items()}
    titles = [
        f"Title {i % 12}" + " - Remastered" * (i >= 12) + " (by another name)" * (i >= 24) for i in range(36)
    ]
    store, recommender = opened(tmp_path, values, line_of(36, ["A"] * 36, titles))
    route = find_route(store, recommender, 0, 1, 40, Filters())
    assert sorted(row % 12 for row in route.rows) == list(range(12))
    with_copies = find_route(store, recommender, 0, 1, 40, Filters(copies=True))
    assert len(set(with_copies.rows)) == len(with_copies.rows) == 36


def test_the_filters_hold_towards_both_ends(tmp_path: Path) -> None:
    artists = [f"Artist {i % 6}" for i in range(120)]
    values = random_values(120, seed=6, names=NUMERIC)
    store, recommender = opened(tmp_path, values, line_of(120, artists))
    between = find_route(store, recommender, 0, 1, 9, Filters(exclude_same=frozenset({"artist"}))).tracks[
        1:-1
    ]
    assert {track.artist for track in between} <= {f"Artist {i}" for i in (2, 3, 4, 5)}
    rows = find_route(store, recommender, 0, 1, 9, Filters(where="energy < 0.5")).rows[1:-1]
    assert len(rows) == 8
    assert all(values["energy"][row] < 0.5 for row in rows)
    with pytest.raises(LibraryError):
        find_route(store, recommender, 0, 1, 9, Filters(where="groove > 3"))


def test_no_more_by_an_artist_than_wanted_the_ends_counted(tmp_path: Path) -> None:
    artists = [f"Artist {i % 5}" for i in range(100)]
    store, recommender = opened(tmp_path, random_values(100, seed=7, names=NUMERIC), line_of(100, artists))
    for per_artist, n_steps in ((1, 4), (2, 9), (3, 12)):
        route = find_route(store, recommender, 0, 1, 12, Filters(per_artist=per_artist))
        counts = np.unique([track.artist for track in route.tracks], return_counts=True)[1]
        assert counts.max() <= per_artist
        assert len(route.scores) == n_steps


def test_a_way_is_shorter_where_there_are_too_few_tracks(tmp_path: Path) -> None:
    for n_tracks in (2, 3, 4):
        folder = tmp_path / str(n_tracks)
        folder.mkdir()
        values = random_values(n_tracks, seed=1, names=NUMERIC)
        store, recommender = opened(folder, values, line_of(n_tracks))
        assert sorted(find_route(store, recommender, 0, 1, 12, Filters()).rows) == list(range(n_tracks))


def test_a_very_long_way(tmp_path: Path) -> None:
    store, recommender = opened(tmp_path, random_values(2000, seed=5, names=NUMERIC), line_of(2000))
    route = find_route(store, recommender, 3, 4, 150, Filters())
    assert len(route.scores) == 150
    assert len(set(route.rows)) == 151


def test_from_a_recording_to_its_copy(tmp_path: Path) -> None:
    values = random_values(40, seed=8, names=NUMERIC)
    for column in values.values():
        column[1] = column[0]
    titles = ["Same", "Same", *(f"Title {i}" for i in range(2, 40))]
    store, recommender = opened(tmp_path, values, line_of(40, None, titles))
    assert find_route(store, recommender, 0, 1, 1, Filters()).scores == pytest.approx([1.0])
    route = find_route(store, recommender, 0, 1, 6, Filters())
    assert len(set(route.rows)) == 7
    assert min(route.scores) > np.median(recommender.exact_scores(0, np.arange(40)))


def test_ends_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    values = random_values(9, names=NUMERIC)
    for name in NUMERIC[:3]:
        values[name][1] = np.nan
    store, recommender = opened(tmp_path, values, line_of(9))
    for ends in ((0, 1), (1, 0)):
        with pytest.raises(FeatureMismatchError, match="cannot be compared"):
            find_route(store, recommender, *ends, 3, Filters())
    assert 1 not in find_route(store, recommender, 0, 2, 12, Filters()).rows
