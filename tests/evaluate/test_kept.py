"""What is kept of an evaluation: found again, made again when torn or of another state."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.evaluate.kept import Kept


class Makes:
    """Makes a value and counts how often."""

    def __init__(self, value: Json) -> None:
        self.value, self.times = value, 0

    def __call__(self) -> Json:
        self.times += 1
        return self.value


@pytest.mark.parametrize("value", [0.1 + 0.2, [1, None, "é\n"], {"a": {"b": [1.5]}}, None, False])
def test_a_value_is_made_once_and_comes_back_the_same(tmp_path: Path, value: Json) -> None:
    make = Makes(value)
    assert [Kept(tmp_path / "deep" / "er", "s")("key", make) for _ in range(3)] == [value] * 3
    assert make.times == 1


def test_nan_comes_back(tmp_path: Path) -> None:
    Kept(tmp_path)("key", lambda: [math.nan, math.inf])
    found = Kept(tmp_path)("key", lambda: None)
    assert math.isnan(found[0])
    assert found[1] == math.inf


def test_other_keys_and_other_states_are_other_values(tmp_path: Path) -> None:
    ways = [Kept(tmp_path, "s"), Kept(tmp_path, "t"), Kept(tmp_path)]
    makes: dict[tuple[int, str], Callable[[], Json]] = {
        (at, key): (lambda at=at, key=key: [at, key]) for at in range(3) for key in ("a", "b", "../c", "s\na")
    }
    for _ in range(2):
        for (at, key), make in makes.items():
            assert ways[at](key, make) == [at, key]
    assert all(file.parent == tmp_path for file in tmp_path.rglob("*.json"))


@pytest.mark.parametrize("torn", ["", '{"key": "k", "val', "[]", '"text"', '{"key": "k"}', "\x00\xff"])
def test_a_torn_file_is_made_again(tmp_path: Path, torn: str) -> None:
    make = Makes(5)
    Kept(tmp_path)("key", make)
    [file] = tmp_path.iterdir()
    file.write_text(torn, encoding="latin-1")
    assert Kept(tmp_path)("key", make) == 5
    assert Kept(tmp_path)("key", make) == 5
    assert make.times == 2


def test_what_fails_is_not_kept(tmp_path: Path) -> None:
    def fail() -> Json:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Kept(tmp_path)("key", fail)
    assert Kept(tmp_path)("key", lambda: 5) == 5


def test_no_draft_is_left(tmp_path: Path) -> None:
    Kept(tmp_path)("key", lambda: 5)
    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_without_a_folder_everything_is_made_anew() -> None:
    make = Makes(5)
    kept = Kept()
    assert [kept("key", make), kept("key", make)] == [5, 5]
    assert make.times == 2


def test_a_place_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match=r"cannot keep what was found.*Name another folder"):
        Kept(tmp_path / "file")("key", lambda: 5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, *_: object, **__: object) -> int:
        with Path("/dev/full").open("w") as disk:
            disk.write("x")
        return os.EX_OK

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(LibraryError, match="No space left"):
        Kept(tmp_path)("key", lambda: 5)
