"""Store batch after batch of ten tracks, and replace and delete some; say which batches are committed."""

from __future__ import annotations

import itertools
import sys

from soundglass.core.types import Track
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store

if __name__ == "__main__":
    store = Store(sys.argv[1], create=True)
    with store.writing("test"):
        for batch in itertools.count(len(store) // 10):
            rows = [TrackRow(Track(f"{batch}-{i}", "audio"), {"tempo": 60.0}) for i in range(10)]
            store.upsert(rows)
            sys.stdout.write(f"{batch}\n")
            sys.stdout.flush()
            store.upsert([TrackRow(Track(f"{batch}-{i}", "audio"), {"tempo": 90.0}) for i in range(10)])
            if batch % 5 == 4:
                store.compact()
