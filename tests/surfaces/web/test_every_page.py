"""Every page: accessible in light and dark, narrow enough for a phone, light, and readable without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import soundglass
from soundglass.surfaces.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

MOST_SCRIPT = 300_000
PAGES = {
    "home": "/",
    "found": "/?q=war",
    "found nothing": "/?q=zzzzqqqq",
    "track": "/tracks/{one}",
    "track by spectrogram": "/tracks/{one}?by=spectrogram",
    "track of seeds": "/tracks/{one}?more={other}",
    "why by features": "/tracks/{one}/why/{other}?by=features",
    "why by spectrogram": "/tracks/{one}/why/{other}?by=spectrogram",
    "why by blend": "/tracks/{one}/why/{other}?by=blend",
    "steer": "/steer",
    "steered": "/tracks/{one}/steer",
    "map": "/map",
    "map by spectrogram": "/map?by=spectrogram",
    "compare": "/compare",
    "compare one": "/tracks/{one}/compare",
    "playlists": "/playlists",
    "playlist from tracks": "/playlists?make=seeds&seed={one}",
    "playlist of a way": "/playlists?make=path&start={one}&end={other}&n=4",
    "playlist of a mood": "/playlists?make=mood&on=energy&energy=0.9",
    "study": "/study",
    "api": "/api",
    "nothing": "/nothing",
}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def url(address: str, own_demo: Path) -> Callable[[str], str]:
    """The whole address of a page by its name."""
    library = soundglass.open(own_demo)
    one, other = (library.find(words).id for words in ("vermocsar", "escape from chaosland"))
    return lambda name: address + PAGES[name].format(one=one, other=other)


@pytest.fixture
def settled(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page and wait for what it loads by itself; where 404 is wanted, it is no complaint."""

    def open_page(url: str, **settings: object) -> Page:
        page = visit("about:blank" if url.endswith("/nothing") else url, **settings)
        if url.endswith("/nothing"):
            page.set_content(page.request.get(url, headers={"Accept": "text/html"}).text())
        page.wait_for_load_state("load")
        page.wait_for_timeout(400)
        return page

    return open_page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_is_wrong_for_people_who_see_or_move_otherwise(
    name: str,
    url: Callable[[str], str],
    settled: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
) -> None:
    if name != "nothing":
        assert_accessible(settled(url(name)))
        assert_accessible(settled(url(name), color_scheme="dark"))


@pytest.mark.parametrize("name", [name for name in PAGES if name != "nothing"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(
    name: str, url: Callable[[str], str], settled: Callable[..., Page]
) -> None:
    page = settled(url(name), **PHONE)
    root = "document.documentElement"
    wider = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => {
          const box = e.getBoundingClientRect();
          const hidden = e.closest('.scroll, .unseen, [data-scrolls]');
          return !hidden && box.width && box.right > innerWidth + 1;
        }).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), wider


@pytest.mark.parametrize(
    "name", ["home", "track", "why by spectrogram", "steered", "map", "compare one", "playlists"]
)
def test_no_page_sends_much_script(name: str, url: Callable[[str], str], browser: object) -> None:
    page = browser.new_page()
    sizes = list[int]()
    page.on(
        "response",
        lambda answer: sizes.append(len(answer.body())) if answer.request.resource_type == "script" else None,
    )
    page.goto(url(name))
    page.wait_for_timeout(800)
    assert 0 < sum(sizes) <= MOST_SCRIPT
    page.context.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("home", "51"),
        ("found", "War of freedom"),
        ("track", "Escape from chaosland"),
        ("why by features", "Both are"),
        ("why by spectrogram", "score"),
        ("steered", "tempo"),
        ("map", "track"),
        ("compare one", "spectrogram"),
        ("playlists", "playlist"),
        ("api", "/api/search"),
    ],
)
def test_pages_read_without_script(
    name: str, words: str, url: Callable[[str], str], settled: Callable[..., Page]
) -> None:
    page = settled(url(name), java_script_enabled=False)
    assert words.lower() in page.inner_text("main").lower()
    assert page.locator("h1").count() == 1


def test_the_first_tab_leads_to_the_content(url: Callable[[str], str], visit: Callable[..., Page]) -> None:
    page = visit(url("track"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


HOSTILE = (
    '"><img src=x onerror=document.title="hit">',
    "<script>document.title='hit'</script>",
    "' autofocus onfocus=document.title='hit' x='",
    "javascript:document.title='hit'",
    "{{7*7}}{% raw %}",
    "</title><svg onload=document.title='hit'>",
    "\u202ertl override \u2066",
    "שלום عالم 日本語 " + "long" * 40,
    "a\r\nSet-Cookie: hit=1",
    "]]>--><!--",
)


@pytest.fixture(scope="module")
def hostile(demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo music with tags that would be more than text."""
    import shutil

    from soundglass.library.store import Store

    copy = tmp_path_factory.mktemp("hostile") / "demo.lance"
    shutil.copytree(demo_library.uri, copy)
    store = Store(str(copy))
    ids = store.columns(["id"])["id"].to_pylist()
    rows = [
        {
            "id": track_id,
            "title": f"{HOSTILE[at % len(HOSTILE)]} {at}",
            "artist": HOSTILE[(at + 1) % len(HOSTILE)],
            "album": HOSTILE[(at + 2) % len(HOSTILE)],
            "genre": HOSTILE[at % len(HOSTILE)],
            "genres": [HOSTILE[at % len(HOSTILE)]],
        }
        for at, track_id in enumerate(ids)
    ]
    store.merge_columns(rows, ("id", "title", "artist", "album", "genre", "genres"))
    return copy


def test_tags_are_never_more_than_text(
    hostile: Path, serve: Callable[..., str], visit: Callable[..., Page]
) -> None:
    address = serve(hostile)
    one, other = (track.id for track in _tracks(hostile))
    page = visit(address)
    for name, path in PAGES.items():
        if name in {"nothing", "found nothing", "study"}:
            continue
        page.goto(address + path.format(one=one, other=other))
        page.wait_for_timeout(500)
        assert page.title() != "hit", name
        more = "main img[onerror], main script:not([src]), main svg[onload], main [onfocus]"
        assert page.locator(more).count() == 0, name
        assert "49" not in page.title(), name


def test_searching_for_markup_shows_it(address: str, visit: Callable[..., Page]) -> None:
    page = visit(address)
    page.goto(f"{address}/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    page.wait_for_timeout(300)
    assert page.locator("main img[onerror]").count() == 0


def _tracks(library: Path) -> list[object]:
    from soundglass.explain.answer import tracks
    from soundglass.library.store import Store

    return list(tracks(Store(str(library)), [0, 1]))
