"""Gather full-length music from Debian's game packages, with who made it and where it belongs.

``python tools/fetch_game_music.py FOLDER`` downloads the packages that ``game_music.toml`` names (it needs
``apt-get`` and ``dpkg``; nothing is installed), keeps every piece of at least 20 s once, lays them out as
``FOLDER/<package>/...`` and describes them in ``FOLDER/tracks.csv``, which ``soundglass evaluate
--labels`` reads.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

import mutagen
import soundfile

SELECTION = Path(__file__).with_name("game_music.toml")
SHORTEST_S = 20.0
SUFFIXES = {".flac", ".mp3", ".ogg", ".opus"}


@dataclass(frozen=True, slots=True)
class Package:
    """One Debian package: where its music lies and what the selection knows about it."""

    name: str
    root: str
    release: str
    leave_out: tuple[str, ...] = ()
    releases: Mapping[str, str] = field(default_factory=dict)
    artists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One track as ``tracks.csv`` has it: its soundtrack is its folder, its release the game or album."""

    path: str
    soundtrack: str
    release: str
    artist: str
    duration_s: str


def unpack(package: Package, debs: Path, folder: Path) -> Path:
    """Download a package unless it is there, unpack it into a folder, and return the folder of its music."""
    if not any(debs.glob(f"{package.name}_*.deb")):
        subprocess.run(["apt-get", "download", package.name], cwd=debs, check=True)
    subprocess.run(["dpkg", "-x", str(next(debs.glob(f"{package.name}_*.deb"))), str(folder)], check=True)
    archive, inside, member = package.root.partition(".pk3/")
    if not inside:
        return folder / package.root
    with ZipFile(folder / f"{archive}.pk3") as pk3:
        pk3.extractall(folder / "pk3")
    return folder / "pk3" / member


def first_match(patterns: Mapping[str, str], path: str) -> str | None:
    """Return what the first pattern that fits a path stands for."""
    return next((value for pattern, value in patterns.items() if fnmatch(path, pattern)), None)


def tagged_artist(path: Path, aliases: Mapping[str, str]) -> str:
    """Read the artist from a file's tags, in one spelling; empty where it has none."""
    tags = mutagen.File(path, easy=True).tags or {}
    artist = tags.get("artist", [""])[0].strip()
    return aliases.get(artist, artist)


def tracks(package: Package, root: Path, aliases: Mapping[str, str]) -> Iterator[tuple[Path, Row]]:
    """Find a package's music: files and links apart, no stems, nothing short."""
    for path in sorted(root.rglob("*")):
        if path.suffix not in SUFFIXES or path.is_symlink() or path.name in package.leave_out:
            continue
        duration_s = soundfile.info(path).duration
        if duration_s < SHORTEST_S:
            continue
        inside = path.relative_to(root)
        known = first_match(package.artists, inside.as_posix())
        yield (
            path,
            Row(
                path=f"{package.name}/{inside.as_posix()}",
                soundtrack=(Path(package.name) / inside.parent).as_posix(),
                release=first_match(package.releases, inside.as_posix()) or package.release,
                artist=tagged_artist(path, aliases) if known is None else known,
                duration_s=f"{duration_s:.3f}",
            ),
        )


def fetch(selected: Path, folder: Path, debs: Path) -> list[Row]:
    """Lay out every package's music in a folder, each recording once, and describe it."""
    selection = tomllib.loads(selected.read_text("utf-8"))
    rows: list[Row] = []
    seen: set[bytes] = set()
    for package in (Package(**source) for source in selection["package"]):
        before = len(rows)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            root = unpack(package, debs, Path(scratch))
            for path, row in tracks(package, root, selection["aliases"]):
                digest = hashlib.sha256(path.read_bytes()).digest()
                if digest not in seen:
                    seen.add(digest)
                    (folder / row.path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(path, folder / row.path)
                    rows.append(row)
        print(f"{package.name}: {len(rows) - before} tracks")
    return rows


def main() -> None:
    """Fetch the music and write ``tracks.csv``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the music goes (2 GB; twice that while it works)")
    parser.add_argument("--debs", type=Path, help="where downloaded packages are kept (default: FOLDER/debs)")
    parser.add_argument(
        "--selection", type=Path, default=SELECTION, help="which packages (default: the benchmarks')"
    )
    arguments = parser.parse_args()
    debs = arguments.debs or arguments.folder / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    rows = fetch(arguments.selection, arguments.folder, debs.resolve())
    with (arguments.folder / "tracks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    print(f"{len(rows)} tracks in {arguments.folder / 'tracks.csv'}")


if __name__ == "__main__":
    main()
