"""Charts without styles, and charts as files of their own."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from evaluations import BARS, DOTS, LINES
from soundglass.core.errors import SoundglassError
from soundglass.evaluate.findings import Chart
from soundglass.evaluate.report.charts import draw, save, without_styles

every = pytest.mark.parametrize("chart", [DOTS, LINES, BARS], ids=["dots", "lines", "bars"])


@every
def test_attributes_say_what_styles_said(chart: Chart) -> None:
    svg = draw(chart, "a")
    plain = without_styles(svg)
    styled, bare = (list(ElementTree.fromstring(text).iter()) for text in (svg, plain))
    assert not any("style" in one.attrib for one in bare)
    for before, after in zip(styled, bare, strict=True):
        said = re.findall(r"([\w-]+): *([^;]+)", before.attrib.get("style", ""))
        assert after.attrib == {k: v for k, v in before.attrib.items() if k != "style"} | dict(said)


def test_words_stay_as_they_are() -> None:
    odd = '<text style="fill: red">a style="b: c" &lt; d</text>'
    assert without_styles(odd) == '<text fill="red">a style="b: c" &lt; d</text>'


@every
def test_a_file_has_title_and_legend_and_is_the_same_each_time(chart: Chart, tmp_path: Path) -> None:
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    save(chart, one)
    save(chart, other)
    assert one.read_bytes() == other.read_bytes()
    root = ElementTree.parse(one).getroot()
    words = " ".join("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert chart.title in words
    for series in chart.series if len(chart.series) > 1 else ():
        assert series.name in words


def test_a_picture_is_dark_on_white(tmp_path: Path) -> None:
    save(DOTS, tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as image:
        assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
        assert image.width >= 400


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundglassError, match="no name of a picture"):
        save(DOTS, tmp_path / "chart.bmp")
