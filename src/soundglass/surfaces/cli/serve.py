"""``serve``: the web app."""

from __future__ import annotations

from typing import Annotated

import typer

from soundglass.surfaces.cli.options import LibraryOption, open_library

PORT = 8765

HostOption = Annotated[
    str, typer.Option(help="The address to listen on; others than this machine's need --token.")
]
PortOption = Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)]
TokenOption = Annotated[
    str | None, typer.Option(envvar="SOUNDGLASS_TOKEN", help="What browsers and programs must show.")
]
AllowHostOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A host name to answer to; may be repeated.")
]
AddressOption = Annotated[
    str,
    typer.Option(
        metavar="URL", help="By which others reach it through a proxy, as in https://music.example.org."
    ),
]
OpenOption = Annotated[bool, typer.Option("--open", help="Open the page in your browser.")]


def serve(
    library: LibraryOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    token: TokenOption = None,
    allow_host: AllowHostOption = None,
    address: AddressOption = "",
    show_paths: Annotated[
        bool, typer.Option("--show-paths", help="Give files by their absolute path.")
    ] = False,
    open_browser: OpenOption = False,
) -> None:
    """Explore the library in a browser: search, listen, see and hear why, steer, map, compare, playlists."""
    from soundglass.surfaces.web.settings import WebSettings

    allowed = tuple(allow_host or ())
    settings = WebSettings(host, port, token or None, allowed, show_paths, address=address.rstrip("/"))

    from soundglass.surfaces.web.serving import serve as serve_library
    from soundglass.surfaces.web.state import Web

    def ready(listening: str) -> None:
        at = settings.address or listening
        typer.echo(f"Soundglass is at {at} (Ctrl+C stops it)")
        if open_browser:
            typer.launch(at)

    serve_library(Web(open_library(library), settings), ready)
