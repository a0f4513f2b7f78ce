"""``compare``, ``path`` and ``map``: how the recommenders see a library."""

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
    from soundglass.explain.atlas import Atlas
    from soundglass.recommend.clusters import ClusterMethod
    from soundglass.recommend.maps import Method


_MAPS = "map.csv, map.png or map.svg"


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


def map_(  # noqa: PLR0913, PLR0917  (options)
    by: ByOption = "features",
    method: Annotated[
        str, typer.Option(help="pca keeps far apart what is; tsne keeps together what is near.")
    ] = "pca",
    clusters: Annotated[
        str, typer.Option(help="kmeans, hdbscan (only dense places) or none.", metavar="METHOD")
    ] = "kmeans",
    n_clusters: Annotated[
        int | None,
        typer.Option(help="How many, by kmeans; as many as the library has if left out.", min=2, max=12),
    ] = None,
    colour: Annotated[
        str, typer.Option(help="Of a picture: cluster, genre, artist or a feature.", metavar="WHAT")
    ] = "cluster",
    errors: Annotated[
        bool, typer.Option("--errors", help="In a picture, show how far each point can be trusted.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="Where it goes: .csv for coordinates; .png, .svg or .pdf."
        ),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Lay the library out on a plane, what is alike near together, and name its clusters."""
    from soundglass.surfaces.answers import atlas_json
    from soundglass.surfaces.cli import show, show_explored

    refuse_unknown_map(method, clusters, colour)
    if out is None and not json:
        raise SoundglassError("a map goes into a file", remedy=f"Name it by --out {_MAPS}, or ask for --json")
    if out is not None and out.suffix.lower() not in {".csv", ".png", ".svg", ".pdf"}:
        raise SoundglassError("is no name of a map", path=out, remedy=f"As in {_MAPS}")
    found = None if clusters == "none" else cast("ClusterMethod", clusters)
    atlas = open_library(library).map(
        by=by, method=cast("Method", method), clusters=found, n_clusters=n_clusters
    )
    if out is not None:
        _write_map(atlas, out, colour, errors)
    if json:
        show.print_json(atlas_json(atlas))
    elif out is not None:
        show_explored.atlas(atlas, out)


def refuse_unknown_map(method: str, clusters: str, colour: str) -> None:
    """Raise if there is no such map, before anything is laid out."""
    from soundglass.explain.pictures.map import refuse_unknown_colour

    if method not in {"pca", "tsne"}:
        raise SoundglassError(f"there is no method {method!r}", remedy="There is: pca, tsne")
    if clusters not in {"kmeans", "hdbscan", "none"}:
        raise SoundglassError(f"there are no clusters {clusters!r}", remedy="There is: kmeans, hdbscan, none")
    refuse_unknown_colour(colour)


def _write_map(atlas: Atlas, out: Path, colour: str, errors: bool) -> None:
    if out.suffix.lower() == ".csv":
        from soundglass.surfaces.answers import atlas_json, write_csv

        write_csv(atlas_json(atlas)["tracks"], out)
        return
    from soundglass.explain.pictures.map import draw_map
    from soundglass.explain.pictures.style import save

    save(draw_map(atlas, colour, errors), out)
