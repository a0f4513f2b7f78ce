"""``study simulate``: participants that are no people, to try a study before anybody takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

if TYPE_CHECKING:
    from soundglass.library.study.records import StudyRecord
    from soundglass.surfaces.study.simulate import TookPart


def simulate(
    name: Annotated[str | None, typer.Argument(help="Of a study; the newest if left out.")] = None,
    participants: Annotated[int, typer.Option("-n", help="How many take part.", min=1, max=10_000)] = 40,
    policy: Annotated[
        str | None,
        typer.Option(
            help="What all of them do: informed, guesser, straight-liner, impatient, quitter, withdrawer, "
            "returner or double-submitter; a mixture of all if left out.",
            metavar="NAME",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all that they draw.", min=0)] = 0,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="URL", help="A server of this library that runs already."),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Let simulated participants take part: the same pages and requests as people's, without waiting.

    They are kept apart from people, and marked as simulated wherever they are shown.
    """
    from soundglass.evaluate.study.simulated.policies import roster
    from soundglass.surfaces.cli.show import print_json
    from soundglass.surfaces.cli.show_evaluation import progress
    from soundglass.surfaces.study.simulate import simulate as take_part

    policies = roster(participants, policy)
    opened = open_library(library)
    study = opened.studies.study(name)
    if not study.is_open:
        raise SoundglassError(
            f"the study {study.name!r} is closed", remedy="Open it with 'soundglass study open'"
        )
    with _server(at, opened.uri) as address, progress("simulated participants") as tell:
        fared = take_part(
            opened.studies,
            study,
            policies,
            address=address,
            seed=seed,
            progress=lambda done, total: tell("taking part", done, total),
        )
    if json:
        taken = [asdict(one) for one in fared]
        print_json({"study": study.name, "population": "simulated", "seed": seed, "participants": taken})
    else:
        _show(study, fared)
    _refuse_problems(fared)


@contextmanager
def _server(at: str | None, library: str) -> Iterator[str]:
    """Give the server that was named, or one for the time being."""
    from soundglass.surfaces.study.server import running

    if at is not None:
        yield at
        return
    with running(library) as address:
        yield address


def _show(study: StudyRecord, fared: Sequence[TookPart]) -> None:
    from soundglass.surfaces.cli.show import plain

    finished = sum(one.finished for one in fared)
    typer.echo(f"SIMULATED: {len(fared)} took part in {plain(study.name)!r}, {finished} finished")
    for policy in dict.fromkeys(one.policy for one in fared):
        mine = [one for one in fared if one.policy == policy]
        refused = sum((one.refused for one in mine), Counter[str]())
        told = ", ".join(f"{n:,} refused ({why})" for why, n in sorted(refused.items()))
        answered = sum(one.answered for one in mine)
        typer.echo(f"  {policy:<17}{len(mine):>4}  {answered:>6,} pages answered{', ' if told else ''}{told}")
    typer.echo(f"Now: soundglass study results {plain(study.name)!r} --simulated")


def _refuse_problems(fared: Sequence[TookPart]) -> None:
    problems = [one.problem for one in fared if one.problem]
    if problems:
        raise SoundglassError(
            f"{len(problems)} of {len(fared)} could not go on; the first: {problems[0]}",
            remedy="What the others answered is kept",
        )
