"""``spectrograms``: an image of every recording."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.core.errors import AudioError
from soundglass.surfaces.cli.options import JsonOption
from soundglass.surfaces.cli.progress import files_progress

if TYPE_CHECKING:
    from soundglass.surfaces.images import ImagesSummary

_SHOWN_FAILURES = 20


def spectrograms(  # noqa: PLR0913, PLR0917  (options)
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Folders or files of music.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the images go.")],
    seconds: Annotated[float, typer.Option(help="How much of each recording is shown.")] = 10.0,
    start: Annotated[
        float | None, typer.Option(help="At which second it begins; in the middle if left out.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Pixels a side, as in 224; 128, one for each mel band, if left out.")
    ] = None,
    axes: Annotated[
        bool, typer.Option("--axes/--no-axes", help="With time, frequency and a scale of decibels.")
    ] = False,
    grey: Annotated[bool, typer.Option("--grey", help="Black to white instead of colours.")] = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes; one per processor by default.", min=1, max=256)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write the mel-spectrogram of ten seconds of every recording as an image. Stop it at any time.

    The next run goes on where this one was. manifest.csv, beside the images, lists them.
    """
    from soundglass.surfaces.cli import show
    from soundglass.surfaces.images import ImageSettings, write_images

    settings = ImageSettings(seconds, start, size, axes, grey)
    try:
        with files_progress("Drawing", "images") as tell:
            done = write_images(paths, out, settings, workers=workers, progress=tell)
    except KeyboardInterrupt:
        typer.echo("soundglass: stopped; the images made so far are kept, run it again to go on", err=True)
        raise typer.Exit(130) from None
    where = ", ".join(map(str, paths))
    if not (done.made or done.kept or done.failed):
        raise AudioError("no audio files found", path=where, remedy="Name a folder that holds music")
    if json:
        show.print_json(asdict(done))
    else:
        _show(done, seconds)
    if not (done.made or done.kept):
        raise AudioError("no file gave an image", path=where, remedy="The reasons are listed above")


def _show(done: ImagesSummary, seconds: float) -> None:
    from soundglass.surfaces.cli import show

    out = show.console()
    out.print(f"{done.made:,} images made, {done.kept:,} kept, {len(done.failed):,} failed")
    for count, what in (
        (done.short, f"end in silence, of less than {seconds:g} s"),
        (done.silent, "are silent"),
    ):
        if count:
            out.print(f"{count:,} {what}", style="dim")
    out.print(show.plain(f"In {show.home_as_tilde(done.folder)}; manifest.csv lists them"), markup=False)
    for failure in done.failed[:_SHOWN_FAILURES]:
        remedy = f". {failure.remedy}" if failure.remedy else ""
        out.print(show.plain(f"  {failure.path}: {failure.reason}{remedy}"), style="yellow", markup=False)
    if len(done.failed) > _SHOWN_FAILURES:
        out.print(f"  and {len(done.failed) - _SHOWN_FAILURES:,} more; --json lists all", style="yellow")
