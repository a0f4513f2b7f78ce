"""The patterns of a library: planted ones are found, in the right direction; what cannot be said is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feature_tables import random_values, store_of
from soundglass.core.errors import CatalogueError, LibraryError, SoundglassError
from soundglass.core.types import Track
from soundglass.explain.patterns.claims import Verdict
from soundglass.explain.patterns.patterns import SPOTIFY, Patterns, chosen_features, find_patterns
from soundglass.explain.patterns.sights import Sights
from soundglass.explain.patterns.statistics import STATISTICS
from soundglass.explain.pictures.mel import MelImage
from soundglass.explain.pictures.patterns import MOST_ROWS, draw_patterns
from soundglass.library.store import Store

N = 60
NAMES = tuple(STATISTICS)


def sights_of(numbers: np.ndarray, *, by_artist: bool = True) -> Sights:
    n = len(numbers)
    files = tuple(Path(f"{at}.ogg") for at in range(n))
    return Sights(np.arange(n), files, numbers, np.zeros((n, 128)), np.arange(n), by_artist, {"gone": 2})


@pytest.fixture(scope="module")
def values() -> dict[str, np.ndarray]:
    values = random_values(N, seed=3)
    values["valence"] = np.full(N, 0.5)
    values["liveness"][6:] = np.nan
    values["energy"][:5] = np.nan
    return values


@pytest.fixture(scope="module")
def store(values: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("patterns"), values)


@pytest.fixture(scope="module")
def sights(values: dict[str, np.ndarray]) -> Sights:
    """Noise, but more above 4 kHz with energy, and lower centroids with acousticness."""
    rng = np.random.default_rng(5)
    numbers = rng.normal(size=(N, len(NAMES)))
    energy = np.nan_to_num(values["energy"], nan=0.5)
    numbers[:, NAMES.index("high")] = energy + 0.1 * rng.normal(size=N)
    numbers[:, NAMES.index("filled_high")] = np.exp(5 * energy) + rng.normal(size=N)
    numbers[:, NAMES.index("centroid")] = -values["acousticness"]
    return sights_of(numbers)


@pytest.fixture(scope="module")
def found(store: Store, sights: Sights) -> Patterns:
    return find_patterns(store, sights)


def test_planted_patterns_are_found_with_their_direction(found: Patterns) -> None:
    by_name = {pattern.feature: pattern for pattern in found.patterns}
    assert {one.statistic for one in by_name["energy"].associations[:2]} == {"high", "filled_high"}
    assert by_name["energy"].associations[0].rho > 0.8
    assert by_name["energy"].n == N - 5
    darker = by_name["acousticness"].associations[0]
    assert (darker.statistic, round(darker.rho, 6)) == ("centroid", -1.0)
    assert len(by_name["energy"].standing_out) < 6
    assert [p.feature for p in found.patterns[:9]] == list(SPOTIFY)


def test_noise_hardly_ever_stands_out(found: Patterns) -> None:
    rest = [p for p in found.patterns if p.feature not in {"energy", "acousticness"}]
    assert sum(len(p.standing_out) for p in rest) <= 3


def test_examples_lie_at_either_side(found: Patterns, values: dict[str, np.ndarray]) -> None:
    example = next(p for p in found.patterns if p.feature == "acousticness").example
    assert example is not None
    ranks = [(values["acousticness"] < value).mean() for value in example.values]
    assert ranks == pytest.approx([0.15, 0.85], abs=0.05)
    assert example.seen == pytest.approx([-value for value in example.values])


def test_the_claims_about_energy_hold_as_planted(found: Patterns) -> None:
    verdicts = {checked.claim.says: checked.verdict for checked in found.claims}
    assert verdicts["High energy: dense high-frequency bands"] is Verdict.HOLDS
    assert verdicts["High valence: bright, clean shapes"] is Verdict.UNKNOWN
    assert len(verdicts) == 6


def test_a_constant_feature_and_one_hardly_known_say_so(found: Patterns) -> None:
    by_name = {pattern.feature: pattern for pattern in found.patterns}
    assert by_name["valence"].constant
    assert not by_name["valence"].associations
    assert (by_name["liveness"].n, by_name["liveness"].associations) == (6, ())
    assert not by_name["energy"].constant


def test_a_track_with_a_number_missing_is_left_out_of_all(store: Store, sights: Sights) -> None:
    numbers = sights.numbers.copy()
    numbers[20, 3] = np.nan
    found = find_patterns(store, replace(sights, numbers=numbers), ["acousticness"])
    assert {one.n for one in found.patterns[0].associations} == {N - 1}


def test_notes_tell_of_circles_and_of_few_artists(store: Store, sights: Sights, found: Patterns) -> None:
    assert any("brightness" in note and "themselves" in note for note in found.notes)
    assert any("energy" in note and "network" in note for note in found.notes)
    assert not any("artists" in note for note in found.notes)
    few = find_patterns(store, replace(sights, by_artist=False), ["tempo"])
    assert len(few.notes) == 1
    assert "artists" in few.notes[0]


def test_of_seven_tracks_nothing_is_said(store: Store, sights: Sights) -> None:
    parts = (sights.rows, sights.files, sights.numbers, sights.spectra, sights.clusters)
    seven = Sights(*(part[:7] for part in parts), True, {"known from a table alone": 3})
    with pytest.raises(LibraryError, match=r"of 7 tracks .* 3 known from a table alone.*at least 8"):
        find_patterns(store, seven)


def test_features_without_an_order_are_refused() -> None:
    assert chosen_features(["tempo", "tempo"]) == ("tempo",)
    with pytest.raises(CatalogueError, match="key is not more or less"):
        chosen_features(["key"])
    with pytest.raises(CatalogueError, match="no feature called 'swagger'"):
        chosen_features(["swagger"])


# -- drawn -------------------------------------------------------------------------------------------


def read(track: Track, start_s: float, end_s: float | None) -> MelImage:
    return MelImage(np.linspace(-80, 0, 128 * 40, dtype=np.float32).reshape(128, 40), start_s)


def test_each_pattern_is_drawn_low_beside_high(found: Patterns) -> None:
    drawn = [p for p in found.patterns if p.example is not None][:MOST_ROWS]
    figure = draw_patterns(found, read)
    assert len(figure.axes) == 2 * len(drawn)
    for pattern, axes in zip(drawn, figure.axes[::2], strict=True):
        example, strongest = pattern.example, pattern.associations[0]
        assert example is not None
        assert example.association == strongest
        said = axes.get_title(loc="left")
        assert said.startswith(f"low {pattern.feature} (")
        assert f"ρ {strongest.rho:.2f} [".replace("-", "−") in said
        assert example.tracks[0].label in said
    acoustic = next(at for at, p in enumerate(drawn) if p.feature == "acousticness")
    low, high = (axes.get_title(loc="left") for axes in figure.axes[2 * acoustic : 2 * acoustic + 2])
    assert "brighter" in low
    assert "darker" in high


def test_where_nothing_stands_out_there_is_no_picture(store: Store, sights: Sights) -> None:
    noise = np.random.default_rng(9).normal(size=sights.numbers.shape)
    nothing = find_patterns(store, replace(sights, numbers=noise), ["danceability", "tempo"])
    with pytest.raises(SoundglassError, match="nothing seen"):
        draw_patterns(nothing, read)
