"""A library of sounds whose files are made on the spot, stored without listening to them."""

from __future__ import annotations

from pathlib import Path

from soundglass.audio.decode import decode
from soundglass.core.types import Track
from soundglass.library.roots import record
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


def stored(folder: Path, files: dict[str, Path], library: Path | None = None) -> Path:
    """Store files as tracks, by id; the folder is noted as scanned. A row without sound is there too."""
    library = library or folder.parent / "sounds.lance"
    store = Store(str(library), create=True)
    rows = [TrackRow(Track("row", "csv", title="Only a row", artist="A table"), {"tempo": 120.0})]
    for id_, path in files.items():
        found = decode(path, lambda blocks: [None for _ in blocks])
        status = path.stat()
        rows.append(
            TrackRow(
                Track(id_, "audio", title=id_, artist="Nobody", album=f"Album of {id_}"),
                {"duration": found.duration_s},
                [FileStamp(str(path), status.st_size, status.st_mtime_ns)],
                sample_rate=found.sample_rate,
                channels=found.channels,
                codec=found.codec,
                decoder=found.decoder,
            )
        )
    store.upsert(rows)
    record(store, [folder], [])
    return library
