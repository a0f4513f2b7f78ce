"""Scan a folder as the command line does, but commit every few tracks; say how far it is after each file."""

from __future__ import annotations

import sys
from dataclasses import replace

from soundglass.core.settings import DEFAULTS
from soundglass.surfaces.library import Library

if __name__ == "__main__":
    uri, folder, batch_tracks = sys.argv[1:]
    settings = replace(DEFAULTS, scan=replace(DEFAULTS.scan, batch_tracks=int(batch_tracks), workers=2))
    said = sys.stdout
    Library(uri, settings).scan(folder, progress=lambda at: said.write(f"{at.done}\n") and said.flush())
