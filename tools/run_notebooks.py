"""Run the notebooks in order, from the first cell to the last, and keep what they show.

Usage: python tools/run_notebooks.py [--output build/notebooks] [NOTEBOOK…]
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
_CELL_TIMEOUT_S = 300


class NotebookError(Exception):
    """A cell that did not run, and why."""


def main() -> None:
    """Run them; a cell that fails is named, with its line, and the status is 1."""
    parser = argparse.ArgumentParser(prog="python tools/run_notebooks.py")
    parser.add_argument("--output", type=Path, default=NOTEBOOKS.parent / "build" / "notebooks")
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")))
    asked = parser.parse_args()
    for path in asked.notebooks:
        started = time.monotonic()
        try:
            run(path, asked.output / path.name)
        except NotebookError as failure:
            sys.exit(str(failure))
        print(f"{path.name}: {time.monotonic() - started:.0f} s")
    print(f"What they show is in {asked.output}")


def run(path: Path, executed: Path) -> nbformat.NotebookNode:
    """Run one notebook in its folder and write it, with all outputs, to another place.

    Raises
    ------
    NotebookError
        A cell raised an error, took too long, or ended the kernel; what was shown up to there is written.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=_CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(f"{path.name}, {_where(notebook)}: {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"{path.name}: {str(error).strip().splitlines()[0]}") from None
    finally:
        executed.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, executed)
    return notebook


def _where(notebook: nbformat.NotebookNode) -> str:
    """Name the cell that failed by its number among those of code, and its line."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return f"cell {number} ({_line(output.traceback)})"
    return "a cell"


def _line(traceback: list[str]) -> str:
    """Find the line of the cell that a traceback points to."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    pointed = re.findall(r"^-+> *\d+ (.*)$", plain, flags=re.MULTILINE)
    return pointed[0].strip() if pointed else "which line is not known"


if __name__ == "__main__":
    main()
