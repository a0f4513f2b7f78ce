from __future__ import annotations

import pytest

from feature_tables import random_values
from soundglass.core.errors import FeatureMismatchError, LibraryError, SoundglassError
from soundglass.core.types import Track
from soundglass.explain.atlas import draw_atlas
from soundglass.explain.base import Explainer
from soundglass.explain.registry import RECOMMENDERS, Explainers
from soundglass.library import background
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store
from token_sets import random_token_sets, store_tokens, track_row

SILENT, PAPER, FRESH = "t6", "c0", "t99"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Six tracks with tokens, a silent one, three of a table, and one whose tokens are not measured yet."""
    store = Store(str(tmp_path_factory.mktemp("registry") / "library.lance"), create=True)
    store_tokens(store, [*random_token_sets(6, seed=51), None])
    values = random_values(3, seed=52)
    store.upsert(
        [
            TrackRow(Track(f"c{i}", "csv", title="Paper"), {k: v[i] for k, v in values.items()})
            for i in range(3)
        ]
    )
    with store.writing("test"):
        background.refresh(store)
    store.upsert([track_row("t99", random_token_sets(1, seed=53)[0])])
    return store


def ids(store: Store, explainer: Explainer) -> set[str]:
    return set(store.take(explainer.recommender.rows, ["id"])["id"].to_pylist())


def row(store: Store, track: str) -> int:
    found = store.row_of(track)
    assert found is not None
    return found


HEARD = {f"t{i}" for i in range(6)}


def test_every_name_is_made_once(store: Store) -> None:
    explainers = Explainers(store)
    for by in ("features", "spectrogram"):
        made = explainers.of(by, row(store, "t0"))
        assert made.recommender.name == by
        assert explainers.of(by, row(store, "t3")) is made
        assert explainers.of(by) is made
    assert ids(store, explainers.of("features", row(store, PAPER))) == {"c0", "c1", "c2"}
    assert ids(store, explainers.of("features", row(store, "t1"))) == {*HEARD, SILENT, FRESH}
    assert ids(store, explainers.of("spectrogram")) == HEARD
    assert set(RECOMMENDERS) == {"features", "spectrogram", "blend", "mel-pca"}


def test_the_blend_has_the_weight_asked_for(store: Store) -> None:
    explainers = Explainers(store)
    for weight in (None, 0.0, 0.25):
        blend = explainers.of("blend", row(store, "t0"), weight=weight)
        assert blend.recommender.weight == (0.5 if weight is None else weight)
        assert ids(store, blend) == HEARD


def test_a_name_or_weight_there_is_not(store: Store) -> None:
    explainers = Explainers(store)
    with pytest.raises(SoundglassError, match="no recommender 'ear'"):
        explainers.of("ear")
    for by in ("features", "spectrogram", "mel-pca"):
        with pytest.raises(SoundglassError, match="takes no weight"):
            explainers.of(by, weight=0.5)
    with pytest.raises(SoundglassError, match=r"is 1\.5"):
        explainers.of("blend", weight=1.5)


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("by", ["spectrogram", "blend"])
@pytest.mark.parametrize("beside", [(), ("t0",)])
def test_why_a_track_cannot_be_compared(
    store: Store, by: str, asked_before: bool, beside: tuple[str, ...]
) -> None:
    explainers = Explainers(store)
    if asked_before:
        explainers.of(by)

    def ask(track: str) -> None:
        explainers.of(by, *(row(store, wanted) for wanted in (*beside, track)))

    with pytest.raises(FeatureMismatchError, match="Paper has no audio to compare by spectrogram"):
        ask(PAPER)
    with pytest.raises(FeatureMismatchError, match=r"t6 cannot be compared by spectrogram: .* nothing"):
        ask(SILENT)
    with pytest.raises(LibraryError, match=r"t99 has not been analysed .* yet\. Run soundglass scan"):
        ask(FRESH)


def test_what_was_never_looked_at_says_what_to_run(store: Store) -> None:
    with pytest.raises(FeatureMismatchError, match="nothing to hear"):
        Explainers(store).of("mel-pca", row(store, "t0"))
    store.merge_columns([{"id": "t1", "picture_version": None}], ("id", "picture_version"))
    with pytest.raises(LibraryError, match="t1 has not been analysed for mel-pca yet"):
        Explainers(store).of("mel-pca", row(store, "t1"))


@pytest.mark.parametrize("by", ["features", "spectrogram"])
def test_a_map_has_the_tracks_its_recommender_has(store: Store, by: str) -> None:
    recommender = Explainers(store).of(by).recommender
    drawn = draw_atlas(store, recommender, "pca")
    assert drawn.by == by
    assert [track.id for track in drawn.tracks] == [
        row["id"] for row in store.take(recommender.rows, ["id"]).to_pylist()
    ]
    assert drawn.coordinates.xy.shape == (len(drawn.tracks), 2)


def test_there_is_no_map_of_the_blend(store: Store) -> None:
    with pytest.raises(SoundglassError, match="no map by blend"):
        draw_atlas(store, Explainers(store).of("blend").recommender, "pca")
