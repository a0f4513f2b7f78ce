"""Write what ``soundglass demo`` prints today into the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def main() -> None:
    """Run the demo in an empty home folder and replace the session."""
    with tempfile.TemporaryDirectory() as home:
        place = {**os.environ, "HOME": home, "XDG_DATA_HOME": f"{home}/.local/share"}
        command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "demo"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, env=place).stdout
    lines = "\n".join(line.rstrip() for line in shown.strip("\n").splitlines())
    session = f"<!-- session: soundglass demo -->\n```console\n$ make run\n{lines}\n```\n"
    pattern = r"<!-- session: soundglass demo -->\n```console\n.*?```\n"
    text, count = re.subn(pattern, lambda _: session, README.read_text("utf-8"), count=1, flags=re.DOTALL)
    if count != 1:
        sys.exit("README.md has no session to replace")
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
