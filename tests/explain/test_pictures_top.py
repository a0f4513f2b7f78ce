"""Top lists: who is in them, their spectrograms, and their features as percentiles with raw values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from scipy.stats import percentileofscore

from drawn import CJK, LONG, ODD, beyond, deaf, read, said, touching
from feature_tables import random_values, store_of
from soundglass.core.errors import CatalogueError, SoundglassError
from soundglass.explain.pictures.profiles import USUAL, draw_profile
from soundglass.explain.pictures.top import NO_AUDIO, draw_top
from soundglass.explain.registry import Explainers
from soundglass.explain.top import top
from soundglass.surfaces.library import Library


def bars(axes: Axes) -> list[float]:
    return [bar.get_width() for bar in axes.patches]


def columns(figure_axes: list[Axes]) -> dict[str, Axes]:
    """Give the columns of bars by the name above them."""
    return {axes.get_title(loc="left").partition(" (")[0]: axes for axes in figure_axes if axes.patches}


@pytest.mark.parametrize("by", ["energy", "tempo", "onset_rate"])
def test_the_tracks_with_most_of_a_feature(demo_library: Library, by: str) -> None:
    found = demo_library.top(7, by=by)
    store = demo_library._store()
    table = store.columns(["id", by]).to_pylist()
    best = sorted(table, key=lambda row: -row[by])[:7]
    assert [profile.track.id for profile in found.profiles] == [row["id"] for row in best]
    assert [value.value for value in found.values] == [row[by] for row in best]
    assert (found.by, found.n_tracks) == (by, 51)


def test_the_most_popular_tracks(spotify_library: Library) -> None:
    found = spotify_library.top(5)
    popularity = spotify_library._store().columns(["popularity"])["popularity"].to_numpy()
    assert [float(value.label) for value in found.values] == sorted(popularity, reverse=True)[:5]
    placed = [percentileofscore(popularity, value.value, kind="mean") for value in found.values]
    assert [value.percentile for value in found.values] == pytest.approx(placed)
    shown = said(draw_top(found, deaf))
    assert NO_AUDIO in shown
    assert "No spectrogram" not in shown
    assert "28,356 tracks" in shown


def test_bars_are_percentiles_and_say_raw_values(demo_library: Library) -> None:
    found = demo_library.top(4, by="valence")
    drawn = columns(draw_top(found, read).axes)
    assert [*drawn] == ["valence", *(name for name in USUAL if name != "valence")]
    table = demo_library._store().columns([*USUAL])
    for name, axes in drawn.items():
        readings = [
            next(r for r in profile.readings if r.feature.name == name).shown for profile in found.profiles
        ]
        values = table[name].to_numpy()
        expected = [percentileofscore(values, np.float32(shown.value), kind="mean") for shown in readings]
        assert bars(axes) == pytest.approx(expected, abs=0.01)
        assert [text.get_text() for text in axes.texts] == [shown.label.split(" ")[0] for shown in readings]
        assert axes.get_xlim() == (0, 100)


def test_a_grid_of_spectrograms_stands_above_the_bars(demo_library: Library) -> None:
    found = demo_library.top(7, by="energy")
    figure = draw_top(found, read)
    pictures = [axes for axes in figure.axes if axes.get_images()]
    assert len(pictures) == 7
    for at, (axes, profile, value) in enumerate(zip(pictures, found.profiles, found.values, strict=True)):
        title = axes.get_title(loc="left").replace("\n", " ")
        assert title.startswith(f"{at + 1} · ")
        assert title.endswith(f"energy {value.label}")
        assert profile.track.title[:12] in title


@pytest.mark.parametrize("n", [1, 7])
def test_no_text_touches_another_whatever_the_titles(demo_library: Library, n: int) -> None:
    found = demo_library.top(n, by="energy")
    names = [(LONG, CJK), (CJK, ODD), (ODD, LONG)]
    odd = replace(
        found,
        profiles=tuple(
            replace(p, track=replace(p.track, title=names[at % 3][0], artist=names[at % 3][1]))
            for at, p in enumerate(found.profiles)
        ),
    )
    for figure in (draw_top(odd, read), draw_top(odd, deaf)):
        assert touching(figure) == []
        assert beyond(figure) == []


def test_a_library_without_popularity_says_what_can_be_had(demo_library: Library) -> None:
    with pytest.raises(SoundglassError, match=r"the popularity is known.*--by energy"):
        demo_library.top()


def test_what_is_no_feature_or_has_no_more_and_less_is_refused(demo_library: Library) -> None:
    with pytest.raises(SoundglassError, match="key has no more and less"):
        demo_library.top(by="key")
    with pytest.raises(CatalogueError, match=r"no feature called 'loud'.*energy.*popularity"):
        demo_library.top(by="loud")


def test_unknown_values_are_left_out_and_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    values = random_values(9, seed=3, names=("energy", "valence", "tempo"))
    values["energy"][:4] = np.nan
    values["valence"][:] = np.nan
    store = store_of(tmp_path_factory.mktemp("top"), values)
    found = top(store, Explainers(store), 9, "energy")
    assert len(found.profiles) == found.n_tracks == 5
    drawn = columns(draw_top(found, read).axes)
    assert [*drawn] == ["energy", "tempo"]
    of_tempo = top(store, Explainers(store), 9, "tempo")
    assert [t.get_text() for t in columns(draw_top(of_tempo, read).axes)["energy"].texts].count(
        "unknown"
    ) == 4


def test_a_profile_is_one_bar_a_feature(spotify_library: Library) -> None:
    profile = spotify_library.features("blinding lights")
    figure = draw_profile(profile, "There is no audio.")
    (axes,) = figure.axes
    placed = [reading.shown for reading in profile.readings if reading.shown.percentile is not None]
    assert bars(axes) == [shown.percentile for shown in placed]
    assert [text.get_text() for text in axes.texts] == [shown.label for shown in placed]
    assert "There is no audio." in said(figure)
    assert touching(figure) == []
    blank = draw_profile(replace(profile, readings=()))
    assert "No feature of it is known." in said(blank)
