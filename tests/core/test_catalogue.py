from __future__ import annotations

import pytest

from soundglass.core.catalogue import CATALOGUE, GROUPS, PITCH_CLASSES, Scale, feature, key_text
from soundglass.core.errors import CatalogueError

SPOTIFY = (
    *("danceability", "energy", "key", "loudness", "mode", "speechiness"),
    *("acousticness", "instrumentalness", "liveness", "valence", "tempo", "time_signature"),
)


def test_spotifys_twelve_are_known() -> None:
    assert len(SPOTIFY) == 12
    assert set(SPOTIFY) <= set(CATALOGUE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_entries_are_complete_and_possible(name: str) -> None:
    known = CATALOGUE[name]
    assert known.name == name
    assert known.low < known.high
    assert known.weight > 0
    assert known.error >= 0
    assert known.made in {"measured", "estimated"}
    assert isinstance(known.scale, Scale)
    assert known.trust and known.method and known.noun
    assert known.says.endswith(".")
    assert len(known.words) == len(known.comparatives) == 2
    if known.is_ranked:
        assert all(known.words) and all(known.comparatives)
        assert known.words[0] != known.words[1]


def test_groups_part_the_catalogue() -> None:
    members = [f.name for group in GROUPS.values() for f in group]
    assert sorted(members) == sorted(CATALOGUE)
    assert [f.name for f in GROUPS["energy"]] == ["energy", "loudness"]
    assert [f.name for f in GROUPS["key"]] == ["key", "mode"]


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["energy"] = CATALOGUE["tempo"]  # type: ignore[index]


def test_an_unknown_feature_is_named_with_those_known() -> None:
    assert feature("tempo") is CATALOGUE["tempo"]
    with pytest.raises(CatalogueError, match=r"'groove'.*danceability"):
        feature("groove")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("tempo", 120.3, "120 BPM"),
        ("energy", 0.456, "0.46"),
        ("duration", 59.6, "1:00"),
        ("duration", 245.0, "4:05"),
        ("mode", 1, "major"),
        ("mode", 0, "minor"),
        ("key", 9, "A"),
        ("key", 11.9, "C"),
        ("time_signature", 4.0, "4 beats a bar"),
        ("brightness", 1450.4, "1450 Hz"),
        ("onset_rate", 3.14, "3.1 onsets/s"),
    ],
)
def test_values_are_written_as_people_read_them(name: str, value: float, text: str) -> None:
    assert CATALOGUE[name].text(value) == text


def test_keys_are_named_with_their_mode() -> None:
    assert key_text(9, 0) == "A minor"
    assert key_text(0, 1) == "C major"
    assert key_text(6, float("nan")) == "F♯"
    assert len(PITCH_CLASSES) == 12


def test_only_what_has_more_and_less_is_ranked() -> None:
    assert [f.name for f in CATALOGUE.values() if not f.is_ranked] == ["key", "mode", "time_signature"]
