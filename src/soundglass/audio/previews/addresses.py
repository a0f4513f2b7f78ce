"""What may be connected to: public addresses by https, so that nothing reaches inside a network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

import httpx

from soundglass.core.errors import AudioError

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

_IN_USE = IPv6Network("2000::/3")
_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4 = 0xFFFFFFFF
_LAST_PORT = 65_535


class FetchError(AudioError):
    """Something that could not be fetched.

    Parameters
    ----------
    message : str
    may_pass : bool
        Whether asking again could help.
    wait_s : float, optional
        Seconds the host asks to be left alone.
    unreachable : bool
        Whether no host answered at all.
    """

    def __init__(
        self, message: str, *, may_pass: bool = False, wait_s: float | None = None, unreachable: bool = False
    ) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.wait_s = wait_s
        self.unreachable = unreachable

    def at(self, where: str) -> FetchError:
        """Say where it happened."""
        return FetchError(
            f"{where}: {self.message}",
            may_pass=self.may_pass,
            wait_s=self.wait_s,
            unreachable=self.unreachable,
        )


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet.

    Private, loopback, link-local, shared, multicast, documentation and reserved addresses do not, nor does an
    IPv6 address that stands for such an IPv4 one (mapped, NAT64) or tunnels to one (6to4, Teredo).
    """
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv4Address):
        return known.is_global and not (known.is_multicast or known.is_reserved)
    if (inner := _ipv4_within(known)) is not None:
        return is_public(str(inner))
    return known in _IN_USE and known.is_global and not any(known in tunnel for tunnel in _TUNNELS)


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & _IPV4) if address in _NAT64 else address.ipv4_mapped


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system for all addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets through what may be fetched.

    Attributes
    ----------
    allowed : frozenset of (str, int)
        Addresses with their ports that are let through although they are not public.
    plain_http : bool
        Whether http will do; otherwise only https.
    resolve : callable
        Host and port to all addresses, as text.
    """

    allowed: frozenset[tuple[str, int]] = frozenset()
    plain_http: bool = False
    resolve: Resolve = resolve

    def url(self, text: str | httpx.URL, base: httpx.URL | None = None) -> httpx.URL:
        """Read an address somebody gave, relative to ``base`` where it is.

        Raises
        ------
        FetchError
            It is no https address, or holds a name and password.
        """
        try:
            url = httpx.URL(text) if base is None else base.join(text)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            raise FetchError("is not an address that can be read") from None
        if url.scheme != "https" and not (self.plain_http and url.scheme == "http"):
            raise FetchError(f"leads to {url.scheme or 'nothing'}:, and only https is fetched")
        if url.userinfo:
            raise FetchError("holds a user name or password, which are never sent")
        if not url.host or not 0 < (url.port or 443) <= _LAST_PORT:
            raise FetchError("names no host" if not url.host else "names no port that can be")
        return url

    def addresses(self, host: str, port: int, patience_s: float) -> tuple[str, ...]:
        """Resolve a host and give its addresses, all of which were checked.

        Raises
        ------
        FetchError
            There are none, or one of them is not public.
        """
        found = self._resolved(host, port, patience_s)
        for address in found:
            if not is_public(address) and (address, port) not in self.allowed:
                raise FetchError(f"{host} is at {address}, which is not on the public internet")
        return found

    def _resolved(self, host: str, port: int, patience_s: float) -> tuple[str, ...]:
        """Resolve in a thread, as the system's resolver knows no deadline."""
        found: list[str] = []

        def ask() -> None:
            try:
                found.extend(self.resolve(host, port))
            except (OSError, UnicodeError):
                return

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(max(0.0, patience_s))
        if asking.is_alive() or not found:
            raise FetchError(f"{host} cannot be found", may_pass=True, unreachable=True)
        return tuple(found)
