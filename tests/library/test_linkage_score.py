"""Pairs are scored as people would judge them, by parts that sum to the score, with the reason in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.library.linkage.deciding import THRESHOLD
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.score import Entry, Likeness, likeness
from soundglass.library.linkage.wording import reason

SAME = [
    ("Here Comes The Sun - Remastered 2009", "The Beatles", "Here comes the sun", "Beatles"),
    ("Heroes - 2017 Remaster", "David Bowie", '"Heroes"', "David Bowie"),
    ("Money (Radio Edit)", "Pink Floyd", "Money", "Pink Floyd"),
    ("Paint It, Black (Mono)", "The Rolling Stones", "Paint It Black", "Rolling Stones, The"),
    ("One Dance (feat. Wizkid & Kyla)", "Drake", "One Dance", "Drake;Wizkid;Kyla"),
    ("Firestone", "Kygo, Conrad Sewell", "Firestone (feat. Conrad Sewell)", "Kygo"),
    ("Despacito (Featuring Daddy Yankee)", "Luis Fonsi", "Despacito", "Daddy Yankee & Luis Fonsi"),
    ("The Boxer", "Simon & Garfunkel", "Boxer", "Garfunkel and Simon"),
    ("Thunderstruck", "AC/DC", "Thunderstruck", "ACDC"),
    ("So What", "P!nk", "So What", "Pink"),
    ("TiK ToK", "Ke$ha", "Tik Tok", "Kesha"),
    ("Smells Like Teen Spirit", "Nirvana", "Smels Like Teen Spirit", "Nirvana"),
    ("Bohemian Rhapsody", "Queen", "Bohemian Rapsody", "Quen"),
    ("Jóga", "Björk", "Joga", "Bjork"),
    ("Ænima", "Tool", "Aenima", "TOOL"),
    ("Группа крови", "Кино", "Gruppa krovi", "Kino"),
    ("Щелкунчик", "Чайковский", "Shchelkunchik", "Tchaikovsky"),
    ("봄날", "방탄소년단", "봄날", "방탄소년단"),
    ("夜に駆ける", "YOASOBI", "夜に駆ける", "YOASOBI"),
    ("ヘヴィーローテーション", "AKB48", "ﾍｳﾞｨｰﾛｰﾃｰｼｮﾝ", "AKB48"),
    ("أنت عمري", "أم كلثوم", "أنت عمري", "أم كلثوم"),
    ("(I Can't Get No) Satisfaction", "The Rolling Stones", "Satisfaction", "The Rolling Stones"),
    ("Don't Stop Believin'", "Journey", "Dont Stop Believin", "Journey"),
    ("Rock & Roll", "Led Zeppelin", "Rock and Roll", "Led Zeppelin"),
    ("Another Brick in the Wall, Pt. 2", "Pink Floyd", "Another Brick In The Wall (Part II)", "Pink Floyd"),
    ("Wonderwall - Live at Knebworth", "Oasis", "Wonderwall (Live)", "Oasis"),
    ("I Don't Care - Loud Luxury Remix", "Ed Sheeran", "I Don't Care (Loud Luxury Remix)", "Ed Sheeran"),
    ('Let It Go - From "Frozen"/Soundtrack Version', "Idina Menzel", "Let It Go", "Idina Menzel"),
    ("Good Night", "The Beatles", "Goodnight", "The Beatles"),
    ("???", "!!!", "???", "!!!"),
    ("Rock &amp; Roll Queen", "The Subways", "Rock & Roll Queen", "The Subways"),
    ("hey_jude", "the_beatles", "Hey Jude", "The Beatles"),
]
OTHER = [
    ("Hello", "Adele", "Hello", "Lionel Richie"),
    ("Yellow", "Coldplay", "Clocks", "Coldplay"),
    ("Wonderwall", "Oasis", "Wonderwall - Live at Knebworth", "Oasis"),
    ("Layla", "Eric Clapton", "Layla (Acoustic)", "Eric Clapton"),
    ("Layla", "Eric Clapton", "Layla (Karaoke Version)", "Eric Clapton"),
    ("Layla", "Eric Clapton", "Layla [Instrumental]", "Eric Clapton"),
    ("Layla", "Eric Clapton", "Layla (Demo)", "Eric Clapton"),
    ("Layla", "Eric Clapton", "Layla - Sped Up", "Eric Clapton"),
    ("Love Story", "Taylor Swift", "Love Story (Taylor's Version)", "Taylor Swift"),
    ("I Don't Care - Loud Luxury Remix", "Ed Sheeran", "I Don't Care - Kygo Remix", "Ed Sheeran"),
    ("I Don't Care", "Ed Sheeran", "I Don't Care - Loud Luxury Remix", "Ed Sheeran"),
    ("Despacito", "Luis Fonsi", "Despacito Remix", "Luis Fonsi"),
    ("Hola", "Juanes", "Hola - Salsa Version", "Juanes"),
    ("Hola - Spanish Version", "Sting", "Hola - English Version", "Sting"),
    ("Another Brick in the Wall, Pt. 1", "Pink Floyd", "Another Brick in the Wall, Pt. 2", "Pink Floyd"),
    ("Symphony No. 5", "Beethoven", "Symphony No. 6", "Beethoven"),
    ("Rocky II", "Bill Conti", "Rocky III", "Bill Conti"),
    ("22", "Taylor Swift", "15", "Taylor Swift"),
    ("Ordinary Day (ft. Hailee Steinfeld)", "Logic", "Ordinary Day (ft. Hailee Steinfeld)", "Nengo Flow"),
    ("Intro", "The xx", "Intro", "M83"),
    ("Live Forever", "Oasis", "Live Forever", "Noel Hogan"),
    ("Home", "Michael Bublé", "Home", "Edward Sharpe & The Magnetic Zeros"),
    ("Группа крови", "Кино", "Группа крови", "Виктор Третьяков"),
    ("周杰伦", "東京", "周杰倫的歌", "大阪"),
    ("Up", "Cardi B", "Us", "Regina Spektor"),
    ("Love Me Tonight", "Tom Jones", "Love Me Tomorrow", "Chicago"),
    ("Jump", "Van Halen", "Jump Around", "House of Pain"),
    ("", "", "", ""),
    ("", "Queen", "", "Queen"),
]


def entry(title: str, artists: str = "", duration_s: float | None = None, isrc: str = "") -> Entry:
    names = tuple(filter(None, artists.split(";")))
    return Entry.of(Listed(0, title=title, artists=names, duration_s=duration_s, isrc=isrc))


def judged(one: Entry, other: Entry) -> bool:
    found = likeness(one, other)
    return not found.against and found.score >= THRESHOLD


@pytest.mark.parametrize(("title", "artist", "other_title", "other_artist"), SAME)
def test_one_recording_written_in_two_ways(
    title: str, artist: str, other_title: str, other_artist: str
) -> None:
    assert judged(entry(title, artist), entry(other_title, other_artist))
    assert judged(entry(title, artist, 200.0), entry(other_title, other_artist, 201.5))


@pytest.mark.parametrize(("title", "artist", "other_title", "other_artist"), OTHER)
def test_recordings_that_are_easily_mistaken(
    title: str, artist: str, other_title: str, other_artist: str
) -> None:
    assert not judged(entry(title, artist), entry(other_title, other_artist))
    assert not judged(entry(title, artist, 200.0), entry(other_title, other_artist, 200.0))


NAMES = st.sampled_from([pair[:2] for pair in SAME + OTHER] + [pair[2:] for pair in SAME + OTHER])
LENGTHS = st.none() | st.floats(1.0, 600.0)


@settings(deadline=None)
@given(NAMES, NAMES, LENGTHS, LENGTHS)
def test_the_order_of_the_two_does_not_matter(
    one: tuple[str, str], other: tuple[str, str], length: float | None, other_length: float | None
) -> None:
    left, right = entry(*one, length), entry(*other, other_length)
    found, back = likeness(left, right), likeness(right, left)
    assert found.parts == pytest.approx(back.parts)
    assert bool(found.against) == bool(back.against)


def test_two_people_who_are_called_alike_are_not_taken_for_one() -> None:
    one, other = entry("Duet", "Anna;Hanna"), entry("Duet", "Anna;Bob")
    assert likeness(one, other) == likeness(other, one)
    assert not judged(one, other)


@settings(deadline=None)
@given(NAMES, NAMES, LENGTHS, LENGTHS)
def test_parts_sum_to_a_score_between_0_and_1(
    one: tuple[str, str], other: tuple[str, str], length: float | None, other_length: float | None
) -> None:
    found = likeness(entry(*one, length), entry(*other, other_length))
    assert sum(found.parts.values()) == pytest.approx(found.score, abs=1e-12)
    assert all(part >= 0 for part in found.parts.values())
    assert found.score <= 1 + 1e-12


@pytest.mark.parametrize(
    ("apart_s", "share"), [(0, 1.0), (6, 1.0), (10.5, 0.5), (15, 0.0)]
)  # 3 % of 200 s are 6 s
def test_lengths_count_by_how_far_they_are_apart(apart_s: float, share: float) -> None:
    found = likeness(entry("Yellow", "Coldplay", 200.0 - apart_s), entry("Yellow", "Coldplay", 200.0))
    assert found.duration == pytest.approx(0.1 * share)
    assert not found.against


def test_lengths_too_far_apart_exclude_a_pair_unless_one_is_an_excerpt() -> None:
    long, longer = entry("Yellow", "Coldplay", 200.0), entry("Yellow", "Coldplay", 215.1)
    assert likeness(long, longer).against == "15 s longer"
    assert likeness(longer, long).against == "15 s shorter"
    excerpt = entry("Yellow", "Coldplay", 30.0)
    assert likeness(excerpt, long) == likeness(entry("Yellow", "Coldplay"), long)


def test_an_equal_isrc_decides_and_another_one_says_nothing() -> None:
    code = "GBAYE0000351"
    found = likeness(entry("Yellow", "Coldplay", 269.0, code), entry("Amarillo", "C.", 400.0, code))
    assert found.score == pytest.approx(1.0)
    assert not found.against
    re_released = likeness(
        entry("Yellow", "Coldplay", None, code), entry("Yellow", "Coldplay", None, "GBAYE0000352")
    )
    assert re_released == likeness(entry("Yellow", "Coldplay"), entry("Yellow", "Coldplay"))


def test_a_title_alone_is_not_enough_but_with_its_length_it_is() -> None:
    assert not judged(entry("Yellow"), entry("Yellow", "Coldplay"))
    assert judged(entry("Yellow", "", 269.0), entry("Yellow", "Coldplay", 269.4))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Yellow", "Coldplay", 269.0), ("Yellow", "Coldplay", 271.0), "same title; same artist; 2 s longer"),
        (
            ("Yellow (Remastered)", "A & B", 269.0),
            ("Yellow", "B, A", 269.2),
            "same title, written otherwise; artists in another order; same length",
        ),
        (
            ("Yelow", "Coldplai", None),
            ("Yellow", "Coldplay", None),
            "title differs by 1 letter; artist differs by 1 letter; length unknown",
        ),
        (
            ("Группа крови", "Кино", None),
            ("Gruppa krovi", "Kino", None),
            "title in another script; artist in another script; length unknown",
        ),
        (
            ("Yellow", "Coldplay", None),
            ("Yellow - Live", "Coldplay", None),
            "same title, written otherwise; same artist; only one is a live recording",
        ),
        (
            ("Yellow - Live", "", 30.0),
            ("Yellow (Live)", "Coldplay", 269.0),
            "same title, written otherwise; artist unknown; both a live recording; one is an excerpt",
        ),
        (
            ("Yellow", "Coldplay", 269.0),
            ("Clocks", "Coldplay", 269.0),
            "another title; same artist; same length",
        ),
        (
            ("One Dance", "Drake;Wizkid", None),
            ("One Dance", "Drake", None),
            "same title; one names fewer artists; length unknown",
        ),
    ],
)
def test_the_reason_says_what_was_found(
    one: tuple[str, str, float | None], other: tuple[str, str, float | None], expected: str
) -> None:
    left, right = entry(*one), entry(*other)
    found: Likeness = likeness(left, right)
    assert reason(left, right, found) == expected
