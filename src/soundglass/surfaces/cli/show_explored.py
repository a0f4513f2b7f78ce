"""How comparisons and ways look on a terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path as FilePath

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from soundglass.core.types import Recommendations, Track
from soundglass.explain.atlas import Atlas
from soundglass.explain.compare import Agreement, Comparison, LibraryComparison
from soundglass.explain.path import Path
from soundglass.explain.whatif import ordinal
from soundglass.surfaces.cli.show import bar, console, indented, minus, name, parts_line, plain

_SHOWN_ALONE = 3
_BAR_WIDTH, _RANK_WIDTH, _SCORE_WIDTH, _PLACE_WIDTH = 40, 3, 6, 7


def comparison(answer: Comparison) -> None:
    """Show two lists side by side, how far they agree, and what only one of them found."""
    out = console()
    one, other = answer.lists
    by = f", by {one.by} and by {other.by}, of {answer.n_tracks:,} tracks that both can rank"
    out.print(Text.assemble("Like ", (name(answer.query), "bold"), by))
    out.print()
    out.print(_side_by_side(answer))
    out.print(f"\n{agreement_line(answer)}")
    for own, rest in ((one, other), (other, one)):
        alone = [found for found in answer.found_by_one if found.by == own.by]
        if alone:
            out.print(f"\nFound only by {own.by}:", style="dim")
        for found in alone[:_SHOWN_ALONE]:
            place = f", {ordinal(found.place)} by {rest.by}"
            out.print(Text.assemble("  ", (name(found.result.track), "bold"), place))
            out.print(indented(found.result.sentence, indent=4))
        if len(alone) > _SHOWN_ALONE:
            out.print(f"  and {len(alone) - _SHOWN_ALONE} more; --json lists all", style="dim")
    _notes(answer.notes)


def agreement_line(answer: Comparison) -> str:
    """Say how far two lists agree: ``4 of 10 are in both lists; rank-biased overlap 0.31; …``."""
    how, n = answer.agreement, max(map(len, answer.lists))
    text = f"{how.in_common} of {n} are in both lists; rank-biased overlap {how.rbo:.2f}"
    if math.isnan(how.correlation):
        return text
    return f"{text}; rank correlation over all tracks {minus(f'{how.correlation:.2f}')}"


def _side_by_side(answer: Comparison) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column("", justify="right", width=_RANK_WIDTH)
    for own in answer.lists:
        table.add_column(own.by, ratio=1)
        table.add_column("score", justify="right", width=_SCORE_WIDTH)
        table.add_column("there", justify="right", width=_PLACE_WIDTH)
    places = {(found.by, found.result.track.id): found.place for found in answer.found_by_one}
    columns = [_cells(own, rest, places) for own, rest in zip(answer.lists, answer.lists[::-1], strict=True)]
    for rank in range(max(map(len, answer.lists))):
        sides = [cells[rank] if rank < len(cells) else ("", "", "") for cells in columns]
        table.add_row(str(rank + 1), *sides[0], *sides[1])
    return table


def _cells(
    own: Recommendations, rest: Recommendations, places: dict[tuple[str, str], int]
) -> list[tuple[Text, str, Text]]:
    """Lay out a list: track, score, and the place in the other list or, dimmed, beyond it."""
    ranks = {result.track.id: result.rank for result in rest}
    cells = []
    for result in own:
        rank = ranks.get(result.track.id)
        place = ordinal(places[own.by, result.track.id] if rank is None else rank)
        style = "dim" if rank is None else "bold"
        cells.append((Text(name(result.track)), minus(f"{result.score:.3f}"), Text(place, style=style)))
    return cells


def library_comparison(answer: LibraryComparison) -> None:
    """Show how far two recommenders agree over a library."""
    out = console()
    one, other = answer.by
    asked = f"{answer.n_asked:,} of {answer.n_tracks:,} tracks, {answer.n} matches each"
    out.print(f"{one} and {other} on {asked}\n")
    out.print(f"in both lists        {answer.overlap:6.1%} of the matches")
    out.print(f"rank-biased overlap  {answer.rbo:6.3f}")
    if not math.isnan(answer.correlation):
        out.print(f"rank correlation     {minus(f'{answer.correlation:6.3f}')}")
    out.print(f"same best match      {answer.same_first:6.1%} of the tracks\n")
    largest = max(answer.in_common)
    for k, count in enumerate(answer.in_common):
        if any(answer.in_common[k:]):
            out.print(f"{k:>3} in both  {count:>6,} tracks {bar(count / largest, _BAR_WIDTH)}", style="dim")
    _extremes("They agree most on", answer.most)
    _extremes("They agree least on", answer.least)
    _notes(answer.notes)


def _extremes(title: str, found: Sequence[tuple[Track, Agreement]]) -> None:
    out = console()
    out.print(f"\n{title}:", style="dim")
    for track, how in found:
        text = f"  ({how.in_common} in both, rank-biased overlap {how.rbo:.2f})"
        out.print(Text.assemble("  ", name(track), (text, "dim")))


def path(answer: Path) -> None:
    """Show a way from track to track: the score of every step and its reason."""
    out = console()
    n = len(answer.steps)
    out.print(
        f"{n} {'step' if n == 1 else 'steps'} by {answer.by}, the largest jump {answer.largest_jump:.3f}"
    )
    out.print()
    out.print(Text.assemble(" " * 13, (name(answer.start), "bold")))
    for number, step in enumerate(answer.steps, start=1):
        head = Text(f"{number:>3}  {minus(f'{step.score:6.3f}')}  ", style="cyan")
        out.print()
        out.print(head.append(name(step.track), style="bold"))
        out.print(indented(step.sentence))
        out.print(indented(parts_line(step.parts), "dim"))
    _notes(answer.notes)


def atlas(answer: Atlas, file: FilePath) -> None:
    """Show where a map went, and how true it is."""
    placed = answer.coordinates
    out = console()
    out.print(
        f"{len(answer.tracks):,} tracks by {answer.by}, laid out by {placed.method}: {plain(str(file))}"
    )
    if placed.shares is not None:
        first, second = placed.shares
        out.print(f"The axes show {first:.0%} and {second:.0%} of the variance.")
    if not math.isnan(placed.kept):
        out.print(
            f"Of the nearest tracks, {placed.kept:.0%} are among the nearest on the map; "
            f"trustworthiness {placed.trustworthiness:.2f}."
        )
    for note in answer.notes:
        out.print(Text(f"{note}."))
    for cluster in answer.clusters:
        size = f"{cluster.size:>7,} {'track' if cluster.size == 1 else 'tracks'}  "
        out.print()
        out.print(Text(f"{cluster.number:>3}{size}", style="cyan").append(cluster.label, style="bold"))
        out.print(indented(f"such as {answer.tracks[cluster.typical[0]].label}", "dim", 18))


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error; nothing where that is no terminal."""
    out = Console(stderr=True)
    if not out.is_terminal:
        yield lambda _, __: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=out, transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _notes(notes: Sequence[str]) -> None:
    for note in notes:
        console().print(f"\n({note})", style="dim")
