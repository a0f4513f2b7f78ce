"""Run the notebooks in order, from the first cell to the last, and keep what they show.

Usage: python tools/run_notebooks.py [--output build/notebooks/demo] [NOTEBOOK…]

The environment variables SOUNDGLASS_MUSIC (a folder) and SOUNDGLASS_TABLE (a CSV file) name music and a
table of your own; what they show then goes to a folder of its own, build/notebooks/own-….
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from soundglass.audio.discover import FoundFile, discover
from soundglass.core.errors import SoundglassError
from soundglass.library.scan import ScanProgress

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
_CELL_TIMEOUT_S = None if os.environ.get("SOUNDGLASS_MUSIC") else 300
"""Own music takes as long as there is of it."""

for own in ("SOUNDGLASS_MUSIC", "SOUNDGLASS_TABLE"):
    if os.environ.get(own):  # notebooks run in their own folder, where a relative path leads elsewhere
        os.environ[own] = str(Path(os.environ[own]).expanduser().resolve())

sys.path.insert(0, str(NOTEBOOKS))
study = importlib.import_module("study")


class NotebookError(Exception):
    """A cell that did not run, and why."""


def main() -> None:
    """Run them; a cell that fails is named, with its line, and the status is 1."""
    parser = argparse.ArgumentParser(prog="python tools/run_notebooks.py")
    parser.add_argument("--output", type=Path, default=study.BUILT)
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")))
    asked = parser.parse_args()
    try:
        check_own_data()
    except SoundglassError as error:
        sys.exit(" ".join(str(error).split()))
    for path in asked.notebooks:
        started = time.monotonic()
        try:
            run(path, asked.output / path.name)
        except NotebookError as failure:
            sys.exit(str(failure))
        print(f"{path.name}: {time.monotonic() - started:.0f} s")
    print(f"What they show is in {asked.output}")


def check_own_data() -> None:
    """Look into music and a table of one's own, and analyse the music, before any notebook is run.

    Raises
    ------
    SoundglassError
        The notebooks cannot run on them.
    """
    if os.environ.get("SOUNDGLASS_TABLE"):
        print(f"{len(study.own_table()):,} rows in {os.environ['SOUNDGLASS_TABLE']}", flush=True)
    if not study.OWN_MUSIC:
        return
    n = sum(isinstance(found, FoundFile) for found in discover([study.FOLDER]))
    if n < study.FEWEST:
        raise SoundglassError(
            f"holds {n} recordings, and the study needs at least {study.FEWEST} tracks",
            path=study.FOLDER,
            remedy="Name a folder with more music",
        )
    print(f"{n:,} recordings in {study.FOLDER}; what is new or changed is analysed", flush=True)
    library = study.music(_tell)
    print(f"{len(library):,} tracks in {study.BUILT}", flush=True)


def _tell(progress: ScanProgress) -> None:
    """Say now and then how far the analysis is."""
    if progress.done % 50 == 0:
        print(f"  {progress.done:,} of {progress.total:,}", flush=True)


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
