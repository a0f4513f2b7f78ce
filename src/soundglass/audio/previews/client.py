"""A GET that is bounded in bytes, seconds and hops, and reaches only what the gate lets through."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import httpcore
import httpx

from soundglass.audio.previews.addresses import FetchError, Gate

MAX_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = (
    (b"accept", b"*/*"),
    (b"accept-encoding", b"identity"),  # what is counted is what arrives: no bomb to unpack
    (b"user-agent", b"soundglass"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one answer may be.

    Attributes
    ----------
    max_bytes : int
    max_s : float
        Seconds, from the first look-up of a name to the last byte, redirects included.
    """

    max_bytes: int = 10_000_000
    max_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host sent.

    Attributes
    ----------
    url : str
        Where it came from in the end.
    body : bytes
    content_type, date : str
        As the host says; empty where it does not.
    """

    url: str
    body: bytes
    content_type: str
    date: str


class Client:
    """Fetches one thing at a time; a context manager.

    Parameters
    ----------
    gate : Gate
        Asked before every connection and every redirect.
    bounds : Bounds
    clock : callable
        Seconds that only grow.
    trust : ssl.SSLContext, optional
        Whose certificates are believed; the usual authorities if left out.
    """

    def __init__(
        self,
        gate: Gate | None = None,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._gate = gate or Gate()
        self._bounds = bounds or Bounds()
        self._network = _Network(self._gate, clock)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust, network_backend=self._network, max_connections=4, keepalive_expiry=5.0
        )

    def get(self, address: str) -> Answer:
        """Fetch what is at an address.

        Raises
        ------
        FetchError
            It may not be fetched, is not there, or breaks a bound.
        """
        self._network.start(self._bounds.max_s)
        url = self._gate.url(address)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(url)
            if isinstance(answer, Answer):
                return answer
            url = self._gate.url(answer, base=url)
        raise FetchError(f"redirects more than {MAX_REDIRECTS} times")

    def _ask(self, url: httpx.URL) -> Answer | str:
        """Give the answer, or where it is to be found."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with self._pool.stream("GET", target, headers=list(_HEADERS)) as response:
                headers = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                if response.status in _REDIRECTS and "location" in headers:
                    return headers["location"]
                _refuse_status(response.status, headers)
                body = self._read(response, headers)
        except httpcore.TimeoutException:
            raise FetchError(f"took longer than {self._bounds.max_s:g} s", may_pass=True) from None
        except httpcore.ConnectError:
            raise FetchError(f"{url.host} cannot be reached", may_pass=True, unreachable=True) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise FetchError("was cut off", may_pass=True) from None
        return Answer(str(url), body, headers.get("content-type", ""), headers.get("date", ""))

    def _read(self, response: httpcore.Response, headers: dict[str, str]) -> bytes:
        if headers.get("content-encoding", "identity") != "identity":
            raise FetchError("came compressed, which was not asked for")
        body = bytearray()
        claimed = headers.get("content-length", "")
        if claimed.isdecimal() and int(claimed) > self._bounds.max_bytes:
            raise self._too_large()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > self._bounds.max_bytes:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> FetchError:
        return FetchError(f"is larger than {self._bounds.max_bytes / 1e6:g} MB")

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()


def _refuse_status(status: int, headers: dict[str, str]) -> None:
    if status != 200:
        raise FetchError(
            f"the host answered {status}",
            may_pass=status in _BUSY,
            wait_s=_retry_after_s(headers.get("retry-after", "")),
        )


def _retry_after_s(text: str) -> float | None:
    """Read the header as RFC 9110 has it: seconds, or a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


class _Network(httpcore.NetworkBackend):
    """Connects to the very address that was checked, so that a name cannot change in between."""

    def __init__(self, gate: Gate, clock: Callable[[], float]) -> None:
        self._gate = gate
        self._clock = clock
        self._until = 0.0
        self._sockets = httpcore.SyncBackend()

    def start(self, patience_s: float) -> None:
        """Begin to count: whatever is done from here must be done by then."""
        self._until = self._clock() + patience_s

    def left_s(self) -> float:
        """Seconds left; never 0, which would mean not to wait at all."""
        left = self._until - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError()
        for address in self._gate.addresses(host, port, self.left_s()):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self.left_s(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream, self)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the time of the whole, however slowly bytes trickle."""

    def __init__(self, stream: httpcore.NetworkStream, network: _Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._network.left_s())
        return _Stream(secured, self._network)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (as httpcore has it)
        return self._stream.get_extra_info(info)
