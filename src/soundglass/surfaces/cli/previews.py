"""``previews``: short excerpts of listed tracks, fetched and cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from soundglass.core.errors import AudioError
from soundglass.surfaces.cli.options import JsonOption, MapOption, read_mapping

if TYPE_CHECKING:
    from soundglass.audio.previews.fetch import PreviewFailure, PreviewSummary

_SHOWN = 20
_SHORTEST_S, _LONGEST_S = 0.5, 30.0


def previews(  # noqa: PLR0913, PLR0917  (options)
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="A table of titles and artists.")],
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where they go.")],
    seconds: Annotated[
        float, typer.Option(help="Length of the clips.", min=_SHORTEST_S, max=_LONGEST_S)
    ] = 10.0,
    flac: Annotated[bool, typer.Option("--flac", help="Write the clips as FLAC instead of WAV.")] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from", metavar="NAME", help="column, deezer or itunes; may be repeated. All if left out."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many rows from the top.", min=1)] = None,
    again: Annotated[bool, typer.Option(help="Also ask again for what no source had.")] = False,
    map_: MapOption = None,
    encoding: Annotated[str, typer.Option(help="Of the text.")] = "utf-8",
    json: JsonOption = False,
) -> None:
    """Fetch 30 s previews of listed tracks from public catalogues, and cut clips. Stop it at any time."""
    from soundglass.audio.previews.fetch import PreviewSettings
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.previews import SOURCES, fetch_listed

    suffix: Literal[".wav", ".flac"] = ".flac" if flac else ".wav"
    with _fetching() as tell:
        done = fetch_listed(
            table,
            folder,
            PreviewSettings(seconds, suffix, again),
            sources=source or tuple(SOURCES),
            limit=limit,
            mapping=read_mapping(map_),
            encoding=encoding,
            progress=tell,
        )
    if json:
        show.print_json(asdict(done))
    else:
        _show(done, folder)
    if not done.fetched and not done.kept:
        raise AudioError(
            "no preview could be had of any track listed",
            path=table,
            remedy="The reasons are listed above",
        )


def _show(done: PreviewSummary, folder: Path) -> None:
    from soundglass.surfaces.cli import show

    out = show.console()
    counts = f"{done.fetched:,} fetched, {done.kept:,} there already, "
    repeated = f", {done.repeated:,} listed again" if done.repeated else ""
    out.print(f"{counts}{len(done.not_found):,} not found, {len(done.failed):,} failed{repeated}")
    _list("not found", done.not_found)
    _list("failed", done.failed)
    if done.fetched:
        out.print(
            show.plain(f"Previews and clips are in {folder}, each with where it came from beside it.")
            + " They are for private research and not to be passed on.",
            style="dim",
            markup=False,
        )


def _list(what: str, failures: list[PreviewFailure]) -> None:
    from soundglass.surfaces.cli import show

    out = show.console()
    for failure in failures[:_SHOWN]:
        told = f"  {what}: row {failure.row}, {failure.label}: {failure.reason}"
        out.print(show.plain(told), style="yellow", markup=False)
    if len(failures) > _SHOWN:
        out.print(f"  and {len(failures) - _SHOWN:,} more; --json lists all", style="yellow")


@contextmanager
def _fetching() -> Iterator[Callable[[int, int], None]]:
    """Show progress; a run that is stopped by hand keeps what it fetched, and says so."""
    from soundglass.surfaces.cli.show_explored import progress

    try:
        with progress("Fetching") as tell:
            yield tell
    except KeyboardInterrupt:
        typer.echo("soundglass: stopped; what was fetched so far is kept, run it again to go on", err=True)
        raise typer.Exit(130) from None
