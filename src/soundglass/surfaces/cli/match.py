"""``match``: a table is joined with the library, or with another table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.surfaces.cli.options import (
    JsonOption,
    LibraryOption,
    MapOption,
    open_library,
    read_mapping,
)

if TYPE_CHECKING:
    from soundglass.library.linkage.deciding import Match
    from soundglass.library.linkage.linking import Matches

_SHOWN = 10
_STYLES = {"matched": "green", "ambiguous": "yellow", "unmatched": "dim"}


def match(  # noqa: PLR0913, PLR0917  (options)
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="A table of titles and artists.")],
    other: Annotated[
        Path | None, typer.Option("--with", metavar="OTHER.csv", help="Another table instead of the library.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="CSV", help="Write what each row was matched to.")
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            "--review", metavar="CSV", help="Write the candidates of what is ambiguous, to choose from."
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="From which score on a match is asserted.", min=0.01, max=1.0)
    ] = None,
    map_: MapOption = None,
    map_with: Annotated[
        list[str] | None, typer.Option("--map-with", metavar="OURS=THEIRS", help="The same for OTHER.csv.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of the text.")] = "utf-8",
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Find which track each row of a table is, by title, artist and length, and say why or what is unsure."""
    from soundglass.surfaces.cli.show import print_json
    from soundglass.surfaces.matched import matches_json, write_matches, write_review

    answer = open_library(library).match(
        table,
        other,
        mapping=read_mapping(map_),
        other_mapping=read_mapping(map_with),
        encoding=encoding,
        threshold=threshold,
    )
    if output is not None:
        write_matches(answer, output)
    if review is not None:
        write_review(answer, review)
    if json:
        print_json(matches_json(answer))
    else:
        _show(answer, output, review)


def _show(answer: Matches, output: Path | None, review: Path | None) -> None:
    """Show how many of each kind there are, some of each, and where the rest is."""
    from soundglass.surfaces.cli.show import console, plain
    from soundglass.surfaces.matched import STATUSES

    out = console()
    for status in STATUSES:
        found = answer.of(status)
        if found and status != STATUSES[0]:
            out.print(f"\n{status}:", style="dim")
        for match in found[:_SHOWN]:
            _show_one(match)
        if len(found) > _SHOWN:
            out.print(f"        and {len(found) - _SHOWN:,} more", style="dim")
    counts = ", ".join(f"{len(answer.of(status)):,} {status}" for status in STATUSES)
    out.print(f"\n{len(answer):,} rows against {answer.n_others:,}: {counts}", style="bold")
    for path, what in ((output, "All rows"), (review, "What is ambiguous")):
        if path is not None:
            out.print(f"{what}: {plain(str(path))}", markup=False)
    if output is None:
        out.print("-o matches.csv writes all rows, --review review.csv what is ambiguous.", style="dim")


def _show_one(match: Match) -> None:
    """Show a row, what it is or might be, and why."""
    from rich.text import Text

    from soundglass.surfaces.cli.show import console, indented, plain

    out = console()
    score = "     " if match.score is None or match.status == "unmatched" else f"{match.score:5.3f}"
    text = Text(f"{score}  ", style=_STYLES[match.status]).append(
        plain(match.listed.label), style="bold not dim"
    )
    if match.candidates and match.status != "unmatched":
        sign = "=" if match.status == "matched" else "?"
        text.append(f"  {sign}  {plain(match.candidates[0].listed.label)}", style="not bold")
    out.print(text)
    out.print(indented(plain(match.reason), "dim", indent=7))
