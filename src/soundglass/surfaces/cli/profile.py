"""``profile``: named ways to steer recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

if TYPE_CHECKING:
    from soundglass.recommend.steering import Steering

app = typer.Typer(
    help="Named profiles: what counts more, less or not, and what to ask for.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of a profile.")]


@app.command("list")
def list_(library: LibraryOption = None, json: JsonOption = False) -> None:
    """List all profiles."""
    from soundglass.surfaces.cli import show

    known = open_library(library).profiles()
    if json:
        show.print_json({"profiles": [{"name": n, "steering": s.to_json()} for n, s in known.items()]})
        return
    for name, steering in known.items():
        typer.echo(f"{show.plain(name)}: {_in_words(steering)}")
    if not known:
        typer.echo("There is no profile yet. Save one with 'soundglass profile save NAME --weight tempo=0'")


@app.command("show")
def show_(name: NameArgument, library: LibraryOption = None, json: JsonOption = False) -> None:
    """Say what a profile asks for."""
    from soundglass.surfaces.cli import show

    steering = open_library(library).profile(name)
    if json:
        show.print_json({"name": name, "steering": steering.to_json()})
    else:
        typer.echo(_in_words(steering))


@app.command()
def save(
    name: NameArgument,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART=FACTOR", help="How much a part counts, 0 (not at all) to 3; may be repeated."
        ),
    ] = None,
    shift: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART=AMOUNT",
            help="More or less of a part, -3 to 3 standard deviations of the library; may be repeated.",
        ),
    ] = None,
    tempo: Annotated[str, typer.Option(metavar="FROM-TO", help="Only tempi in BPM, as in 80-120.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="The recommender: features or blend.")] = "features",
    share: Annotated[
        float | None, typer.Option(help="Of --by blend: the share of the spectrogram, 0 to 1.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Keep a profile, in the place of one of the same name."""
    from dataclasses import replace
    from typing import cast

    from soundglass.recommend.steering import Steerable
    from soundglass.surfaces.library.profiling import steering_of

    steering = steering_of(_numbers("--weight", weight), _numbers("--shift", shift), tempo)
    steering = replace(steering, by=cast("Steerable", by), share=share)
    open_library(library).save_profile(name, steering)
    typer.echo(f"Saved: {_in_words(steering)}")


@app.command()
def delete(name: NameArgument, library: LibraryOption = None) -> None:
    """Forget a profile."""
    open_library(library).delete_profile(name)
    typer.echo("Deleted.")


def _in_words(steering: Steering) -> str:
    asked = ", ".join(steering.wishes) or "nothing in particular"
    if steering.by == "features":
        return asked
    return f"{asked}, by {steering.by}" + ("" if steering.share is None else f" of weight {steering.share:g}")


def _numbers(option: str, pairs: list[str] | None) -> dict[str, float]:
    """Read what an option was given: parts to numbers."""
    found = {}
    for pair in pairs or []:
        part, _, number = pair.partition("=")
        try:
            found[part.strip()] = float(number)
        except ValueError:
            raise SoundglassError(f"{option} {pair!r} is not PART=NUMBER", remedy="As in tempo=0") from None
    return found
