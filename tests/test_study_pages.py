"""The pages on how to run a study tell the truth: commands, questionnaires, figures."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from soundglass.evaluate.study.analysis.power import (
    accuracies_as_d_z,
    pairs_for,
    pairs_for_equivalence,
    participants_for,
    power_of_pairs,
    trials_for,
)
from soundglass.evaluate.study.conditions import RECOMMENDERS
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.instruments.scoring import scored
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.evaluate.study.results import FEWEST
from soundglass.surfaces.cli.main import app

DOCS = Path(__file__).parents[1] / "docs"
STUDY = (DOCS / "study.md").read_text("utf-8")
TEMPLATE = (DOCS / "preregistration.md").read_text("utf-8")
NAMED = set(re.findall(r"soundglass study (\w+)", STUDY + TEMPLATE))
COMMANDS = sorted(
    {
        re.split(r"\s{2,}#", line)[0].strip()
        for page in (STUDY, TEMPLATE)
        for line in re.findall(r"soundglass study \w+ [^`\n]+", page)
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_can_be_typed_as_written(line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    for name in ("study", words[1]):
        command = command.commands[name]  # type: ignore[attr-defined]
    with command.make_context(words[1], words[2:], resilient_parsing=False):  # type: ignore[attr-defined]
        pass


def test_every_command_is_on_the_page() -> None:
    study = typer.main.get_command(app).commands["study"]  # type: ignore[attr-defined]
    assert study.commands.keys() >= NAMED
    for name in study.commands:
        assert f"study {name}" in STUDY, name


def test_questionnaires_are_those_that_are_asked() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| (\d)[^|]* \| (?:(\d+)–(\d+))? ?\| ([^|]+) \|", STUDY, re.MULTILINE
    )
    scales = load().scales
    design = Design()
    assert {row[0] for row in rows} == {*design.scales, *design.background}
    for name, count, low, high, source in rows:
        assert int(count) == len(scales[name].questions)
        doi = re.search(r"doi:\S+\d", source)
        assert doi is None or doi[0] in scales[name].source
        if low:
            spreads = {(q.low, q.high) for q in scored(scales[name]) if q.kind != "choice"}
            assert spreads == {(int(low), int(high))}


def test_numbers_of_participants_are_what_the_program_finds() -> None:
    def row(said: str) -> list[int]:
        (found,) = re.findall(
            rf"^\| [^|]*{re.escape(said)}[^|]* \| (\d+) \w+ \| (\d+) \w+ \|", STUDY, re.MULTILINE
        )
        return [int(number) for number in found]

    assert row("d = 0.4") == [pairs_for(0.4), pairs_for(0.4, alpha=0.01)]
    assert row("d = 0.5") == [pairs_for(0.5), pairs_for(0.5, alpha=0.01)]
    assert row("accuracy .65") == [trials_for(0.65), trials_for(0.65, alpha=0.01)]
    each = Design().trials * len(RECOMMENDERS)
    needed = [participants_for(trials_for(0.65), each, icc) for icc in (0, 0.05, 0.1)]
    flat = " ".join(STUDY.split())
    assert "97 independent trials take {} participants at 0, {} at .05 and {} at .10".format(*needed) in flat
    large, small = (
        pairs_for(accuracies_as_d_z(p, 0.5, each, 0.1), alpha=0.01, test="t") for p in (0.65, 0.6)
    )
    assert (
        f"takes {large} participants (α = .01, intraclass correlation .10); .60 against .50 takes {small}"
        in flat
    )
    assert f"({pairs_for_equivalence(0.5)} at 0.5 standard deviations)" in flat
    assert f"The default, {Design().planned}, is six times {N_SLOTS}" in flat
    assert Design().planned == 6 * N_SLOTS
    chances = [
        f"{100 * power_of_pairs(accuracies_as_d_z(0.7, 0.6, each, 0.1), n, 0.01):.0f} %" for n in (96, 48)
    ]
    assert "by 96 with a chance of {}, by 48 with one of {}".format(*chances) in flat
    assert FEWEST == 10
    assert "With fewer than ten participants nothing is tested" in flat
    template = " ".join(TEMPLATE.split())
    assert f"{pairs_for(0.5, alpha=0.01)} find d_z = 0.5" in template
    assert f"accuracy .65 against .50 takes {large} " in template


def test_a_shorter_study_is_of_scales_there_are() -> None:
    (command,) = re.findall(r"`soundglass study new pilot (--scale .*?)`", STUDY)
    named = command.replace("--scale", "").split()
    assert set(named) < set(Design().scales) <= load().scales.keys()


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", STUDY, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", STUDY)) <= headings
