"""``study results``, ``export`` and ``power``: findings, answers as a table, what a study needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.evaluate.study.design import PLANNED, Design
from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

if TYPE_CHECKING:
    from soundglass.evaluate.study.conditions import Population
    from soundglass.evaluate.study.results import Results
    from soundglass.evaluate.study.rows import Records

_MORE = ("exploratory", "planning")
"""Parts that are only in the report: the one is not concluded from, the other is 'soundglass study power'."""

SimulatedOption = Annotated[
    bool, typer.Option("--simulated", help="Of simulated participants; they are never counted with people.")
]
NameArgument = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Of a study; the newest if left out.")
]


def results(
    name: NameArgument = None,
    simulated: SimulatedOption = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Where a page, its JSON, tables and plots go, too."
        ),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Say what a study found: who is counted, tables, and a conclusion in plain words."""
    from soundglass.evaluate.study.report.contract import results_json
    from soundglass.evaluate.study.report.files import write_results
    from soundglass.evaluate.study.results import analyse
    from soundglass.surfaces.cli import show

    found = analyse(_gathered(library, name, simulated))
    files = write_results(found, output) if output else ()
    if json:
        show.print_json(results_json(found))
    else:
        _show(found, files)


def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a study.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes: .csv or .parquet.")],
    simulated: SimulatedOption = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Write one row for every answer to a table, without audio, paths or links."""
    from soundglass.evaluate.study.exporting import export, refuse_other_names
    from soundglass.surfaces.cli import show

    refuse_other_names(file)
    records = _gathered(library, name, simulated)
    n_answers = export(records, file)
    if json:
        show.print_json({"file": str(file), "population": records.population, "answers": n_answers})
        return
    whose = f"{len(records.people):,} {_kind(records.population, len(records.people))}"
    where = show.plain(show.home_as_tilde(str(file)))
    typer.echo(f"{n_answers:,} {'answer' if n_answers == 1 else 'answers'} of {whose} in {where}")


def power(
    trials: Annotated[int, typer.Option(help="Trials in a block.", min=1, max=8)] = 3,
    planned: Annotated[int, typer.Option(help="Participants.", min=2, max=100_000)] = PLANNED,
    json: JsonOption = False,
) -> None:
    """Say how many participants and trials a study needs."""
    from soundglass.evaluate.report.contract import section_json
    from soundglass.evaluate.study.planning import planning
    from soundglass.surfaces.cli import show, show_evaluation

    needed = planning(Design(trials=trials, planned=planned))
    if json:
        show.print_json(section_json(needed))
    else:
        show_evaluation.section(needed)


def _gathered(library: str | None, name: str | None, simulated: bool) -> Records:
    from soundglass.evaluate.study.gathering import gather

    return gather(open_library(library).studies, name, "simulated" if simulated else "people")


def _show(found: Results, files: tuple[Path, ...]) -> None:
    from soundglass.evaluate.study.conclusion import conclude
    from soundglass.evaluate.study.report.sections import sections
    from soundglass.surfaces.cli import show, show_evaluation

    out = show.console()
    records = found.records
    if records.population == "simulated":
        out.print(
            "SIMULATED: programs with fixed policies answered; this says nothing about people", style="red"
        )
    out.print(show.plain(records.study), style="bold", markup=False)
    conclusion = conclude(found)
    for section in sections(found) if found.n else ():
        if section.name not in _MORE:
            show_evaluation.section(section)
    if not found.n:
        joined = len(records.people) + records.deleted
        out.print(f"{joined:,} joined, nobody is counted")
    out.print("\nConclusion", style="bold")
    out.print(show.plain(conclusion.headline), markup=False)
    for point in conclusion.points:
        out.print(f"\n{show.plain(point.title)}", style="italic", markup=False)
        for line in (point.means, *point.told):
            out.print(show.plain(line), markup=False)
    if conclusion.points:
        out.print(f"\n({show.plain(conclusion.rule)})", style="dim", markup=False)
    if not files and found.n:
        out.print("\n--output FOLDER writes all tables and plots, and a page of them", style="dim")
    for file in files:
        out.print(show.plain(show.home_as_tilde(str(file))), style="dim", markup=False)


def _kind(population: Population, n: int) -> str:
    if population == "simulated":
        return f"simulated participant{'' if n == 1 else 's'}"
    return "person" if n == 1 else "people"
