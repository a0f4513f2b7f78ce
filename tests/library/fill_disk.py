"""Store more than files may hold; print what Soundglass says, and any other error as it is."""

from __future__ import annotations

import resource
import signal
import sys

from soundglass.core.errors import LibraryError
from soundglass.core.types import Track
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store

if __name__ == "__main__":
    store = Store(sys.argv[1])
    rows = [
        TrackRow(Track(f"new{i}", "audio", title=f"{i * 7919:0100d}"), {"tempo": i}) for i in range(20_000)
    ]
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        store.upsert(rows)
    except LibraryError as error:
        sys.stdout.write(str(error))
