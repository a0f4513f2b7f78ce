"""What is framed in two recordings, and how it sounds."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundglass.core.types import FeatureEvidence, Part, Region, Track
from soundglass.evaluate.study.framing import BED_DB, MOST_S, Frames, Place, Recording
from soundglass.explain.answer import Reasons
from soundglass.explain.pictures.mel import read_mel

RATE = 22_050
LOW, HIGH = 440.0, 3000.0
TRACK = Track("a", "audio", duration_s=20.0)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Recording, Recording]:
    """Two tones all the time, 20 s and 40 s long."""
    made = []
    for name, seconds in (("one", 20.0), ("other", 40.0)):
        t = np.arange(round(seconds * RATE)) / RATE
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, 0.1 * (np.sin(2 * np.pi * LOW * t) + np.sin(2 * np.pi * HIGH * t)), RATE)
        made.append(Recording(path, seconds, read_mel(path), RATE / 2))
    return made[0], made[1]


def why(*parts: Part, by: str = "spectrogram") -> Reasons:
    return Reasons(TRACK, TRACK, by, sum(part.contribution for part in parts), parts, "Because.")


def level(samples: np.ndarray, hertz: float) -> float:
    """Decibels of a tone."""
    t = np.arange(len(samples)) / 44_100
    windowed = samples * np.hanning(len(samples))
    return float(20 * np.log10(2 * abs(windowed @ np.exp(-2j * np.pi * hertz * t)) / (len(samples) / 2)))


def decoded(content: bytes) -> np.ndarray:
    samples, rate = soundfile.read(BytesIO(content))
    assert rate == 44_100
    return np.asarray(samples)


def test_matched_regions_are_framed_largest_first(both: tuple[Recording, Recording]) -> None:
    small = Part("low tone, 60–180 Hz", 0.1, Region(1, 2, 300, 600), Region(3, 4, 300, 600))
    large = Part("high tone", 0.3, Region(5, 6, 2000, 4000), Region(30, 31, 2000, 4000))
    against = Part("noise, little like it in the match", -0.2, Region(8, 9, 100, 500), Region(8, 9, 100, 500))
    frames = Frames.of(why(small, large, against), both)
    assert frames.are_matched
    assert [place.name for place in frames.places] == ["high tone", "low tone"]
    assert frames.places[0] == Place(1, large.query, large.match, "high tone")


def test_what_lies_beyond_a_recording_is_left_out_or_cut(both: tuple[Recording, Recording]) -> None:
    beyond = Part("tone", 0.3, Region(20.5, 21.5, 300, 600), Region(1, 2, 300, 600))
    across = Part("pulse", 0.2, Region(19.5, 21.0, 300, 20_000), Region(1, 9, 300, 600))
    (place,) = Frames.of(why(beyond, across), both).places
    assert place == Place(1, Region(19.5, 20.0, 300, RATE / 2), Region(1, 1 + MOST_S, 300, 600), "pulse")


def test_features_have_no_places_but_the_middles_can_be_heard(both: tuple[Recording, Recording]) -> None:
    value = FeatureEvidence(120.0, "BPM", 50.0, "measured", "120 BPM")
    frames = Frames.of(why(Part("tempo", 0.9, value, value), by="features"), both)
    assert not frames.are_matched
    assert frames.places == (Place(1, Region(8, 12, 0, RATE / 2), Region(18, 22, 0, RATE / 2)),)
    (coded,) = frames.sounds(both, -18.0)
    samples = decoded(coded)
    assert len(samples) / 44_100 == pytest.approx(2 * MOST_S + 0.4, abs=0.1)
    assert level(samples[44_100:88_200], LOW) == pytest.approx(level(samples[44_100:88_200], HIGH), abs=1)


def test_a_place_is_heard_and_all_else_is_turned_down(both: tuple[Recording, Recording]) -> None:
    region = Region(5.0, 7.0, 1500.0, 5000.0)
    (coded,) = Frames.of(why(Part("tone", 0.3, region, region)), both).sounds(both, -18.0)
    samples = decoded(coded)
    assert len(samples) / 44_100 == pytest.approx(2 * 3.0 + 0.4, abs=0.15)
    for start in (1.0, 4.4):  # in the query and in the match
        heard = samples[round(start * 44_100) : round((start + 0.8) * 44_100)]
        assert level(heard, HIGH) - level(heard, LOW) == pytest.approx(-BED_DB, abs=2)


def test_sounds_are_no_louder_than_the_tracks(both: tuple[Recording, Recording]) -> None:
    region = Region(5.0, 7.0, 1500.0, 5000.0)
    frames = Frames.of(why(Part("tone", 0.3, region, region)), both)
    loud, quiet, never_louder = (decoded(frames.sounds(both, lufs)[0]) for lufs in (-18.0, -28.0, -6.0))
    assert 20 * np.log10(loud.std() / quiet.std()) == pytest.approx(10.0, abs=0.1)
    assert loud.std() == pytest.approx(never_louder.std(), rel=1e-3)


def test_long_recordings_are_shown_around_the_regions_and_wholes_as_wholes(
    both: tuple[Recording, Recording],
) -> None:
    region = Region(5.0, 7.0, 1500.0, 5000.0)
    one, other = Frames.of(why(Part("tone", 0.3, region, region)), both).strips(both)
    assert one.spans == ((0.0, 20.0),)
    assert other.spans == ((4.0, 8.0),)
    one, other = Frames.of(why(by="features"), both).strips(both)
    assert (one.spans, other.spans) == (((0.0, 20.0),), ((0.0, 40.0),))
