"""The page of a track: whole in itself, safe, its numbers the library's, whatever can be heard or not."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
from PIL import Image
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.library.schema import FileStamp
from soundglass.library.store import Store
from soundglass.surfaces.library import Library
from soundglass.surfaces.report import map as small_maps

Run = Callable[..., Ran]

QUERY = "escape from chaosland"
VOID = {"meta", "br", "img", "hr", "input"}
EVIL = "</title><script>alert(1)</script>"
TITLES = (
    EVIL,
    '"><img src=x onerror=alert(1)>',
    "مرحبا بالعالم",
    "日本語の曲",
    "{{ 7 * 7 }}",
    "a\u202eb\x00c",
    "Aa" * 200,
)


class Page(HTMLParser):
    """What is on a page: elements with their attributes, the texts within, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.within: list[str] = []
        self.feed(text)
        self.close()
        assert self.within == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag not in VOID:
            self.within.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & {*self.within}:
            self.rows[-1][-1] += data
        if not {"script", "style"} & {*self.within}:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def text(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> str:
    return demo_library.report(QUERY, tmp_path_factory.mktemp("page") / "deep" / "page.html").read_text(
        "utf-8"
    )


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@pytest.fixture
def copy(demo_library: Library, tmp_path: Path) -> Library:
    shutil.copytree(demo_library.uri, tmp_path / "copy.lance")
    return soundglass.open(tmp_path / "copy.lance")


def number(text: str) -> float:
    return float(text.strip().replace("−", "-"))


def ids(library: Library) -> list[str]:
    return Store(library.uri).columns(["id"])["id"].to_pylist()


def renamed(library: Library, titles: tuple[str, ...]) -> None:
    rows = [
        {
            "id": track,
            "title": titles[at % len(titles)],
            "artist": titles[(at + 1) % len(titles)],
            "album": EVIL,
        }
        for at, track in enumerate(ids(library))
    ]
    Store(library.uri).merge_columns(rows, ("id", "title", "artist", "album"))


# -- the page as a whole -----------------------------------------------------------------------------


def test_a_page_asks_for_nothing_and_runs_no_script_but_its_own(page: Page, text: str) -> None:
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert len(script) == 1
    assert policy.startswith("default-src 'none'; img-src data:; media-src data:;")
    assert f"script-src 'sha256-{digest}';" in policy
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "action", "poster", "srcset"):
            assert re.match(r"data:(image/png|audio/mpeg);base64,|#", attributes.get(name, "#"))
    outside = re.sub(r"data:[a-z/]+;base64,[A-Za-z0-9+/=]+", "", text)
    assert "http:" not in outside.replace("http-equiv", "")
    assert "https:" not in outside
    assert "@import" not in outside


def test_a_page_is_well_made(page: Page) -> None:
    named = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert set(named.values()) == {1}
    for _, attributes in page.elements:
        for reference in ("data-audio", "data-press", "aria-labelledby"):
            assert attributes.get(reference, next(iter(named))) in named
        assert attributes.get("href", "#alike").removeprefix("#") in named
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(image["alt"] for image in page.all("img"))
    assert all(audio.get("aria-label") for audio in page.all("audio") if "controls" in audio)


def test_the_same_library_gives_the_same_bytes_without_any_path(
    demo_library: Library, text: str, tmp_path: Path
) -> None:
    again = soundglass.open(demo_library.uri).report(QUERY, tmp_path / "again.html")
    assert again.read_text("utf-8") == text
    outside = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    folders = {
        str(Path(demo_library.find(QUERY).path).parent),
        str(Path(demo_library.uri).parent),
        str(tmp_path),
    }
    assert not any(folder in outside for folder in folders)


def test_a_page_is_small_enough_to_be_sent(text: str) -> None:
    assert len(text) < 8e6


# -- what it says ------------------------------------------------------------------------------------


def test_the_bars_add_up_to_the_scores_of_the_library(page: Page, demo_library: Library) -> None:
    comparison = demo_library.compare(QUERY, n=5)
    scores = [result.score for answer in comparison.lists for result in answer]
    found, total = [], 0.0
    for row in page.rows:
        if len(row) != 3 or not re.fullmatch(r"[+−]?\d\.\d\d", row[2].strip()):
            continue
        if row[0].strip() != "score":
            total += number(row[2])
            continue
        assert round(total, 6) == number(row[2])
        found.append(number(row[2]))
        total = 0.0
    assert found == [round(score, 2) for score in scores]


def test_the_tables_of_all_parts_add_up_too(page: Page) -> None:
    totals, total = 0, 0.0
    for row in page.rows:
        if len(row) < 4 or not re.fullmatch(r"[+−]?\d\.\d\d\d", row[1].strip()):
            continue
        if row[0].strip() == "score":
            assert round(total, 6) == number(row[1])
            totals, total = totals + 1, 0.0
        else:
            total += number(row[1])
    assert totals == 10


def test_what_the_library_says_is_on_the_page(page: Page, demo_library: Library) -> None:
    comparison = demo_library.compare(QUERY, n=5)
    for answer in comparison.lists:
        for result in answer:
            assert " ".join(result.sentence.split()) in page.said
            pair = demo_library.why(QUERY, result.track.id, by=answer.by)
            assert all(change.sentence in page.said for change in pair.counterfactuals)
    ranks = {answer.by: [result.track.id for result in answer] for answer in comparison.lists}
    both = {*ranks["features"]} & {*ranks["spectrogram"]}
    assert page.said.count("✓ Found by both") == 2 * len(both)
    assert f"by {comparison.agreement.rbo:.2f} of 1 (rank-biased overlap)" in page.said
    assert len(demo_library) == 51
    assert "from a library of 51 tracks as of" in page.said


# -- sounds and spectrograms -------------------------------------------------------------------------


def test_what_is_embedded_is_the_music(text: str, demo_library: Library) -> None:
    sounds = re.findall(r'<audio id="own-0"[^>]*src="data:audio/mpeg;base64,([^"]+)"', text)
    samples, rate = soundfile.read(BytesIO(base64.b64decode(sounds[0])))
    original, true_rate = soundfile.read(demo_library.find(QUERY).path, always_2d=True)
    assert len(samples) / rate == pytest.approx(len(original) / true_rate, abs=0.08)
    mono = librosa.resample(original.mean(axis=1), orig_sr=true_rate, target_sr=8000)
    heard = librosa.resample(samples, orig_sr=rate, target_sr=8000)
    n = min(len(mono), len(heard))
    assert np.corrcoef(mono[:n], heard[:n])[0, 1] > 0.98
    picture = re.search(r'<img src="data:image/png;base64,([^"]+)"', text)
    assert picture is not None
    assert Image.open(BytesIO(base64.b64decode(picture[1]))).size[1] == 128


def test_a_long_track_is_played_in_pieces_that_hold_every_region(
    demo_library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("soundglass.surfaces.report.heard.SEEN_WHOLE_S", 5.0)
    monkeypatch.setattr("soundglass.surfaces.report.page.WHOLE_QUERY_S", 6.0)
    written = demo_library.report(QUERY, tmp_path / "page.html", n=2, by=["spectrogram"]).read_text("utf-8")
    lengths = {
        key: soundfile.info(BytesIO(base64.b64decode(sound))).duration
        for key, sound in re.findall(r'<audio id="([^"]+)"[^>]*src="data:audio/mpeg;base64,([^"]+)"', written)
    }
    assert lengths["own-0"] == pytest.approx(6.0, abs=0.1)
    buttons = [button for button in Page(written).all("button") if "data-start" in button]
    assert any(button["data-audio"] not in {"own-0"} for button in buttons)
    for button in buttons:
        assert (
            0
            <= float(button["data-start"])
            < float(button["data-end"])
            <= lengths[button["data-audio"]] + 0.1
        )
    assert "The page would be too large with all of it" in written
    assert written.count("close up") >= 4


# -- little to show ----------------------------------------------------------------------------------


def test_names_of_all_kinds_are_only_names(copy: Library, tmp_path: Path) -> None:
    query = ids(copy)[0]
    renamed(copy, TITLES)
    text = copy.report(query, tmp_path / "page.html", n=3).read_text("utf-8")
    page = Page(text)
    assert len(page.all("script")) == 1
    assert not [image for image in page.all("img") if "onerror" in image]
    assert EVIL in page.said
    assert "مرحبا بالعالم" in page.said
    assert "日本語の曲" in page.said
    assert "{{ 7 * 7 }}" in page.said
    assert not {"\u202e", "\x00"} & {*text}


def test_a_file_that_is_gone_leaves_the_reasons(copy: Library, tmp_path: Path) -> None:
    gone = tmp_path / "nowhere"
    stamps = {track: [FileStamp(str(gone / f"{track}.ogg"), 1, 1)] for track in ids(copy)}
    Store(copy.uri).update_files(stamps)
    text = copy.report(QUERY, tmp_path / "page.html", n=2).read_text("utf-8")
    page = Page(text)
    assert "it cannot be played or shown" in page.said
    assert not page.all("audio")
    assert not page.all("img")
    assert page.said.count("What the score of") == 4
    assert str(tmp_path) not in text


def test_a_file_that_has_become_shorter_is_not_played(copy: Library, tmp_path: Path) -> None:
    track = copy.find(QUERY)
    short = tmp_path / "short.wav"
    soundfile.write(short, np.zeros(100), 22_050)
    Store(copy.uri).update_files({track.id: [FileStamp(str(short), 1, 1)]})
    page = Page(copy.report(QUERY, tmp_path / "page.html", n=1).read_text("utf-8"))
    assert not [audio for audio in page.all("audio") if audio["id"] == "own-0"]


def test_a_library_of_one_or_two_tracks_has_a_page(copy: Library, tmp_path: Path) -> None:
    first, second, *others = ids(copy)
    Store(copy.uri).delete(others)
    two = Page(copy.report(first, tmp_path / "two.html").read_text("utf-8"))
    assert two.said.count("What the score of") == 2
    assert not two.all("svg")
    Store(copy.uri).delete([second])
    one = Page(copy.report(first, tmp_path / "one.html").read_text("utf-8"))
    assert "There is no track to compare it with." in one.said
    assert "from a library of 1 track as of" in one.said
    assert [audio["id"] for audio in one.all("audio")] == ["own-0"]


@pytest.fixture
def table(tmp_path: Path) -> Library:
    rng = np.random.default_rng(0)
    names = ("danceability", "energy", "valence", "acousticness")
    with (tmp_path / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["track_id", "track_name", "track_artist", "tempo", *names])
        for at in range(40):
            writer.writerow([f"t{at}", f"Song {at}", "Somebody", 60 + 3 * at, *rng.random(4).round(3)])
    library = soundglass.open(tmp_path / "table.lance")
    library.import_table(tmp_path / "table.csv")
    return library


def test_a_row_of_a_table_is_explained_without_sound(table: Library, tmp_path: Path) -> None:
    page = Page(table.report("Song 7", tmp_path / "page.html").read_text("utf-8"))
    assert "there is no sound to play and no spectrogram to show" in page.said
    assert "Somebody – Song 7 has no audio to compare by spectrogram" in page.said
    assert page.said.count("What the score of") == 5
    assert not page.all("audio")
    assert len(page.all("svg")) == 1


def test_of_a_large_library_some_tracks_are_drawn_and_all_that_are_marked(
    table: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_maps, "MOST_POINTS", 12)
    page = Page(table.report("Song 7", tmp_path / "page.html", by=["features"]).read_text("utf-8"))
    marked = [link["href"] for link in page.all("a")]
    assert sorted(marked) == [f"#features-{rank}" for rank in range(1, 6)]
    points = [circle for circle in page.all("circle") if circle["class"] == "point"]
    assert 11 <= len(points) <= 18
    assert re.search(r"of \d+ of 40 tracks, evenly taken", page.said)


# -- the command -------------------------------------------------------------------------------------


def test_the_command_writes_a_page(run: Run, demo_library: Library, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    ran = run("report", QUERY, "-o", out, "-n", 1, "--by", "blend", "--library", demo_library.uri, "--json")
    assert ran.json == {"path": str(out), "bytes": out.stat().st_size}
    assert "By blend" in Page(out.read_text("utf-8")).said


def test_what_cannot_be_written_or_asked_is_one_line(run: Run, demo_library: Library, tmp_path: Path) -> None:
    def asked(*options: object) -> Ran:
        return run("report", QUERY, "-n", 1, *options, "--library", demo_library.uri)

    (tmp_path / "file").write_text("")
    assert_one_clear_line(
        asked("-o", tmp_path / "file" / "page.html", "--by", "features"), "cannot be written", "-o"
    )
    assert_one_clear_line(asked("-o", tmp_path, "--by", "features"), "cannot be written")
    assert_one_clear_line(asked("-o", tmp_path / "x", "--by", "nonsense"), "nonsense")
    assert_one_clear_line(asked("-o", tmp_path / "x", "--by", "features,features"), "one or two recommenders")
    assert_one_clear_line(run("report", "zzzz qqqq", "--library", demo_library.uri), "no track is called")
    assert not (tmp_path / "x").exists()
