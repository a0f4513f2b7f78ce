from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from soundglass.core.types import Recommendation, Recommendations, Track


@pytest.mark.parametrize(
    ("track", "label"),
    [
        (Track("1", "csv", title="Help!", artist="The Beatles"), "The Beatles – Help!"),
        (Track("1", "csv", title="Help!"), "Help!"),
        (Track("1", "audio", path="/music/help.mp3"), "help.mp3"),
        (Track("1", "audio", artist="The Beatles", path="help.mp3"), "The Beatles – help.mp3"),
        (Track("1", "csv"), "1"),
    ],
)
def test_a_track_is_called_by_the_best_there_is(track: Track, label: str) -> None:
    assert track.label == label


def test_tracks_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Track("1", "csv").title = "x"  # type: ignore[misc]


def test_an_answer_is_a_sequence_of_its_results() -> None:
    query = Track("q", "csv")
    results = tuple(Recommendation(i, Track(str(i), "csv"), 0.5, "", ()) for i in (1, 2, 3))
    answer = Recommendations(query, "features", results)
    assert len(answer) == 3
    assert list(answer) == list(results)
    assert answer[1] is results[1]
    assert answer[1:] == results[1:]
    assert results[2] in answer
