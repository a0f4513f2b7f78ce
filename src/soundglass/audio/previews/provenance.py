"""What is known of each preview, written beside it: where it came from, and where a stopped run goes on."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

from soundglass.audio.previews.wanted import Wanted
from soundglass.core.errors import AudioError
from soundglass.core.types import Json

NOTE = "Preview served by {source}; for private research; not to be passed on."

KEPT, NOT_FOUND = "kept", "not found"
"""What became of a listed track; nothing is written of one that failed."""

PREVIEWS, CLIPS, LIST = "previews", "clips", "previews.csv"

_LISTED = ("row", "id", "title", "artist", "status", "preview", "clip", "source", "score", "seconds", "flags")
_NAME_LENGTH = 60
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def name_of(wanted: Wanted) -> str:
    """Name the files of a wanted track: readable, and its own whatever else the table lists."""
    told = _BETWEEN_WORDS.sub("-", unicodedata.normalize("NFC", f"{wanted.artist} {wanted.title}")).strip("-")
    short = told[:_NAME_LENGTH].encode()[: 2 * _NAME_LENGTH].decode(errors="ignore").strip("-")
    who = (wanted.id, wanted.isrc, wanted.artist, wanted.title, wanted.preview_url)
    digest = blake2b("\0".join(who).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{short}-{digest}" if short else digest


def read_record(path: Path) -> dict[str, Json] | None:
    """Read what was written; ``None`` where there is nothing, or nothing whole."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def write_record(path: Path, record: dict[str, Json]) -> None:
    """Write a record at once or not at all."""
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    write_whole(path, text.encode("utf-8", "backslashreplace"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once or not at all.

    Raises
    ------
    AudioError
        It cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise AudioError(
            f"cannot be written ({reason})", path=path, remedy="Choose another folder"
        ) from error


def write_list(folder: Path, tracks: Iterable[Wanted]) -> None:
    """Write which listed track has which files: a row for each, in order."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_LISTED)
    for wanted in tracks:
        record = read_record(folder / PREVIEWS / f"{name_of(wanted)}.json") or {}
        rows.writerow([wanted.row, wanted.id, wanted.title, wanted.artist, *_told(record)])
    write_whole(folder / LIST, text.getvalue().encode("utf-8", "backslashreplace"))


def _told(record: dict[str, Json]) -> tuple[Json, ...]:
    if record.get("status") != KEPT:
        return (record.get("status", "failed"), *[""] * 6)
    clip = record["clip"]
    return (
        KEPT,
        f"{PREVIEWS}/{record['file']}",
        f"{CLIPS}/{clip['file']}",
        record["source"],
        record["score"],
        clip["seconds"],
        " ".join(record["audio"]["flags"]),
    )


def asked_for(wanted: Wanted) -> dict[str, Json]:
    """Give what the table said, without what it left out."""
    return {name: value for name, value in asdict(wanted).items() if value not in {"", None}}
