"""The pool: whatever a worker does, it costs one job, and nobody waits for ever."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soundglass.audio.pool import Outcome, WorkerPool, patience_s
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import AudioLimits

HERE = Path(__file__).parent
LONG_S = 60.0


def drain(pool: WorkerPool) -> list[Outcome]:
    outcomes = []
    while pool.pending:
        outcomes.append(pool.next_outcome())
    return outcomes


def run_jobs(jobs: list[dict], workers: int = 1, timeout_s: float = LONG_S, **limits: int) -> list[Outcome]:
    with WorkerPool("pool_worker", workers, limits=AudioLimits(**limits)) as pool:
        for job in jobs:
            pool.submit(job, timeout_s=timeout_s)
        return drain(pool)


def echo(value: object) -> dict:
    return {"do": "echo", "value": value}


def test_jobs_are_answered_by_the_right_result() -> None:
    outcomes = run_jobs([echo(i) for i in range(40)], workers=2)
    assert {o.job["value"]: o.result for o in outcomes} == {i: i for i in range(40)}
    assert all(o.error is None for o in outcomes)


def test_values_survive_the_pipe() -> None:
    values = ["\udcff\n\x00é😀", [1.5, -0.0, None, True], {"a": {"b": []}}, 1e-300, math.inf, "x" * 3_000_000]
    outcomes = run_jobs([echo(value) for value in values])
    assert [o.result for o in outcomes] == values
    (outcome,) = run_jobs([echo(math.nan)])
    assert math.isnan(outcome.result)


@pytest.mark.parametrize(
    ("job", "kind", "message"),
    [
        ({"do": "segfault"}, "crashed", "the decoder crashed (signal 11)"),
        ({"do": "exit"}, "crashed", "the decoder crashed (exit status 3)"),
        ({"do": "allocate", "bytes": 1 << 40}, "failed", "needed more memory than a worker may use"),
        ({"do": "raise"}, "failed", "ZeroDivisionError: integer division or modulo by zero"),
        ({"do": "not_json"}, "failed", "TypeError: Object of type set is not JSON serializable"),
        ({"do": "garbage"}, "garbage", "the decoder gave an answer that makes no sense"),
        ({}, "failed", "KeyError: 'do'"),
    ],
)
def test_a_bad_job_costs_itself_alone(job: dict, kind: str, message: str) -> None:
    first, bad, last = run_jobs([echo(1), job, echo(2)])
    assert (first.result, last.result) == (1, 2)
    assert bad.error is not None
    assert (bad.error.kind, bad.error.message) == (kind, message)
    assert (bad.job, bad.result) == (job, None)


def test_a_refusal_keeps_its_path_and_remedy() -> None:
    (outcome,) = run_jobs([{"do": "refuse"}])
    assert outcome.error is not None
    assert outcome.error.kind == "refused"
    assert (outcome.error.message, outcome.error.path) == ("is odd", "x\udcff.mp3")
    assert outcome.error.remedy == "Mend it"


@pytest.mark.parametrize("hang", ["sleep", "hang_with_gil"])
def test_a_hang_is_ended_at_its_time_limit(hang: str) -> None:
    with WorkerPool("pool_worker", 1) as pool:
        pool.submit(echo(1), timeout_s=LONG_S)
        pool.submit({"do": hang, "seconds": 600}, timeout_s=0.5)
        pool.submit(echo(2), timeout_s=LONG_S)
        first, hung, last = drain(pool)
    assert (first.result, last.result) == (1, 2)
    assert hung.error is not None
    assert (hung.error.kind, hung.error.message) == ("timeout", "took longer than 0.5 s")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_memory_is_limited_beyond_what_start_up_took() -> None:
    within, beyond = run_jobs(
        [{"do": "allocate", "bytes": 100 << 20}, {"do": "allocate", "bytes": 300 << 20}],
        max_worker_memory=200 << 20,
    )
    assert within.result == 100 << 20
    assert beyond.error is not None
    assert beyond.error.kind == "failed"


def test_a_worker_killed_from_outside_is_named_and_replaced() -> None:
    with WorkerPool("pool_worker", 1) as pool:
        pool.submit({"do": "pid"}, timeout_s=LONG_S)
        pid = pool.next_outcome().result
        pool.submit({"do": "sleep", "seconds": 600}, timeout_s=LONG_S)
        time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        outcome = pool.next_outcome()
        assert outcome.error is not None
        assert outcome.error.message == "the decoder was killed (signal 9), probably for want of memory"

        pool.submit({"do": "pid"}, timeout_s=LONG_S)
        idle = pool.next_outcome().result
        os.kill(idle, signal.SIGKILL)
        while is_alive(idle):
            time.sleep(0.01)
        pool.submit(echo("an idle worker's death costs nothing"), timeout_s=LONG_S)
        assert pool.next_outcome().error is None


def test_printing_and_reading_do_not_disturb_the_protocol() -> None:
    outcomes = run_jobs([{"do": "print"}, {"do": "read_stdin"}, echo(1)])
    assert [o.result for o in outcomes] == ["the answer", "", 1]
    with WorkerPool("noisy_worker", 1) as pool:
        pool.submit({"x": 1}, timeout_s=LONG_S)
        assert pool.next_outcome().result == {"x": 1}


def test_workers_use_one_thread_each() -> None:
    assert run_jobs([{"do": "threads"}])[0].result == ["1", "1", "1"]


def test_jobs_may_follow_from_outcomes_within_bounds() -> None:
    waiting, finished, most = list(range(100)), [], 0
    with WorkerPool("pool_worker", 2) as pool:
        while waiting or pool.pending:
            while waiting and pool.has_room:
                pool.submit(echo(waiting.pop()), timeout_s=LONG_S)
            most = max(most, pool.pending)
            value = pool.next_outcome().result
            if value < 100:
                pool.submit(echo(value + 100), timeout_s=LONG_S)
            else:
                finished.append(value)
    assert sorted(finished) == list(range(100, 200))
    assert most <= 10


def test_crashes_hangs_and_lack_of_memory_at_twenty_points_cost_twenty_jobs() -> None:
    failures = [{"do": "segfault"}, {"do": "allocate", "bytes": 1 << 40}, {"do": "sleep", "seconds": 600}]
    jobs = [failures[i // 5 % 3] if i % 5 == 3 else echo(i) for i in range(100)]
    with WorkerPool("pool_worker", 2) as pool:
        for job in jobs:
            pool.submit(job, timeout_s=0.3 if job["do"] == "sleep" else LONG_S)
        outcomes = drain(pool)
    assert len(outcomes) == 100
    assert sum(o.error is not None for o in outcomes) == 20
    assert {o.result for o in outcomes if o.error is None} == {i for i in range(100) if i % 5 != 3}


def test_waiting_may_end_without_an_outcome() -> None:
    with WorkerPool("pool_worker", 1) as pool:
        pool.submit({"do": "sleep", "seconds": 600}, timeout_s=LONG_S)
        assert pool.next_outcome(timeout_s=0.05) is None
        assert pool.pending == 1


def test_a_job_that_is_not_json_is_refused_at_once() -> None:
    with WorkerPool("pool_worker", 1) as pool:
        with pytest.raises(TypeError):
            pool.submit({"do": {1, 2}}, timeout_s=LONG_S)
        assert pool.pending == 0


def test_a_system_that_cannot_start_processes_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", fail)
    with WorkerPool("pool_worker", 1) as pool:
        pool.submit(echo(1), timeout_s=LONG_S)
        with pytest.raises(SoundglassError, match="Cannot allocate memory"):
            pool.next_outcome()


@pytest.mark.parametrize("module", ["broken_worker", "no_such_module"])
def test_workers_that_cannot_start_are_an_error_not_a_loop(module: str) -> None:
    with WorkerPool(module, 2) as pool:
        pool.submit({}, timeout_s=LONG_S)
        with pytest.raises(SoundglassError, match="cannot start") as caught:
            pool.next_outcome()
    assert ("a library is missing" if module == "broken_worker" else "No module named") in str(caught.value)
    assert caught.value.remedy


def test_waiting_without_a_job_is_an_error() -> None:
    with WorkerPool("pool_worker", 1) as pool, pytest.raises(LookupError):
        pool.next_outcome()


def test_leaving_early_ends_busy_workers_at_once() -> None:
    with WorkerPool("pool_worker", 2) as pool:
        pool.submit({"do": "pid"}, timeout_s=LONG_S)
        pid = pool.next_outcome().result
        for _ in range(50):
            pool.submit({"do": "sleep", "seconds": 600}, timeout_s=LONG_S)
    assert not is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems notice only between native calls")
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("work", ["echo", "sleep", "hang_with_gil"])
def test_no_worker_outlives_its_parent(death: signal.Signals, work: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    # A user's script: no __main__ guard.
    script.write_text(
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from soundglass.audio.pool import WorkerPool\n"
        "with WorkerPool('pool_worker', 1) as pool:\n"
        "    pool.submit({'do': 'pid'}, timeout_s=60)\n"
        "    print(pool.next_outcome().result, flush=True)\n"
        f"    pool.submit({{'do': {work!r}, 'seconds': 600, 'value': 0}}, timeout_s=600)\n"
        "    pool.submit({'do': 'sleep', 'seconds': 600}, timeout_s=600)\n"
        "    while True: pool.next_outcome()\n"
    )
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        assert is_alive(pid)
        parent.send_signal(death)
        parent.wait(timeout=20)
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline, "the worker lives on"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead but for its last thread counts as alive."""
    process = Path(f"/proc/{pid}")
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" or len(list((process / "task").iterdir())) > 1
    except OSError:
        return False


def test_a_music_folder_cannot_shadow_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    assert run_jobs([echo(1)])[0].result == 1


def test_patience_grows_with_the_length() -> None:
    limits = AudioLimits(file_timeout_s=60, timeout_per_minute_s=2)
    assert patience_s(limits, None) == 60
    assert patience_s(limits, 600) == 80
