"""``study run``: the web app, with the links by which people take part."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from soundglass.surfaces.cli.options import LibraryOption, open_library
from soundglass.surfaces.cli.serve import (
    PORT,
    AddressOption,
    AllowHostOption,
    HostOption,
    OpenOption,
    PortOption,
    TokenOption,
)

if TYPE_CHECKING:
    from soundglass.library.study.records import StudyRecord
    from soundglass.surfaces.library import Library
    from soundglass.surfaces.web.settings import WebSettings

_BY_DEFAULT = "Listening study"


def run(
    name: Annotated[
        str | None, typer.Argument(help="Of a study; the newest if left out, a new one if there is none.")
    ] = None,
    library: LibraryOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    token: TokenOption = None,
    allow_host: AllowHostOption = None,
    address: AddressOption = "",
    open_browser: OpenOption = False,
) -> None:
    """Let people take part in a study: serve the web app, and print the link to send them."""
    from soundglass.surfaces.web.settings import WebSettings

    allowed = tuple(allow_host or ())
    settings = WebSettings(host, port, token or None, allowed, address=address.rstrip("/"))
    opened = open_library(library)
    record = _found_or_made(opened, name)

    from soundglass.surfaces.cli.show import plain
    from soundglass.surfaces.web.serving import serve
    from soundglass.surfaces.web.state import Web

    def ready(listening: str) -> None:
        at = settings.address or _as_others_say(listening, settings)
        typer.echo(f"The study {plain(record.name)!r} is at {at}/study (Ctrl+C stops it)")
        if record.is_open:
            typer.echo(f"People join at {at}/study/join/{record.join_code}")
            typer.echo(f"Simulated participants join at {at}/study/join/{record.simulated_code}")
        else:
            typer.echo("It is closed: who has begun can finish, nobody new can join")
        if settings.is_private:
            typer.echo("Only this machine reaches it; for others give --host or --address, and --token")
        if open_browser:
            typer.launch(f"{at}/study")

    serve(Web(opened, settings), ready)


def _as_others_say(listening: str, settings: WebSettings) -> str:
    """Give the address of a server by which others reach it, where it listens on all of this machine's."""
    from soundglass.surfaces.web.settings import address_of

    bound = address_of(settings.host)
    if bound is None or not bound.is_unspecified:
        return listening
    host = settings.allowed_hosts[0] if settings.allowed_hosts else _own_address()
    return f"http://{host}:{listening.rpartition(':')[2]}" if host else listening


def _own_address() -> str:
    """Find this machine's address in its network; empty where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out, suppress(OSError):
        way_out.connect(("192.0.2.1", 9))  # an address of nobody (RFC 5737): only a route is looked up
        return str(way_out.getsockname()[0])
    return ""


def _found_or_made(library: Library, name: str | None) -> StudyRecord:
    """Find a study; make one if there is none at all."""
    if library.studies.all():
        return library.studies.study(name)
    typer.echo("There is no study yet: making one", err=True)
    return library.new_study(name or _BY_DEFAULT)
