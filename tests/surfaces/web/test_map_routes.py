"""The map's answers: the same places, clusters and neighbours as the library itself finds, byte by byte."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

import soundglass
from feature_tables import random_values, store_of
from soundglass.core.types import Track
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.map.contract import (
    FoundPointsShape,
    MapShape,
    NeighboursShape,
    PointShape,
    PointsShape,
)

PAGE = {"Accept": "text/html"}
HTMX = {"HX-Request": "true", **PAGE}
PATIENCE_S = 60.0
N = 80


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of two kinds of tracks, loud ones and quiet ones, of which tempo is sometimes unknown."""
    values = random_values(N, seed=3, names=("energy", "loudness", "tempo", "valence", "key", "mode"))
    loud = np.arange(N) < N // 2
    for name, low, high in (("energy", 0.1, 0.9), ("loudness", -25.0, -5.0), ("valence", 0.1, 0.9)):
        spread = 0.02 * (high - low) * np.random.default_rng(1).normal(size=N)
        values[name] = (np.where(loud, high, low) + spread).astype(np.float32).astype(np.float64)
    values["tempo"][:3] = np.nan
    genres = [("rock",) if one else ("ambient", "drone") if i % 7 else () for i, one in enumerate(loud)]
    tracks = [
        Track(f"t{i}", "csv", title=f"Título {i} <b>", artist="Ann" if i % 2 else "شادي", genres=genres[i])
        for i in range(N)
    ]
    return Path(store_of(tmp_path_factory.mktemp("parted"), values, tracks).uri)


@pytest.fixture
def own(client: Callable[..., TestClient], parted: Path) -> TestClient:
    return client(parted)


def asked(client: TestClient, address: str, shape: type[Any]) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return TypeAdapter(shape).validate_python(answer.json(), strict=True)


def whole(client: TestClient, query: str) -> Any:
    """Ask for a map until all of it is found out."""
    end = time.monotonic() + PATIENCE_S
    while (found := asked(client, f"/api/map?{query}", MapShape))["state"] == "working":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert found["state"] == "whole", found["problem"]
    return found


def laid_out(client: TestClient, found: Any) -> tuple[np.ndarray, np.ndarray]:
    """Read x and y, and the errors, of all points."""
    answer = client.get(found["points"])
    assert answer.status_code == 200
    points = np.frombuffer(answer.content, "<f4").reshape(-1, 3)
    assert len(points) == found["n_points"]
    return points[:, :2], points[:, 2]


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_points_lie_where_the_library_says(own: TestClient, parted: Path, method: str) -> None:
    expected = soundglass.open(parted).map(method=method, clusters=None).coordinates
    found = whole(own, f"method={method}")
    xy, errors = laid_out(own, found)
    np.testing.assert_allclose(xy, expected.xy, atol=1e-5)
    np.testing.assert_allclose(errors, expected.errors, atol=1e-6)
    assert found["trustworthiness"] == pytest.approx(expected.trustworthiness, abs=1e-6)
    assert found["kept"] == pytest.approx(expected.kept)
    assert (found["shares"] is None) == (method == "tsne")
    assert f"{expected.trustworthiness:.2f} of 1" in found["trust"]


def test_spectrograms_have_a_map_too(client: Callable[..., TestClient], own_demo: Path) -> None:
    expected = soundglass.open(own_demo).map(by="spectrogram", method="pca", clusters=None).coordinates
    found = whole(client(own_demo), "by=spectrogram&method=pca")
    xy, errors = laid_out(client(own_demo), found)
    np.testing.assert_allclose(xy, expected.xy, atol=1e-5)
    np.testing.assert_allclose(errors, expected.errors, atol=1e-6)


def test_something_is_shown_before_all_is_known(client: Callable[..., TestClient], tmp_path: Path) -> None:
    library = store_of(tmp_path, random_values(40))
    fresh = client(library.uri)
    first = asked(fresh, "/api/map?method=tsne", MapShape)
    assert (first["state"], first["shown"], first["trustworthiness"]) == ("working", "pca", None)
    xy, errors = laid_out(fresh, first)
    assert np.isnan(errors).all()
    assert fresh.get("/api/map/points?method=tsne").status_code == 503
    assert "being measured" in first["trust"]
    later = whole(fresh, "method=pca")
    np.testing.assert_array_equal(laid_out(fresh, later)[0], xy)
    assert later["trustworthiness"] is not None


def test_clusters_are_those_of_the_library(own: TestClient, parted: Path) -> None:
    expected = soundglass.open(parted).map(method="pca")
    found = whole(own, "colour=cluster")
    assert [(one["number"], one["size"], one["name"]) for one in found["clusters"]] == [
        (one.number, one.size, one.name) for one in expected.clusters
    ]
    assert len(found["clusters"]) == 2
    codes = np.frombuffer(own.get(found["colours"]).content, np.uint8)
    assert expected.clustering is not None
    np.testing.assert_array_equal(codes, expected.clustering.labels)
    assert [group["n"] for group in found["colour"]["groups"]] == np.bincount(codes).tolist()
    xy, _ = laid_out(own, found)
    for one, cluster in zip(found["clusters"], expected.clusters, strict=True):
        np.testing.assert_allclose([one["x"], one["y"]], xy[cluster.typical[0]])
        assert one["typical"][0]["id"] == expected.tracks[cluster.typical[0]].id


def test_colours_of_a_feature_rise_with_it(own: TestClient, parted: Path) -> None:
    values = np.asarray(Store(str(parted)).columns(["tempo"])["tempo"], np.float64)
    found = asked(own, "/api/map?colour=tempo", MapShape)
    codes = np.frombuffer(own.get(found["colours"]).content, np.uint8)
    assert (codes[np.isnan(values)] == 255).all()
    known = ~np.isnan(values)
    assert codes[known].max() == 249
    assert codes[known].min() == 0
    order = np.argsort(values[known])
    assert (np.diff(codes[known][order].astype(int)) >= 0).all()
    assert [tick["at"] for tick in found["colour"]["ticks"]] == [0, 0.5, 1]
    assert found["colour"]["ticks"][0]["label"].endswith("BPM")
    assert found["colour"]["groups"] == [{"code": 255, "label": "no tempo known", "n": 3}]


def test_colours_of_names_are_the_most_frequent(own: TestClient, parted: Path) -> None:
    column = Store(str(parted)).columns(["genre"])["genre"].to_pylist()
    found = asked(own, "/api/map?colour=genre", MapShape)["colour"]
    codes = np.frombuffer(own.get("/api/map/colours?colour=genre").content, np.uint8)
    names = {group["code"]: group["label"] for group in found["groups"]}
    assert [names[code] for code in codes.tolist()] == [name or "no genre known" for name in column]
    assert [group["label"] for group in found["groups"]] == ["rock", "ambient", "no genre known"]


def test_many_names_leave_others(client: Callable[..., TestClient], tmp_path: Path) -> None:
    own = client(store_of(tmp_path, random_values(30)).uri)
    groups = asked(own, "/api/map?colour=artist", MapShape)["colour"]["groups"]
    assert [group["n"] for group in groups] == [1] * 8 + [22]
    assert (groups[-1]["code"], groups[-1]["label"]) == (254, "22 others")


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_neighbours_are_the_true_ones(own: TestClient, parted: Path, method: str) -> None:
    store = Store(str(parted))
    recommender = Explainers(store).features(0).recommender
    xy, _ = laid_out(own, whole(own, f"method={method}"))
    for row in (0, 41):
        scores = recommender.exact_scores(row, recommender.rows)
        scores[row] = -np.inf
        best = np.argsort(-scores, kind="stable")[:10]
        found = asked(own, f"/api/map/neighbours/t{row}?method={method}", NeighboursShape)
        assert [one["point"] for one in found["neighbours"]] == best.tolist()
        np.testing.assert_allclose([one["score"] for one in found["neighbours"]], scores[best])
        apart = np.linalg.norm(xy - xy[row], axis=1)
        apart[row] = np.inf
        nearer = [int((apart < apart[point]).sum()) for point in best]
        assert [one["nearer"] for one in found["neighbours"]] == nearer
        assert [one["far"] for one in found["neighbours"]] == [count > 10 for count in nearer]
        n_far = sum(count > 10 for count in nearer)
        assert found["words"].startswith(f"{n_far} of its 10" if n_far else "All of its 10")


def test_points_have_tracks(own: TestClient, parted: Path) -> None:
    whole(own, "method=pca")
    one = asked(own, "/api/map/track/5?colour=tempo&method=pca", PointShape)
    assert (one["id"], one["point"], one["audio"]) == ("t5", 5, False)
    tempo = Store(str(parted)).take([5], ["tempo"])["tempo"][0].as_py()
    assert one["value"] == f"tempo {tempo:.0f} BPM"
    _, errors = laid_out(own, whole(own, "method=pca"))
    assert one["error"] == pytest.approx(float(errors[5]))
    some = asked(own, "/api/map/tracks?points=7,2", PointsShape)
    assert [point["id"] for point in some["points"]] == ["t7", "t2"]
    assert asked(own, "/api/map/search?q=TITULO 7 ann", FoundPointsShape)["points"] == [
        7,
        17,
        27,
        37,
        47,
        57,
        67,
        *range(71, 80, 2),
    ]
    assert asked(own, "/api/map/search?q=...", FoundPointsShape)["points"] == []


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/map/track/80", 404, "no point 80"),
        ("/api/map/tracks?points=1,80", 404, "no point 80"),
        ("/api/map/tracks?points=1;2", 422, "points"),
        ("/api/map/neighbours/nobody", 404, "no such track"),
        ("/api/map/neighbours/t1?n=0", 422, "n:"),
        ("/api/map?by=blend", 422, "by:"),
        ("/api/map?method=umap", 422, "method"),
        ("/api/map?colour=sadness", 422, "cannot be coloured"),
        ("/api/map/colours?colour=sadness", 422, "cannot be coloured"),
        ("/api/map/points?snapshot=999", 409, "has changed"),
        ("/api/map?by=spectrogram", 422, "without audio"),
    ],
)
def test_nonsense_is_refused_in_a_line(own: TestClient, address: str, status: int, words: str) -> None:
    answer = own.get(address)
    assert answer.status_code == status
    assert words.lower() in answer.json()["error"].lower()
    assert "\n" not in answer.json()["error"]


def test_the_page_reads_without_a_script(own: TestClient) -> None:
    whole(own, "method=tsne")
    page = own.get("/map?method=tsne&colour=cluster", headers=PAGE).text
    dots = "".join(re.findall(r'<path class="dots [^"]+" d="([^"]+)"', page))
    assert dots.count("h0") == N
    assert page.count('class="badge') == 2
    assert "trustworthiness" in page
    assert "Título" in page
    assert "<b> " not in page
    assert "&lt;b&gt;" in page


def test_a_part_of_the_page_is_given_alone(own: TestClient) -> None:
    part = own.get("/map?colour=energy", headers=HTMX).text
    assert "<html" not in part
    assert part.count('id="map-about"') == 1
    assert "map-scale" in part


def test_answers_name_no_folder(client: Callable[..., TestClient], own_demo: Path) -> None:
    home = str(Path(soundglass.__file__).parent)
    own = client(own_demo)
    whole(own, "by=spectrogram&method=pca")
    first = Store(str(own_demo)).columns(["id"])["id"][0].as_py()
    for address in ("/map", "/api/map?by=spectrogram", "/api/map/track/1", f"/api/map/neighbours/{first}"):
        assert home not in own.get(address).text


def test_little_is_no_map(client: Callable[..., TestClient], tmp_path: Path) -> None:
    empty = Store(str(tmp_path / "empty.lance"), create=True)
    page = client(empty.uri).get("/map", headers=PAGE)
    assert page.status_code == 200
    assert "The library is empty" in page.text
    assert client(empty.uri).get("/api/map").status_code == 503
    for n in (1, 2):
        few = client(store_of(tmp_path / str(n), random_values(n)).uri)
        found = asked(few, "/api/map", MapShape) if n == 1 else whole(few, "")
        assert found["n_points"] == n
        assert "takes 3 tracks" in found["notes"][0]
        assert few.get("/map", headers=PAGE).status_code == 200


def test_a_table_has_no_map_of_spectrograms(own: TestClient) -> None:
    page = own.get("/map?by=spectrogram", headers=PAGE)
    assert page.status_code == 200
    assert "without audio" in page.text
    assert 'href="/map"' in page.text


def test_tracks_of_another_origin_are_left_out(
    client: Callable[..., TestClient], demo_library: Library, tmp_path: Path
) -> None:
    mixed = soundglass.open(tmp_path / "mixed.lance")
    rows = Store(demo_library.uri).columns(["id"])["id"].to_pylist()
    shutil.copytree(demo_library.uri, mixed.uri)
    table = tmp_path / "table.csv"
    table.write_text("id,name,artists,energy,tempo\na,One,Ann,0.5,120\nb,Two,Ann,0.6,90\n", "utf-8")
    mixed.import_table(table)
    found = asked(client(mixed.uri), "/api/map?colour=energy", MapShape)
    assert (found["n_points"], found["n_left_out"]) == (len(rows), 2)
    assert "2 tracks have no place" in found["notes"][0]
