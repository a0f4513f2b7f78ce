"""``soundglass study run`` as people start it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ran import Ran, assert_one_clear_line

from soundglass.surfaces.library import Library

TOKEN = "a token of some length"


def started(library: Path | str, *options: str) -> tuple[list[str], bytes]:
    """Start it; give its first lines, and what the link for people leads to, asked without a token."""
    command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "study", "run"]
    arguments = [*options, "--library", str(library), "--port", "0"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        try:
            (link,) = re.findall(r"People join at (\S+)", lines[1])
            with urllib.request.urlopen(link.replace("study.local", "127.0.0.1")) as answer:
                return lines, answer.read()
        finally:
            process.terminate()
            process.wait(20)


def test_it_serves_the_study_and_prints_the_links(studied_library: Library, tmp_path: Path) -> None:
    copy = shutil.copytree(studied_library.uri, tmp_path / "studied.lance")
    record = studied_library.studies.study()
    lines, page = started(copy, "--host", "0.0.0.0", "--token", TOKEN)
    assert "'Trial run' is at http://" in lines[0]
    assert lines[1].strip().endswith(f"/study/join/{record.join_code}")
    assert lines[2].strip().endswith(f"/study/join/{record.simulated_code}")
    assert b"us@example.org" in page
    named, _ = started(copy, "--host", "0.0.0.0", "--token", TOKEN, "--allow-host", "study.local")
    assert "People join at http://study.local:" in named[1]


def test_what_cannot_be_run_is_told_in_one_line(
    run: Callable[..., Ran], studied_library: Library, tmp_path: Path
) -> None:
    nothing = run("study", "run", "--library", tmp_path / "none.lance")
    assert nothing.status == 1
    assert "no library here" in nothing.err.splitlines()[-1]
    for arguments, words in (
        (("Nope", "--library", studied_library.uri), "no study 'Nope'. There is: Trial run"),
        (("--library", studied_library.uri, "--host", "0.0.0.0"), "a token is needed"),
        (("--library", studied_library.uri, "--address", "nowhere"), "no address of a server"),
    ):
        assert_one_clear_line(run("study", "run", *arguments), words)


def test_a_first_study_is_made_where_there_is_none(demo_library: Library, tmp_path: Path) -> None:
    copy = shutil.copytree(demo_library.uri, tmp_path / "demo.lance")
    lines, page = started(copy)
    assert "'Listening study' is at http://127.0.0.1:" in lines[0]
    assert b"<form" in page
