"""The options several commands share, and the library they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import CatalogueError

if TYPE_CHECKING:
    from soundglass.surfaces.library import Library

LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        "-l",
        envvar="SOUNDGLASS_LIBRARY",
        metavar="PATH-or-URI",
        help="The library; by default one in your user data folder.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
ByOption = Annotated[
    str,
    typer.Option("--by", help="The recommender: features, spectrogram, blend or mel-pca.", metavar="NAME"),
]
WeightOption = Annotated[
    float | None,
    typer.Option(
        help="Of --by blend: the share of the spectrogram, 0 to 1; both have the same say if left out.",
        metavar="SHARE",
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(help="Steer by a saved profile ('soundglass profile list').", metavar="NAME"),
]
WhereOption = Annotated[
    str | None, typer.Option(help="SQL condition, as in \"genre = 'rock' and tempo < 120\".")
]
PerArtistOption = Annotated[int | None, typer.Option(help="At most so many by one artist.", min=1)]
OtherArgument = Annotated[
    str, typer.Argument(metavar="OTHER", help="The other track, named in the same way.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="Which column holds what; may be repeated."),
]
TrackArgument = Annotated[str, typer.Argument(metavar="TRACK", help="An id, a path or words.")]


def default_library() -> str:
    """Name the library in the platform's user data folder."""
    from platformdirs import user_data_path

    return str(user_data_path("soundglass", appauthor=False) / "library.lance")


def demo_library() -> str:
    """Name the library the demo is analysed into."""
    from platformdirs import user_data_path

    return str(user_data_path("soundglass", appauthor=False) / "demo.lance")


def read_mapping(pairs: list[str] | None) -> dict[str, str]:
    """Read what --map was given: our column names to theirs."""
    mapping = {}
    for pair in pairs or []:
        ours, equals, theirs = pair.partition("=")
        if not equals or not ours or not theirs:
            raise CatalogueError(f"--map {pair!r} is not OURS=THEIRS", remedy="As in --map tempo=BPM")
        mapping[ours.strip()] = theirs.strip()
    return mapping


def open_library(uri: str | None) -> Library:
    """Open the library a command names, or the default one."""
    from soundglass.surfaces.library import Library

    return Library(uri or default_library())
