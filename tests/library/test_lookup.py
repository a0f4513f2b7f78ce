"""Search as you type: what is found, in which order, and against searches done by brute force."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundglass.core.types import Track
from soundglass.library.lookup import FIELDS, Lookup
from soundglass.library.lookup_postings import index
from soundglass.library.lookup_words import Vocabulary, allowance
from soundglass.library.schema import TrackRow
from soundglass.library.store import Store

SCHEMA = pa.schema(
    [
        *((field, pa.string()) for field in FIELDS[:3]),
        ("genres", pa.list_(pa.string())),
        ("popularity", pa.float32()),
    ]
)


def lookup(*tracks: tuple[object, ...]) -> Lookup:
    """Index tracks, each given as title, artist, album, genres, popularity, as far as it goes."""
    columns = [*FIELDS, "popularity"]
    blank = ("", "", "", [], None)
    rows = [dict(zip(columns, (*track, *blank[len(track) :]), strict=True)) for track in tracks]
    return Lookup(pa.Table.from_pylist(rows, SCHEMA))


def rows(found: Lookup, typed: str, n: int = 20) -> list[int]:
    return found.find(typed, n).rows.tolist()


def test_a_whole_name_comes_before_its_start_and_that_before_words_and_misspellings() -> None:
    names = lookup(
        ("Quern", "", "", [], 99.0),
        ("Killer Queen", "", "", [], 98.0),
        ("Queensland", "", "", [], 97.0),
        ("Queen of Hearts", "", "", [], 96.0),
        ("Queen", "", "", [], 1.0),
    )
    assert rows(names, "queen") == [4, 3, 2, 1, 0]


def test_titles_come_before_artists_albums_and_genres() -> None:
    for name in ("halo", "halo wars"):
        names = lookup(("", "", "", [name]), ("", "", name), ("", name), (name,), ("x", "y", "z", ["w"]))
        for typed in (name, name[:-1], "halo", "wars"):
            if typed in name:
                assert rows(names, typed) == [3, 2, 1, 0]


def test_equals_are_told_apart_by_popularity_and_then_by_how_short_the_title_is() -> None:
    names = lookup(
        ("Love in the City", "", "", [], 10.0),
        ("Love me Not", "", "", [], 80.0),
        ("Love of my Whole Life",),
        ("Love is all",),
    )
    assert rows(names, "love") == [1, 0, 3, 2]


LIBRARY = (
    ("Bohemian Rhapsody", "Queen", "A Night at the Opera", ["Rock", "Art Rock"]),
    ("Hoppípolla", "Sigur Rós", "Takk…"),
    ("Don’t Stop Me Now", "Queen", "Jazz"),
    ("Straße nach Süden", "Björk"),
    ("Группа крови", "Кино", "Группа крови"),
    ("東京事変の歌", "椎名林檎"),
    ("!!!", "Chk Chk Chk"),
    ("שיר לשלום", "להקת הנח״ל"),
    ("The Dark Side of the Moon", "Pink Floyd"),
    ("O'Brien's 50% ; DROP TABLE", "AC/DC", "x"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("BOHEMIAN", 0),
        ("boh rha", 0),
        ("rhapsody queen", 0),
        ("art rock", 0),
        ("hoppipolla", 1),
        ("sigur ro", 1),
        ("dont stop", 2),
        ("don't  STOP", 2),
        ("strasse", 3),
        ("bjork", 3),
        ("групп", 4),
        ("кров", 4),
        ("gruppa", 4),
        ("kino", 4),
        ("東京", 5),
        ("事変", 5),
        ("歌", 5),
        ("dongjing", 5),
        ("!!!", 6),
        ("שלום", 7),
        ("moon", 8),
        ("ac/dc", 9),
        ("50%", 9),
        ("bohemain rapsody", 0),
        ("rhapsdoy", 0),
        ("qeen bohemia", 0),
        ("darkside moon", 8),
        ("bohemianrhapsody", 0),
        ("grupa krovi", 4),
        ("pink floyd wish you were here dark side moon", 8),
    ],
)
def test_what_is_typed_finds_the_track(typed: str, expected: int) -> None:
    assert rows(lookup(*LIBRARY), typed)[0] == expected


def test_what_is_respelt_is_said_to_be_and_comes_in_the_order_of_likeness() -> None:
    names = lookup(("Time to Say Goodbye", "", "", [], 90.0), ("Time", "", "", [], 5.0), ("Tide",))
    found = names.find("itme")
    assert found.respelt
    assert found.rows.tolist()[0] == 1
    assert not names.find("time").respelt
    assert not names.find("ime").respelt


def test_nothing_is_found_by_nothing_and_by_what_is_nowhere() -> None:
    names = lookup(*LIBRARY)
    for typed in ("", "   ", "\x00", "zzzzzzzzzzzz", "\ud800"):
        found = names.find(typed)
        assert (found.total, found.rows.tolist()) == (0, [])


def test_an_empty_library_and_one_without_names_can_be_searched() -> None:
    assert lookup().find("queen").total == 0
    assert lookup(("",), (None, None, None, None, None)).find("queen").total == 0


def test_absurd_questions_are_answered() -> None:
    names = lookup(*LIBRARY)
    for typed in ("a" * 10_000, "a " * 5_000, "?" * 500, "\u202e" * 90, "é" * 300, "' OR 1=1 --", "☃" * 40):
        assert names.find(typed).total <= len(LIBRARY)


def test_the_total_counts_what_is_not_shown() -> None:
    names = lookup(*((f"Song {i}", "Anyone") for i in range(300)))
    found = names.find("song", 10)
    assert (len(found.rows), found.total) == (10, 300)
    assert len(set(rows(names, "song anyone", 300))) == 300


def test_it_reads_a_library(store: Store) -> None:
    tracks = [("a", "Halo", ("Pop",)), ("b", "Home", ("Rock", "Folk"))]
    store.upsert([TrackRow(Track(i, "audio", title=title, genres=genres), {}) for i, title, genres in tracks])
    names = Lookup.of(store)
    assert rows(names, "folk") == rows(names, "hom") == [1]


def test_threads_get_the_answers_that_one_gets() -> None:
    names = lookup(*LIBRARY)
    typed = [words[:i] for words in ("bohemian rhapsody", "gruppa", "dark sid") for i in range(1, len(words))]
    alone = [rows(names, one) for one in typed]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda one: rows(names, one), typed * 4)) == alone * 4


# -- against brute force ---------------------------------------------------------------------------------


def distance(one: str, other: str) -> int:
    """Optimal string alignment, as textbooks have it."""
    d = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return d[len(one), len(other)]


def starts_distance(word: str, longer: str) -> int:
    most = allowance(word)
    lengths = range(max(0, len(word) - most), len(word) + most + 1)
    return min(distance(word, longer[:length]) for length in lengths)


words = st.text("abdé\u0430\u6771", min_size=1, max_size=8)


@given(st.sets(words, max_size=30), words)
def test_words_near_and_around_are_those_that_comparing_all_finds(known: set[str], word: str) -> None:
    every = sorted(known)
    vocabulary = Vocabulary(pa.array(every, pa.string()))
    assert [every[i] for i in vocabulary.beginning(word)] == [one for one in every if one.startswith(word)]
    assert [every[i] for i in vocabulary.holding(word)] == [one for one in every if word in one]
    assert vocabulary.has(word) == (word in known)
    for as_start, measure in ((False, distance), (True, starts_distance)):
        near = vocabulary.near(word, as_start=as_start)
        assert len(near) == allowance(word)
        for edits, numbers in enumerate(near, 1):
            assert [every[i] for i in numbers] == [one for one in every if measure(word, one) == edits]


@given(st.lists(st.lists(words, max_size=4).map(" ".join), max_size=12))
def test_the_index_names_the_rows_that_hold_a_word(texts: list[str]) -> None:
    vocabulary, (postings,) = index([pa.array(texts, pa.string())])
    for word in {word for text in texts for word in text.split()}:
        (number,) = vocabulary.beginning(word)[:1]
        assert set(postings.of(np.array([number])).tolist()) >= {
            row for row, text in enumerate(texts) if word in text.split()
        }
        assert sorted(set(postings.of(range(number, number + 1)).tolist())) == sorted(
            set(postings.of(np.array([number])).tolist())
        )


def test_starts_of_words_find_exactly_the_tracks_that_hold_them_all() -> None:
    rng = random.Random(3)
    some = ["".join(rng.choices("abc", k=rng.randint(1, 5))) for _ in range(60)]
    texts = [" ".join(rng.choices(some, k=rng.randint(1, 5))) for _ in range(150)]
    names = lookup(*((text,) for text in texts))
    for _ in range(60):
        typed = [word[: rng.randint(1, 5)] for word in rng.choices(some, k=rng.randint(1, 3))]
        held = [
            row
            for row, text in enumerate(texts)
            if all(any(word.startswith(start) for word in text.split()) for start in typed)
        ]
        if held:
            assert sorted(rows(names, " ".join(typed), n=len(held))) == held
