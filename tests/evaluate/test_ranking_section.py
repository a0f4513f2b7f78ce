from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from ranked import Told, context_of, library_of, tracks_of

from soundglass.core.errors import CatalogueError
from soundglass.core.statistics import Estimate, holm
from soundglass.evaluate.context import Context
from soundglass.evaluate.findings import Section, Table
from soundglass.evaluate.ranking.exposure import Exposure
from soundglass.evaluate.ranking.measures import MEASURES
from soundglass.evaluate.ranking.protocol import ask, protocol
from soundglass.evaluate.ranking.results import Results
from soundglass.evaluate.ranking.section import evaluate_ranking
from soundglass.evaluate.ranking.systems import systems
from soundglass.evaluate.ranking.targets import targets
from soundglass.evaluate.ranking.truth import truths
from soundglass.library.schema import PLAYLISTS

N = 48
ARTISTS = [f"Artist {i // 3}" for i in range(N)]
GENRES = [(f"genre {i % 4}",) for i in range(N)]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    folder = tmp_path_factory.mktemp("ranking")
    store = library_of(folder, tracks_of(N, artists=ARTISTS, genres=GENRES), popularity=list(range(N)))
    memberships = [
        {"playlist_id": f"p{i % 6}", "track_id": f"csv{i}", "genre": GENRES[i][0], "subgenre": f"s{i % 12}"}
        for i in range(N)
    ]
    store.add_playlists(pa.Table.from_pylist(memberships, schema=PLAYLISTS))
    return context_of(store, folder / "kept", seed=1)


@pytest.fixture(scope="module")
def found(context: Context) -> Section:
    return evaluate_ranking(context)


def named(section: Section, title: str) -> Table:
    return next(table for table in section.tables if table.title == title)


def results_of(context: Context, **scores: np.ndarray) -> Results:
    rows = np.arange(N)
    asked = protocol(context, rows, truths(context.store).among(rows))
    systems = {name.replace("_", "-"): Told(values, name) for name, values in scores.items()}
    fresh = replace(context, kept=context_of(context.store).kept)
    return Results(context, asked, {name: ask(fresh, system, asked) for name, system in systems.items()})


def test_every_truth_has_a_table_of_every_system_and_measure(found: Section) -> None:
    for title in ("Artist, artist filter off", "Genre, artist filter on", "Genre, artist filter off"):
        table = named(found, title)
        assert table.columns == ("system", *MEASURES)
        assert [row[0] for row in table.rows] == ["random", "popularity", "seed-cosine", "features"]
        for cell in (cell for row in table.rows for cell in row[1:]):
            assert isinstance(cell, Estimate)
            assert 0 <= cell.low <= cell.value <= cell.high <= 1
            assert cell.n == N
    assert not any(table.title == "Artist, artist filter on" for table in found.tables)


def test_differences_are_those_of_the_means(found: Section) -> None:
    means = {row[0]: row[2].value for row in named(found, "Genre, artist filter on").rows}
    differences = named(found, "Genre, artist filter on: differences of P@10")
    assert [row[0] for row in differences.rows] == [
        f"features − {other}" for other in ("random", "popularity", "seed-cosine")
    ]
    for name, difference, p in differences.rows:
        one, other = name.split(" − ")
        assert difference.value == pytest.approx(means[one] - means[other])
        assert 0 < p <= 1
    assert "3 comparisons" in differences.caption


def test_p_is_corrected_for_the_comparisons_of_a_table(context: Context, found: Section) -> None:
    compared = {system.name: system for system in systems(context)[0]}
    asked = protocol(context, np.arange(N), truths(context.store))
    results = Results(context, asked, {name: ask(context, one, asked) for name, one in compared.items()})
    question = results.question("subgenre", True)
    others = ("random", "popularity", "seed-cosine")
    raw = [results.difference("features", other, question, "P@10")[1] for other in others]
    table = named(found, "Subgenre, artist filter on: differences of P@10")
    assert [p for *_, p in table.rows] == pytest.approx(holm(raw))
    assert [p for *_, p in table.rows] != pytest.approx(raw)


def test_each_measure_is_its_own(context: Context) -> None:
    results = results_of(context, noise=np.random.default_rng(3).random((N, N)))
    for at, question in enumerate(results.asked.questions):
        means = [results.mean("noise", question, measure).value for measure in MEASURES]
        assert means == pytest.approx(np.nanmean(results.by_system["noise"][at], axis=0))


def test_a_chart_a_truth_with_both_filters(found: Section) -> None:
    charts = {chart.title: chart for chart in found.charts}
    assert set(charts) == {"Artist: P@5", "Genre: P@10", "Subgenre: P@10", "Playlist: R-precision"}
    assert [series.name for series in charts["Genre: P@10"].series] == [
        "artist filter on",
        "artist filter off",
    ]
    assert [series.name for series in charts["Artist: P@5"].series] == ["artist filter off"]
    for chart in charts.values():
        for series in chart.series:
            assert len(series.x) == len(series.y) == len(series.low) == len(series.high) == 4
        assert 0 < chart.reference < 1


def test_every_target_is_told_or_says_why_not(found: Section) -> None:
    verdicts = {target.what: target for target in found.targets}
    assert len(verdicts) == len(found.targets) == 23
    assert all(target.remark for target in found.targets if not target.met)
    assert verdicts["features above seed-cosine, subgenre P@10, artist filter on"].met is False
    assert verdicts["coverage@10, features"].met is True
    for what in (
        "spectrogram above mel-pca, artist P@5",
        "features on the reference table, genre P@10, artist filter on",
    ):
        assert verdicts[what].met is None


def test_notes_say_what_is_left_out(found: Section) -> None:
    notes = "\n".join(found.notes)
    assert "no audio" in notes
    assert "album: left out, the library does not tell it" in notes
    assert "Agreement is left out" in notes
    assert "artist, artist filter on" not in notes


def test_the_summary_names_the_best_recommender_and_the_best_baseline(found: Section) -> None:
    means = {row[0]: row[1] for row in named(found, "Artist, artist filter off").rows}
    baseline = max(("popularity", "seed-cosine"), key=lambda name: means[name].value)
    told = [f"{name} {m.value:.3f} [{m.low:.3f}, {m.high:.3f}]" for name, m in means.items()]
    features, best = (next(t for t in told if t.startswith(name)) for name in ("features", baseline))
    start = "48 of 48 tracks were asked about. Artist, artist filter off, P@5: "
    assert found.summary.startswith(f"{start}{features}, {best}; chance 0.043.")


def test_the_same_again_and_without_what_was_kept(context: Context, found: Section) -> None:
    assert repr(evaluate_ranking(context)) == repr(found)
    assert repr(evaluate_ranking(replace(context, kept=context_of(context.store).kept))) == repr(found)


def test_targets_follow_the_interval_of_the_difference(context: Context) -> None:
    rng = np.random.default_rng(1)
    genre = truths(context.store).others[1]
    good = np.array([genre.relevant(query) for query in range(N)]) + 0.0
    noise = rng.random((N, N))
    results = results_of(context, features=noise, spectrogram=good, blend=good + 1, mel_pca=1 - noise)
    verdicts = {target.what: target for target in targets(results, {})}
    won = verdicts["spectrogram above mel-pca, genre P@10, artist filter on"]
    assert (won.met, won.remark) == (True, "")
    assert won.found.low > 0
    drawn = verdicts["blend above both, genre P@10, artist filter on"]
    assert drawn.met is False
    assert drawn.remark == "the better of both is spectrogram: the interval includes 0"
    assert verdicts["spectrogram above bliss-audio, artist P@5"].remark == "no bliss-audio here"
    assert verdicts["skew of N10, blend"].met is None


def exposure_of(skewness: float, coverage: float) -> Exposure:
    covered = Estimate(coverage, coverage, coverage, 9)
    return Exposure(covered, covered, Estimate(skewness), 7, Estimate(1 - coverage), 9)


def test_targets_of_exposure_are_held_to_their_limits(context: Context) -> None:
    exposures = {
        "features": exposure_of(1.0, 0.9),
        "spectrogram": exposure_of(1.01, 0.89),
        "blend": exposure_of(float("nan"), float("nan")),
    }
    found = {t.what: (t.met, t.remark) for t in targets(results_of(context), exposures)[-6:]}
    assert found == {
        "skew of N10, features": (True, ""),
        "coverage@10, features": (True, ""),
        "skew of N10, spectrogram": (False, "one track is in 7 of 9 lists"),
        "coverage@10, spectrogram": (False, "11% of tracks are in no list"),
        "skew of N10, blend": (None, "too many tracks to ask about all, or too few"),
        "coverage@10, blend": (None, "too many tracks to ask about all, or too few"),
    }


def test_the_reference_table_is_known_by_its_size(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    results = results_of(context, features=np.random.default_rng(2).random((N, N)))
    monkeypatch.setattr("soundglass.evaluate.ranking.targets.REFERENCE_TRACKS", N)
    assert all(target.met is None for target in targets(results, {}) if "reference" in target.what)
    monkeypatch.setattr("soundglass.evaluate.ranking.targets.REFERENCE_PLAYLISTS", 6)
    genre, subgenre, playlist = (t for t in targets(results, {}) if "reference" in t.what)
    found = results.mean("features", results.question("genre", True), "P@10")
    assert (genre.found, genre.met, genre.remark) == (found, False, f"{0.43 - found.value:.3f} short of it")
    assert (subgenre.met, playlist.met) == (False, True)


def test_an_empty_library_has_nothing_to_rank(tmp_path: Path) -> None:
    found = evaluate_ranking(context_of(library_of(tmp_path, [])))
    assert not found.tables
    assert found.notes


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("origin", ["audio", "csv"])
def test_tiny_libraries_say_what_is_missing(tmp_path: Path, n: int, origin: str) -> None:
    tracks = tracks_of(n, origin, artists=["One"] * n)
    found = evaluate_ranking(context_of(library_of(tmp_path, tracks)))
    assert any("artist, artist filter off: left out" in note for note in found.notes)
    assert all(
        target.met is None or "N10" in target.what or "coverage" in target.what for target in found.targets
    )


def test_a_missing_table_of_listeners_is_refused(context: Context, tmp_path: Path) -> None:
    settings = replace(context.settings, listeners=tmp_path / "missing.tsv")
    with pytest.raises(CatalogueError, match="No such file"):
        evaluate_ranking(replace(context, settings=settings))


def test_labels_are_a_truth_of_their_own(context: Context, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    rows = [f"csv{i},Team {i % 4},Release {i % 4}" for i in range(N)]
    table.write_text("\n".join(["id,team,release", *rows]), encoding="utf-8")
    told = evaluate_ranking(replace(context, settings=replace(context.settings, labels=table)))
    same = named(told, "Team, artist filter on")
    assert [row[1:] for row in same.rows] == [row[1:] for row in named(told, "Genre, artist filter on").rows]
    titles = [table.title for table in told.tables]
    assert "Album, artist filter on" in titles
    assert "Album, artist filter off: differences of P@5" in titles
