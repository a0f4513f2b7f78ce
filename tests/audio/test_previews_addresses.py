from __future__ import annotations

import ipaddress
import threading

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.audio.previews.addresses import FetchError, Gate, is_public

PUBLIC = ("93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808")
NOT_PUBLIC = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.7",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "not an address",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_passes(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_within_ipv6_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)))) == (
        is_public(str(address))
    )
    if address.is_private or address.is_multicast or address.is_loopback or address.is_link_local:
        assert not is_public(str(address))


def test_one_private_address_among_public_ones_closes_the_gate() -> None:
    gate = Gate(resolve=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, which is not on the public internet"):
        gate.addresses("two-faced.example", 443, 1.0)


def test_numbers_that_stand_for_this_machine_are_refused() -> None:
    for host in ("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"):
        with pytest.raises(FetchError, match=r"not on the public internet|cannot be found"):
            Gate().addresses(host, 443, 5.0)


def test_an_allowance_is_for_one_port() -> None:
    gate = Gate(allowed=frozenset({("127.0.0.1", 8000)}), resolve=lambda _host, _port: ["127.0.0.1"])
    assert gate.addresses("here", 8000, 1.0) == ("127.0.0.1",)
    with pytest.raises(FetchError):
        gate.addresses("here", 8001, 1.0)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/a.mp3", "only https"),
        ("file:///etc/passwd", "only https"),
        ("ftp://example.org/a.mp3", "only https"),
        ("gopher://example.org/", "only https"),
        ("//example.org/a.mp3", "only https"),
        ("", "only https"),
        ("https://user:secret@example.org/a.mp3", "user name or password"),
        ("https://example.org:99999/", "no port"),
        ("https://", "names no host"),
        ("https://[::1", "can be read"),
    ],
)
def test_only_plain_https_addresses_are_read(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        Gate().url(url)


def test_a_relative_redirect_stays_on_its_host() -> None:
    url = Gate().url("/other.mp3", base=httpx.URL("https://example.org/one.mp3"))
    assert str(url) == "https://example.org/other.mp3"


def test_a_resolver_that_hangs_is_left() -> None:
    never = threading.Event()
    gate = Gate(resolve=lambda _host, _port: ["8.8.8.8"] * never.wait(5))
    with pytest.raises(FetchError, match="cannot be found"):
        gate.addresses("slow.example", 443, 0.01)
    never.set()
