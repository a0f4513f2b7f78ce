"""Names of clusters, read again against the data by code that explanations do not use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from feature_tables import random_values, store_of
from soundglass.core.catalogue import CATALOGUE
from soundglass.core.statistics import Estimate, holm
from soundglass.core.types import Track
from soundglass.explain.apart import LEAST_TAG, MEDIUM, Quality, Trait, qualities, said, traits
from soundglass.explain.atlas import Atlas, draw_atlas
from soundglass.explain.clusters import MIXED, Cluster, delta_text, named_clusters
from soundglass.library.store import Store
from soundglass.recommend.clusters import Clustering
from soundglass.recommend.features import FeatureRecommender
from soundglass.recommend.space import FeatureSpace
from soundglass.recommend.spectrogram import SpectrogramRecommender

Known = tuple[Store, FeatureRecommender]


def delta_by_u(one: np.ndarray, other: np.ndarray) -> float:
    """Cliff's delta from scipy's Mann-Whitney U."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    return float(2 * mannwhitneyu(one, other, method="asymptotic").statistic / (len(one) * len(other)) - 1)


def raw(store: Store, trait: Trait, rows: np.ndarray) -> np.ndarray:
    """Read the values a trait speaks of from the library again."""
    if trait.kind == "feature":
        return np.asarray(store.take(rows, [trait.name])[trait.name], dtype=np.float64)
    if trait.kind == "tag":
        tags = store.take(rows, ["tags"])["tags"].to_pylist()
        return np.array([each[trait.name] if each else np.nan for each in tags], dtype=np.float64)
    genres = store.take(rows, ["genres"])["genres"].to_pylist()
    return np.array([float(trait.name in each) if each else np.nan for each in genres])


def check(atlas: Atlas, store: Store) -> int:
    """Check every claim of every name; give how many there were."""
    assert atlas.clustering is not None
    n_claims = 0
    for place, cluster in enumerate(atlas.clusters):
        inside = atlas.clustering.labels == place
        assert cluster.size == inside.sum()
        for trait in cluster.named_by:
            values = raw(store, trait, atlas.coordinates.rows)
            delta = delta_by_u(values[inside], values[~inside])
            assert trait.effect.value == pytest.approx(delta, abs=1e-6)
            assert abs(delta) >= MEDIUM
            apart = np.nanmean(values[inside]) - np.nanmean(values[~inside])
            assert np.sign(apart) == np.sign(delta)
            audio = atlas.tracks[0].origin == "audio"
            if trait.kind == "feature":
                words = CATALOGUE[trait.name].comparatives[int(delta > 0)]
                if audio and trait.name != "tempo":
                    assert abs(apart) > CATALOGUE[trait.name].error
            else:
                words = ("more " if delta > 0 else "less ") + ("often " if trait.kind == "genre" else "")
                words += trait.name.replace("_", " ")
                assert trait.kind == "genre" or abs(apart) > LEAST_TAG
            assert words in cluster.name
            n_claims += 1
        sizes = [abs(trait.effect.value) for trait in cluster.named_by]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) <= 3
        assert (cluster.name == MIXED) is (not sizes)
    return n_claims


def test_every_name_of_the_demo_music_holds(demo: Known) -> None:
    store, recommender = demo
    for n_clusters in (2, 4):
        assert check(draw_atlas(store, recommender, "pca", "kmeans", n_clusters), store) >= 2


def test_every_name_by_spectrogram_holds(demo: Known) -> None:
    store, _ = demo
    recommender = SpectrogramRecommender.from_store(store)
    atlas = draw_atlas(store, recommender, "pca", "kmeans", 3)
    assert check(atlas, store) >= 1
    assert "tokens taken together" in atlas.notes[1]
    assert draw_atlas(store, recommender, "pca", None).notes == ()


def test_every_name_of_a_table_holds(spotify114k: Known) -> None:
    store, recommender = spotify114k
    values = {name: of_all[:1500] for name, of_all in recommender.space.values.items()}
    some = FeatureRecommender(recommender.rows[:1500], FeatureSpace.fit(values), "csv")
    atlas = draw_atlas(store, some, "pca")
    assert len(atlas.clusters) >= 2
    assert check(atlas, store) >= 2


# -- planted -----------------------------------------------------------------------------------------


def planted(n: int = 80) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two kinds: slow, acoustic and quiet as calm; fast, electric and loud as energetic; all else alike."""
    values = random_values(n, seed=2)
    rng, first = np.random.default_rng(0), np.arange(n) < n // 2
    values["acousticness"] = np.where(first, rng.uniform(0.7, 0.95, n), rng.uniform(0.01, 0.2, n))
    values["tempo"] = np.where(first, rng.uniform(70, 82, n), rng.uniform(128, 140, n))
    values["energy"] = np.where(first, rng.uniform(0.1, 0.4, n), rng.uniform(0.6, 0.95, n))
    values["loudness"] = np.where(first, rng.uniform(-20, -15, n), rng.uniform(-10, -5, n))
    return values, first


def test_planted_clusters_are_found_and_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    values, first = planted()
    store = store_of(tmp_path_factory.mktemp("planted"), values)
    atlas = draw_atlas(store, FeatureRecommender.from_store(store, "csv"), "pca")
    assert len(atlas.clusters) == 2
    slow = atlas.cluster_of(0)
    assert slow is not None
    assert {point for point in range(80) if atlas.cluster_of(point) is slow} == set(np.flatnonzero(first))
    assert sorted(slow.name.split(", ")) in (
        ["calmer", "more acoustic", "slower"],
        ["more acoustic", "quieter", "slower"],
    )
    assert slow.label == f"{slow.name} (δ {', '.join(delta_text(t.effect.value) for t in slow.named_by)})"
    assert check(atlas, store) == 6
    mean = {trait.name: (trait.mean, trait.elsewhere) for trait in slow.profile if trait.kind == "feature"}
    tempi = values["tempo"][:40].mean(), values["tempo"][40:].mean()
    assert mean["tempo"] == pytest.approx(tempi, rel=1e-5)
    assert set(slow.typical) <= set(np.flatnonzero(first).tolist())


def test_a_map_without_clusters_says_why(small: Known) -> None:
    atlas = draw_atlas(*small, "pca")
    assert atlas.clusters == ()
    assert atlas.notes[0].startswith("No clusters")
    assert atlas.cluster_of(0) is None
    none = draw_atlas(*small, "pca", None)
    assert (none.clustering, none.clusters, none.notes) == (None, (), ())
    assert set(none.features) == set(CATALOGUE)


def named(labels: np.ndarray, among: list[Quality], artists: list[str] | None = None) -> tuple[Cluster, ...]:
    points = np.zeros((len(labels), 2))
    return named_clusters(Clustering("kmeans", labels), points, among, artists or [""] * len(labels))


def test_what_nothing_sets_apart_is_mixed() -> None:
    values, _ = planted()
    among = [Quality("feature", name, of_all) for name, of_all in values.items() if name != "key"]
    labels = np.random.default_rng(8).integers(0, 2, 80)
    assert [cluster.name for cluster in named(labels, among)] == [MIXED, MIXED]
    assert all(cluster.profile and not cluster.named_by for cluster in named(labels, among))
    assert named(labels, among)[0].label == MIXED


def test_a_cluster_of_one_artist_gets_no_name_of_that_artists_ways() -> None:
    """Forty tracks are forty witnesses, but one artist is one."""
    values, first = planted()
    among = [Quality("feature", "energy", values["energy"])]
    many = [f"singer {i}" for i in range(80)]
    few = ["one" if i < 40 else ("another", "third")[i % 2] for i in range(80)]
    labels = np.where(first, 0, 1)
    assert named(labels, among, many)[0].name == "calmer"
    assert named(labels, among, few)[0].name == MIXED


# -- what may be said --------------------------------------------------------------------------------


def trait(name: str = "energy", delta: float = 0.6, **changes: object) -> Trait:
    mean = 0.5 + delta / 4
    return replace(Trait("feature", name, mean, 0.5, Estimate(delta), 0.001), **changes)


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (trait(), True),
        (trait(delta=-0.6), True),
        (trait(delta=MEDIUM), True),
        (trait(delta=MEDIUM - 0.01), False),
        (trait(p=0.05), False),
        (trait(error=0.14), True),
        (trait(error=0.16), False),
        (trait(mean=0.4), False),
        (trait("tempo", mean=101.0, elsewhere=100.0, error=0.005), True),
        (trait("tempo", mean=100.4, elsewhere=100.0, error=0.005), False),
    ],
)
def test_a_claim_holds_where_it_is_large_sure_and_beyond_the_error(claim: Trait, holds: bool) -> None:
    assert claim.holds is holds


def test_of_features_that_measure_one_thing_one_is_said() -> None:
    said_of = {"energy": 0.7, "loudness": 0.9, "tempo": -0.5, "valence": 0.4, "danceability": 0.35}
    found = said([trait(name, delta) for name, delta in said_of.items()])
    assert [each.name for each in found] == ["loudness", "tempo", "valence"]
    tags = [replace(trait(delta=d), kind="tag", name=tag) for tag, d in (("guitar", 0.9), ("drums", 0.8))]
    assert [each.words for each in said([*tags, trait()])] == ["more guitar", "more energetic"]


def test_words_of_all_kinds() -> None:
    for name, feature in CATALOGUE.items():
        if all(feature.comparatives):
            assert trait(name, 0.6).words == feature.comparatives[1]
            assert trait(name, -0.6).words == feature.comparatives[0]
    assert replace(trait(delta=-0.6), kind="genre", name="hip hop").words == "less often hip hop"
    assert delta_text(-0.714) == "−.71"
    assert delta_text(1) == "1.00"


def test_p_values_are_corrected_for_all_of_their_kind() -> None:
    values, first = planted()
    among = [Quality("feature", name, of_all) for name, of_all in values.items() if name != "key"]
    together = traits(first, among, [""] * 80)
    alone = [traits(first, [quality], [""] * 80)[0].p for quality in among]
    assert [each.p for each in together] == pytest.approx(holm(alone).tolist())
    tags = [replace(quality, kind="tag") for quality in among[:3]]
    both = traits(first, [*among, *tags], [""] * 80)
    assert [each.p for each in both] == pytest.approx([*holm(alone), *holm(alone[:3])])


def test_genres_and_tags_that_tracks_have_are_compared(demo: Known) -> None:
    store, recommender = demo
    tracks = [
        Track(str(i), "csv", genres=(("rock", "loud") if i % 2 else ("jazz",)) if i < 40 else ())
        for i in range(len(recommender.rows))
    ]
    table = qualities(store, recommender.rows.tolist(), tracks, {"energy": np.zeros(len(tracks), np.float32)})
    genres = {each.name: each.values for each in table if each.kind == "genre"}
    assert set(genres) == {"rock", "loud", "jazz"}
    assert genres["rock"][:4].tolist() == [0, 1, 0, 1]
    assert np.isnan(genres["rock"][40:]).all()
    assert not any(each.kind == "tag" for each in table)
    audio = qualities(store, recommender.rows.tolist(), [replace(t, origin="audio") for t in tracks], {})
    assert {"guitar", "metal"} <= {each.name for each in audio if each.kind == "tag"}
    assert "loud" not in {each.name for each in audio if each.kind == "tag"}
