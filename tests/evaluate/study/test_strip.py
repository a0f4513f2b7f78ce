"""Pictures of stretches of a recording: what is bright is where it is said to be."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from soundglass.core.types import Region
from soundglass.evaluate.study.strip import WHOLE_S, Strip, cuts, draw
from soundglass.explain.pictures.mel import MelImage

HOP_S = 512 / 22_050


def patch(seconds: float, region: Region) -> MelImage:
    """Silence but for one region."""
    image = MelImage(np.full((128, round(seconds / HOP_S)), -80.0, dtype=np.float32))
    first, last = (round(at / HOP_S) for at in (region.start_s, region.end_s))
    low, high = (round(image.mel_position(hz)) for hz in (region.low_hz, region.high_hz))
    image.decibels[low : high + 1, first:last] = 0.0
    return image


def lit(strip: Strip) -> NDArray[np.bool_]:
    """Which pixels of the spectrogram are bright, without times and gaps."""
    with Image.open(BytesIO(strip.content)) as picture:
        assert picture.format == "WEBP"
        assert picture.size == (strip.width, strip.height)
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    within = np.zeros(pixels.shape[:2], dtype=bool)
    for first, last in strip.places:
        within[:200, round(first) : round(last)] = True
    return (pixels.sum(axis=-1) > 380) & within


@pytest.mark.parametrize(
    ("seconds", "region"),
    [
        (12.0, Region(3.0, 4.0, 500.0, 2000.0)),
        (12.0, Region(10.5, 12.0, 3000.0, 9000.0)),
        (90.0, Region(61.0, 62.0, 300.0, 1500.0)),
        (90.0, Region(0.0, 0.8, 2000.0, 6000.0)),
        (90.0, Region(88.5, 89.9, 2000.0, 6000.0)),
    ],
)
def test_a_frame_is_where_its_region_is_bright(seconds: float, region: Region) -> None:
    strip = draw(patch(seconds, region), cuts([region, Region(30.0, 31.0, 0, 9000)], seconds))
    rows, columns = np.nonzero(lit(strip))
    left, top, width, height = strip.box(region)
    found = 100 * np.array([columns.min(), columns.max() + 1]) / strip.width
    assert found == pytest.approx([left, left + width], abs=0.8)
    tall = 100 * np.array([rows.min(), rows.max() + 1]) / strip.height
    assert tall == pytest.approx([top, top + height], abs=1.6)


regions = st.lists(
    st.builds(
        lambda start, length: Region(start, start + length, 100.0, 1000.0),
        st.floats(0, 290),
        st.floats(0.1, 9.9),
    ),
    min_size=1,
    max_size=4,
)


@given(regions)
def test_cuts_hold_every_region_and_do_not_overlap(places: list[Region]) -> None:
    spans = cuts(places, 300.0)
    assert all(0 <= start < end <= 300 for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    for region in places:
        assert any(start <= region.start_s + 1e-9 and region.end_s - 1e-9 <= end for start, end in spans)


def test_a_short_recording_is_shown_whole_and_a_long_one_is_cut() -> None:
    region = Region(5.0, 6.0, 100.0, 1000.0)
    assert cuts([region], WHOLE_S) == ((0.0, WHOLE_S),)
    (span,) = cuts([region], WHOLE_S + 1)
    assert span == pytest.approx((3.5, 7.5))
    assert draw(patch(31.0, region), [span]).is_cut
    assert not draw(patch(12.0, region), [(0.0, 12.0)]).is_cut


def test_times_stand_below_each_cut() -> None:
    region = Region(5.0, 6.0, 100.0, 1000.0)
    strip = draw(patch(90.0, region), [(3.5, 7.5), (40.0, 44.0), (80.0, 84.0)])
    with Image.open(BytesIO(strip.content)) as picture:
        legend = np.asarray(picture.convert("L"))[200:]
    for first, last in strip.places:
        assert legend[:, round(first) : round(first) + 60].max() > 180
        assert legend[:, round(first) + 80 : round(last) - 5].max() < 90


def test_levels_of_all_cuts_are_of_one_scale() -> None:
    image = patch(90.0, Region(5.0, 6.0, 500.0, 2000.0))
    image.decibels[:, 3000:3100] = -40.0
    strip = draw(image, [(3.5, 7.5), (3000 * HOP_S, 3100 * HOP_S)])
    assert not lit(strip)[:, round(strip.places[1][0]) + 2 :].any()
