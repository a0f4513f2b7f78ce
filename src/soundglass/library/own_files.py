"""What lies in a library's folder: by these names alone it is told from a folder of something else."""

from __future__ import annotations

from typing import Final

from soundglass.library.lock import LOCK_FILES
from soundglass.library.saved import SAVED_FILES
from soundglass.library.scanning import SCAN_FILES
from soundglass.library.study.file import STUDY_FILES

OWN_FILES: Final = frozenset(
    {
        *("tracks.lance", "playlists.lance", "background.lance"),
        *LOCK_FILES,
        *SAVED_FILES,
        *SCAN_FILES,
        *STUDY_FILES,
    }
)
