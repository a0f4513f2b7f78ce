"""``compare``, ``path``, ``listen`` and ``map``: how the recommenders see a library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.cli.options import (
    ByOption,
    JsonOption,
    LibraryOption,
    OtherArgument,
    PerArtistOption,
    TrackArgument,
    WeightOption,
    WhereOption,
    open_library,
)

if TYPE_CHECKING:
    from soundglass.recommend.maps import Method


def compare(
    track: Annotated[
        str | None, typer.Argument(metavar="[TRACK]", help="An id, a path or words; or none, with --all.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Over the library instead of for one track.")] = False,
    by: Annotated[
        str, typer.Option("--by", help="The two recommenders.", metavar="NAME,NAME")
    ] = "features,spectrogram",
    n: Annotated[int, typer.Option("-n", help="How long the lists are.", min=1, max=1000)] = 10,
    sample: Annotated[
        int, typer.Option(help="With --all, of how many tracks; 0 for every one.", min=0)
    ] = 200,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Put the lists of two recommenders side by side: what both find, and what only one of them does."""
    from soundglass.surfaces import answers
    from soundglass.surfaces.cli import show, show_explored

    if (track is None) is not every:
        raise SoundglassError(
            "compare takes either a track or --all", remedy="As in soundglass compare --all"
        )
    names = [name.strip() for name in by.split(",")]
    opened = open_library(library)
    if track is None:
        with show_explored.progress("Comparing") as tell:
            of_all = opened.compare_all(by=names, n=n, sample=sample or None, progress=tell)
        if json:
            show.print_json(answers.library_comparison_json(of_all))
        else:
            show_explored.library_comparison(of_all)
        return
    answer = opened.compare(track, by=names, n=n)
    if json:
        show.print_json(answers.comparison_json(answer))
    else:
        show_explored.comparison(answer)


def path(  # noqa: PLR0913, PLR0917  (options)
    track: TrackArgument,
    other: OtherArgument,
    n: Annotated[int, typer.Option("-n", help="How many steps.", min=1, max=200)] = 12,
    by: ByOption = "features",
    weight: WeightOption = None,
    per_artist: PerArtistOption = None,
    where: WhereOption = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Find a smooth way from TRACK to OTHER, with a reason for every step."""
    from soundglass.surfaces.answers import path_json
    from soundglass.surfaces.cli import show, show_explored

    answer = open_library(library).path(
        track, other, n=n, by=by, weight=weight, per_artist=per_artist, where=where
    )
    if json:
        show.print_json(path_json(answer))
    else:
        show_explored.path(answer)


def map_(
    by: ByOption = "features",
    method: Annotated[
        str, typer.Option(help="pca keeps far apart what is; tsne keeps together what is near.")
    ] = "pca",
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Where the coordinates go.")] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Lay the library out on a plane, what is alike near together: coordinates as CSV or JSON."""
    from soundglass.surfaces.answers import atlas_json, write_csv
    from soundglass.surfaces.cli import show, show_explored

    if method not in {"pca", "tsne"}:
        raise SoundglassError(f"there is no method {method!r}", remedy="There is: pca, tsne")
    if out is None and not json:
        raise SoundglassError("a map goes into a file", remedy="Name it by --out FILE.csv, or ask for --json")
    atlas = open_library(library).map(by=by, method=cast("Method", method))
    if out is not None:
        write_csv(atlas_json(atlas)["tracks"], out)
    if json:
        show.print_json(atlas_json(atlas))
    elif out is not None:
        show_explored.atlas(atlas, out)


def listen(
    track: TrackArgument,
    other: OtherArgument,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the sounds go; made if need be.")
    ] = Path(),
    n: Annotated[int, typer.Option("-n", help="How many matched regions.", min=1, max=50)] = 3,
    bed: Annotated[
        float | None,
        typer.Option(help="How loud all the rest is, in dB, as in -20; silent if left out.", max=0),
    ] = None,
    flac: Annotated[bool, typer.Option("--flac", help="Write FLAC instead of WAV.")] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Write the regions in which TRACK and OTHER match most as sounds, the one of TRACK first."""
    from soundglass.surfaces.answers import heard_json
    from soundglass.surfaces.cli import show, show_explored

    heard = open_library(library).listen(
        track, other, out, n=n, bed_db=bed, suffix=".flac" if flac else ".wav"
    )
    if json:
        show.print_json([heard_json(each) for each in heard])
    else:
        show_explored.heard(heard)
