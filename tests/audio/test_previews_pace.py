from __future__ import annotations

import pytest

from preview_host import Clock
from soundglass.audio.previews.addresses import FetchError
from soundglass.audio.previews.pace import Rate


def test_no_window_holds_more_requests_than_the_rate() -> None:
    clock = Clock()
    pace = clock.pace({"a": Rate(5, 2.0)})
    times = []
    for _ in range(23):
        pace.keep("a")
        times.append(clock.now)
        clock.now += 0.01
    assert all(later - earlier >= 2.0 - 1e-9 for earlier, later in zip(times, times[5:], strict=False))
    assert times[-1] < 23 / 5 * 2.0


def test_hosts_do_not_wait_for_one_another() -> None:
    clock = Clock()
    pace = clock.pace({"a": Rate(1, 60.0), "b": Rate(1, 60.0)})
    pace.keep("a")
    pace.keep("b")
    assert clock.slept == []


def failing(times: int, **how: object) -> object:
    left = [times]

    def ask() -> str:
        if left[0]:
            left[0] -= 1
            raise FetchError("the host answered 500", **{"may_pass": True, **how})
        return "done"

    return ask


def test_waits_double() -> None:
    clock = Clock()
    assert clock.pace().insist("a", failing(3)) == "done"
    assert clock.slept == [1.0, 2.0, 4.0]


def test_waits_are_spread_by_chance() -> None:
    clock = Clock()
    pace = clock.pace()
    pace.chance = lambda: 0.0
    pace.insist("a", failing(1))
    assert clock.slept == [0.5]


def test_the_host_says_how_long() -> None:
    clock = Clock()
    assert clock.pace().insist("a", failing(1, wait_s=17.0)) == "done"
    assert clock.slept == [17.0]


def test_four_times_is_enough() -> None:
    clock = Clock()
    with pytest.raises(FetchError, match="500"):
        clock.pace().insist("a", failing(4))
    assert len(clock.slept) == 3


def test_what_cannot_pass_is_not_tried_again() -> None:
    clock = Clock()
    with pytest.raises(FetchError):
        clock.pace().insist("a", failing(1, may_pass=False))
    assert clock.slept == []


def test_a_host_that_wants_an_hour_is_left_alone() -> None:
    clock = Clock()
    pace = clock.pace()
    with pytest.raises(FetchError, match="500"):
        pace.insist("a", failing(1, wait_s=3600.0))
    with pytest.raises(FetchError, match="left alone for 60 more minutes"):
        pace.insist("a", failing(0))
    assert pace.insist("b", failing(0)) == "done"
    clock.now += 3601
    assert pace.insist("a", failing(0)) == "done"
    assert clock.slept == []
