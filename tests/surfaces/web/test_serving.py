"""Starting and stopping: an address that is told, one line for what is in the way, and a quiet end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

SERVE = [sys.executable, "-m", "soundglass.surfaces.cli.main", "serve"]


def started(library: Path) -> tuple[subprocess.Popen[str], str]:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*SERVE, "--library", str(library), "--port", "0"], **pipes)
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found is not None
    return process, found[0]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_it_quietly_while_somebody_listens(own_demo: Path, times: int) -> None:
    process, address = started(own_demo)
    with httpx.stream("GET", f"{address}/api/scan/events", timeout=10) as listening:
        assert next(listening.iter_lines()) == "event: scan"
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        said, complained = process.communicate(timeout=30)
    assert (said, complained) == ("", "")
    assert process.returncode in {0, -signal.SIGINT}, "the second may come when Python is done"


def test_small_answers_are_sent_without_delay(own_demo: Path) -> None:
    """Nagle's algorithm and a late acknowledgement would make each take 40 ms."""
    from soundglass.surfaces.web.serving import _listening

    with _listening("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken_is_one_clear_line(run: Callable[..., Any], own_demo: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("serve", "--library", own_demo, "--port", port)
    assert ran.status == 1
    assert re.fullmatch(rf"soundglass: port {port} is taken\. .*--port\n", ran.err)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--host", "0.0.0.0"), "a token is needed"),
        (("--host", "192.0.2.1", "--token", "long enough a token"), "cannot listen on 192.0.2.1"),
        (("--token", "short"), "too short"),
    ],
)
def test_what_is_not_safe_or_not_there_is_one_clear_line(
    run: Callable[..., Any], own_demo: Path, options: tuple[str, ...], words: str
) -> None:
    ran = run("serve", "--library", own_demo, "--port", "0", *options)
    assert ran.status == 1
    assert words in ran.err
    assert ran.err.count("\n") == 1
