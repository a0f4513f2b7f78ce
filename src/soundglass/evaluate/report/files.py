"""The two files of a report: the page people read and the JSON that programs read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryFile

from soundglass.core.errors import LibraryError
from soundglass.evaluate.report.contract import evaluation_json
from soundglass.evaluate.report.html import html
from soundglass.evaluate.run import Evaluation

JSON_NAME, HTML_NAME, KEPT_NAME = "evaluation.json", "evaluation.html", ".kept"


def write_report(evaluation: Evaluation, folder: Path) -> tuple[Path, Path]:
    """Write ``evaluation.html`` and ``evaluation.json`` into a folder; give where they are.

    Raises
    ------
    LibraryError
        They cannot be written.
    """
    texts = {
        HTML_NAME: html(evaluation),
        JSON_NAME: json.dumps(evaluation_json(evaluation), ensure_ascii=False, indent=1, allow_nan=False),
    }
    try:
        for name, text in texts.items():
            draft = folder / f"{name}.{os.getpid()}.draft"
            draft.write_text(f"{text}\n", encoding="utf-8")
            draft.replace(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder / HTML_NAME, folder / JSON_NAME


def prepare(folder: Path, *, fresh: bool = False) -> Path:
    """Make sure that a report can be made in a folder, before hours of work; give where findings are kept.

    Parameters
    ----------
    fresh : bool
        Forget what was kept there.

    Raises
    ------
    LibraryError
        The folder cannot be written to.
    """
    kept = folder / KEPT_NAME
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder), TemporaryFile(dir=kept):
            pass
        for file in [*kept.glob("*.json"), *kept.glob("*.draft")] if fresh else []:
            file.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error
    return kept


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    return LibraryError(
        f"cannot be written to ({error.strerror})", path=folder, remedy="Name another folder by --output"
    )
