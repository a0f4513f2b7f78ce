"""Mutated files of six formats through a real worker: no crash escapes, nothing hangs, all is reported."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from media_files import music, write
from soundglass.audio.pool import Outcome, WorkerPool

KINDS = ("mp3", "flac", "ogg", "opus", "m4a", "wav")
# `make scorecard` asks for 500.
FILES_PER_KIND = int(os.environ.get("SOUNDGLASS_MUTATIONS", "40"))
TIME_LIMIT_S = 10.0
MAX_MEMORY = 1 << 30


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """Flip, overwrite, delete, repeat or cut some of the bytes: of the header, of the audio or of both."""
    mutated = bytearray(data)
    kinds_of_damage = [4, 6][rng.integers(0, 2)]  # the last two move what follows
    low, high = [(0, 400), (len(data) // 10, len(data)), (0, len(data))][rng.integers(0, 3)]
    for _ in range(rng.integers(1, 20)):
        at = int(rng.integers(low, max(low + 1, min(high, len(mutated)))))
        length = int(rng.integers(1, 64))
        match rng.integers(0, kinds_of_damage):
            case 0 | 1:
                mutated[at : at + 1] = bytes([rng.integers(0, 256)])
            case 2:
                mutated[at : at + length] = rng.bytes(length)
            case 3:
                mutated[at : at + 4] = b"\xff" * 4
            case 4:
                del mutated[at : at + length]
            case 5:
                mutated[at:at] = mutated[at : at + length]
    return bytes(mutated[: int(rng.integers(1, len(mutated)))] if rng.random() < 0.1 else mutated)


def mutations(folder: Path) -> Iterator[Path]:
    for kind in KINDS:
        data = write(folder / f"whole.{kind}", kind, music(3.0, 48_000), 48_000).read_bytes()
        for number in range(FILES_PER_KIND):
            path = folder / f"{number}.{kind}"
            path.write_bytes(mutate(data, np.random.default_rng([number, KINDS.index(kind)])))
            yield path


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("mutated")
    found = {}
    with WorkerPool("decode_worker", 2) as pool:
        waiting = mutations(folder)
        while True:
            while pool.has_room and (path := next(waiting, None)) is not None:
                pool.submit({"path": str(path)}, timeout_s=TIME_LIMIT_S)
            if not pool.pending:
                return found
            outcome = pool.next_outcome()
            found[outcome.job["path"]] = outcome


def test_every_file_is_answered_for(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) == FILES_PER_KIND * len(KINDS)
    for path, outcome in outcomes.items():
        if outcome.error is not None and outcome.error.kind == "refused":
            assert outcome.error.path == path
            assert outcome.error.remedy


def test_nothing_hangs(outcomes: dict[str, Outcome]) -> None:
    assert [o.job for o in outcomes.values() if o.error is not None and o.error.kind == "timeout"] == []


def test_every_failure_is_a_refusal_or_a_crash_that_was_contained(outcomes: dict[str, Outcome]) -> None:
    odd = [o.error for o in outcomes.values() if o.error is not None and o.error.kind != "refused"]
    assert [error for error in odd if error.kind != "crashed"] == []
    assert len(odd) <= len(outcomes) / 100


def test_results_are_finite_bounded_and_short(outcomes: dict[str, Outcome]) -> None:
    results = [o.result for o in outcomes.values() if o.result is not None]
    assert len(results) > len(outcomes) / 4
    for result in results:
        assert math.isfinite(result["energy"])
        assert 0 <= result["peak"] <= 4.0
        assert 0 < result["duration_s"] < 200
        assert len(result["hash"]) == 32


def test_memory_stays_bounded(outcomes: dict[str, Outcome]) -> None:
    assert max(o.result["memory"] for o in outcomes.values() if o.result is not None) < MAX_MEMORY
