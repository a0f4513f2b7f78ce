"""``study wording``: what participants are asked, where it comes from, and translations of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import CatalogueError, SoundglassError
from soundglass.surfaces.cli.options import JsonOption

if TYPE_CHECKING:
    from soundglass.evaluate.study.instruments.questions import Instruments


def wording(
    copy: Annotated[
        Path | None,
        typer.Option("--copy", metavar="FOLDER", help="Lay out the English files there, to be translated."),
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FOLDER", help="Find what is wrong with a translation.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the questionnaires with their sources, or translate all texts."""
    if copy is not None and check is not None:
        raise SoundglassError("--copy and --check are two things", remedy="Do one after the other")
    if copy is not None:
        _copy(copy)
    elif check is not None:
        _check(check)
    else:
        _list(json)


def _copy(folder: Path) -> None:
    from soundglass.evaluate.study.instruments.loading import copy
    from soundglass.surfaces.cli import show

    files = copy(folder)
    typer.echo(f"{len(files)} files are in {show.plain(show.home_as_tilde(str(folder)))}")
    typer.echo("Translate the texts; leave ids, numbers and what stands in {braces} as they are.")
    typer.echo(f"Then: soundglass study wording --check {show.plain(show.home_as_tilde(str(folder)))}")


def _check(folder: Path) -> None:
    from soundglass.evaluate.study.instruments.loading import check, load
    from soundglass.surfaces.cli import show

    problems = check(folder)
    for problem in problems:
        typer.echo(show.plain(str(problem)))
    if problems:
        count = "one problem was" if len(problems) == 1 else f"{len(problems)} problems were"
        raise CatalogueError(f"{count} found", path=folder, remedy="Correct the files, then check again")
    typer.echo(f"This wording can be used; its language is '{show.plain(load(folder).language)}'")


def _list(json: bool) -> None:
    from soundglass.evaluate.study.instruments.loading import load
    from soundglass.surfaces.cli import show

    rows = _rows(load())
    if json:
        show.print_json({"scales": rows})
        return
    for row in rows:
        count = "1 question" if row["questions"] == 1 else f"{row['questions']} questions"
        typer.echo(f"{row['id']}: {count}\n  {row['source']}\n  {row['licence']}")


def _rows(instruments: Instruments) -> list[dict[str, str | int]]:
    return [
        {"id": key, "questions": len(scale.questions), "source": scale.source, "licence": scale.licence}
        for key, scale in instruments.scales.items()
    ]
