"""Titles and artists are taken apart as people would, and folded without losing scripts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.library.linkage.folding import latin, letters, sounding, words
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.naming import Name, name_of, split_artists
from soundglass.library.linkage.versions import Version, is_edition, version_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def named(title: str, *artists: str) -> Name:
    return name_of(Listed(0, title=title, artists=artists))


@settings(deadline=None)
@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = words(letters(text))
    assert words(letters(folded)) == folded


@settings(deadline=None)
@given(TEXT, TEXT)
def test_any_title_can_be_taken_apart(title: str, artist: str) -> None:
    name = named(title, artist)
    assert bool(name.title) == bool(words(letters(title)))
    assert len(name.artists) == len(name.artists_latin)


@settings(deadline=None)
@given(st.text("abcdefghij klmnop", min_size=1, max_size=20))
def test_case_does_not_count(text: str) -> None:
    assert named(text.upper()) == named(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Señorita", "senorita"),
        ("BJÖRK & Sigur Rós", "bjork and sigur ros"),
        ("Łódź straße", "lodz strasse"),
        ("Don’t  Stop!", "dont stop"),
        ("P!nk", "pink"),
        ("Ke$ha", "kesha"),
        ("Ｈｅｙ　Ｊｕｄｅ", "hey jude"),
        ("Rock &amp; Roll", "rock and roll"),
        ("!!!", "!!!"),
        ("Цой", "цой"),
        ("がんばれ", "がんばれ"),
        ("周杰伦", "周杰伦"),
        ("فيروز", "فيروز"),
        ("방탄소년단", "방탄소년단"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert words(letters(text)) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [("кино", "kino"), ("ひらがな", "hiragana"), ("방탄", "bangtan"), ("already", "already")],
)
def test_other_scripts_can_be_written_in_latin(text: str, expected: str) -> None:
    assert latin(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("tchaikovsky", "tchaikovskiy"), ("dzhordzh", "jorj"), ("ruki vverkh", "ruki vverh"), ("mpak", "back")],
)
def test_ways_to_romanise_come_together(one: str, other: str) -> None:
    assert sounding(one) == sounding(other)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Here Comes The Sun - Remastered 2009", "here comes the sun"),
        ("The Scientist", "scientist"),
        ("Heroes - 2017 Remaster", "heroes"),
        ("Heroes (2017 Remaster) [Deluxe Edition]", "heroes"),
        ("Money - Radio Edit", "money"),
        ("Satisfaction - Mono Version", "satisfaction"),
        ('Let It Go - From "Frozen"/Soundtrack Version', "let it go"),
        ("Firestone (feat. Conrad Sewell)", "firestone"),
        ("Firestone feat. Conrad Sewell", "firestone"),
        ("Foo, Pt. II", "foo part 2"),
        ("Foo - Part Two", "foo part 2"),
        ("Rocky III", "rocky 3"),
        ("[Untitled]", "untitled"),
        ("Live", "live"),
        ("(Remix)", "remix"),
        ("99", "99"),
    ],
)
def test_the_song_is_what_remains(title: str, expected: str) -> None:
    name = named(title)
    assert name.title == expected
    assert not name.versions


@pytest.mark.parametrize(
    ("title", "version"),
    [
        ("Wonderwall - Live at Knebworth", Version("live recording", "")),
        ("Wonderwall (Unplugged)", Version("live recording", "")),
        ("I Don't Care (with Justin Bieber) - Loud Luxury Remix", Version("remix", "loud luxury")),
        ("Despacito Remix", Version("remix", "")),
        ("Layla (Acoustic)", Version("acoustic version", "")),
        ("Layla [Instrumental Version]", Version("instrumental", "")),
        ("Layla (Karaoke Version)", Version("karaoke version", "")),
        ("Layla - Sped Up", Version("sped-up version", "")),
        ("Layla (Demo)", Version("demo", "")),
        ("Love Story (Taylor’s Version)", Version("remake", "taylors")),
        ("Hola - Spanish Version", Version("spanish version", "")),
        ("Hola - Salsa Version", Version("version", "salsa")),
        ("Blue Monday - Extended Mix", Version("extended version", "")),
        ("Blue Monday - Kygo Remx", Version("remix", "kygo")),
    ],
)
def test_versions_are_kept_apart(title: str, version: Version) -> None:
    assert named(title).versions == {version}
    assert version.label.split()[0] in {"a", "an"}


def test_a_title_may_hold_the_words_of_a_version() -> None:
    for title in ("Live Forever", "Live and Let Die", "Acoustic", "Cover Me", "Demons", "Edit The Sad Parts"):
        assert not named(title).versions


def test_editions_are_no_versions() -> None:
    for aside in ("remastered 2011", "mono", "deluxe edition", "single version", "2011", "official video"):
        assert is_edition(aside)
        assert version_of(aside) is None
    assert not is_edition("i cant get no")


@pytest.mark.parametrize(
    "text",
    ["A & B", "B and A", "A, B", "B;A", "A x B", "A feat. B", "B vs. A", "A with B", "The A + B", "B / A"],
)
def test_the_order_of_artists_and_what_joins_them_do_not_count(text: str) -> None:
    assert sorted(split_artists(text)) == ["a", "b"]


def test_featured_artists_join_the_others() -> None:
    assert named("One Dance (feat. Wizkid & Kyla)", "Drake").artists == ("drake", "kyla", "wizkid")
    assert named("One Dance", "Drake;Wizkid", "Kyla").artists == ("drake", "kyla", "wizkid")


def test_nobody_is_nobody() -> None:
    assert named("Song", "Various Artists").artists == ()
    assert named("Song", "Unknown Artist").artists == ()
    assert named("", "").title == ""
