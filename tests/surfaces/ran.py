"""What a run of the program left behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)


def assert_one_clear_line(ran: Ran, *expected: str) -> None:
    assert ran.status == 1
    assert ran.err.startswith("soundglass: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err + ran.out
    for text in expected:
        assert text in ran.err
