"""``similar``, ``why`` and ``features``: questions to a library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.surfaces.cli.options import (
    JsonOption,
    LibraryOption,
    OtherArgument,
    PerArtistOption,
    ProfileOption,
    TrackArgument,
    WeightOption,
    WhereOption,
    open_library,
)

if TYPE_CHECKING:
    from soundglass.recommend.steering import Steering
    from soundglass.surfaces.sounds import Suffix

_N_REGIONS = 3

_SimilarByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="The recommender: features, spectrogram, blend or mel-pca; if left out, features, or what "
        "--profile says.",
        metavar="NAME",
    ),
]
_WhyByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="The recommender, as elsewhere; if left out, features, and with --listen spectrogram.",
        metavar="NAME",
    ),
]
_ListenOption = Annotated[
    Path | None,
    typer.Option("--listen", metavar="DIR", help="Also write the regions that match most as sounds."),
]
_RegionsOption = Annotated[
    int | None, typer.Option("-n", help="With --listen: how many regions; 3 if left out.", min=1, max=50)
]
_BedOption = Annotated[
    float | None,
    typer.Option(help="With --listen: how loud all the rest around a region is, in dB, as in -20.", max=0),
]


def similar(  # noqa: PLR0913, PLR0917  (options)
    track: TrackArgument,
    n: Annotated[int, typer.Option("-n", help="How many.", min=1, max=1000)] = 10,
    by: _SimilarByOption = None,
    weight: WeightOption = None,
    profile: ProfileOption = None,
    per_artist: PerArtistOption = None,
    where: WhereOption = None,
    exclude_same: Annotated[str, typer.Option(help="Leave out the same 'artist', 'album' or both.")] = "",
    more: Annotated[
        list[str] | None, typer.Option(metavar="OTHER", help="A track they are to be like, too; repeatable.")
    ] = None,
    less: Annotated[
        list[str] | None, typer.Option(metavar="OTHER", help="A track they are not to be like; repeatable.")
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Recommend tracks like TRACK, each with its reason."""
    from soundglass.core.contract import recommendations_json
    from soundglass.surfaces.cli import show

    opened = open_library(library)
    steering = None if profile is None else opened.profile(profile)
    answer = opened.similar(
        track,
        by=by,
        weight=weight,
        n=n,
        per_artist=per_artist,
        where=where,
        exclude_same=_kinds(exclude_same),
        more=more or (),
        less=less or (),
        steering=steering,
    )
    if json:
        show.print_json({**recommendations_json(answer), **_steered(profile, steering)})
    else:
        show.recommendations(answer, len(opened))


def why(  # noqa: PLR0913, PLR0917  (options)
    track: TrackArgument,
    other: OtherArgument,
    by: _WhyByOption = None,
    weight: WeightOption = None,
    profile: ProfileOption = None,
    heard: Annotated[
        bool, typer.Option("--heard", help="Also hear both files again: where are they alike most?")
    ] = False,
    listen: _ListenOption = None,
    n: _RegionsOption = None,
    bed: _BedOption = None,
    flac: Annotated[bool, typer.Option("--flac", help="With --listen: FLAC instead of WAV.")] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Explain one pair in full: every part, what speaks against it, what would change its place."""
    from soundglass.surfaces.answers import pair_json
    from soundglass.surfaces.cli import show, show_sounds

    if listen is None and (n is not None or bed is not None or flac):
        raise SoundglassError("-n, --bed and --flac say how --listen writes sounds", remedy="Name its folder")
    if listen is not None and profile is not None:
        raise SoundglassError("--listen writes what is alike, not what is asked for", remedy="Leave one out")
    opened = open_library(library)
    steering = None if profile is None else opened.profile(profile)
    sounds = None
    if listen is not None:
        by = by or "spectrogram"
        suffix: Suffix = ".flac" if flac else ".wav"
        sounds = opened.listen(
            track, other, listen, by=by, weight=weight, n=n or _N_REGIONS, bed_db=bed, suffix=suffix
        )
    answer = sounds.pair if sounds else opened.why(track, other, by=by, weight=weight, steering=steering)
    where = sounds.heard if sounds else None
    if where is None and heard:
        where = opened.heard(track, other)
    if json:
        show.print_json({**pair_json(answer, where, sounds), **_steered(profile, steering)})
        return
    show.pair(answer, where)
    if sounds is not None:
        show_sounds.listening(sounds)


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


def _steered(profile: str | None, steering: Steering | None) -> dict[str, Json]:
    """Tell what an answer was steered by."""
    return {} if steering is None else {"profile": profile, "steering": steering.to_json()}


def _kinds(text: str) -> list[Literal["artist", "album"]]:
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in {"artist", "album"}:
            raise SoundglassError(
                f"--exclude-same takes artist and album, not {kind!r}",
                remedy="As in --exclude-same artist,album",
            )
    return cast("list[Literal['artist', 'album']]", kinds)
