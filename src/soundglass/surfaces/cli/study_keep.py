"""``study new``, ``list``, ``show``, ``open``, ``close``, ``delete``, ``forget``: looking after studies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.evaluate.study.design import PLANNED, SCALES, Design
from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

if TYPE_CHECKING:
    from soundglass.core.types import Json
    from soundglass.library.study.records import StudyRecord
    from soundglass.surfaces.library import Library

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of a study.")]
NewestArgument = Annotated[
    str | None, typer.Argument(metavar="NAME", help="The name of a study; the newest if left out.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")]


def new(  # noqa: PLR0913, PLR0917  (options)
    name: NameArgument,
    seed: Annotated[
        int, typer.Option(help="Of all that is drawn: tracks, orders, sides.", min=0, max=2**31 - 1)
    ] = 0,
    trials: Annotated[int, typer.Option(help="Predictions asked in each of the 8 blocks, 1 to 8.")] = 3,
    listen: Annotated[
        float,
        typer.Option("--listen", metavar="SECONDS", help="What must be heard of a track, 0.5 to 30."),
    ] = 10.0,
    show_names: Annotated[
        bool, typer.Option("--show-names", help="Show participants titles and artists.")
    ] = False,
    organiser: Annotated[str, typer.Option(help="Who asks for consent; shown to participants.")] = "",
    contact: Annotated[str, typer.Option(help="Whom participants can write to.")] = "",
    planned: Annotated[
        int, typer.Option(help="How many complete participants are aimed at.", min=1)
    ] = PLANNED,
    scale: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A questionnaire after every part; may be repeated. All by default."),
    ] = None,
    accuracy_of_interest: Annotated[
        float, typer.Option(help="The smallest difference of shares of right answers that would matter.")
    ] = 0.1,
    effect_of_interest: Annotated[
        float, typer.Option(help="The smallest difference of ratings that would matter, in SD.")
    ] = 0.5,
    wording: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A translation ('soundglass study wording --copy FOLDER')."),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Make a study of the library: choose tracks, and freeze all that participants will see and hear."""
    from soundglass.evaluate.study.instruments.loading import load
    from soundglass.surfaces.cli.show_evaluation import progress

    design = Design(
        seed,
        trials,
        listen,
        show_names,
        scales=tuple(scale or SCALES),
        organiser=organiser,
        contact=contact,
        planned=planned,
        accuracy_of_interest=accuracy_of_interest,
        effect_of_interest=effect_of_interest,
    )
    instruments = load(wording)
    opened = open_library(library)
    with progress("a study") as tell:
        record = opened.new_study(
            name, design, instruments, lambda done, total: tell("looking and listening", done, total)
        )
    _tell(opened, record, json)


def list_(library: LibraryOption = None, json: JsonOption = False) -> None:
    """List all studies, the newest first."""
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.study.told import studies_json

    told = studies_json(open_library(library).studies)
    if json:
        show.print_json(told)
        return
    for one in told["studies"]:
        state = "open" if one["is_open"] else "closed"
        people, simulated = one["people"], one["simulated"]
        others = f", {simulated['joined']} simulated" if simulated["joined"] else ""
        typer.echo(
            f"{show.plain(one['name'])}: {state}, {people['finished']} of {one['planned']} people "
            f"finished{others}"
        )
    for name in told["unreadable"]:
        typer.echo(f"{show.plain(name)}: made by another version of Soundglass, which can read it")
    if not any(told.values()):
        typer.echo("There is no study yet. Make one with 'soundglass study new NAME'")


def show_(name: NewestArgument = None, library: LibraryOption = None, json: JsonOption = False) -> None:
    """Say how a study goes: its links, its length, its trials, who took part."""
    opened = open_library(library)
    _tell(opened, opened.studies.study(name), json)


def close(name: NewestArgument = None, library: LibraryOption = None) -> None:
    """Let nobody new join a study; who has begun can finish."""
    from soundglass.surfaces.cli.show import plain

    record = open_library(library).studies.set_open(name, False)
    typer.echo(f"{plain(record.name)} is closed: who has begun can finish, nobody new can join")


def open_(name: NewestArgument = None, library: LibraryOption = None) -> None:
    """Let people join a study that was closed."""
    from soundglass.surfaces.cli.show import plain

    record = open_library(library).studies.set_open(name, True)
    typer.echo(f"{plain(record.name)} is open: who has its link can join")


def delete(name: NameArgument, yes: YesOption = False, library: LibraryOption = None) -> None:
    """Delete a study with all that was answered, for good."""
    from soundglass.surfaces.cli.show import plain

    studies = open_library(library).studies
    record = studies.study(name)
    answers = sum(count.answers for count in studies.counts(record).values())
    what = f"{plain(record.name)} with {answers:,} {'answer' if answers == 1 else 'answers'}"
    if not yes:
        typer.confirm(f"Delete {what}, for good?", abort=True)
    studies.delete(record.name)
    typer.echo(f"Deleted {what}")


def forget(
    name: NameArgument,
    pseudonym: Annotated[str, typer.Argument(help="Of the participant who asked for it, as in K7QX-2M.")],
    library: LibraryOption = None,
) -> None:
    """Delete one participant with all that was answered, as they asked for; for good."""
    from soundglass.surfaces.cli.show import plain

    studies = open_library(library).studies
    record = studies.study(name)
    studies.forget(record, pseudonym)
    typer.echo(f"Deleted {plain(pseudonym)} from {plain(record.name)}")


def _tell(library: Library, record: StudyRecord, json: bool) -> None:
    from dataclasses import asdict

    from soundglass.evaluate.study.fixed import fixed
    from soundglass.evaluate.study.sizes import sizes
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.study.told import study_json

    plan = fixed(record).plan
    told = study_json(library.studies, record)
    told |= {
        "tracks": len(plan.tracks),
        "margins": {by: asdict(found) for by, found in sizes(plan).items()},
    }
    if json:
        show.print_json(told)
    else:
        _print(told)


def _print(told: dict[str, Json]) -> None:
    from soundglass.surfaces.cli import show

    state = "open" if told["is_open"] else "closed"
    lines = [
        f"{told['name']}: {state}, made {told['created'][:10]}, seed {told['seed']}",
        f"takes      about {told['minutes']} minutes, {told['pages']} pages, wording '{told['language']}'",
        f"music      {told['tracks']} tracks, {told['listen_s']:g} s of each to be heard",
    ]
    for by, one in told["margins"].items():
        lines.append(
            f"trials     {one['n']} by {by}, {one['least']:.2f} to {one['most']:.2f} SD apart (mean "
            f"{one['mean']:.2f}); in {one['disagree']} the other recommender disagrees"
        )
    lines += [
        f"people     {_count(told['people'])}, {told['planned']} planned",
        f"SIMULATED  {_count(told['simulated'])}",
        "links      'soundglass study run' prints them whole, and serves them:",
        f"           {told['join']}",
        f"           {told['join_simulated']} (simulated participants only)",
    ]
    if not told["contact"]:
        lines.append(
            "contact    nobody is named: before people take part, make it with --organiser and --contact"
        )
    for line in lines:
        typer.echo(show.plain(line))


def _count(count: dict[str, Json]) -> str:
    deleted = f", {count['deleted']} deleted on request" if count["deleted"] else ""
    orders = f"{count['orders_used']} of {count['orders']} orders used"
    return f"{count['joined']} joined, {count['finished']} finished{deleted}, {orders}"
