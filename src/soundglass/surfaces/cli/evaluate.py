"""``evaluate``: is it good, and is the explanation true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library


def evaluate(  # noqa: PLR0913, PLR0917  (options)
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where evaluation.html and .json go."),
    ] = Path("evaluation"),
    only: Annotated[
        str, typer.Option(metavar="PART,…", help="Some parts: ranking, visual or faithfulness.")
    ] = "ranking,visual,faithfulness",
    queries: Annotated[int, typer.Option(help="At most so many tracks are asked about.")] = 1500,
    visual_queries: Annotated[int, typer.Option(help="The same for visual similarity.")] = 100,
    pairs: Annotated[int, typer.Option(help="Recommended pairs whose audio is changed.")] = 30,
    plants: Annotated[int, typer.Option(help="Pairs into which a loop is planted.")] = 30,
    listeners: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A table of users and the artists they listen to."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="A table that says more of tracks than their tags do."),
    ] = None,
    peers: Annotated[bool, typer.Option("--peers", help="Measure other programs too.")] = False,
    seed: Annotated[int, typer.Option(help="Of all that is drawn at random.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what an earlier run found.")] = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how good the recommendations are and whether the explanations are true, as a report.

    Stop it at any time; evaluated again with the same options, it goes on where it was.
    """
    from soundglass.evaluate.context import EvaluationSettings
    from soundglass.evaluate.report.contract import evaluation_json
    from soundglass.evaluate.report.files import prepare, write_report
    from soundglass.evaluate.run import refuse_nonsense
    from soundglass.surfaces.cli import show, show_evaluation

    settings = EvaluationSettings(
        queries=queries,
        visual_queries=visual_queries,
        pairs=pairs,
        plants=plants,
        listeners=listeners,
        labels=labels,
        peers=peers,
        seed=seed,
    )
    parts = [part.strip() for part in only.split(",") if part.strip()]
    opened = open_library(library)
    n_tracks = len(opened)
    refuse_nonsense(settings, parts)
    kept = prepare(output, fresh=fresh)
    with _evaluating(n_tracks) as tell:
        found = opened.evaluate(settings, parts=parts, kept_folder=kept, progress=tell)
    files = write_report(found, output)
    if json:
        show.print_json(evaluation_json(found))
    else:
        show_evaluation.evaluation(found, files)


@contextmanager
def _evaluating(n_tracks: int) -> Iterator[Callable[[str, int, int], None]]:
    """Show progress; an evaluation that is stopped by hand keeps what it found, and says so."""
    from soundglass.surfaces.cli.show_evaluation import progress

    try:
        with progress(f"evaluating {n_tracks:,} tracks") as tell:
            yield tell
    except KeyboardInterrupt:
        typer.echo("soundglass: stopped; what was found so far is kept, evaluate again to go on", err=True)
        raise typer.Exit(130) from None
