"""``serve``: the web app."""

from __future__ import annotations

from typing import Annotated

import typer

from soundglass.surfaces.cli.options import LibraryOption, open_library

_PORT = 8765


def serve(
    library: LibraryOption = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine's need --token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = _PORT,
    token: Annotated[
        str | None, typer.Option(envvar="SOUNDGLASS_TOKEN", help="What browsers and programs must show.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A host name to answer to; may be repeated.")
    ] = None,
    show_paths: Annotated[
        bool, typer.Option("--show-paths", help="Give files by their absolute path.")
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
) -> None:
    """Explore the library in a browser: search, listen, see and hear why, steer, map, compare, playlists."""
    from soundglass.surfaces.web.settings import WebSettings

    settings = WebSettings(host, port, token or None, tuple(allow_host or ()), show_paths)

    from soundglass.surfaces.web.serving import serve as serve_library
    from soundglass.surfaces.web.state import Web

    def ready(address: str) -> None:
        typer.echo(f"Soundglass is at {address} (Ctrl+C stops it)")
        if open_browser:
            typer.launch(address)

    serve_library(Web(open_library(library), settings), ready)
