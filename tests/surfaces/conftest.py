"""The program, run within the test's own process."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

pytest.register_assert_rewrite("ran")

from ran import Ran  # noqa: E402  (its assertions are rewritten)

from soundglass.surfaces.cli import main as program  # noqa: E402


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the program with these arguments; give its exit status and what it printed."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["soundglass", *map(str, arguments)])
        try:
            program.main()
            status = 0
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call
