"""A host of previews of our own, and what it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from media_files import music, write
from preview_bench import RATE, Bench
from preview_host import Host


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sounds")
    samples = music(seconds=3.0, rate=RATE, channels=1)
    files = {kind: write(folder / f"x.{kind}", kind, samples, RATE) for kind in ("wav", "mp3")}
    files["m4a"] = write(folder / "x.m4a", "m4a", music(seconds=3.0, rate=44_100), 44_100)
    files["brief"] = write(folder / "y.wav", "wav", samples[: RATE // 2 * 3], RATE)
    return {kind: path.read_bytes() for kind, path in files.items()}


@pytest.fixture
def host() -> Iterator[Host]:
    opened = Host()
    yield opened
    opened.close()


@pytest.fixture
def bench(host: Host, tmp_path: Path) -> Bench:
    return Bench(host, tmp_path / "out")
