"""``soundglass playlist``: what was saved is listed, shown and written to files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran, assert_one_clear_line

import soundglass
from soundglass.library.playlists import Wanted
from soundglass.surfaces.library import Library

Run = Callable[..., Ran]


@pytest.fixture
def own(demo_library: Library, tmp_path: Path) -> Library:
    copy = tmp_path / "demo.lance"
    shutil.copytree(demo_library.uri, copy)
    library = soundglass.open(copy)
    found = library.similar("escape from chaosland", n=3)
    library.playlists.make("Évening", [Wanted(rec.track.id, rec.sentence) for rec in found], "for later")
    return library


def test_playlists_are_listed_shown_and_exported(run: Run, own: Library, tmp_path: Path) -> None:
    asked = "--library", own.uri
    (heading,) = run("playlist", "list", "--json", *asked).json
    assert (heading["name"], heading["n_tracks"]) == ("Évening", 3)
    assert "Évening" in run("playlist", "list", *asked).out
    shown = run("playlist", "show", "évening", "--json", *asked).json
    found = own.similar("escape from chaosland", n=3)
    assert [(t["id"], t["reason"]) for t in shown["tracks"]] == [(r.track.id, r.sentence) for r in found]
    text = run("playlist", "show", heading["id"], *asked).out
    assert "for later" in text
    assert found[0].track.title in text
    out = tmp_path / "lists" / "e.m3u8"
    out.parent.mkdir()
    done = run("playlist", "export", "Évening", "-o", str(out), "--json", *asked).json
    assert done == {"file": str(out), "tracks": 3, "without_file": 0}
    lines = [line for line in out.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [(out.parent / line).resolve() for line in lines] == [
        own.file(r.track.id).resolve() for r in found
    ]
    whole = tmp_path / "e.csv"
    run("playlist", "export", "Évening", "-o", str(whole), "--absolute", *asked)
    assert str(own.file(found[0].track.id)) in whole.read_text("utf-8")


def test_what_cannot_be_done_is_one_clear_line(run: Run, own: Library, tmp_path: Path) -> None:
    asked = "--library", own.uri
    assert_one_clear_line(run("playlist", "show", "nope", *asked), "no playlist 'nope'", "There is: Évening")
    pls = str(tmp_path / "e.pls")
    assert_one_clear_line(
        run("playlist", "export", "Évening", "-o", pls, *asked), ".m3u8, .xspf, .jspf, .csv"
    )
    nowhere = str(tmp_path / "no" / "e.csv")
    assert_one_clear_line(run("playlist", "export", "Évening", "-o", nowhere, *asked), "cannot be written")


def test_a_library_without_playlists_says_so(run: Run, demo_library: Library) -> None:
    before = {path.name for path in Path(demo_library.uri).iterdir()}
    assert "No playlists yet" in run("playlist", "list", "--library", demo_library.uri).out
    assert {path.name for path in Path(demo_library.uri).iterdir()} == before
