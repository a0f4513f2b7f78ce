"""What all pictures share: lines, names and numbers of any script and length, and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import beyond
from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track
from soundglass.explain.pictures.style import (
    lines,
    look,
    name_of,
    new_figure,
    readable,
    rows_of,
    save,
    short,
    signed,
    together,
    width_of,
)


@given(st.text(max_size=300), st.integers(4, 60), st.integers(1, 4))
def test_lines_are_no_longer_and_no_more_than_asked(text: str, letters: int, most: int) -> None:
    broken = lines(text, letters, most)
    assert 1 <= len(broken) <= most
    assert all(width_of(line) <= letters + 1 for line in broken)
    whole = "".join(readable(text).split())
    shown = "".join("".join(broken).split())
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


@given(st.text(max_size=100), st.text(max_size=100), st.integers(12, 80))
def test_names_are_as_short_as_asked(artist: str, title: str, letters: int) -> None:
    name = name_of(Track("id", "audio", title=title, artist=artist), letters)
    assert width_of(name) <= letters + 2


def test_a_long_artist_does_not_hide_the_title() -> None:
    name = name_of(Track("id", "audio", title="The title", artist="a very long artist " * 9), 40)
    assert name.endswith("… – The title")


def test_lines_break_between_words_but_not_within_what_belongs_together() -> None:
    assert lines("one two three", 7) == ["one two", "three"]
    assert lines(f"energy {together('tempo', '+0.20')}", 12) == ["energy", "tempo\u00a0+0.20"]
    assert lines("日本語の題名", 6) == ["日本語", "の題名"]
    assert lines("", 5) == [""]
    assert short("abcdef", 4) == "abc…"
    assert width_of("日本") == 2 * width_of("ab")


def test_what_cannot_be_drawn_is_taken_out() -> None:
    assert readable("a\x00b\u202e\ud800 \n c\u00a0d") == "a b ? c\u00a0d"


@pytest.mark.parametrize(
    ("value", "text"), [(0.041, "+0.04"), (-0.3, "−0.30"), (0.004, "0.00"), (-0.004, "0.00")]
)
def test_contributions_have_a_sign_unless_they_read_as_0(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize("title", ["W" * 200, "日本語のとても長い題名です" * 12, "m@% " * 90])
def test_titles_of_any_letters_stay_within_the_figure(title: str) -> None:
    with look():
        figure = new_figure(6, 3, title)
        first, second = rows_of(figure, [2, 1])
        first.add_subplot()
        second.add_subplot()
    assert beyond(figure) == []


def test_files_have_the_format_of_their_suffix_and_no_other(tmp_path: Path) -> None:
    with look():
        figure = new_figure(2, 1, "x")
    for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")):
        save(figure, tmp_path / "new" / f"a{suffix}")
        assert (tmp_path / "new" / f"a{suffix}").read_bytes().startswith(start)
    with pytest.raises(SoundglassError, match=r"is no name of a picture.*\.png, \.svg or \.pdf"):
        save(figure, tmp_path / "a.gif")
    with pytest.raises(SoundglassError, match="cannot be written"):
        save(figure, tmp_path / "new" / "a.png" / "b.png")
