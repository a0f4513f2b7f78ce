"""Low against high: the ends, the difference of their spectra and its band; what is drawn of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import bootstrap

from feature_tables import random_values, store_of
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.contrast import Contrast, find_contrast
from soundglass.explain.patterns.sights import Sights
from soundglass.explain.patterns.statistics import bands_hz
from soundglass.explain.pictures.contrast import draw_contrast
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.style import look
from soundglass.library.store import Store

N = 80


@pytest.fixture(scope="module")
def values() -> dict[str, np.ndarray]:
    values = random_values(N, seed=1)
    values["valence"] = np.full(N, 0.5)
    values["liveness"][10:] = np.nan
    values["speechiness"] = np.where(np.arange(N) < 30, 0.1, np.round(values["speechiness"] + 1) / 2)
    return values


@pytest.fixture(scope="module")
def store(values: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("contrast"), values)


@pytest.fixture(scope="module")
def sights(values: dict[str, np.ndarray]) -> Sights:
    """Spectra that rise by energy × 10 dB above 4 kHz, with noise."""
    rng = np.random.default_rng(2)
    spectra = rng.normal(0, 2, (N, 128))
    spectra[:, bands_hz() >= 4000] += 10 * values["energy"][:, None]
    files = tuple(Path(f"{at}.ogg") for at in range(N))
    return Sights(np.arange(N), files, np.zeros((N, 16)), spectra, np.arange(N) // 2, True, {})


@pytest.fixture(scope="module")
def found(store: Store, sights: Sights) -> Contrast:
    return find_contrast(store, sights, "energy")


def test_the_ends_are_the_quarters(found: Contrast, sights: Sights, values: dict[str, np.ndarray]) -> None:
    order = np.argsort(values["energy"])
    low, high = order[:20], order[-20:]
    assert (found.n_tracks, found.low.n, found.high.n) == (N, 20, 20)
    assert found.low.limit == pytest.approx(values["energy"][low].max())
    assert found.high.limit == pytest.approx(values["energy"][high].min())
    np.testing.assert_allclose(found.low.spectrum, sights.spectra[low].mean(axis=0))
    expected = sights.spectra[high].mean(axis=0) - sights.spectra[low].mean(axis=0)
    np.testing.assert_allclose(found.difference, expected)


def test_what_was_planted_is_found_where_it_was(found: Contrast) -> None:
    above = bands_hz() >= 4000
    assert (found.least[above] > 0).all()
    inside = (found.least[~above] <= 0) & (found.most[~above] >= 0)
    assert inside.mean() > 0.85
    assert (found.least <= found.difference).all()
    assert (found.difference <= found.most).all()


def test_the_band_is_that_of_a_bootstrap_of_both_ends(store: Store, sights: Sights, values) -> None:
    alone = Sights(
        sights.rows, sights.files, sights.numbers, sights.spectra, np.arange(N), sights.by_artist, {}
    )
    found = find_contrast(store, alone, "energy")
    order = np.argsort(values["energy"])
    ends = sights.spectra[order[-20:]], sights.spectra[order[:20]]
    theirs = bootstrap(
        ends,
        lambda high, low, axis: high.mean(axis=axis) - low.mean(axis=axis),
        n_resamples=2000,
        method="percentile",
        axis=0,
        rng=np.random.default_rng(1),
    ).confidence_interval
    np.testing.assert_allclose(found.least, theirs.low, atol=0.35)
    np.testing.assert_allclose(found.most, theirs.high, atol=0.35)


def test_tracks_of_an_artist_widen_the_band_when_they_are_alike(store: Store, sights: Sights, values) -> None:
    order = np.argsort(np.argsort(values["energy"]))
    by_ten = order // 10
    spectra = np.random.default_rng(3).normal(0, 3, (8, 128))[by_ten] + 0.01 * sights.spectra
    widths = {}
    for name, clusters in (("artists", by_ten), ("tracks", np.arange(N))):
        one = Sights(sights.rows, sights.files, sights.numbers, spectra, clusters, True, {})
        contrast = find_contrast(store, one, "energy")
        widths[name] = (contrast.most - contrast.least).mean()
    assert widths["artists"] > 1.5 * widths["tracks"]


def test_ties_stay_together_and_ends_apart(store: Store, sights: Sights, values) -> None:
    found = find_contrast(store, sights, "speechiness")
    assert found.low.n == (values["speechiness"] == 0.1).sum() == 30
    assert found.high.limit > found.low.limit


def test_what_is_shown_are_different_artists_from_the_outside_in(found: Contrast, sights: Sights) -> None:
    for end, sign in ((found.low, 1), (found.high, -1)):
        assert len(end.shown) == len(end.values) == 4
        assert list(end.values) == sorted(end.values, key=lambda value: sign * value)
        rows = [int(track.id.removeprefix("t")) for track in end.shown]
        assert len({sights.clusters[row] for row in rows}) == 4


def test_shown_are_as_many_as_there_are(store: Store, sights: Sights) -> None:
    one_artist = Sights(
        sights.rows, sights.files, sights.numbers, sights.spectra, np.zeros(N, dtype=int), True, {}
    )
    assert len(find_contrast(store, one_artist, "energy", 0.1, 6).low.shown) == 6


@pytest.mark.parametrize(
    ("feature", "quantile", "shown", "said"),
    [
        ("valence", 0.25, 4, "valence is the same for all"),
        ("liveness", 0.25, 4, "10 tracks with audio make no two ends"),
        ("energy", 0.01, 4, "larger quantile"),
        ("energy", 0.6, 4, "cannot hold 0.6"),
        ("energy", 0.0, 4, "cannot hold 0"),
        ("energy", float("nan"), 4, "cannot hold nan"),
        ("energy", 0.25, 0, "0 tracks cannot be shown"),
        ("energy", 0.25, 99, "99 tracks cannot be shown"),
        ("key", 0.25, 4, "key is neither low nor high"),
        ("swagger", 0.25, 4, "no feature called"),
    ],
)
def test_nonsense_is_refused(store: Store, sights: Sights, feature, quantile, shown, said) -> None:
    with pytest.raises(SoundglassError, match=said) as error:
        find_contrast(store, sights, feature, quantile, shown)
    assert error.value.remedy


def test_a_library_without_audio_is_refused(store: Store, sights: Sights) -> None:
    none = Sights(sights.rows[:0], (), sights.numbers[:0], sights.spectra[:0], sights.clusters[:0], False, {})
    with pytest.raises(SoundglassError, match="0 tracks with audio"):
        find_contrast(store, none, "energy")


# -- drawn -------------------------------------------------------------------------------------------


def read(track: Track, start_s: float, end_s: float | None) -> MelImage:
    if track.id == "t3":
        raise SoundglassError("the file is gone", remedy="Scan again")
    return MelImage(np.linspace(-80, 0, 128 * 40, dtype=np.float32).reshape(128, 40), start_s)


def test_all_of_it_is_drawn(found: Contrast) -> None:
    figure = draw_contrast(found, read)
    panels = figure.axes
    pictures = [axes for axes in panels if axes.images]
    assert len(pictures) == 8 - sum(t.id == "t3" for t in (*found.low.shown, *found.high.shown))
    for axes, value in zip(panels[:8], (*found.low.values, *found.high.values), strict=True):
        assert f"energy {value:.2f}" in axes.get_title(loc="left")
    means, apart = panels[-2:]
    drawn = {line.get_label(): line for line in means.lines}
    np.testing.assert_allclose(drawn["low, 20 tracks"].get_ydata(), found.low.spectrum)
    np.testing.assert_allclose(drawn["high, 20 tracks"].get_ydata(), found.high.spectrum)
    zero, line = apart.lines
    assert set(zero.get_ydata()) == {0.0}
    np.testing.assert_allclose(line.get_xdata(), bands_hz())
    np.testing.assert_allclose(line.get_ydata(), found.difference)
    corners = apart.collections[0].get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(found.least.min())
    assert corners[:, 1].max() == pytest.approx(found.most.max())
    assert {axes.get_ylabel() for axes in (means, apart)} == {"level (dB)", "difference (dB)"}


def test_titles_do_not_overlap_and_missing_files_say_so(found: Contrast) -> None:
    name = "東京スカパラダイスオーケストラ with $pecial Guests and a Very Long Name Indeed"
    long = tuple(Track(f"t{at}", "audio", title=name, artist=name) for at in (3, 4, 5, 6))
    figure = draw_contrast(replace(found, low=replace(found.low, shown=long)), read)
    with look():
        figure.draw_without_rendering()
    words = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    assert "No spectrogram: the file is gone" in " ".join(words.split())
    row = [axes._left_title.get_window_extent() for axes in figure.axes[:4]]
    for left, right in pairwise(row):
        assert left.x1 <= right.x0
