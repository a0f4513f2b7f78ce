"""``similar``, ``why`` and ``features``: questions to a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

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


def similar(  # noqa: PLR0913, PLR0917  (options)
    track: TrackArgument,
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=1000)] = 10,
    by: ByOption = "features",
    weight: WeightOption = None,
    per_artist: PerArtistOption = None,
    where: WhereOption = None,
    exclude_same: Annotated[str, typer.Option(help="Leave out the same 'artist', 'album' or both.")] = "",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Recommend tracks like TRACK, each with its reason."""
    from soundglass.core.contract import recommendations_json
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    answer = opened.similar(
        track,
        by=by,
        weight=weight,
        n=n,
        per_artist=per_artist,
        where=where,
        exclude_same=_kinds(exclude_same),
    )
    if json:
        show.print_json(recommendations_json(answer))
    else:
        show.recommendations(answer, len(opened))


def why(
    track: TrackArgument,
    other: OtherArgument,
    by: ByOption = "features",
    weight: WeightOption = None,
    heard: Annotated[
        bool, typer.Option("--heard", help="Also hear both files again: where are they alike most?")
    ] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Explain one pair in full: every part, what speaks against it, what would change its place."""
    from soundglass.surfaces.answers import pair_json
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    answer = opened.why(track, other, by=by, weight=weight)
    where = opened.heard(track, other) if heard else None
    if json:
        show.print_json(pair_json(answer, where))
    else:
        show.pair(answer, where)


def features(
    target: Annotated[
        str, typer.Argument(metavar="FILE-or-TRACK", help="A file, or a track of the library.")
    ],
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Show the features of a file or track: value, unit, source, error and evidence."""
    from soundglass.surfaces.answers import profile_json
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    answer = opened.measure(target) if Path(target).expanduser().is_file() else opened.features(target)
    if json:
        show.print_json(profile_json(answer))
    else:
        show.profile(answer)


def _kinds(text: str) -> list[Literal["artist", "album"]]:
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in {"artist", "album"}:
            raise SoundglassError(
                f"--exclude-same takes artist and album, not {kind!r}",
                remedy="As in --exclude-same artist,album",
            )
    return cast("list[Literal['artist', 'album']]", kinds)
