"""The workshop: many threads ask, one bad job costs itself only, and nobody waits for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from odd_web_worker import ODD_JOBS

from soundglass.core.errors import AudioError, SoundglassError
from soundglass.surfaces.web.failures import Busy
from soundglass.surfaces.web.worker import JOBS, handle
from soundglass.surfaces.web.workshop import Workshop

PATIENCE_S = 60.0


@pytest.fixture
def opened() -> Iterator[Callable[..., Workshop]]:
    workshops = []

    def make(workers: int = 1, **more: object) -> Workshop:
        workshops.append(Workshop(workers, jobs=ODD_JOBS, worker_module="odd_web_worker", **more))
        return workshops[-1]

    yield make
    for workshop in workshops:
        workshop.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_each_caller_gets_its_own_answer(opened: Callable[..., Workshop]) -> None:
    workshop = opened(2)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda i: workshop.ask("echo", value=i), range(60)))
    assert [value for value, _ in answers] == list(range(60))
    assert 1 <= len({pid for _, pid in answers}) <= 2


def test_no_process_starts_before_the_first_job_and_it_is_kept(opened: Callable[..., Workshop]) -> None:
    before = children()
    workshop = opened(2)
    assert children() == before
    pids = {workshop.ask("echo", value=i)[1] for i in range(5)}
    assert len(pids) == 1
    assert children() == before | pids


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("crash", {}, "the decoder crashed (signal 11)"),
        ("allocate", {"n_bytes": 1 << 36}, "needed more memory than a worker may use"),
        ("wait", {"seconds": 60, "path": "a.mp3"}, "took longer than 0.3 s"),
    ],
)
def test_a_bad_job_costs_only_itself(
    opened: Callable[..., Workshop], name: str, asked: dict, message: str
) -> None:
    workshop = opened()
    with pytest.raises(AudioError, match=message.replace("(", r"\(").replace(")", r"\)")) as caught:
        workshop.ask(name, timeout_s=0.3 if name == "wait" else PATIENCE_S, **asked)
    assert caught.value.remedy
    assert caught.value.path == asked.get("path")
    assert workshop.ask("echo", value="after")[0] == "after"


def test_a_refusal_keeps_its_words(opened: Callable[..., Workshop]) -> None:
    with pytest.raises(AudioError) as caught:
        opened().ask("refuse", path="x\udcff.mp3")
    error = caught.value
    assert (error.message, error.path, error.remedy) == ("is odd", "x\udcff.mp3", "Mend it")


def test_the_same_job_is_done_once_for_all_who_wait(opened: Callable[..., Workshop], tmp_path: Path) -> None:
    workshop = opened(2)
    with ThreadPoolExecutor(6) as threads:
        answers = [threads.submit(workshop.ask, "noted", folder=str(tmp_path)) for _ in range(6)]
        until(lambda: any(tmp_path.glob("begun-*")) and waiting(workshop) == 6)
        (tmp_path / "go").touch()
        assert [answer.result(PATIENCE_S) for answer in answers] == [1] * 6
    assert workshop.ask("noted", folder=str(tmp_path)) == 2  # later it is done again


def test_those_who_would_wait_too_long_are_told_to_come_back(
    opened: Callable[..., Workshop], tmp_path: Path
) -> None:
    workshop = opened(max_callers=3)
    with ThreadPoolExecutor(3) as threads:
        held = [threads.submit(workshop.ask, "noted", folder=str(tmp_path), path=str(i)) for i in range(3)]
        until(lambda: waiting(workshop) == 3)
        with pytest.raises(Busy):
            workshop.ask("echo", value=1)
        (tmp_path / "go").touch()
        assert all(job.result(PATIENCE_S) for job in held)
    assert workshop.ask("echo", value=1)[0] == 1


def test_what_is_listened_to_does_not_wait_behind_long_work(
    opened: Callable[..., Workshop], tmp_path: Path
) -> None:
    workshop = opened()
    with ThreadPoolExecutor(3) as threads:
        held = [threads.submit(workshop.ask, "noted", folder=str(tmp_path), path=str(i)) for i in range(3)]
        until(lambda: waiting(workshop) == 3)
        assert workshop.ask("quick_echo", value="now")[0] == "now"
        assert not any(job.done() for job in held)
        (tmp_path / "go").touch()


def test_closing_ends_the_work_the_callers_and_the_processes(
    opened: Callable[..., Workshop], tmp_path: Path
) -> None:
    before = children()
    workshop = opened(2)
    with ThreadPoolExecutor(4) as threads:
        held: list[Future] = [
            threads.submit(workshop.ask, "noted", folder=str(tmp_path), path=str(i)) for i in range(4)
        ]
        until(lambda: len(list(tmp_path.glob("begun-*"))) == 2)
        workshop.close()
        assert all(isinstance(job.exception(PATIENCE_S), SoundglassError) for job in held)
    assert children() == before
    with pytest.raises(SoundglassError, match="stopping"):
        workshop.ask("echo", value=1)


def test_workers_that_cannot_start_are_said_and_tried_again(opened: Callable[..., Workshop]) -> None:
    workshop = Workshop(1, jobs=ODD_JOBS, worker_module="no_such_module_at_all")
    for _ in range(2):
        with pytest.raises(SoundglassError, match="cannot start"):
            workshop.ask("echo", value=1)
    workshop.close()


def test_only_what_is_listed_can_be_called() -> None:
    workshop = Workshop()
    with pytest.raises(KeyError):
        workshop.ask("os.system", command="true")
    with pytest.raises(KeyError):
        handle({"name": "system", "asked": {}})
    workshop.close()


def test_every_job_that_is_listed_exists() -> None:
    from importlib import import_module

    for job in JOBS.values():
        assert callable(getattr(import_module(job.module), job.function))


def waiting(workshop: Workshop) -> int:
    return workshop.waiting


def children() -> set[int]:
    own = Path(f"/proc/{os.getpid()}/task")
    if not own.exists():
        pytest.skip("needs /proc")
    listed = (task / "children" for task in own.iterdir())
    return {int(pid) for task in listed if task.exists() for pid in task.read_text().split()}
