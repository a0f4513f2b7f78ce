"""What tests of scans share: files to make, and what a scan did, in short."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mutagen

from soundglass.core.settings import DEFAULTS, Settings
from soundglass.library.scan import ScanSummary
from soundglass.library.store import Store

ONE_WORKER = replace(DEFAULTS, scan=replace(DEFAULTS.scan, workers=1))
COUNTS = ("new", "changed", "moved", "copies", "upgraded", "unchanged", "missing", "removed")

Maker = Callable[..., Path]


def retag(path: Path, **tags: str) -> None:
    if tags:
        file = mutagen.File(path, easy=True)
        file.update(tags)
        file.save()


def counts(done: ScanSummary) -> dict[str, int]:
    return {name: n for name in COUNTS if (n := getattr(done, name))} | (
        {"failed": len(done.failed)} if done.failed else {}
    )


def rows(store: Store, *names: str) -> list[dict]:
    names = names or ("title", "path", "files")
    return sorted(store.columns(list({"id", *names})).to_pylist(), key=lambda row: row["id"])


def paths(store: Store) -> list[list[str]]:
    """Names of the files of every track, the main one first."""
    return sorted(
        [Path(os.fsdecode(file["path"])).name for file in row["files"]] for row in rows(store, "files")
    )


def batches_of(tracks: int, seconds: float = 1e9) -> Settings:
    return replace(
        DEFAULTS, scan=replace(DEFAULTS.scan, batch_tracks=tracks, batch_seconds=seconds, workers=1)
    )
