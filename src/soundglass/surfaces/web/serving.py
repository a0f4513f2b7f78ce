"""Listen on an address until stopped."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from soundglass.core.errors import SoundglassError
from soundglass.surfaces.web.app import create_app
from soundglass.surfaces.web.state import Web

_GRACE_S = 2


def serve(web: Web, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve a library until the process is told to stop.

    Parameters
    ----------
    web : Web
    ready : callable
        Told the address as soon as requests are answered.

    Raises
    ------
    SoundglassError
        The address cannot be listened on.
    """
    app = create_app(web)
    with closing(_listening(web.settings.host, web.settings.port)) as listening:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = _Server(config, lambda: ready(_address(listening)), web.stopping.set)
        logging.getLogger("uvicorn.error").addFilter(_is_worth_telling)
        with suppress(KeyboardInterrupt):
            server.run([listening])


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Leave out that somebody was listening to music when the server was stopped."""
    return "timeout graceful shutdown exceeded" not in record.getMessage()


class _Server(uvicorn.Server):
    """A server that says when it answers, and when it stops."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take signals until the process ends: one that comes while it does changes nothing."""
        if threading.current_thread() is threading.main_thread():
            for sig in HANDLED_SIGNALS:
                signal.signal(sig, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop once: asked again, it would leave workers and a scan behind."""
        if not self.should_exit:
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)


def _listening(host: str, port: int) -> socket.socket:
    bare = host.removeprefix("[").removesuffix("]")
    try:
        family, kind, _, _, address = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as unless_bound:
            # Only of sockets that are said to be TCP does asyncio send small answers without delay.
            listening = unless_bound.enter_context(socket.socket(family, kind, socket.IPPROTO_TCP))
            if os.name == "posix":  # elsewhere it would let two servers have one port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            unless_bound.pop_all()
        return listening
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SoundglassError(
                f"port {port} is taken", remedy="Another Soundglass may be running; or choose one with --port"
            ) from error
        reason = error.strerror or str(error)
        raise SoundglassError(
            f"cannot listen on {host} port {port} ({reason})", remedy="Choose others with --host and --port"
        ) from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
