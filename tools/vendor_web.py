"""Put the third-party scripts of the web app into the package: ``python tools/vendor_web.py``.

``tools/web_vendor.toml`` names npm packages, their versions, their SHA-512 (as npm writes it) and the files
that are wanted; they are fetched by ``npm pack``, checked and copied to ``surfaces/web/static/vendor``, with
their licences. ``--check`` only compares what is there with what npm has.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "tools" / "web_vendor.toml"
VENDOR = ROOT / "src" / "soundglass" / "surfaces" / "web" / "static" / "vendor"


def main() -> int:
    """Fetch, check and copy, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail where files differ")
    check = parser.parse_args().check
    differing = []
    for name, pin in tomllib.loads(PINS.read_text("utf-8")).items():
        for target, content in wanted(name, pin).items():
            if not target.is_file() or target.read_bytes() != content:
                differing.append(str(target.relative_to(ROOT)))
                if not check:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
    print("\n".join(differing) or "nothing differs")
    return int(check and bool(differing))


def wanted(name: str, pin: dict[str, Any]) -> dict[Path, bytes]:
    """Give the files of one package by where they belong."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", folder, f"{pin['package']}@{pin['version']}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (packed,) = Path(folder).glob("*.tgz")
        found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if found != pin["integrity"]:
            sys.exit(f"{name}: {found} is not the pinned {pin['integrity'] or '(none)'}")
        with tarfile.open(packed) as archive:
            return {VENDOR / target: _read(archive, file) for file, target in pin["files"].items()}


def _read(archive: tarfile.TarFile, file: str) -> bytes:
    member = archive.extractfile(f"package/{file}")
    if member is None:
        sys.exit(f"the package has no {file}")
    return member.read()


if __name__ == "__main__":
    sys.exit(main())
