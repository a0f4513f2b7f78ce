from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from feature_tables import random_values, store_of
from soundglass.core.errors import FeatureMismatchError, SoundglassError
from soundglass.core.types import Track
from soundglass.explain.answer import explain_pair
from soundglass.explain.features import FeatureExplainer
from soundglass.explain.path import explain_path
from soundglass.library.store import Store
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.filters import Filters

Known = tuple[Store, FeatureRecommender]


@pytest.mark.parametrize("library", ["spotify", "demo", "small"])
def test_every_step_is_explained_as_the_pair_it_is(library: str, request: pytest.FixtureRequest) -> None:
    store, recommender = request.getfixturevalue(library)
    explainer = FeatureExplainer(recommender)
    start, end = (int(row) for row in recommender.rows[[2, -1]])
    path = explain_path(store, explainer, start, end, 6, Filters())
    assert path.by == "features"
    assert path.end == path.steps[-1].track
    assert len(path.steps) == 6
    assert path.largest_jump == 1 - min(step.score for step in path.steps)
    for before, step in pairwise([path.start, *path.steps]):
        rows = [store.row_of(getattr(one, "track", one).id) for one in (before, step)]
        pair = explain_pair(store, explainer, *rows)
        assert step.track == pair.match
        assert step.score == pytest.approx(pair.score, abs=1e-9)
        assert sum(part.contribution for part in step.parts) == pytest.approx(step.score, abs=1e-9)
        assert (step.sentence, step.parts) == (pair.sentence, pair.parts)


def test_a_way_to_itself_has_no_steps(small: Known) -> None:
    path = explain_path(small[0], FeatureExplainer(small[1]), 5, 5, 4, Filters())
    assert (path.start.id, path.end.id, path.steps, path.largest_jump) == ("t5", "t5", (), 0.0)
    assert path.notes == ("both ends are the same track",)


def test_a_shorter_way_says_so(small: Known) -> None:
    nothing = explain_path(small[0], FeatureExplainer(small[1]), 5, 6, 4, Filters(where="tempo > 1000"))
    assert len(nothing.steps) == 1
    assert nothing.notes == ("too few tracks may be passed: 1 of 4 steps",)
    assert explain_path(small[0], FeatureExplainer(small[1]), 5, 6, 4, Filters()).notes == ()


@pytest.mark.parametrize("n_tracks, note", [(2, "1 step leads"), (4, "3 steps lead")])
def test_an_artist_twice_in_a_row_is_noted(tmp_path: Path, n_tracks: int, note: str) -> None:
    known = [Track(f"t{i}", "csv", title=f"Title {i}", artist="A") for i in range(n_tracks)]
    store = store_of(tmp_path, random_values(n_tracks), known)
    explainer = FeatureExplainer(FeatureRecommender.from_store(store, "csv"))
    path = explain_path(store, explainer, 0, 1, n_tracks - 1, Filters())
    assert path.notes == (f"{note} to the same artist again: no other way was found",)


def test_no_steps_are_refused(small: Known) -> None:
    for n in (0, -3):
        with pytest.raises(SoundglassError, match="at least 1 step"):
            explain_path(small[0], FeatureExplainer(small[1]), 5, 6, n, Filters())


def test_ends_of_different_kinds_are_refused(tmp_path: Path) -> None:
    known = [Track(f"t{i}", "csv" if i < 5 else "audio", title=f"Title {i}") for i in range(10)]
    store = store_of(tmp_path, random_values(10), known)
    explainer = FeatureExplainer(FeatureRecommender.from_store(store, "csv"))
    with pytest.raises(FeatureMismatchError):
        explain_path(store, explainer, 1, 6, 3, Filters())
