"""Findings kept on disk piece by piece, so that an interrupted evaluation goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from soundglass.core.errors import LibraryError
from soundglass.core.types import Json


class Kept:
    """JSON values by key, each in a file of its own, valid for one state of the library and the program.

    Parameters
    ----------
    folder : Path, optional
        Where they lie; ``None`` keeps nothing.
    state : str
        What they depend on; values kept under another state are not found.
    """

    def __init__(self, folder: Path | None = None, state: str = "") -> None:
        self._folder, self._state = folder, state

    def __call__(self, key: str, make: Callable[[], Json]) -> Json:
        """Give what is kept under a key, or make and keep it.

        What is made must survive JSON: numbers, strings, lists and dicts with string keys; NaN is allowed.

        Raises
        ------
        LibraryError
            It cannot be written.
        """
        if self._folder is None:
            return make()
        digest = blake2b(f"{self._state}\n{key}".encode(), digest_size=16).hexdigest()
        file = self._folder / f"{digest}.json"
        try:
            found = json.loads(file.read_text("utf-8"))
            return found["value"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # never made, or torn by a kill
        value = make()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(f".{os.getpid()}.draft")
            draft.write_text(json.dumps({"key": key, "value": value}), encoding="utf-8")
            draft.replace(file)
        except OSError as error:
            raise LibraryError(
                f"cannot keep what was found ({error.strerror})",
                path=self._folder,
                remedy="Name another folder, or make room",
            ) from error
        return value
