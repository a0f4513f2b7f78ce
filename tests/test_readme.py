"""The README tells the truth: its session, its commands and its Python."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from soundglass.core.contract import recommendations_json
from soundglass.surfaces.cli.main import app
from soundglass.surfaces.library import Library

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_session_is_what_the_program_prints(tmp_path: Path) -> None:
    shown = re.search(
        r"<!-- session: soundglass demo -->\n```console\n\$ make run\n(.*?)```", README, re.DOTALL
    )
    assert shown is not None
    home = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / ".local" / "share")}
    ran = subprocess.run(
        [sys.executable, "-m", "soundglass.surfaces.cli.main", "demo"],
        capture_output=True,
        text=True,
        check=True,
        env=home,
    )
    for printed, written in zip(_lines(ran.stdout), _lines(shown[1]), strict=True):
        assert _wording(printed) == _wording(written)
        assert _numbers(printed) == pytest.approx(_numbers(written), abs=0.011, rel=0.02)


def test_every_command_is_documented() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"soundglass {name}" in README
        for sub in getattr(command, "commands", {}):
            assert f"`{sub}`" in README or f"{name} {sub}" in README


def test_the_python_example_parses_and_names_real_things() -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    calls = {node.attr for node in ast.walk(ast.parse(example[1])) if isinstance(node, ast.Attribute)}
    import soundglass
    from soundglass.core.types import Recommendation

    known = {*soundglass.__all__, *dir(soundglass.Library), *Recommendation.__slots__}
    assert calls <= known


def test_the_json_page_shows_the_fields_there_are(demo_library: Library) -> None:
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    shown = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])  # type: ignore[index]
    answer = recommendations_json(demo_library.similar("escape from chaosland", n=1))
    real = {part["name"]: part for part in answer["results"][0]["parts"]}
    assert answer.keys() == shown.keys()
    assert answer["results"][0].keys() == shown["results"][0].keys()
    for part in shown["results"][0]["parts"]:
        assert part.keys() == real[part["name"]].keys()
        assert part["query"].keys() == real[part["name"]]["query"].keys()


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines()


def _wording(line: str) -> list[str]:
    """Give a line without numbers, bars and spacing: another processor may round a last digit differently."""
    return re.sub(r"[-+−]?[\d.,:]+|[█▏▎▍▌▋▊▉]+", "#", line).split()


def _numbers(line: str) -> list[float]:
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?", line.replace(",", ""))]
