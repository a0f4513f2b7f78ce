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
    TrackArgument,
    open_library,
)


def similar(
    track: TrackArgument,
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=1000)] = 10,
    by: ByOption = "features",
    per_artist: Annotated[int | None, typer.Option(help="At most so many by one artist.", min=1)] = None,
    where: Annotated[
        str | None, typer.Option(help="SQL condition, as in \"genre = 'rock' and tempo < 120\".")
    ] = None,
    exclude_same: Annotated[str, typer.Option(help="Leave out the same 'artist', 'album' or both.")] = "",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Recommend tracks like TRACK, each with its reason."""
    from soundglass.core.contract import recommendations_json
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    answer = opened.similar(
        track, by=by, n=n, per_artist=per_artist, where=where, exclude_same=_kinds(exclude_same)
    )
    if json:
        show.print_json(recommendations_json(answer))
    else:
        show.recommendations(answer, len(opened))


def why(
    track: TrackArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other track, named in the same way.")],
    by: ByOption = "features",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Explain one pair in full: every part, what speaks against it, what would change its place."""
    from soundglass.surfaces.answers import pair_json
    from soundglass.surfaces.cli import show

    answer = open_library(library).why(track, other, by=by)
    if json:
        show.print_json(pair_json(answer))
    else:
        show.pair(answer)


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
