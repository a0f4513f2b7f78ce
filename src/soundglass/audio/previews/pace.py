"""How often a host is asked, and how long to wait before it is asked again."""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from soundglass.audio.previews.addresses import FetchError

_MAX_WAIT_S = 120.0
_FIRST_WAIT_S = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many requests in so many seconds."""

    requests: int
    seconds: float


UNHURRIED = Rate(10, 1.0)
"""For hosts that name no limit."""


@dataclass(slots=True)
class Pace:
    """Keeps to the rates of hosts, and asks again where that may help.

    Attributes
    ----------
    rates : mapping of str to Rate
        By host.
    attempts : int
        How often one thing is asked for at most.
    clock, sleep, chance : callable
        Seconds that only grow; to wait so many seconds; a random number from 0 to 1.
    """

    rates: Mapping[str, Rate] = field(default_factory=dict)
    attempts: int = 4
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    _asked: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _closed: dict[str, float] = field(default_factory=dict)

    def keep(self, host: str) -> None:
        """Wait until the host may be asked, and note that it is.

        Raises
        ------
        FetchError
            It asked to be left alone for long.
        """
        closed_s = self._closed.get(host, 0.0) - self.clock()
        if closed_s > 0:
            raise FetchError(f"{host} asks to be left alone for {math.ceil(closed_s / 60)} more minutes")
        rate = self.rates.get(host, UNHURRIED)
        asked = self._asked[host]
        while len(asked) >= rate.requests:
            wait_s = asked[0] + rate.seconds - self.clock()
            if wait_s > 0:
                self.sleep(wait_s)
            asked.popleft()
        asked.append(self.clock())

    def insist(self, host: str, ask: Callable[[], T]) -> T:
        """Ask, and ask again after a while where the failure may pass.

        Waits double, spread at random over half to one and a half of themselves (so that many clients do not
        come back at once), unless the host says how long.

        Raises
        ------
        FetchError
            The last failure.
        """
        for attempt in range(self.attempts):
            self.keep(host)
            try:
                return ask()
            except FetchError as error:
                wait_s = self._wait_s(attempt, error)
                if wait_s > _MAX_WAIT_S:
                    self._closed[host] = self.clock() + wait_s
                if not error.may_pass or attempt + 1 == self.attempts or wait_s > _MAX_WAIT_S:
                    raise
                self.sleep(wait_s)
        raise FetchError("was never asked for")

    def _wait_s(self, attempt: int, error: FetchError) -> float:
        if error.wait_s is not None:
            return error.wait_s
        return _FIRST_WAIT_S * 2.0**attempt * (0.5 + self.chance())
