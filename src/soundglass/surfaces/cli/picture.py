"""``picture``: what a library looks like, one command a kind, each into a PNG, SVG or PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from soundglass.surfaces.cli.options import (
    JsonOption,
    LibraryOption,
    OtherArgument,
    TrackArgument,
    open_library,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from soundglass.recommend.clusters import ClusterMethod
    from soundglass.recommend.maps import Method
    from soundglass.surfaces.pictures import Pictures

app = typer.Typer(
    help="Draw tracks, pairs, lists and the whole library into picture files.", no_args_is_help=True
)

OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="Where it goes: .png, .svg or .pdf.")
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="The recommender: spectrogram (if left out), blend, mel-pca or features.",
        metavar="NAME",
    ),
]
FeaturesByOption = Annotated[
    str,
    typer.Option("--by", help="The recommender: features, spectrogram, blend or mel-pca.", metavar="NAME"),
]


@app.command("track")
def track(
    track: TrackArgument,
    out: OutOption,
    start: Annotated[float | None, typer.Option(help="Seconds from the start.", min=0)] = None,
    seconds: Annotated[float | None, typer.Option(help="How long a stretch; to the end if left out.")] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw the mel-spectrogram of TRACK; of a table's row, its features."""
    _write("track", lambda pictures: pictures.track(track, start, seconds), out, library, json=json)


@app.command("results")
def results(
    track: TrackArgument,
    out: OutOption,
    by: ByOption = None,
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=12)] = 4,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw TRACK beside its recommendations, with the regions that match outlined on both."""
    _write("results", lambda pictures: pictures.results(track, by, n), out, library, json=json)


@app.command("pair")
def pair(
    track: TrackArgument,
    other: OtherArgument,
    out: OutOption,
    by: ByOption = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw TRACK over OTHER: where they match, and how much of the likeness is heard when."""
    _write("pair", lambda pictures: pictures.pair(track, other, by), out, library, json=json)


@app.command("contributions")
def contributions(
    track: TrackArgument,
    other: OtherArgument,
    out: OutOption,
    by: FeaturesByOption = "features",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw what adds up to the score of TRACK and OTHER, from 0 to the score."""
    _write(
        "contributions", lambda pictures: pictures.contributions(track, other, by), out, library, json=json
    )


@app.command("parts")
def parts(
    track: TrackArgument,
    out: OutOption,
    by: FeaturesByOption = "features",
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=20)] = 8,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw what each part adds to each score of the tracks like TRACK."""
    _write("parts", lambda pictures: pictures.parts(track, by, n), out, library, json=json)


@app.command("top")
def top(
    out: OutOption,
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=50)] = 10,
    by: Annotated[str, typer.Option(help="popularity, or any feature.", metavar="WHAT")] = "popularity",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw the tracks with most of something, and their features."""
    _write("top", lambda pictures: pictures.top(n, by), out, library, json=json)


@app.command("contrast")
def contrast(
    feature: Annotated[str, typer.Argument(metavar="FEATURE", help="Such as energy.")],
    out: OutOption,
    quantile: Annotated[float, typer.Option(help="Share of the tracks at either end, up to 0.5.")] = 0.25,
    shown: Annotated[int, typer.Option(help="How many of each end are shown.", min=1, max=12)] = 4,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw the tracks lowest in FEATURE against the highest, and what their spectra differ in."""
    from soundglass.surfaces.cli.show_explored import progress

    def draw(pictures: Pictures) -> Figure:
        with progress("Listening") as tell:
            return pictures.contrast(feature, quantile=quantile, shown=shown, progress=tell)

    _write("contrast", draw, out, library, json=json)


@app.command("map")
def map_(
    out: OutOption,
    by: FeaturesByOption = "features",
    method: Annotated[
        str, typer.Option(help="pca keeps far apart what is; tsne keeps together what is near.")
    ] = "pca",
    clusters: Annotated[
        str, typer.Option(help="kmeans, hdbscan (only dense places) or none.", metavar="METHOD")
    ] = "kmeans",
    colour: Annotated[
        str, typer.Option(help="cluster, genre, artist or a feature.", metavar="WHAT")
    ] = "cluster",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Draw all tracks on a plane, what is alike near together."""
    from soundglass.surfaces.cli.explore import refuse_unknown_map

    refuse_unknown_map(method, clusters, colour)
    found = None if clusters == "none" else cast("ClusterMethod", clusters)

    def draw(pictures: Pictures) -> Figure:
        return pictures.map(by=by, method=cast("Method", method), colour=colour, clusters=found)

    _write("map", draw, out, library, json=json)


def _write(
    kind: str, draw: Callable[[Pictures], Figure], out: Path, library: str | None, *, json: bool
) -> None:
    """Draw, write and say where; a name that is none of a picture is refused before anything is drawn."""
    from soundglass.explain.pictures.style import picture_suffix, save
    from soundglass.surfaces.cli import show

    picture_suffix(out)
    save(draw(open_library(library).pictures), out)
    if json:
        show.print_json({"kind": kind, "path": str(out)})
    else:
        typer.echo(f"{kind}: {show.plain(str(out))}")
