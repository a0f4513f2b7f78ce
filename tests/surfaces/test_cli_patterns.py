"""``soundglass patterns`` on the demo music: what it says, its JSON, its picture, its refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from ran import Ran, assert_one_clear_line
from scipy.stats import spearmanr

from soundglass.explain.patterns.kept import Kept
from soundglass.surfaces.library import Library

Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def seen_file(demo_library: Library) -> Path:
    """What was seen of the demo music, by all tests and processes."""
    return Path(demo_library.uri).parent / "cache" / "soundglass" / "seen.sqlite"


@pytest.fixture
def asked(demo_library: Library, seen_file: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(seen_file.parents[1]))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: seen_file.parent)
    return "--library", demo_library.uri


def test_it_says_what_goes_with_what_and_what_holds(run: Run, asked: tuple[str, str]) -> None:
    said = run("patterns", *asked)
    assert said.status == 0
    assert said.err == ""
    assert "51 tracks; ρ is Spearman's [95 % interval, 22 artists or folders drawn anew]" in said.out
    lines = said.out.splitlines()
    assert any(line.startswith("more energy goes with:") for line in lines)
    assert any(line.startswith("  brighter (ρ .7") and line.endswith("])") for line in lines)
    assert "“High energy: dense high-frequency bands”: holds" in said.out
    assert "themselves read off the spectrogram" in " ".join(said.out.split())
    assert lines.index("more energy goes with:") < lines.index("more brightness goes with:")
    assert seen_is_kept(asked)


def seen_is_kept(asked: tuple[str, str]) -> bool:
    return (Path(asked[1]).parent / "cache" / "soundglass" / "seen.sqlite").is_file()


def test_the_json_holds_every_association(run: Run, asked: tuple[str, str], demo_library: Library) -> None:
    answer = run("patterns", "--feature", "energy", "-f", "valence", "--json", *asked).json
    assert set(answer) == {
        *("tracks", "clusters", "by_artist", "left_out", "statistics", "features", "claims", "notes"),
    }
    assert [one["feature"] for one in answer["features"]] == ["energy", "valence"]
    assert len(answer["claims"]) == 4, "those about acousticness were not asked for"
    energy = answer["features"][0]
    assert len(energy["associations"]) == len(answer["statistics"]) == 16
    sizes = [abs(one["rho"]) for one in energy["associations"]]
    assert sizes == sorted(sizes, reverse=True)
    for one in energy["associations"]:
        assert one["low"] <= one["rho"] <= one["high"]
        statistic = answer["statistics"][one["statistic"]]
        assert one["direction"] == statistic["more" if one["rho"] > 0 else "less"]
    low, high = energy["example"]["low"], energy["example"]["high"]
    assert low["value"] < high["value"]
    assert {"id", "title", "artist", "album", "path", "value", "seen"} == set(low)


def test_rho_is_that_of_what_was_seen_and_the_stored_feature(
    run: Run, asked: tuple[str, str], demo_library: Library, seen_file: Path
) -> None:
    answer = run("patterns", "-f", "energy", "--json", *asked).json
    names = list(answer["statistics"])
    table = demo_library._store().columns(["energy", "id"])
    seen = Kept(seen_file).read(table["id"].to_pylist())
    numbers = np.array([seen[track].numbers for track in table["id"].to_pylist()])
    for one in answer["features"][0]["associations"]:
        expected = spearmanr(table["energy"].to_pylist(), numbers[:, names.index(one["statistic"])]).statistic
        assert one["rho"] == pytest.approx(expected, abs=2e-3)


def test_the_picture_shows_pairs(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "deep" / "patterns.png"
    said = run("patterns", "-f", "energy", "-f", "acousticness", "-o", file, *asked)
    assert said.status == 0
    assert "Drawn:" in said.out
    assert imread(file).std() > 0.1


def test_the_contrast_of_a_library_is_drawn(
    asked: tuple[str, str], demo_library: Library, seen_file: Path
) -> None:
    contrast = demo_library.contrast("energy", shown=2, kept_file=seen_file)
    assert contrast.least[-20:].min() > 0, "energetic tracks have more of the highest bands"
    figure = demo_library.pictures.contrast("energy", shown=2)
    assert len([axes for axes in figure.axes if axes.images]) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-f", "swagger"), "no feature called 'swagger'"),
        (("-f", "key"), "key is not more or less of anything"),
        (("-o", "x.gif"), "no name of a picture"),
    ],
)
def test_nonsense_is_refused_before_anything_is_heard(
    run: Run, demo_library: Library, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr("soundglass.explain.patterns.sights.see_library", None)
    assert_one_clear_line(run("patterns", *arguments, "--library", demo_library.uri), said)


def test_a_table_shows_no_patterns(run: Run, spotify_library: Library) -> None:
    refused = run("patterns", "--library", spotify_library.uri)
    assert_one_clear_line(refused, "0 tracks with audio nothing can be said", "28,356 known from a table")


def test_a_handful_of_tracks_is_too_few(run: Run, asked: tuple[str, str]) -> None:
    assert_one_clear_line(
        run("patterns", "--sample", 3, *asked), "of 3 tracks with audio nothing can be said"
    )
    assert run("patterns", "--sample", 8, "-f", "energy", "--json", *asked).json["tracks"] == 8


def test_help_names_the_options(run: Run) -> None:
    said = run("patterns", "--help")
    assert {"--feature", "--sample", "--json", "-o"} <= set(said.out.replace(",", " ").split())
