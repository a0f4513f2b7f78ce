"""How far a run over files is, as a bar on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class FileProgress(Protocol):
    """How far a run is: files done of files to do, and the last one's path."""

    @property
    def done(self) -> int: ...  # noqa: D102

    @property
    def total(self) -> int: ...  # noqa: D102

    @property
    def path(self) -> str: ...  # noqa: D102


@contextmanager
def files_progress(title: str, unit: str) -> Iterator[Callable[[FileProgress], None]]:
    """Show a bar with count, rate and time left, on standard error; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from soundglass.surfaces.cli.show import plain

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[file]}", style="dim", markup=False),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=None, rate="", file="")

        def tell(at: FileProgress) -> None:
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f"{at.done / elapsed:.1f} {unit}/s" if elapsed else ""
            file = plain(at.path.rpartition("/")[2])[:32]
            bar.update(task, completed=at.done, total=at.total, rate=rate, file=file)

        yield tell
