"""Named profiles: settings a user keeps for later, of any shape that JSON holds."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.types import Json
from soundglass.library.saved import Saved

MAX_NAME = 60
MAX_PROFILES = 500
_SELECT = "SELECT name, settings, created, changed FROM profiles"


@dataclass(frozen=True, slots=True)
class SavedProfile:
    """Settings under a name.

    Attributes
    ----------
    settings : mapping of str to JSON
    created, changed : datetime
        In UTC, to the second.
    """

    name: str
    settings: Mapping[str, Json]
    created: datetime
    changed: datetime


def profiles(saved: Saved) -> list[SavedProfile]:
    """Read all profiles, by name."""
    with saved.reading() as db:
        rows = db.execute(f"{_SELECT} ORDER BY folded").fetchall()
    return [_profile(row, saved) for row in rows]


def profile(saved: Saved, name: str) -> SavedProfile:
    """Read one profile; neither case nor spaces around its name count.

    Raises
    ------
    SoundglassError
        There is none of this name; the message names those there are.
    """
    with saved.reading() as db:
        row = db.execute(f"{_SELECT} WHERE folded = ?", (_folded(name),)).fetchone()
        if row is None:
            raise _no_such(db, name)
    return _profile(row, saved)


def save_profile(saved: Saved, name: str, settings: Mapping[str, Json]) -> SavedProfile:
    """Keep settings under a name, in the place of those that had it.

    Raises
    ------
    SoundglassError
        Such a name cannot be given, or there are too many profiles.
    """
    name, now = valid_name(name), datetime.now(UTC).replace(microsecond=0)
    text = json.dumps(settings, ensure_ascii=False, allow_nan=False, sort_keys=True)
    with saved.transaction() as db:
        db.execute(
            "INSERT INTO profiles (folded, name, settings, created, changed) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (folded) DO UPDATE SET name = excluded.name, settings = excluded.settings, "
            "changed = excluded.changed",
            (_folded(name), name, text, now.isoformat(), now.isoformat()),
        )
        (count,) = db.execute("SELECT count(*) FROM profiles").fetchone()
        if count > MAX_PROFILES:
            raise SoundglassError(f"there are {MAX_PROFILES} profiles already", remedy="Delete one first")
    return profile(saved, name)


def delete_profile(saved: Saved, name: str) -> None:
    """Forget a profile; raises as :func:`profile` does."""
    with saved.reading() as db:  # asking makes no file
        if not db.execute("SELECT 1 FROM profiles WHERE folded = ?", (_folded(name),)).fetchone():
            raise _no_such(db, name)
    with saved.transaction() as db:
        if not db.execute("DELETE FROM profiles WHERE folded = ?", (_folded(name),)).rowcount:
            raise _no_such(db, name)


def valid_name(name: str) -> str:
    """Give a name without needless spaces.

    Raises
    ------
    SoundglassError
        It is empty, too long, or holds what cannot be printed.
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not name or len(name) > MAX_NAME or not all(c.isprintable() for c in name):
        raise SoundglassError(
            "such a name cannot be given", remedy=f"Choose 1 to {MAX_NAME} characters that can be printed"
        )
    return name


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    return folded.encode(errors="replace").decode()  # an argument of the command line may be no text


def _no_such(db: sqlite3.Connection, name: str) -> SoundglassError:
    known = [known for (known,) in db.execute("SELECT name FROM profiles ORDER BY folded LIMIT 20")]
    shown = name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
    return SoundglassError(
        f"there is no profile {shown!r}",
        remedy=f"There is: {', '.join(known)}" if known else "Save one with 'soundglass profile save NAME'",
    )


def _profile(row: tuple[str, str, str, str], saved: Saved) -> SavedProfile:
    name, settings, created, changed = row
    try:
        read = json.loads(settings)
        if not isinstance(read, dict):
            raise TypeError
        return SavedProfile(name, read, datetime.fromisoformat(created), datetime.fromisoformat(changed))
    except (ValueError, TypeError):
        raise LibraryError(
            f"holds a profile {name!r} that makes no sense", path=saved.path, remedy="Delete or save it anew"
        ) from None
