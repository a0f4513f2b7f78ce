"""A server as people start it, routes without one, and pages in a browser that complains of everything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import study_taking
from starlette.testclient import TestClient
from study_taking import Taking

import soundglass
from soundglass.library.study.studies import Studies
from soundglass.surfaces.library import Library
from soundglass.surfaces.web.app import create_app
from soundglass.surfaces.web.settings import WebSettings
from soundglass.surfaces.web.state import Web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

OWN = "http://127.0.0.1:8765"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Maps are kept in a cache of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def own_demo(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the analysed demo music that a module's tests may keep playlists and profiles in."""
    copy = tmp_path_factory.mktemp("web") / "demo.lance"
    shutil.copytree(demo_library.uri, copy)
    return copy


@pytest.fixture(scope="module")
def own_study(studied_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo music and its listening study that a module's participants may take part in."""
    copy = tmp_path_factory.mktemp("study") / "studied.lance"
    shutil.copytree(studied_library.uri, copy)
    return copy


@pytest.fixture(scope="module")
def client() -> Iterator[Callable[..., TestClient]]:
    """Ask the routes of a library without a network: ``client(path, token=…)``."""
    opened: dict[tuple[str, str], TestClient] = {}

    def of(library: Path | str, **settings: Any) -> TestClient:
        key = str(library), str(settings)
        if key not in opened:
            web = Web(soundglass.open(library), WebSettings(**settings))
            opened[key] = TestClient(create_app(web), base_url=OWN, raise_server_exceptions=False)
            opened[key].__enter__()
        return opened[key]

    yield of
    for one in opened.values():
        one.__exit__(None, None, None)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Start ``soundglass serve`` on a library, on a free port; give its address. Once a command."""
    running: dict[tuple[str, ...], tuple[subprocess.Popen[str], str]] = {}

    def start(library: Path | str, *options: str) -> str:
        arguments = ("--library", str(library), "--port", "0", *options)
        if arguments not in running:
            command = [sys.executable, "-m", "soundglass.surfaces.cli.main", "serve", *arguments]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, line
            running[arguments] = process, found[0]
        return running[arguments][1]

    yield start
    for process, _ in running.values():
        process.terminate()
        assert process.wait(20) is not None
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], own_demo: Path) -> str:
    """The address of a server on the demo music."""
    return serve(own_demo)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page: ``visit(url, **settings of the browser)``. What it complains of fails the test.

    So does whatever it asks of another host.
    """
    contexts, complaints = [], list[str]()

    def open_page(url: str, **settings: Any) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        own = "/".join(url.split("/")[:3])
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((own, "data:", "blob:")) else complaints.append(request.url)
            ),
        )
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fail for what axe-core finds serious or critical on a page."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Page) -> None:
        # Axe would copy what styles a shadow tree has into a page of its own, which the policy forbids.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        bad = [
            (one["id"], node["target"], node["failureSummary"])
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]
        assert bad == []

    return check


@pytest.fixture(scope="module")
def studies(own_study: Path) -> Studies:
    """The records of that study."""
    return soundglass.open(own_study).studies


@pytest.fixture(scope="module")
def place(serve: Callable[..., str], own_study: Path) -> str:
    """The address of the server on the library with a study."""
    return serve(own_study)


@pytest.fixture(scope="module")
def asked(client: Callable[..., TestClient], own_study: Path) -> TestClient:
    """The routes of that library, without a network."""
    return client(own_study)


@pytest.fixture
def taking(asked: TestClient, studies: Studies) -> Taking:
    """A simulated participant who has just joined."""
    return study_taking.join(asked, studies)


@pytest.fixture
def somebody(client: Callable[..., TestClient], own_study: Path, studies: Studies) -> Callable[..., Taking]:
    """Somebody who has joined, and taken all steps before the first of a kind."""

    def joined(kind: str = "", **wanted: Any) -> Taking:
        taking = study_taking.join(client(own_study), studies, "people")
        if kind:
            taking.go_to(kind, **wanted)
        return taking

    return joined


@pytest.fixture
def device(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of somebody's own: what its scripts fail of fails the test, a lost connection does not."""
    contexts, failures = [], list[str]()

    def start(**settings: Any) -> BrowserContext:
        context = browser.new_context(**settings)
        context.on("weberror", lambda error: failures.append(str(error.error)))
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()
    assert failures == []
