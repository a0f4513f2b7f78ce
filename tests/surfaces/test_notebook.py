"""Answers in notebooks, read back from their HTML and their tables."""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.pictures.image import read_png
from soundglass.explain.pictures.mel import read_mel
from soundglass.surfaces.library import Library
from soundglass.surfaces.notebook import html, tables
from soundglass.surfaces.notebook.excerpt import SECONDS, excerpt

VOID = {"img", "br", "hr", "meta", "input"}


class Balanced(HTMLParser):
    """Notes text and attributes, and fails on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def sources(self, tag: str) -> list[bytes]:
        found = [attrs["src"] or "" for name, attrs in self.seen if name == tag]
        assert all(src.startswith("data:") for src in found)
        return [b64decode(src.partition(",")[2]) for src in found]


@pytest.mark.parametrize("by", ["features", "spectrogram", "blend"])
def test_a_list_shows_every_result_with_its_picture_and_player(demo_library: Library, by: str) -> None:
    answer = demo_library.similar("sectoid feelings", by=by, n=2)
    page = Balanced(answer._repr_html_())
    text = " ".join(page.words)
    for result in answer:
        assert result.track.label in text
        assert result.sentence in text
        assert f"{result.score:.3f}" in text
    pictures, sounds = page.sources("img"), page.sources("audio")
    assert len(pictures) == len(sounds) == 1 + len(answer)
    tracks = [answer.query, *(result.track for result in answer)]
    for track, picture, sound in zip(tracks, pictures, sounds, strict=True):
        shown = read_png(picture)
        whole = read_mel(Path(track.path), shown.start_s, shown.start_s + SECONDS)
        assert np.corrcoef(shown.decibels.ravel(), whole.decibels[:, : shown.n_frames].ravel())[0, 1] > 0.9
        assert soundfile.info(BytesIO(sound)).duration == pytest.approx(SECONDS, abs=0.1)
    assert "http" not in re.sub(r"data:[^\"]*", "", answer._repr_html_())


@pytest.mark.parametrize("by", ["features", "spectrogram"])
def test_bars_of_a_pair_sum_to_its_score(demo_library: Library, by: str) -> None:
    pair = demo_library.why("sectoid feelings", "laboratory", by=by)
    page = Balanced(pair._repr_html_())
    cells = re.findall(r'<td class="number">([^<]*)</td><td><div class="bar">', pair._repr_html_())
    assert len(cells) == 13
    total = sum(float(cell.replace("−", "-")) for cell in cells)
    assert total == pytest.approx(pair.score, abs=0.005 * len(cells))
    assert all(change.sentence in " ".join(page.words) for change in pair.counterfactuals)


def test_bars_begin_at_one_zero_and_are_as_long_as_their_parts(demo_library: Library) -> None:
    pair = demo_library.why("sectoid feelings", "laboratory")
    bars = html._bars(pair.parts, pair.parts)
    sizes = np.array([part.contribution for part in pair.parts])
    np.testing.assert_allclose(
        [bar.width for bar in bars], 100 * np.abs(sizes) / np.ptp([0, *sizes]), atol=1e-9
    )
    zeros = [bar.left if bar.for_it else bar.left + bar.width for bar in bars]
    np.testing.assert_allclose(zeros, zeros[0], atol=1e-9)


def test_sounds_of_a_pair_have_players(demo_library: Library, tmp_path: Path) -> None:
    heard = demo_library.listen("sectoid feelings", "laboratory", tmp_path, n=1)
    players = Balanced(heard._repr_html_()).sources("audio")
    assert len(players) == len(heard.sounds)
    for player, sound in zip(players, heard.sounds, strict=True):
        assert soundfile.info(BytesIO(player)).duration == pytest.approx(sound.seconds, abs=0.1)
    (tmp_path / heard.sounds[0].file).unlink()
    assert heard.sounds[0].file in Balanced(heard._repr_html_()).words


def test_figures_and_maps_are_pictures(demo_library: Library) -> None:
    for shown in (demo_library.pictures.contributions("sectoid feelings", "laboratory"), demo_library.map()):
        assert shown._repr_png_().startswith(b"\x89PNG")


def test_a_track_is_named_by_a_path_too(demo_library: Library) -> None:
    file = demo_library.file("laboratory")
    assert demo_library.similar(file, n=1).query == demo_library.find("laboratory")


def test_a_profile_shows_every_feature(demo_library: Library) -> None:
    profile = demo_library.features("laboratory")
    text = " ".join(Balanced(profile._repr_html_()).words)
    assert all(reading.feature.name in text and reading.shown.label in text for reading in profile.readings)


def test_tables_hold_what_the_answer_holds(demo_library: Library) -> None:
    answer = demo_library.similar("sectoid feelings", n=4)
    table, parts = answer.to_arrow(), answer.to_arrow(parts=True)
    assert table["id"].to_pylist() == [result.track.id for result in answer]
    assert table["score"].to_pylist() == [result.score for result in answer]
    assert table.schema.metadata == {b"query": answer.query.id.encode(), b"by": b"features"}
    sums = parts.group_by("rank").aggregate([("contribution", "sum")]).sort_by("rank")
    np.testing.assert_allclose(sums["contribution_sum"].to_numpy(), [r.score for r in answer], atol=1e-6)
    assert parts["query_start_s"].null_count == len(parts)
    row = next(row for row in parts.to_pylist() if row["part"] == "energy")
    part = next(part for part in answer[0].parts if part.name == "energy")
    assert (row["query_value"], row["match_percentile"]) == (part.query.value, part.match.percentile)


def test_regions_fill_the_columns_of_regions(demo_library: Library) -> None:
    answer = demo_library.similar("sectoid feelings", by="spectrogram", n=2)
    frame = answer.to_pandas(parts=True)
    assert frame["query_value"].isna().all()
    np.testing.assert_allclose(frame.groupby("rank").contribution.sum(), [r.score for r in answer], atol=1e-6)
    assert (frame["match_end_s"] > frame["match_start_s"]).all()
    assert list(answer.to_pandas().columns) == tables.RESULTS.names


def test_without_pandas_there_is_a_remedy(demo_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Arrow:
        def to_pandas(self) -> None:
            raise ModuleNotFoundError("No module named 'pandas'")

    monkeypatch.setattr(tables, "to_arrow", lambda *_, **__: Arrow())
    with pytest.raises(SoundglassError, match=r"soundglass\[notebook\]"):
        demo_library.similar("sectoid feelings", n=1).to_pandas()


def test_no_results_make_an_empty_table_and_a_line(demo_library: Library) -> None:
    answer = demo_library.similar("sectoid feelings", where="tempo > 10000")
    assert len(answer.to_arrow()) == len(answer.to_arrow(parts=True)) == 0
    assert "There is no such track." in answer._repr_html_()


def test_what_cannot_be_seen_and_heard_is_said(tmp_path: Path) -> None:
    gone = excerpt(Track("1", "audio", path=str(tmp_path / "gone.ogg"), duration_s=12.0))
    assert gone.problem
    assert not gone.sound
    assert excerpt(Track("2", "csv")).problem == "a table tells of it, there is no audio"


def test_a_table_without_audio_still_renders(tmp_path: Path) -> None:
    rows = "\n".join(
        f"{i},<i>T{i}</i>,A & B,{0.1 * i},{0.9 - 0.1 * i},{100 + i},0.5,0.2,-7,0.1,0.1,0.0,5,1,4,200000"
        for i in range(6)
    )
    header = (
        "track_id,track_name,track_artist,energy,valence,tempo,danceability,acousticness,loudness,liveness,"
        "speechiness,instrumentalness,key,mode,time_signature,duration_ms"
    )
    (tmp_path / "t.csv").write_text(f"{header}\n{rows}\n")
    library = soundglass.open(tmp_path / "t.lance")
    library.import_table(tmp_path / "t.csv")
    shown = library.similar("T1", n=2)._repr_html_()
    assert "<i>" not in shown
    assert "&lt;i&gt;T" in shown
    assert "there is no audio" in " ".join(Balanced(shown).words)
    assert not Balanced(shown).sources("audio")
    assert Balanced(library.why("T1", "T2")._repr_html_())


def test_asking_loads_nothing_that_only_pictures_need() -> None:
    code = (
        "import sys, soundglass; soundglass.open; import soundglass.surfaces.library;"
        "print([m for m in ('matplotlib', 'jinja2', 'sklearn', 'httpx', 'PIL') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
