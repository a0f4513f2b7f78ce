"""Get a headless Chromium for the tests, from Debian's packages, without installing anything.

``python tools/fetch_chromium.py FOLDER`` downloads what this machine lacks of Chromium, its libraries and a
few fonts (it needs ``apt-get`` and ``dpkg``, but no rights), unpacks it into the folder and writes
``FOLDER/chromium``, a script that starts it. That is about 100 MB, once. Where there is no ``apt-get``, or no
such package, it says so and exits with status 3; tests then take the browser that ``SOUNDGLASS_CHROMIUM``
names, or none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

UNAVAILABLE = 3

PACKAGES = ("chromium-headless-shell", "fonts-liberation2", "fonts-dejavu-core", "fonts-droid-fallback")
"""Liberation is as wide as common fonts, DejaVu has Arabic and Hebrew, Droid Fallback Chinese, Japanese."""

PROGRAM = Path("usr/lib/chromium/chromium-headless-shell")

_START = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$(echo "$here"/root/usr/lib/*-linux-gnu "$here"/root/lib/*-linux-gnu | tr ' ' ':')
export LD_LIBRARY_PATH FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/root/{program}" "$@"
"""

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir prefix="relative">root/usr/share/fonts</dir>
<dir>/usr/share/fonts</dir>
<cachedir prefix="xdg">soundglass-fontconfig</cachedir>
<alias><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
<alias><family>serif</family><prefer><family>Liberation Serif</family></prefer></alias>
<alias><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
"""


class Unavailable(Exception):  # noqa: N818  (no error: the tests do without)
    """A machine cannot get Debian's Chromium."""


def fetch(folder: Path) -> None:
    """Put a Chromium and its start script into a folder.

    Raises
    ------
    Unavailable
        There is no ``apt-get`` here, or it knows no such packages.
    """
    if missing := [name for name in ("apt-get", "dpkg") if not shutil.which(name)]:
        raise Unavailable(f"{missing[0]} is not here")
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    for deb in download(folder / "debs"):
        subprocess.run(["dpkg", "-x", str(deb), str(root)], check=True)
    shutil.rmtree(folder / "debs")
    if not (root / PROGRAM).is_file():
        raise Unavailable(f"Debian's {PACKAGES[0]} no longer holds {PROGRAM}")
    (folder / "fonts.conf").write_text(_FONTS, "utf-8")
    script = folder / "chromium"
    script.write_text(_START.format(program=PROGRAM), "utf-8")
    script.chmod(0o755)


def download(folder: Path) -> list[Path]:
    """Download the packages and all they need that is not installed, checked against Debian's signatures."""
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    own = [f"Dir::Cache::archives={folder.resolve()}", "Debug::NoLocking=1", "APT::Sandbox::User="]
    fetching = ["install", "--yes", "--download-only", "--no-install-recommends", "--reinstall", *PACKAGES]
    if apt_get(fetching, own):
        # This machine's lists of packages are missing or old: take new ones, beside it.
        lists = folder.resolve() / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        own = [*own, f"Dir::State::lists={lists}"]
        apt_get(["update"], own)
        if problem := apt_get(fetching, own):
            raise Unavailable(f"apt-get cannot get {PACKAGES[0]}: {problem}")
    return sorted(folder.glob("*.deb"))


def apt_get(arguments: Sequence[str], settings: Sequence[str]) -> str:
    """Run ``apt-get`` and return the last line of its complaint, empty if it succeeded."""
    options = [word for setting in settings for word in ("-o", setting)]
    ran = subprocess.run(
        ["apt-get", "-q", *options, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        check=False,
    )
    if not ran.returncode:
        return ""
    return (ran.stderr or ran.stdout).strip().rpartition("\n")[2] or f"exit status {ran.returncode}"


def main() -> None:
    """Fetch it into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        fetch(folder)
    except Unavailable as reason:
        print(f"no Chromium for the tests: {reason}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
    print(folder / "chromium")


if __name__ == "__main__":
    main()
