"""What a server is started with."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from soundglass.core.errors import SoundglassError

SHORTEST_TOKEN = 16

_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the app is served.

    Attributes
    ----------
    host : str
        The address it listens on.
    port : int
        0 takes a free one.
    token : str, optional
        What every request must show; needed on an address others can reach.
    allowed_hosts : tuple of str
        Names it answers to, besides those of its address.
    show_paths : bool
        Whether answers give files by absolute path.
    workers : int
        Processes that decode.
    address : str
        By which others reach it, as in ``https://music.example.org``, if a proxy stands before it.

    Raises
    ------
    SoundglassError
        Others can reach the server and there is no token, the token is short, or the address is none.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    show_paths: bool = False
    workers: int = 2
    address: str = ""

    def __post_init__(self) -> None:
        if self.address and not _ADDRESS.fullmatch(self.address):
            raise SoundglassError(
                f"{self.address!r} is no address of a server", remedy="As in https://music.example.org"
            )
        if self.token is None and not self.is_private:
            raise SoundglassError(
                f"others can reach {self.address or self.host}, so a token is needed",
                remedy="Give one with --token or SOUNDGLASS_TOKEN, or leave --host out",
            )
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise SoundglassError(
                "the token is too short to be safe", remedy=f"Give {SHORTEST_TOKEN} characters or more"
            )

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.address:
            return False
        address = address_of(self.host)
        return self.host == "localhost" if address is None else address.is_loopback


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an IP address, in brackets or not; ``None`` for a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
