"""Maps by what is drawn: where points lie, what colours mean, which words stand where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.apart import Quality
from soundglass.explain.atlas import Atlas
from soundglass.explain.clusters import named_clusters
from soundglass.explain.pictures.labels import put_labels
from soundglass.explain.pictures.map import MANY, MOST_GROUPS, draw_map
from soundglass.explain.pictures.style import MARKERS, SERIES, look, new_figure, save
from soundglass.recommend.clusters import find_clusters
from soundglass.recommend.maps import MapCoordinates, lay_out

TITLES = (
    "Forest Dance",
    "日本語の曲名がここにあります",
    "A title of $many$ words that go on and on and on and on",
    "x",
)


@cache
def atlas_of(n_each: int = 20) -> Atlas:
    """Three clusters far apart, each more energetic than the one before."""
    k = 3
    rng = np.random.default_rng(0)
    label = np.repeat(np.arange(k), n_each)
    points = 8 * np.eye(4)[label] + rng.normal(size=(len(label), 4)) / 2
    tracks = tuple(
        Track(f"t{i}", "csv", TITLES[i % 4], f"Artist {i % 11}" if i % 13 else "", genres=(f"genre {i % 3}",))
        for i in range(len(label))
    )
    features = {"energy": (label / 3 + rng.uniform(0, 0.1, len(label))).astype(np.float32)}
    found = find_clusters(points)
    among = [Quality("feature", "energy", features["energy"])]
    named = named_clusters(found, points, among, [""] * len(label))
    placed = lay_out(np.arange(len(label)), points, "pca")
    return Atlas("features", tracks, placed, found, named, features, (found.note,))


def drawn(atlas: Atlas, colour: str = "cluster", errors: bool = False) -> tuple[Figure, Axes]:
    figure = draw_map(atlas, colour, errors)
    with look():
        FigureCanvasAgg(figure).draw()
    return figure, figure.axes[0]


def points_of(axes: Axes) -> list[PathCollection]:
    return [each for each in axes.collections if isinstance(each, PathCollection)]


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for each in figure.legends for text in each.get_texts()]


def said(figure: Figure) -> str:
    texts = [text.get_text() for text in figure.findobj(Text)]
    return " ".join(" ".join(texts).split())


def test_every_track_is_where_the_map_has_it_in_the_colour_and_marker_of_its_cluster() -> None:
    atlas = atlas_of()
    assert len(atlas.clusters) == 3
    _, axes = drawn(atlas)
    groups = points_of(axes)
    assert len(groups) == 3
    for place, group in enumerate(groups):
        own = atlas.clustering.labels == place  # type: ignore[union-attr]
        np.testing.assert_allclose(group.get_offsets(), atlas.coordinates.xy[own])
        assert {to_hex(colour) for colour in group.get_facecolor()} == {SERIES[place]}
    shapes = {group.get_paths()[0].vertices.tobytes() for group in groups}
    assert len(shapes) == 3


def test_the_legend_names_the_clusters_and_their_sizes() -> None:
    atlas = atlas_of()
    figure, _ = drawn(atlas)
    texts = [" ".join(text.split()) for text in legend(figure)]
    assert texts == [f"{c.number} · {c.label} {c.size} tracks" for c in atlas.clusters]
    assert any("more energetic (δ" in text for text in texts)
    assert max(len(line) for text in legend(figure) for line in text.split("\n")) <= 34


def test_the_map_says_what_it_is_worth() -> None:
    atlas = atlas_of()
    shares = atlas.coordinates.shares
    figure, axes = drawn(atlas)
    assert shares is not None
    assert axes.get_xlabel() == f"PC1 ({shares[0]:.0%} of the variance)"
    assert axes.get_ylabel() == f"PC2 ({shares[1]:.0%} of the variance)"
    assert f"both axes show {sum(shares):.0%} of the variance" in said(figure)
    assert f"trustworthiness {atlas.coordinates.trustworthiness:.2f}" in said(figure)
    assert atlas.notes[0] in said(figure)
    near = replace(atlas, coordinates=replace(atlas.coordinates, method="tsne", shares=None))
    figure, axes = drawn(near)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("", "")
    assert not any(spine.get_visible() for spine in axes.spines.values())
    assert "t-SNE · trustworthiness" in said(figure)


def test_numbers_stand_on_the_track_in_the_middle_of_each_cluster() -> None:
    atlas = atlas_of()
    _, axes = drawn(atlas)
    marks = {text.get_text(): text.get_position() for text in axes.texts if not isinstance(text, Annotation)}
    for cluster in atlas.clusters:
        middle = atlas.coordinates.xy[cluster.typical[0]]
        assert marks[str(cluster.number)] == pytest.approx(middle, abs=1e-6)


@pytest.mark.parametrize("colour", ["cluster", "energy"])
def test_titles_lie_within_the_map_and_not_on_one_another(colour: str) -> None:
    atlas = atlas_of(60)
    _, axes = drawn(atlas, colour)
    titles = [text for text in axes.texts if isinstance(text, Annotation)]
    boxes = [Text.get_window_extent(title) for title in titles]
    assert len(titles) >= 3
    outer = axes.get_window_extent()
    assert all(outer.x0 <= box.x0 and box.x1 <= outer.x1 for box in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    typical = [point for cluster in atlas.clusters for point in cluster.typical]
    of_tracks = {tuple(atlas.coordinates.xy[point]): atlas.tracks[point].label for point in typical}
    for title in titles:
        label = of_tracks[tuple(np.float32(title.xy))]
        assert label.startswith(title.get_text().replace("\n", " ").rstrip("…")[:12])


def test_titles_of_crowded_points_keep_clear_of_one_another_and_of_badges() -> None:
    xy = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32) / 50
    with look():
        figure = new_figure(5, 4)
        axes = figure.subplots()
        axes.scatter(*xy.T)
        axes.set(xlim=(-1, 1), ylim=(-1, 1))
        placed = put_labels(figure, axes, xy, {i: f"Title number {i}" for i in range(40)}, [0])
        FigureCanvasAgg(figure).draw()
        boxes = [Text.get_window_extent(text) for text in axes.texts]
    assert 0 < len(placed) == len(boxes) < 40
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    badge = axes.transData.transform(xy[0])
    assert not any(box.contains(*badge) for box in boxes)


def test_genres_and_artists_have_colours_the_most_frequent_first() -> None:
    atlas = atlas_of()
    assert legend(drawn(atlas, "genre")[0]) == [f"genre {i}\n20 tracks" for i in range(3)]
    shown = [text.split("\n") for text in legend(drawn(atlas, "artist")[0])]
    assert len(shown) == MOST_GROUPS + 2
    assert shown[MOST_GROUPS][0] in {"4 others", "no artist known"}
    assert sum(int(number.split()[0]) for _, number in shown) == 60


def test_a_features_colours_are_its_values() -> None:
    atlas = atlas_of()
    figure, axes = drawn(atlas, "energy")
    points = points_of(axes)[0]
    np.testing.assert_allclose(points.get_array(), atlas.features["energy"])
    assert points.get_cmap().name == "viridis"
    assert figure.axes[1].get_ylabel() == "energy"
    tempo = replace(atlas, features={"tempo": 100 + 20 * atlas.features["energy"]})
    assert drawn(tempo, "tempo")[0].axes[1].get_ylabel() == "tempo (BPM)"


def test_unknown_and_constant_features_are_said_in_words() -> None:
    atlas = atlas_of()
    some = atlas.features["energy"].copy()
    some[:5] = np.nan
    partly = drawn(replace(atlas, features={"energy": some}), "energy")[0]
    assert legend(partly) == ["energy unknown\n5 tracks"]
    nothing = drawn(replace(atlas, features={}), "valence")[0]
    assert "Mood is known of no track." in said(nothing)
    constant = drawn(replace(atlas, features={"energy": np.full(60, 0.5, np.float32)}), "energy")[0]
    assert "Energy is 0.50 for all tracks." in said(constant)


def test_errors_make_points_large_and_pale() -> None:
    atlas = atlas_of()
    trust = np.linspace(1, 0, 60, dtype=np.float32)
    atlas = replace(atlas, coordinates=replace(atlas.coordinates, trust=trust), clusters=(), clustering=None)
    plain, shown = (points_of(drawn(atlas, errors=errors)[1])[0] for errors in (False, True))
    assert len(set(plain.get_sizes())) == 1
    assert (np.diff(shown.get_sizes()) > 0).all()
    assert (np.diff(shown.get_alpha()) < 0).all()
    assert shown.get_sizes()[0] == pytest.approx(plain.get_sizes()[0])
    assert "projection error 0" in " ".join(legend(drawn(atlas, errors=True)[0]))


def test_tracks_of_no_cluster_are_grey_and_counted() -> None:
    atlas = atlas_of()
    assert atlas.clustering is not None
    labels = atlas.clustering.labels.copy()
    labels[::5] = -1
    figure, _ = drawn(replace(atlas, clustering=replace(atlas.clustering, labels=labels)))
    assert legend(figure)[-1] == "in no cluster\n12 tracks"


def tiny(n: int) -> Atlas:
    placed = lay_out(np.arange(n), np.random.default_rng(0).normal(size=(n, 5)), "pca")
    found = find_clusters(np.zeros((n, 2)) + np.arange(n)[:, None])
    tracks = tuple(Track(str(i), "csv", f"Title {i}") for i in range(n))
    return Atlas("features", tracks, placed, found, (), {}, (found.note,))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_small_maps_name_every_track(n: int) -> None:
    figure, axes = drawn(tiny(n))
    assert sum(len(group.get_offsets()) for group in points_of(axes)) == n
    assert {text.get_text() for text in axes.texts} == {f"Title {i}" for i in range(n)}
    assert "No clusters" in said(figure)
    assert f"{n} track{'s' if n > 1 else ''} by features" in said(figure)


def test_all_tracks_on_one_spot_have_a_map() -> None:
    xy, trust = np.zeros((30, 2), np.float32), np.ones(30, np.float32)
    placed = MapCoordinates(np.arange(30), xy, "pca", 1.0, trust, (0, 0))
    tracks = tuple(Track(str(i), "csv", f"Title {i}") for i in range(30))
    for colour in ("cluster", "genre", "energy"):
        drawn(Atlas("features", tracks, placed), colour, errors=True)


def test_many_points_are_small_pale_one_image_and_in_no_order(tmp_path: Path) -> None:
    n = MANY + 1000
    xy = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    placed = MapCoordinates(np.arange(n), xy, "tsne", 0.5, np.full(n, 0.5, np.float32))
    tracks = tuple(Track(str(i), "csv", "T", genres=("a" if i < n // 2 else "b",)) for i in range(n))
    atlas = Atlas("features", tracks, placed)
    figure, axes = drawn(atlas, "genre")
    (points,) = points_of(axes)
    assert points.get_rasterized()
    assert points.get_sizes().max() < points_of(drawn(atlas_of())[1])[0].get_sizes().min()
    where = {tuple(place): row for row, place in enumerate(xy.tolist())}
    order = [where[tuple(place)] for place in np.float32(points.get_offsets()).tolist()]
    assert sorted(order) == list(range(n))
    assert abs(np.corrcoef(order, np.arange(n))[0, 1]) < 0.1
    colours = {"a": SERIES[0], "b": SERIES[1]}
    shown = [to_hex(colour) for colour in points.get_facecolor()]
    assert shown == [colours[tracks[row].genres[0]] for row in order]
    save(figure, tmp_path / "map.svg")
    assert (tmp_path / "map.svg").read_text().count("<use") < 100


def test_the_same_atlas_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.svg", "two.svg")]
    for file in files:
        save(draw_map(atlas_of()), file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_colour_that_means_nothing_is_refused_with_what_there_is() -> None:
    with pytest.raises(SoundglassError, match=r"'colour'.*cluster, genre, artist or a feature: energy"):
        draw_map(tiny(3), "colour")


def test_twelve_clusters_are_all_told_apart() -> None:
    looks: Mapping[tuple[str, str], int] = {
        (SERIES[i % len(SERIES)], MARKERS[i % len(MARKERS)]): i for i in range(12)
    }
    assert len(looks) == 12
