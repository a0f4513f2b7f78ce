"""Participants' pages say nothing but what the wording holds, so that a translation translates all of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources
from itertools import chain

import pytest

from soundglass.evaluate.study.instruments.loading import load

WEB = resources.files("soundglass.surfaces.web")
OURS = ("study_base", "study_macros", "study_join", "study_step", "study_end", "study_problem")
TEMPLATES = {name: (WEB / "templates" / f"{name}.html.j2").read_text("utf-8") for name in OURS}
SCRIPTS = {
    one.name: one.read_text("utf-8")
    for one in (WEB / "static").iterdir()
    if one.name.startswith("study") and one.name.endswith(".js") and one.name != "study_links.js"
}


class Prose(HTMLParser):
    """Collects the letters that a template shows by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found = list[str]()

    def handle_data(self, data: str) -> None:
        if re.search(r"[A-Za-z]{2}", data):
            self.found.append(data.strip())


@pytest.mark.parametrize("name", OURS)
def test_no_template_holds_a_text_of_its_own(name: str) -> None:
    prose = Prose()
    prose.feed(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", TEMPLATES[name], flags=re.DOTALL))
    assert prose.found == []


def test_every_text_that_a_page_asks_for_is_there() -> None:
    words = load().words
    for text in TEMPLATES.values():
        named = re.findall(r'words\.(?:say\(|words\[)"([\w.]+)"\s*[,)\]]', text)
        listed = re.findall(r"says\(words, \[(.*?)\]", text)
        asked = {*named, *chain.from_iterable(re.findall(r'"([\w.]+)"', keys) for keys in listed)}
        assert asked <= words.keys()


def test_every_text_that_a_script_fills_in_comes_with_its_page() -> None:
    given = {
        key.replace(".", "-").replace("_", "-")
        for text in TEMPLATES.values()
        for keys in re.findall(r"says\(words, \[(.*?)\]", text)
        for key in re.findall(r'"([\w.]+)"', keys)
    }
    calls = [call for text in SCRIPTS.values() for call in re.findall(r"says\(([^;{]*)", text)]
    asked = {key for call in calls for key in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', call)}
    assert len(asked) >= 12
    assert asked <= given


def test_no_script_writes_html() -> None:
    for text in SCRIPTS.values():
        assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write", text)
