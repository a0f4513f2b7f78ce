"""What came into a library last."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from soundglass.library.store import Store


def newest_rows(store: Store, n: int) -> NDArray[np.int64]:
    """List the newest tracks, newest first.

    The store does not keep when a track was added. The time of its oldest file comes nearest: it stays as it
    is when tracks are analysed anew or copied. Tracks of a table have none: they follow, the last row first.

    Parameters
    ----------
    store : Store
    n : int
        How many at most.
    """
    files = store.columns(["files"])["files"].combine_chunks()
    times = np.asarray(pc.struct_field(pc.list_flatten(files), "mtime_ns"), dtype=np.int64)
    oldest = np.full(len(files), np.iinfo(np.int64).max)
    np.minimum.at(oldest, np.asarray(pc.list_parent_indices(files), dtype=np.int64), times)
    oldest[oldest == np.iinfo(np.int64).max] = np.iinfo(np.int64).min
    return np.lexsort((np.arange(len(oldest)), oldest))[::-1][:n]
