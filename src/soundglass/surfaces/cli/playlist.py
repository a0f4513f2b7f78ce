"""``playlist list``, ``show`` and ``export``: what the app has saved, outside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

if TYPE_CHECKING:
    from soundglass.library.playlists import Playlist

app = typer.Typer(
    help="Saved playlists: which there are, what is in them, files of them.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A playlist's name or id.")]

_NAME_WIDTH = 40


@app.command("list")
def list_(library: LibraryOption = None, json: JsonOption = False) -> None:
    """List the playlists, the last changed first."""
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.playlists.answers import heading_json
    from soundglass.surfaces.playlists.words import length_text

    found = open_library(library).playlists.all()
    if json:
        show.print_json([heading_json(heading) for heading in found])
        return
    out = show.console()
    if not found:
        out.print("No playlists yet; 'soundglass serve' makes them", style="dim")
    for heading in found:
        tracks = f"{heading.n_tracks:>6,} {'track' if heading.n_tracks == 1 else 'tracks'}"
        length = length_text(heading.seconds) if heading.seconds else ""
        out.print(show.plain(f"{heading.name:<{_NAME_WIDTH}} {tracks}  {length}").rstrip(), markup=False)


@app.command("show")
def show_(name: NameArgument, library: LibraryOption = None, json: JsonOption = False) -> None:
    """Show the tracks of a playlist, in order, and why each is there."""
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.playlists.answers import playlist_json

    found = open_library(library).playlists.find(name)
    if json:
        show.print_json(playlist_json(found))
    else:
        _show(found)


@app.command()
def export(
    name: NameArgument,
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FILE", help="Where it goes: .m3u8, .xspf, .jspf or .csv."),
    ],
    absolute: Annotated[
        bool, typer.Option("--absolute", help="Name the music by its whole path, not from FILE's folder.")
    ] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Write a playlist to a file that players read, in the format its suffix names."""
    from soundglass.surfaces.cli import show

    playlists = open_library(library).playlists
    file = playlists.export(name, out, absolute_paths=absolute)
    entries = playlists.find(name).entries
    without = sum(not entry.track.path for entry in entries)
    if json:
        show.print_json({"file": str(file), "tracks": len(entries), "without_file": without})
        return
    tracks = f"{len(entries):,} {'track' if len(entries) == 1 else 'tracks'}"
    note = f", {without:,} of them without a file" if without else ""
    show.console().print(show.plain(f"{file}: {tracks}{note}"), markup=False)


def _show(found: Playlist) -> None:
    from soundglass.explain.phrases import time_text
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.playlists.words import length_text

    out, heading = show.console(), found.heading
    length = f", {length_text(heading.seconds)}" if heading.seconds else ""
    tracks = f"{heading.n_tracks:,} {'track' if heading.n_tracks == 1 else 'tracks'}"
    out.print(show.plain(f"{heading.name} ({tracks}{length})"), style="bold", markup=False)
    if heading.note:
        out.print(show.plain(heading.note), markup=False)
    for position, entry in enumerate(found.entries, start=1):
        seconds = entry.track.duration_s
        lasts = f"  {time_text(round(seconds))}" if math.isfinite(seconds) else ""
        gone = "  (no longer in the library)" if entry.is_gone else ""
        out.print(show.plain(f"{position:>4}  {show.name(entry.track)}{lasts}{gone}"), markup=False)
        if entry.reason:
            out.print(show.indented(entry.reason, indent=6))
