"""``scan``, ``import`` and ``demo``: music comes into a library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import AudioError
from soundglass.surfaces.cli.options import (
    JsonOption,
    LibraryOption,
    MapOption,
    default_library,
    demo_library,
    open_library,
    read_mapping,
)
from soundglass.surfaces.cli.progress import files_progress

if TYPE_CHECKING:
    from soundglass.library.scan import ScanProgress, ScanSummary
    from soundglass.library.tables import ImportSummary

_SHOWN_FAILURES = 20
_DEMO_QUERY = "escape from chaosland"


def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Folders or files of music.")],
    workers: Annotated[
        int | None, typer.Option(help="Analysis processes; one per processor by default.", min=1, max=256)
    ] = None,
    prune: Annotated[bool, typer.Option(help="Forget tracks whose files are gone.")] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Find, analyse and store music; only what is new or changed is looked into. Stop it at any time."""
    from soundglass.surfaces.cli import show

    with _scanning() as tell:
        done = open_library(library).scan(*paths, workers=workers, prune=prune, progress=tell)
    _refuse_if_nothing_found(done, paths)
    if json:
        show.print_json(asdict(done))
    else:
        show_scan(done)
    _refuse_if_all_failed(done, paths)


def show_scan(done: ScanSummary) -> None:
    """Show what a scan did."""
    from soundglass.surfaces.cli import show

    out = show.console()
    counts = {name: getattr(done, name) for name in ("new", "changed", "moved", "copies", "unchanged")}
    optional = {
        name: getattr(done, name) for name in ("upgraded", "missing", "removed") if getattr(done, name)
    }
    line = ", ".join(f"{count:,} {word}" for word, count in {**counts, **optional}.items())
    out.print(f"{line}, {len(done.failed):,} failed")
    if done.missing:
        out.print("Missing files are kept; scan with --prune to forget them.", style="dim")
    for failure in done.failed[:_SHOWN_FAILURES]:
        remedy = f". {failure.remedy}" if failure.remedy else ""
        out.print(show.plain(f"  {failure.path}: {failure.reason}{remedy}"), style="yellow", markup=False)
    if len(done.failed) > _SHOWN_FAILURES:
        out.print(f"  and {len(done.failed) - _SHOWN_FAILURES:,} more; --json lists all", style="yellow")


def _refuse_if_nothing_found(done: ScanSummary, paths: list[Path]) -> None:
    if not _of_use(done) and not done.failed and not done.missing:
        where = ", ".join(map(str, paths))
        raise AudioError("no audio files found", path=where, remedy="Name a folder that holds music")


def _refuse_if_all_failed(done: ScanSummary, paths: list[Path]) -> None:
    if not _of_use(done) and done.failed:
        where = ", ".join(map(str, paths))
        raise AudioError("no file could be analysed", path=where, remedy="The reasons are listed above")


def _of_use(done: ScanSummary) -> int:
    """Count the files that are, or were, tracks."""
    return sum((done.new, done.changed, done.moved, done.copies, done.upgraded, done.unchanged, done.removed))


def import_(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="A table of Spotify-style features.")],
    map_: MapOption = None,
    encoding: Annotated[str, typer.Option(help="Of the text.")] = "utf-8",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Read a table of audio features: the 114k and TidyTuesday layouts are recognised, others by --map."""
    from soundglass.surfaces.cli import show

    done = open_library(library).import_table(table, mapping=read_mapping(map_), encoding=encoding)
    if json:
        show.print_json(asdict(done))
    else:
        _show_import(done)


def _show_import(done: ImportSummary) -> None:
    from soundglass.surfaces.cli import show

    out = show.console()
    out.print(
        f"{done.rows:,} rows: {done.tracks:,} tracks, {done.repeated:,} repeated, "
        f"{done.playlists:,} playlists, {done.genres:,} genres"
    )
    if done.conflicting:
        out.print(f"{done.conflicting:,} repeated rows had other features; the first of each was kept")
    for name, count in done.missing.items():
        out.print(f"{name} is unknown for {count:,} tracks", style="dim")


def demo(
    music: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Your own music instead; goes into your library.")
    ] = None,
    n: Annotated[int, typer.Option("-n", help="How many recommendations.", min=1, max=100)] = 3,
    library: LibraryOption = None,
) -> None:
    """Analyse the music in the package and explain some recommendations."""
    from soundglass.demo import demo_music
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.cli.show_explored import agreement_line

    opened = open_library(library or (default_library() if music else demo_library()))
    folder = demo_music() if music is None else music
    with _scanning() as tell:
        done = opened.scan(folder, progress=tell)
    _refuse_if_nothing_found(done, [folder])
    show_scan(done)
    _refuse_if_all_failed(done, [folder])
    query = opened.find(_DEMO_QUERY) if music is None else opened.showcase()
    answer = opened.similar(query.id, n=n, per_artist=2)
    out = show.console()
    out.print()
    show.recommendations(answer, len(opened))
    if answer.results:
        out.print("\nThe first of these in full:\n", style="dim")
        show.pair(opened.why(query.id, answer.results[0].track.id))
        out.print("\nAnd by its spectrogram:\n", style="dim")
        show.recommendations(opened.similar(query.id, by="spectrogram", n=1), len(opened))
        out.print(f"\nFeatures against spectrogram: {agreement_line(opened.compare(query.id))}.")
    words, named = f'"{query.title}"', ""
    if music is None:
        words, named = '"wesnoth battle"', f" --library {show.home_as_tilde(opened.uri)}"
    out.print("\nNow ask for yourself, by any words of a title, artist or album:", style="dim")
    for asked in (f"similar {words}", f"similar {words} --by blend", f"report {words} -o report.html"):
        out.print(f"  soundglass {show.plain(asked)}{named}", style="dim", markup=False)
    out.print("\nOr look, listen and ask in a browser:", style="dim")
    out.print(f"  soundglass serve{named}", style="dim", markup=False)


@contextmanager
def _scanning() -> Iterator[Callable[[ScanProgress], None]]:
    """Show progress; a scan that is stopped by hand keeps what it found, and says so."""
    try:
        with files_progress("Analysing", "tracks") as tell:
            yield tell
    except KeyboardInterrupt:
        typer.echo("soundglass: stopped; what was analysed so far is kept, scan again to go on", err=True)
        raise typer.Exit(130) from None
