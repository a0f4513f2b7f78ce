"""The recommenders by sound on really scanned music: the program's answers, their JSON, its refusals."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.library.store import Store
from soundglass.surfaces.library import Library

Run = Callable[..., Ran]

QUERY, OTHER = "escape from chaosland", "wesnoth battle"
SIDE = {"start_s", "end_s", "low_hz", "high_hz"}
TRACK = {"id", "title", "artist", "album", "path"}


@pytest.fixture
def asked(demo_library: Library) -> tuple[str, str]:
    return "--library", demo_library.uri


# -- answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["spectrogram", "blend", "mel-pca"])
def test_similar_keeps_the_contract(run: Run, asked: tuple[str, str], by: str) -> None:
    answer = run("similar", QUERY, "--by", by, "-n", 5, "--json", *asked).json
    assert (list(answer), answer["by"]) == (["query", "by", "results", "notes"], by)
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3, 4, 5]
    scores = [result["score"] for result in answer["results"]]
    assert scores == sorted(scores, reverse=True)
    for result in answer["results"]:
        assert set(result) == {"rank", *TRACK, "score", "sentence", "parts"}
        assert abs(sum(part["contribution"] for part in result["parts"]) - result["score"]) < 1e-6
        regions = [part for part in result["parts"] if set(part["query"]) == SIDE]
        assert all(set(part["match"]) == SIDE for part in regions)
        assert regions
        assert (len(regions) < len(result["parts"])) is (by == "blend")


def test_the_weight_reaches_the_blend(run: Run, asked: tuple[str, str], demo_library: Library) -> None:
    def scores(*options: object) -> dict[str, float]:
        found = run("similar", QUERY, "-n", 100, "--json", *options, *asked).json["results"]
        return {result["id"]: result["score"] for result in found}

    measured, heard, even = scores(), scores("--by", "spectrogram"), scores("--by", "blend")
    quarter = scores("--by", "blend", "--weight", 0.25)
    shares = [
        (even[track] - measured[track]) / (heard[track] - measured[track])
        for track in even.keys() & heard.keys()
    ]
    assert 0.5 < shares[0] < 1  # scores by features spread wider
    assert shares == pytest.approx([shares[0]] * 50, abs=1e-6)
    for track in quarter.keys() & measured.keys() & heard.keys():
        assert quarter[track] == pytest.approx(0.75 * measured[track] + 0.25 * heard[track], abs=1e-9)


@pytest.mark.parametrize("by", ["spectrogram", "blend"])
def test_why_shows_where_the_regions_are(
    run: Run, asked: tuple[str, str], demo_library: Library, by: str
) -> None:
    other = demo_library.similar(QUERY, by=by, n=1)[0].track.id
    shown = run("why", QUERY, other, "--by", by, *asked).out
    answer = run("why", QUERY, other, "--by", by, "--json", *asked).json
    assert answer["rank"] == 1
    assert abs(sum(part["contribution"] for part in answer["parts"]) - answer["score"]) < 1e-6
    best = next(part for part in answer["parts"] if set(part["query"]) == SIDE)
    minutes, seconds = divmod(int(best["query"]["start_s"]), 60)
    assert f"{minutes}:{seconds:02d}–" in shown
    assert answer["sentence"] in " ".join(shown.split())
    assert ("danceability" in shown) is (by == "blend")
    assert {change["actual_rank"] for change in answer["counterfactuals"]} <= {1}


def test_compare_shows_both_lists(run: Run, asked: tuple[str, str], demo_library: Library) -> None:
    answer = run("compare", QUERY, "--json", *asked).json
    assert answer["by"] == ["features", "spectrogram"]
    for by, found in answer["lists"].items():
        alone = demo_library.similar(QUERY, by=by)
        assert [result["id"] for result in found] == [result.track.id for result in alone]
        assert [result["score"] for result in found] == [result.score for result in alone]
    ids = [{result["id"] for result in found} for found in answer["lists"].values()]
    assert answer["in_common"] == len(ids[0] & ids[1])
    assert {found["id"] for found in answer["found_by_one"]} == ids[0] ^ ids[1]
    for found in answer["found_by_one"]:
        assert set(found) == {"by", "rank", *TRACK, "sentence", "other"}
        assert found["other"]["rank"] > 1
    shown = run("compare", QUERY, *asked).out
    assert f"{answer['in_common']} of 10 are in both lists" in shown
    assert "Found only by features:" in shown
    assert "Found only by spectrogram:" in shown


def test_compare_over_the_library(run: Run, asked: tuple[str, str]) -> None:
    wanted = ("compare", "--all", "-n", 5, "--sample", 9, "--by", "spectrogram,mel-pca", *asked)
    answer = run(*wanted, "--json").json
    assert (answer["by"], answer["n"], answer["asked"]) == (["spectrogram", "mel-pca"], 5, 9)
    assert sum(answer["in_common"]) == 9
    mean = sum(k * count for k, count in enumerate(answer["in_common"])) / 9
    assert answer["overlap"] == pytest.approx(mean / 5)
    shown = run(*wanted).out
    assert f"{answer['overlap']:.1%} of the matches" in shown
    assert answer["most"][0]["title"] in shown


@pytest.mark.parametrize("by", ["features", "blend"])
def test_a_path_leads_from_one_to_the_other(run: Run, asked: tuple[str, str], by: str) -> None:
    answer = run("path", QUERY, OTHER, "-n", 4, "--by", by, "--json", *asked).json
    steps = answer["steps"]
    assert len(steps) == 4
    assert steps[-1]["id"] == answer["end"]["id"]
    assert len({answer["start"]["id"], *(step["id"] for step in steps)}) == 5
    assert answer["largest_jump"] == pytest.approx(1 - min(step["score"] for step in steps))
    for step in steps:
        assert abs(sum(part["contribution"] for part in step["parts"]) - step["score"]) < 1e-6
    shown = " ".join(run("path", QUERY, OTHER, "-n", 4, "--by", by, *asked).out.split())
    for step in steps:
        assert step["title"] in shown
        assert step["sentence"] in shown


@pytest.mark.parametrize("by", ["features", "spectrogram", "mel-pca"])
def test_a_map_has_every_track(
    run: Run, asked: tuple[str, str], demo_library: Library, tmp_path: Path, by: str
) -> None:
    file = tmp_path / "coords.csv"
    answer = run("map", "--by", by, "--out", file, "--json", *asked).json
    assert (answer["by"], answer["method"]) == (by, "pca")
    assert len({track["id"] for track in answer["tracks"]}) == len(demo_library)
    with file.open(encoding="utf-8", newline="") as opened:
        table = list(csv.DictReader(opened))
    assert [row["id"] for row in table] == [track["id"] for track in answer["tracks"]]
    assert [float(row["x"]) for row in table] == [track["x"] for track in answer["tracks"]]
    assert f"{len(demo_library)} tracks" in run("map", "--by", by, "--out", file, *asked).out


def test_a_map_names_its_clusters(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    answer = run("map", "--n-clusters", 3, "--out", file, "--json", *asked).json
    clusters = answer["clusters"]
    assert [cluster["number"] for cluster in clusters] == [1, 2, 3]
    with file.open(encoding="utf-8", newline="") as opened:
        table = list(csv.DictReader(opened))
    for cluster in clusters:
        own = [track for track in answer["tracks"] if track["cluster"] == cluster["number"]]
        assert len(own) == cluster["size"] == sum(row["cluster"] == str(cluster["number"]) for row in table)
        in_name = [trait["words"] for trait in cluster["profile"] if trait["in_name"]]
        assert sorted(in_name) == sorted(cluster["name"].split(", "))
        assert {track["id"] for track in cluster["typical"]} <= {track["id"] for track in own}
    energy = next(trait for trait in clusters[0]["profile"] if trait["name"] == "energy")
    assert energy["delta"]["low"] <= energy["delta"]["value"] <= energy["delta"]["high"]
    assert sum(answer["shares"]) < 1
    assert all(track["error"] == pytest.approx(1 - track["trust"], abs=1e-6) for track in answer["tracks"])
    shown = " ".join(run("map", "--n-clusters", 3, "--out", file, *asked).out.split())
    for cluster in clusters:
        assert f"{cluster['number']} {cluster['size']} tracks {cluster['name']} (δ" in shown
    assert f"trustworthiness {answer['trustworthiness']:.2f}" in shown
    assert answer["notes"][0] in shown


def test_a_map_can_do_without_clusters(run: Run, asked: tuple[str, str]) -> None:
    answer = run("map", "--clusters", "none", "--method", "tsne", "--json", *asked).json
    assert answer["clusters"] == answer["notes"] == []
    assert answer["clustering"] is answer["shares"] is None
    assert {track["cluster"] for track in answer["tracks"]} == {None}
    assert run("map", "--clusters", "hdbscan", "--json", *asked).json["clustering"]["method"] == "hdbscan"


def test_a_map_is_a_picture_by_its_suffix(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    picture, drawing = tmp_path / "map.png", tmp_path / "map.svg"
    assert "51 tracks" in run("map", "--out", picture, "--errors", "--colour", "energy", *asked).out
    assert picture.read_bytes().startswith(b"\x89PNG")
    run("map", "--out", drawing, "--clusters", "none", "--colour", "genre", *asked)
    assert "Orchestral" in drawing.read_text("utf-8")


def test_features_show_tags(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    answer = run("features", QUERY, "--json", *asked).json
    values = list(answer["tags"].values())
    assert (len(values), max(values)) == (50, values[0])
    assert all(before >= after for before, after in pairwise(values))
    of_file = run("features", answer["track"]["path"], "--json", *asked).json["tags"]
    assert of_file == pytest.approx(answer["tags"], abs=1e-4)
    shown = run("features", QUERY, *asked).out
    assert f"{next(iter(answer['tags'])).replace('_', ' ')} {values[0]:.2f}" in shown
    assert "\ntags: " in shown


def test_tags_can_be_asked_for(run: Run, asked: tuple[str, str]) -> None:
    some = run("similar", QUERY, "-n", 50, "--where", "tags.guitar > 0.1", "--json", *asked).json["results"]
    assert 0 < len(some) < 50
    for result in some[:3]:
        assert run("features", result["id"], "--json", *asked).json["tags"]["guitar"] > 0.1


def test_the_same_from_python(demo_library: Library) -> None:
    pair = demo_library.why(QUERY, QUERY, by="blend", weight=0.3)
    assert pair.score == pytest.approx(1, abs=1e-9)
    assert len(demo_library.path(QUERY, OTHER, n=3, by="spectrogram").steps) == 3
    assert demo_library.compare(QUERY, by=("blend", "features"), n=3).lists[0].by == "blend"
    assert demo_library.map(by="features").coordinates.xy.shape == (len(demo_library), 2)


# -- refusals ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three tones, silence, and rows of a table."""
    folder = tmp_path_factory.mktemp("mixed")
    rate = 22_050
    time = np.arange(8 * rate) / rate
    for pitch in (220, 330, 500):
        beat = np.random.default_rng(pitch).normal(0, 0.1, len(time)) * np.exp(-10 * (time % (pitch / 800)))
        soundfile.write(folder / f"tone {pitch}.wav", 0.3 * np.sin(2 * np.pi * pitch * time) + beat, rate)
    soundfile.write(folder / "hush.wav", np.zeros(8 * rate), rate)
    table = folder / "table.csv"
    table.write_text(
        "track_id,track_name,artists,danceability,energy,valence,tempo\n"
        "a,Paper Song,Pen,0.5,0.6,0.7,120\nb,Paper Tune,Pen,0.4,0.2,0.1,90\n"
    )
    library = soundglass.open(folder / "mixed.lance")
    library.scan(folder, workers=1)
    library.import_table(table)
    return library


@pytest.mark.parametrize("by", ["spectrogram", "blend", "mel-pca"])
def test_a_row_of_a_table_has_no_audio(run: Run, mixed: Library, by: str) -> None:
    library = ("--library", mixed.uri)
    heard = "spectrogram" if by == "blend" else by
    for question in (("similar", "paper song"), ("why", "tone 220", "paper song")):
        ran = run(*question, "--by", by, *library)
        assert_one_clear_line(ran, "Pen – Paper Song has no audio", f"by {heard}", "Ask by features")
    answer = run("similar", "tone 220", "--by", by, "--json", *library).json
    assert {result["title"] for result in answer["results"]} == {"tone 330", "tone 500"}
    assert answer["notes"] == [f"left out 3 tracks that {by} cannot compare with it"]
    assert_one_clear_line(run("compare", "paper song", *library), "has no audio")
    assert_one_clear_line(run("path", "tone 220", "paper song", "--by", by, *library), "has no audio")


def test_there_is_nothing_to_hear_in_silence(run: Run, mixed: Library, tmp_path: Path) -> None:
    library = ("--library", mixed.uri)
    for by in ("spectrogram", "blend"):
        ran = run("similar", "hush", "--by", by, *library)
        assert_one_clear_line(ran, "hush cannot be compared by spectrogram", "nothing to hear")
    ran = run("why", "tone 220", "hush", "--listen", tmp_path / "sounds", *library)
    assert_one_clear_line(ran, "nothing to hear")
    assert not (tmp_path / "sounds").exists()
    assert run("features", "hush", "--json", *library).json["tags"] == {}


def test_what_one_cannot_rank_is_left_out_and_said(run: Run, mixed: Library) -> None:
    answer = run("compare", "--all", "--json", "--library", mixed.uri).json
    assert answer["of"] == 3
    assert answer["notes"] == ["left out 1 track that only features can rank"]


def test_sounds_come_from_files_of_any_name(mixed: Library, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in ("tone 220", "tone 330"):
        odd = folder / os.fsdecode(f"{name} ".encode() + b"\xff.wav")
        try:
            shutil.copy(mixed.find(name).path, odd)
        except OSError:
            pytest.skip("this file system takes no such name")
    library = soundglass.open(tmp_path / "odd.lance")
    library.scan(folder, workers=1)
    library.scan(Path(mixed.find("tone 500").path), workers=1)
    assert library.listen("tone 220", "tone 330", tmp_path / "sounds").sounds


def test_a_library_of_before_says_what_to_run(run: Run, mixed: Library, tmp_path: Path) -> None:
    old = soundglass.open(tmp_path / "old.lance")
    folder = Path(mixed.find("tone 220").path).parent
    old.scan(folder, workers=1)
    store = Store(old.uri)
    ids = store.columns(["id"])["id"].to_pylist()
    names = ("id", "embedding_version", "token_vectors", "token_weights", "picture_version")
    store.merge_columns([dict.fromkeys(names) | {"id": track} for track in ids], names)
    library = ("--library", old.uri)
    for by in ("spectrogram", "blend", "mel-pca"):
        ran = run("similar", "tone 220", "--by", by, *library)
        assert_one_clear_line(ran, "has not been analysed for", "Run soundglass scan FOLDER")
    assert run("similar", "tone 220", *library).status == 0
    ran = run("scan", folder, *library)
    assert "4 upgraded" in ran.out
    assert run("similar", "tone 220", "--by", "spectrogram", *library).status == 0


def test_bad_questions_are_one_clear_line(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    assert_one_clear_line(run("similar", QUERY, "--by", "ear", *asked), "no recommender 'ear'", "mel-pca")
    assert_one_clear_line(run("similar", QUERY, "--by", "blend", "--weight", 2, *asked), "is 2", "0 ")
    assert_one_clear_line(run("why", QUERY, OTHER, "--weight", 0.5, *asked), "features takes no weight")
    assert_one_clear_line(run("compare", *asked), "either a track or --all")
    assert_one_clear_line(run("compare", QUERY, "--all", *asked), "either a track or --all")
    assert_one_clear_line(run("compare", QUERY, "--by", "features", *asked), "of two recommenders")
    assert_one_clear_line(run("compare", QUERY, "--by", "features,ear", *asked), "'ear'")
    assert_one_clear_line(run("path", QUERY, "zzqx unheard of", *asked), "no track is called")
    assert_one_clear_line(run("map", *asked), "goes into a file")
    assert_one_clear_line(run("map", "--by", "blend", "--json", *asked), "no map by blend")
    assert_one_clear_line(run("map", "--method", "umap", "--json", *asked), "no method 'umap'", "tsne")
    assert_one_clear_line(run("map", "--clusters", "dbscan", "--json", *asked), "'dbscan'", "kmeans")
    assert_one_clear_line(run("map", "--colour", "mood", "--json", *asked), "'mood'", "valence")
    assert_one_clear_line(run("map", "--out", tmp_path / "map.gif", *asked), "map.gif", "map.png")
    hdbscan = run("map", "--clusters", "hdbscan", "--n-clusters", 3, "--json", *asked)
    assert_one_clear_line(hdbscan, "3 clusters", "kmeans")
    nowhere = tmp_path / "none" / "map.csv"
    assert_one_clear_line(run("map", "--out", nowhere, *asked), "map.csv", "cannot be written")
