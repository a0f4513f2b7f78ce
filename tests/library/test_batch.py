"""A batch stores what is new before what replaces, merges only what was found, and is empty afterwards."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from scanning import rows
from storing import some_tokens

from soundglass.core.types import Json, Measurement, Tags
from soundglass.embeddings.analysis import Embedding
from soundglass.library.batch import Batch
from soundglass.library.packing import embedding_to_json
from soundglass.library.schema import FileStamp
from soundglass.library.store import Store

A, B = "a" * 16, "b" * 16
FILES = {A: [FileStamp("/m/a", 1, 1)], B: [FileStamp("/m/b", 1, 1)]}
DECODED = {"sample_rate": 8000, "channels": 1, "codec": "flac", "decoder": "soundfile", "flags": []}


def identity(track: str, title: str = "") -> dict[str, Json]:
    return {"hash": track * 2, "tags": asdict(Tags(title=title))}


def features(tempo: float) -> dict[str, Json]:
    return {**DECODED, "features": [asdict(Measurement("tempo", tempo))]}


def embedding() -> dict[str, Json]:
    return {**DECODED, "embedding": embedding_to_json(Embedding(some_tokens()))}


@pytest.fixture
def filled(store: Store) -> Store:
    batch = Batch()
    batch.add(identity(A, "Old"), features(90), FILES[A])
    batch.commit(store, {A: FILES[A]})
    return store


def test_each_kind_of_news_reaches_its_track(filled: Store) -> None:
    batch = Batch()
    batch.add(identity(B, "New"), features(120), FILES[B])
    batch.upgrade(identity(A, "not this one"), embedding())
    assert len(batch) == 2
    batch.commit(filled, {B: FILES[B]})
    first, second = rows(filled, "title", "tempo", "path", "token_weights")
    weights = some_tokens().weights.tobytes()
    assert first == {"id": A, "title": "Old", "tempo": 90.0, "path": "/m/a", "token_weights": weights}
    assert second == {"id": B, "title": "New", "tempo": 120.0, "path": "/m/b", "token_weights": None}
    assert len(batch) == 0
    version = filled.version
    batch.commit(filled, {})
    assert filled.version == version


def test_new_tags_come_with_the_files_and_leave_the_rest(filled: Store) -> None:
    batch = Batch()
    batch.retag(identity(A, "Retagged"))
    batch.commit(filled, {A: FILES[B]})
    assert rows(filled, "title", "tempo", "path") == [
        {"id": A, "title": "Retagged", "tempo": 90.0, "path": "/m/b"}
    ]


def test_a_new_recording_that_lost_its_file_is_not_stored(filled: Store) -> None:
    batch = Batch()
    batch.add(identity(B), features(120), FILES[B])
    batch.commit(filled, {})
    assert [row["id"] for row in rows(filled, "id")] == [A]


def test_tracks_with_the_same_parts_share_a_commit(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    merged = []
    monkeypatch.setattr(Store, "merge_columns", lambda _, rows, names: merged.append((len(rows), len(names))))
    monkeypatch.setattr(Store, "update_files", lambda *_: None)
    batch = Batch()
    for at in range(5):
        batch.upgrade(identity(f"{at:016}"), embedding() if at else features(1))
    batch.commit(filled, {})
    assert [n_rows for n_rows, _ in merged if n_rows] == [1, 4]
