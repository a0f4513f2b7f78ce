"""Visual similarity: which pairs are looked at, what becomes of missing files, and what is told of both."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from ranked import context_of, library_of, tracks_of
from scipy.stats import mannwhitneyu

import soundglass
from soundglass.core.errors import AudioError
from soundglass.core.statistics import Estimate
from soundglass.evaluate.visual import gallery
from soundglass.evaluate.visual.gallery import draw
from soundglass.evaluate.visual.pairs import PER_QUERY, RANDOM, SAME_GENRE, Pairs, choose_pairs
from soundglass.evaluate.visual.pictures import N_COLUMNS, PER_BEAT
from soundglass.evaluate.visual.section import evaluate_visual
from soundglass.evaluate.visual.seen import MEASURES, Seen, distance, look, of_queries, similarity
from soundglass.explain.answer import tracks
from soundglass.explain.registry import RECOMMENDERS
from soundglass.library.store import Store
from soundglass.recommend.filters import artists

KINDS = (*RECOMMENDERS, SAME_GENRE, RANDOM)


def picture(seed: int) -> np.ndarray:
    """A made picture: level falls with height, a few notes."""
    rng = np.random.default_rng(seed)
    levels = np.linspace(200, 20, 128)[:, None] + np.zeros(N_COLUMNS)
    for _ in range(40):
        band, column = rng.integers(0, 120), rng.integers(0, N_COLUMNS - PER_BEAT)
        levels[band : band + 4, column : column + PER_BEAT] += 55
    return np.clip(levels, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def demo(demo_library) -> Store:
    return Store(demo_library.uri)


@pytest.fixture(scope="module")
def pairs(demo) -> Pairs:
    return choose_pairs(context_of(demo, visual_queries=10))


def test_every_kind_gives_each_query_its_pairs(pairs):
    assert tuple(pairs.matches) == KINDS
    assert len(pairs.queries) == len(pairs.groups) == 10
    for kind, matches in pairs.matches.items():
        assert [len(set(rows)) for rows in matches] == [len(rows) for rows in matches]
        assert all(len(rows) == PER_QUERY for rows in matches) or kind == SAME_GENRE
    assert set(pairs.rows) == {
        *pairs.queries.tolist(),
        *(r for m in pairs.matches.values() for rows in m for r in rows),
    }


def test_no_pair_shares_artist_or_album_and_those_of_a_genre_share_it(demo, pairs):
    for kind, matches in pairs.matches.items():
        for query, rows in zip(pairs.queries.tolist(), matches, strict=True):
            first, *others = tracks(demo, [query, *rows])
            for other in others:
                assert not artists(first.artist) & artists(other.artist)
                assert first.album != other.album
                if kind == SAME_GENRE:
                    assert {g.casefold() for g in first.genres} & {g.casefold() for g in other.genres}


def test_recommended_pairs_are_what_the_recommender_puts_first(demo, pairs):
    context = context_of(demo)
    for kind in RECOMMENDERS:
        recommender = context.explainers.of(kind).recommender
        for query, rows in zip(pairs.queries.tolist(), pairs.matches[kind], strict=True):
            first, *others = tracks(demo, [query, *recommender.rows.tolist()])
            apart = np.array(
                [not artists(first.artist) & artists(o.artist) and first.album != o.album for o in others]
            )
            scores = np.where(apart, recommender.exact_scores(query, recommender.rows), -np.inf)
            assert rows == recommender.rows[np.argsort(-scores, kind="stable")[:PER_QUERY]].tolist()


def test_pairs_hang_on_the_seed_alone(demo, pairs):
    again = choose_pairs(context_of(demo, visual_queries=10))
    other = choose_pairs(context_of(demo, visual_queries=10, seed=5))
    assert again.matches == pairs.matches
    assert np.array_equal(again.queries, pairs.queries)
    assert other.matches[RANDOM] != pairs.matches[RANDOM]


def test_the_demo_music_gives_a_whole_section(demo, tmp_path):
    steps: list[tuple[str, int, int]] = []
    context = context_of(demo, tmp_path, visual_queries=30)
    section = evaluate_visual(replace(context, progress=lambda *step: steps.append(step)))
    means, *differences = section.tables
    assert section.name == "visual"
    assert [row[0] for row in means.rows][-1] == RANDOM
    assert means.columns == ("pairs", "MS-SSIM", "patch EMD")
    for table in (means, *differences):
        assert all(len(row) == len(table.columns) for row in table.rows)
    for _, similar, apart in means.rows:
        assert isinstance(similar, Estimate)
        assert 0 <= similar.low <= similar.value <= similar.high <= 1
        assert 0 <= apart.low <= apart.value <= apart.high
    assert {name for series in section.charts[0].series for name in series.x} <= set(KINDS) - {RANDOM}
    assert "random pairs" in section.summary
    assert {step[0] for step in steps} == {"choose pairs", "draw pictures", "compare pictures"}
    assert all(0 <= done <= of for _, done, of in steps)


def test_a_picture_is_drawn_once(demo, tmp_path, monkeypatch):
    first = draw(context_of(demo, tmp_path), [3, 7])

    def fail(*_: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(gallery, "read_clip", fail)
    again = draw(context_of(demo, tmp_path), [7, 3])
    assert set(again.pictures) == {3, 7}
    assert all(np.array_equal(again.pictures[row], first.pictures[row]) for row in (3, 7))


def test_files_that_are_gone_are_noted_and_looked_for_again(demo, tmp_path, monkeypatch):
    def gone(*_: object) -> None:
        raise AudioError("is gone")

    with monkeypatch.context() as patch:
        patch.setattr(gallery, "read_clip", gone)
        found = draw(context_of(demo, tmp_path), [0, 1])
    assert not found.pictures
    assert "2 of 2 tracks have no picture" in found.notes[0]
    assert len(draw(context_of(demo, tmp_path), [0, 1]).pictures) == 2


def test_pairs_without_pictures_are_left_out():
    pairs = Pairs(np.array([0, 1]), ("a", "b"), {"features": [[2, 3], [4]], RANDOM: [[3], [2, 4]]}, ())
    pictures = {row: picture(row) for row in (0, 2, 4)}
    seen, apart = look(context_of_nothing(), pairs, pictures)
    assert np.isfinite(seen.values["features"]).tolist() == [[True, False, False], [False] * 3]
    assert not np.isfinite(apart.values[RANDOM]).any()
    assert seen.values["features"][0, 0] == similarity(pictures[0], pictures[2])
    assert apart.values["features"][0, 0] == distance(pictures[0], pictures[2])


def context_of_nothing():
    return context_of(None, resamples=50)


def test_measures_know_equal_pictures():
    one, turned = picture(0), np.roll(picture(0), 5 * PER_BEAT, axis=1)
    assert similarity(one, turned) == pytest.approx(1)
    assert distance(one, turned) == 0
    assert similarity(one, picture(1)) < 0.95
    assert distance(one, picture(1)) > 0.01


def seen_of(measure: int, **values: np.ndarray) -> Seen:
    n = len(next(iter(values.values())))
    return Seen(MEASURES[measure], values, [f"artist {i}" for i in range(n)], 500, 0)


def test_more_alike_is_above_zero_for_a_distance_too():
    rng = np.random.default_rng(0)
    near, far = rng.normal(0.2, 0.02, (30, 3)), rng.normal(0.3, 0.02, (30, 3))
    for measure, sign in ((0, -1), (1, 1)):
        [found] = seen_of(measure, features=near, random=far).differences([("features", RANDOM)])
        assert found.mean.value == pytest.approx(sign * (far.mean() - near.mean()))
        assert np.sign(found.mean.low) == np.sign(found.mean.high) == np.sign(found.effect.value) == sign
        assert found.is_shown is (sign > 0)


def test_effects_are_those_of_pairs_whose_query_has_both():
    rng = np.random.default_rng(1)
    one, other = rng.random((12, 3)) + 0.2, rng.random((12, 3))
    one[0], other[3], other[5, 1:] = np.nan, np.nan, np.nan
    seen = seen_of(0, features=one, random=other)
    [found] = seen.differences([("features", RANDOM)])
    both = [i for i in range(12) if i not in {0, 3}]
    first, second = (z[both].ravel()[np.isfinite(z[both].ravel())] for z in (one, other))
    u = mannwhitneyu(first, second).statistic
    assert found.effect.value == pytest.approx(2 * u / (len(first) * len(second)) - 1)
    assert found.mean.n == 10
    assert found.mean.value == pytest.approx(np.mean(np.nanmean(one[both], 1) - np.nanmean(other[both], 1)))


def test_p_values_are_corrected_together():
    rng = np.random.default_rng(2)
    values = {kind: rng.normal(at, 1, (20, 3)) for kind, at in (("a", 0.5), ("b", 0.4), ("c", 0.0))}
    seen = seen_of(0, **values)
    alone = [seen.differences([pair])[0].p for pair in (("a", "c"), ("b", "c"))]
    together = [one.p for one in seen.differences([("a", "c"), ("b", "c")])]
    assert min(together) == pytest.approx(min(1, 2 * min(alone)))


def test_queries_average_what_they_have():
    values = np.array([[1.0, 2.0, np.nan], [np.nan] * 3, [3.0, 3.0, 6.0]])
    assert of_queries(values) == pytest.approx([1.5, np.nan, 4.0], nan_ok=True)


def test_a_table_has_nothing_to_look_at(tmp_path):
    section = evaluate_visual(context_of(library_of(tmp_path, tracks_of(6))))
    assert not section.tables
    assert "no audio" in section.notes[0]


def test_an_empty_library_has_nothing_to_look_at(tmp_path):
    store = Store(str(tmp_path / "empty.lance"), create=True)
    assert not evaluate_visual(context_of(store)).tables


def test_lost_files_leave_notes(tmp_path):
    section = evaluate_visual(context_of(library_of(tmp_path, tracks_of(30, "audio"))))
    assert not section.tables
    assert {note.partition(" is left out")[0] for note in section.notes} >= {
        "spectrogram",
        "blend",
        "mel-pca",
    }
    assert any("files are gone" in note for note in section.notes)


def test_kinds_of_too_few_artists_are_left_out(demo, monkeypatch):
    drawn = {row: picture(row) for row in range(len(demo))}
    monkeypatch.setattr("soundglass.evaluate.visual.section.draw", lambda *_: gallery.Gallery(drawn, 0, 0))
    # All tracks are asked about: which row a track has depends on which worker was done first.
    monkeypatch.setattr("soundglass.evaluate.visual.section.LEAST_ARTISTS", 22)
    section = evaluate_visual(context_of(demo, visual_queries=51))
    assert [row[0] for row in section.tables[0].rows] == [*RECOMMENDERS, RANDOM]
    assert section.notes == (f"Pairs that queries by fewer than 22 artists have are left out: {SAME_GENRE}",)
    assert not evaluate_visual(context_of(demo, visual_queries=5)).tables


def test_two_files_have_nothing_to_compare(tmp_path):
    from soundglass.demo import demo_music

    folder = tmp_path / "music"
    folder.mkdir()
    for file in sorted(demo_music().glob("*.ogg"))[:2]:
        shutil.copy(file, folder)
    library = soundglass.open(tmp_path / "few.lance")
    library.scan(folder)
    section = evaluate_visual(context_of(Store(library.uri)))
    assert not section.tables
    assert section.notes
