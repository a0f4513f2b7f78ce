from __future__ import annotations

from pathlib import Path

import pytest

from soundglass.core.errors import CatalogueError
from soundglass.core.types import Track
from soundglass.evaluate.ranking.labels import read_labels
from soundglass.library.schema import FileStamp, TrackRow
from soundglass.library.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(str(tmp_path / "library.lance"), create=True)
    files = {"a": ["music/one.ogg"], "b": ["elsewhere/two.ogg", "music/two.ogg"], "c": ["music/three.ogg"]}
    store.upsert(
        [
            TrackRow(Track(name, "audio"), {}, [FileStamp(str(tmp_path / path), 1, 1) for path in paths])
            for name, paths in files.items()
        ]
    )
    return store


def write(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_table_and_any_file_of_a_track_will_do(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "music", "path,soundtrack,mood,title\ntwo.ogg,X,,T\none.ogg,Y,calm,T\nno.ogg,Z,,T\n"
    )
    assert read_labels(path, store) == {"soundtrack": ["Y", "X", ""], "mood": ["calm", "", ""]}


def test_paths_may_lead_through_links(store: Store, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "music").symlink_to(real)
    assert read_labels(write(real, "path,mood\none.ogg,calm\n"), store)["mood"] == ["calm", "", ""]


def test_ids_go_before_paths(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "id,path,release\nc,music/one.ogg,R\n")
    assert read_labels(path, store) == {"release": ["", "", "R"]}


@pytest.mark.parametrize(
    "text", ["name,release\na,R\n", "id,release\nnobody,R\n", "path,release\none.ogg,R\n"]
)
def test_a_table_of_other_tracks_is_refused(store: Store, tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_labels(write(tmp_path, text), store)
    assert caught.value.remedy
