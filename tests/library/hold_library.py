"""Hold a library's writing lock until standard input closes, as another process would."""

from __future__ import annotations

import sys

from soundglass.library.store import Store

if __name__ == "__main__":
    with Store(sys.argv[1]).writing(sys.argv[2]):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()
