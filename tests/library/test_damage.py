"""Damaged libraries: whatever a byte does, the user sees one line."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from storing import refused, row

from soundglass.core.errors import LibraryError
from soundglass.library import schema
from soundglass.library.failures import translating
from soundglass.library.health import check
from soundglass.library.store import Store


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "library"
    store = Store(str(folder), create=True)
    for batch in range(3):
        store.upsert([row(f"{batch}-{i}", f"title {i}", tempo=i, energy=0.5) for i in range(40)])
    store.add_playlists(
        pa.Table.from_pylist([{"playlist_id": "p", "track_id": "0-0"}], schema=schema.PLAYLISTS)
    )
    return folder


def use_everything(uri: str) -> None:
    """Do whatever can be done with a library; each thing either works or raises a LibraryError."""
    store = Store(uri)
    for use in (
        lambda: len(store),
        lambda: store.columns(["id", "tempo", "files"]),
        lambda: store.rows_where("tempo < 20"),
        lambda: store.take([0, 50, 119], ["id"]),
        store.playlists,
        store.validate,
        lambda: check(store),
        lambda: store.upsert([row("0-0", tempo=1)]),
        lambda: store.delete(["1-1"]),
        store.compact,
        store.refresh,
    ):
        try:
            use()
        except LibraryError as error:
            assert "\n" not in str(error)
            assert error.remedy
            assert "condition" not in str(error)


def _flip(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 8])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


DAMAGES = {
    "flipped": _flip,
    "truncated": lambda data, rng: bytes(data[: rng.randrange(len(data))]),
    "emptied": lambda data, rng: b"",
    "overwritten": lambda data, rng: rng.randbytes(len(data)),
    "deleted": None,
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("part", ["_versions/*.manifest", "data/*.lance"])
@pytest.mark.parametrize("name", ["tracks.lance", "playlists.lance"])
def test_damage_is_never_more_than_a_library_error(
    sound: Path, tmp_path: Path, name: str, part: str, how: str, seed: int
) -> None:
    shutil.copytree(sound, tmp_path / "damaged")
    rng = random.Random(seed)
    victim = rng.choice(sorted((tmp_path / "damaged" / name).glob(part)))
    if how == "deleted":
        victim.unlink()
    else:
        victim.write_bytes(DAMAGES[how](bytearray(victim.read_bytes()), rng))
    try:
        use_everything(str(tmp_path / "damaged"))
    except LibraryError as error:
        assert "\n" not in str(error)
        assert error.remedy


@pytest.mark.parametrize("how", ["truncated", "emptied", "overwritten", "deleted"])
@pytest.mark.parametrize("name", ["tracks.lance", "playlists.lance"])
def test_damaged_data_are_found_by_validation(sound: Path, tmp_path: Path, name: str, how: str) -> None:
    shutil.copytree(sound, tmp_path / "damaged")
    for victim in (tmp_path / "damaged" / name / "data").glob("*.lance"):
        if how == "deleted":
            victim.unlink()
        else:
            victim.write_bytes(DAMAGES[how](bytearray(victim.read_bytes()), random.Random(1)))
    with refused("(is damaged|cannot be read).*Restore a copy"):
        Store(str(tmp_path / "damaged")).validate()


def test_lost_manifests_are_damage_and_never_an_empty_library(sound: Path, tmp_path: Path) -> None:
    shutil.copytree(sound, tmp_path / "damaged")
    shutil.rmtree(tmp_path / "damaged" / "tracks.lance" / "_versions")
    for create in (False, True):
        with refused("has lost its manifests.*Restore a copy"):
            Store(str(tmp_path / "damaged"), create=create)


def test_a_manifest_that_makes_the_engine_panic_is_damage(sound: Path, tmp_path: Path) -> None:
    """One flipped bit in the name of a type did."""
    shutil.copytree(sound, tmp_path / "damaged")
    for manifest in (tmp_path / "damaged" / "tracks.lance" / "_versions").glob("*.manifest"):
        data = manifest.read_bytes()
        assert b"float" in data
        manifest.write_bytes(data.replace(b"float", b"flgat", 1))
    with refused("cannot be opened: the data make no sense.*Restore a copy"):
        Store(str(tmp_path / "damaged"))


def test_a_panic_of_the_engine_is_an_error_of_one_line(store: Store) -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with refused("is damaged: the data make no sense"), translating("is damaged", store.uri):
        raise panic("called `Result::unwrap()` on an `Err` value\nbacktrace")
    with pytest.raises(KeyboardInterrupt), translating("is damaged", store.uri):
        raise KeyboardInterrupt
