"""Queries beside their recommendations: outlines where the regions are, numbered alike on both sides."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import librosa
import pytest

from drawn import CJK, LONG, ODD, beyond, deaf, outlines, parts_of, read, said, touching
from soundglass.core.types import FeatureEvidence, Part, Recommendation, Recommendations, Region, Track
from soundglass.explain.named import VISIBLE, named_parts
from soundglass.explain.pictures.marks import MOST, account, marks
from soundglass.explain.pictures.panels import AROUND_S, SHORT_S, pieces
from soundglass.explain.pictures.results import draw_results
from soundglass.surfaces.library import Library

QUERY = "escape from chaosland"
SIDE = FeatureEvidence(0.5, "", 50.0, "csv", "0.50")

by_regions = pytest.mark.parametrize("by", ["spectrogram", "blend"])


def place(hz: float) -> float:
    """Where a frequency lies among 128 bands whose triangles are evenly spaced in mel, by librosa."""
    step = librosa.hz_to_mel(11_025.0) / 129
    return float(librosa.hz_to_mel(hz) / step - 1)


def edges(region: Region) -> tuple[float, float, float, float]:
    return region.start_s, region.end_s, max(place(region.low_hz), -0.5), place(region.high_hz)


# -- marks ---------------------------------------------------------------------------------------------------


@by_regions
def test_the_regions_a_sentence_names_are_marked(demo_library: Library, by: str) -> None:
    for result in demo_library.similar(QUERY, by=by, n=8):
        marked = [mark.part for mark in marks(result.parts)]
        named, _ = named_parts(result.parts)
        assert {p.name for p in named if isinstance(p.query, Region)} <= {p.name for p in marked}
        assert len(marked) <= MOST
        assert [p.contribution for p in marked] == sorted((p.contribution for p in marked), reverse=True)
        assert all(p.contribution >= VISIBLE for p in marked[1:])
        assert [mark.number for mark in marks(result.parts)] == [*range(1, len(marked) + 1)]


@pytest.mark.parametrize("by", ["features", "spectrogram", "blend"])
def test_what_is_written_adds_up_to_the_score(demo_library: Library, by: str) -> None:
    for result in demo_library.similar(QUERY, by=by, n=8):
        text = account(result.parts, marks(result.parts)).replace("−", "-")
        numbers = re.findall(r"[+-]\d\.\d\d", text)
        assert sum(map(float, numbers)) == pytest.approx(round(result.score, 2), abs=1e-9)


# -- pieces --------------------------------------------------------------------------------------------------


def test_a_short_recording_is_drawn_whole() -> None:
    region = Region(3.0, 4.0, 0.0, 900.0)
    for duration in (0.2, 12.0, SHORT_S, math.nan):
        assert pieces(duration, [region]) == pieces(duration) == [(0.0, None)]


def test_a_long_recording_is_drawn_around_its_regions() -> None:
    far, near, nearer = (Region(t, t + 1, 0.0, 900.0) for t in (200.0, 61.0, 60.0))
    assert pieces(240.0, [far, near, nearer]) == [
        (60 - AROUND_S, 62 + AROUND_S),
        (200 - AROUND_S, 201 + AROUND_S),
    ]
    assert pieces(203.0, [far]) == [(200 - AROUND_S, 203.0)]
    assert pieces(240.0, [Region(0.5, 1.0, 0.0, 900.0)]) == [(0.0, 1.0 + AROUND_S)]
    ((start, end),) = pieces(240.0)
    assert (start + end, end - start) == (240.0, SHORT_S)


# -- figures -------------------------------------------------------------------------------------------------


@by_regions
def test_regions_are_outlined_where_they_are_and_numbered_alike(demo_library: Library, by: str) -> None:
    answer = demo_library.similar(QUERY, by=by, n=3)
    axes = draw_results(answer, read).axes
    for row, result in enumerate(answer):
        query, match = (outlines(axes[2 * row + side]) for side in (0, 1))
        assert query.keys() == match.keys() == {str(mark.number) for mark in marks(result.parts)}
        for mark in marks(result.parts):
            number = str(mark.number)
            assert query[number][0] == pytest.approx(edges(mark.query), abs=0.02)
            assert match[number][0] == pytest.approx(edges(mark.match), abs=0.02)
            assert query[number][1] == match[number][1] == mark.colour


@pytest.mark.parametrize("by", ["spectrogram", "blend", "mel-pca", "features"])
def test_the_words_of_every_result_are_beside_it(demo_library: Library, by: str) -> None:
    answer = demo_library.similar(QUERY, by=by, n=3)
    figure = draw_results(answer, read)
    shown = said(figure).replace("\n", " ")
    for result in answer:
        assert result.sentence in shown
        score = f"{result.score:.2f}".replace("-", "−")
        assert f"Score {score} = {account(result.parts, marks(result.parts))}".replace("\u00a0", " ") in shown
        assert f"{result.rank} · {result.track.label}" in shown
    assert ("numbered alike" in shown) is (by != "features")


@pytest.mark.parametrize("by", ["spectrogram", "blend", "features"])
@pytest.mark.parametrize("seconds", [12.0, 240.0])
def test_no_text_touches_another_whatever_the_titles(demo_library: Library, by: str, seconds: float) -> None:
    answer = demo_library.similar(QUERY, by=by, n=3)
    odd = Recommendations(
        replace(answer.query, title=LONG, artist=CJK, duration_s=seconds),
        answer.by,
        tuple(
            replace(r, track=replace(r.track, title=title, artist=LONG, duration_s=seconds))
            for r, title in zip(answer, (CJK, ODD, LONG), strict=True)
        ),
    )
    figure = draw_results(odd, read)
    assert touching(figure) == []
    assert beyond(figure) == []


def made(*moments: float) -> Recommendations:
    """One result whose regions are at some seconds of the query, and at others of the match."""
    query, match = (Track(name, "audio", title=name, duration_s=300.0) for name in "ab")
    parts = tuple(
        Part(
            f"sound {at}",
            0.3 - at / 100,
            Region(t, t + 1, 500.0, 900.0),
            Region(300 - t, 301 - t, 500.0, 900.0),
        )
        for at, t in enumerate(moments)
    )
    result = Recommendation(1, match, sum(part.contribution for part in parts), "Alike.", parts)
    return Recommendations(query, "spectrogram", (result,))


def test_every_region_of_a_long_recording_is_in_a_piece_of_it() -> None:
    axes = draw_results(made(20.0, 150.0, 151.5), read).axes
    found = [{number: edge[:2] for number, (edge, _) in outlines(one).items()} for one in axes]
    assert found == [
        {"1": (20.0, 21.0)},
        {"2": (150.0, 151.0), "3": (151.5, 152.5)},
        {"2": (150.0, 151.0), "3": (148.5, 149.5)},
        {"1": (280.0, 281.0)},
    ]


def test_a_file_that_is_gone_is_said_in_its_place(demo_library: Library) -> None:
    for by in ("spectrogram", "features"):
        answer = demo_library.similar(QUERY, by=by, n=2)
        figure = draw_results(answer, deaf)
        assert said(figure).count("No spectrogram: cannot be read") == (4 if by == "spectrogram" else 3)
        assert touching(figure) == []
        assert answer[0].sentence in said(figure).replace("\n", " ")


def test_nothing_to_draw_is_said_in_words(demo_library: Library) -> None:
    answer = replace(demo_library.similar(QUERY, n=1), results=(), notes=("too little is known",))
    figure = draw_results(answer, read)
    assert "There is no such track." in said(figure)
    assert "too little is known" in said(figure)
    assert [*parts_of(figure)] == [figure]
