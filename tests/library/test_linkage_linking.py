"""Two lists are joined one to one; what could be several things is left to people."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundglass.core.errors import SoundglassError
from soundglass.library.linkage.assign import assign
from soundglass.library.linkage.candidates import candidates
from soundglass.library.linkage.folding import sounding
from soundglass.library.linkage.linking import Matches, link
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.score import Entry

SONGS = (
    ("Yellow", "Coldplay", 269.0),
    ("Clocks", "Coldplay", 307.0),
    ("The Scientist", "Coldplay", 309.0),
    ("Hello", "Adele", 295.0),
    ("Hello", "Lionel Richie", 251.0),
    ("Группа крови", "Кино", 285.0),
    ("夜に駆ける", "YOASOBI", 261.0),
    ("أنت عمري", "أم كلثوم", None),
)


def listing(*rows: tuple[str, str, float | None]) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            at, id=f"{title}/{artist}/{at}", title=title, artists=(artist,) if artist else (), duration_s=s
        )
        for at, (title, artist, s) in enumerate(rows)
    )


def found(matches: Matches) -> list[tuple[str, int | None]]:
    return [(match.status, match.other.position if match.other else None) for match in matches]


def test_a_list_matches_itself_in_any_order() -> None:
    songs = listing(*SONGS)
    shuffled = listing(*SONGS[::-1])
    matches = link(songs, shuffled)
    assert found(matches) == [("matched", len(SONGS) - 1 - at) for at in range(len(SONGS))]
    assert all(match.reason.startswith("same title; same artist") for match in matches)


def test_what_is_not_there_is_unmatched_with_the_nearest() -> None:
    (match,) = link(listing(("Yellow - Live", "Coldplay", 269.0)), listing(*SONGS))
    assert (match.status, match.other) == ("unmatched", None)
    assert match.reason == (
        "nearest is Coldplay – Yellow: same title, written otherwise; same artist; "
        "only one is a live recording"
    )
    assert match.candidates[0].listed.title == "Yellow"
    (strange,) = link(listing(("Zzyzx", "Qwrt", None)), listing(*SONGS))
    assert (strange.status, strange.reason, strange.score) == ("unmatched", "nothing is called like it", None)


def test_two_recordings_that_fit_are_ambiguous_until_the_length_decides() -> None:
    others = listing(("Poison", "Alice Cooper", 248.0), ("Poison", "Alice Cooper", 270.0))
    (unsure,) = link(listing(("Poison", "Alice Cooper", None)), others)
    assert (unsure.status, unsure.other) == ("ambiguous", None)
    assert unsure.reason.startswith("2 recordings fit")
    assert {candidate.listed.position for candidate in unsure.candidates} == {0, 1}
    assert found(link(listing(("Poison", "Alice Cooper", 269.0)), others)) == [("matched", 1)]


def test_one_recording_that_several_fit_is_ambiguous() -> None:
    rows = listing(("Hello (feat. X Y)", "Adele", None), ("Hello (feat. Quentin)", "Adele", None))
    matches = link(rows, listing(("Hello", "Adele", 295.0)))
    assert [match.status for match in matches] == ["ambiguous", "ambiguous"]
    assert "fits it as well" in matches[0].reason


def test_copies_of_a_recording_do_not_make_it_ambiguous() -> None:
    others = listing(("Yellow", "Coldplay", 269.0), ("Yellow - Remastered", "Coldplay", 269.5))
    (match,) = link(listing(("Yellow", "Coldplay", 269.4)), others)
    assert (match.status, match.other) == ("matched", others[1])
    assert match.reason.endswith("1 more entry of it")


def test_nobody_is_taken_twice() -> None:
    rows = listing(("Yellow", "Coldplay", 269.0), ("YELLOW", "Coldplay", 269.0), ("Yelow", "Coldplay", 269.0))
    matches = link(rows, listing(*SONGS[:2]))
    assert sorted(match.status for match in matches) == ["matched", "unmatched", "unmatched"]
    assert matches[0].status == "matched"
    assert matches[1].reason.startswith("its match went to Coldplay – Yellow")


def test_rows_that_repeat_an_entry_get_its_answer() -> None:
    row = listing(("Yellow", "Coldplay", 269.0))[0]
    matches = link([row, replace(row, position=1)], listing(*SONGS))
    assert found(matches) == [("matched", 0), ("matched", 0)]
    assert [match.listed.position for match in matches] == [0, 1]


def test_a_weak_match_is_shown_but_not_asserted() -> None:
    (match,) = link(listing(("Yellow", "", None)), listing(*SONGS))
    assert match.status == "ambiguous"
    assert match.reason.startswith("not sure: same title; artist unknown")


def test_the_threshold_decides_what_is_asserted() -> None:
    row = listing(("Yellou", "Koldplay", None))
    assert found(link(row, listing(*SONGS), threshold=0.75)) == [("matched", 0)]
    assert found(link(row, listing(*SONGS), threshold=0.8)) == [("ambiguous", None)]
    for threshold in (0.0, 1.1, float("nan")):
        with pytest.raises(SoundglassError):
            link(row, row, threshold)


def test_empty_lists_and_empty_titles_match_nothing() -> None:
    assert len(link([], listing(*SONGS))) == 0
    assert [match.status for match in link(listing(*SONGS), [])] == ["unmatched"] * len(SONGS)
    nameless = listing(("", "Coldplay", 269.0), ("", "", None))
    matches = link(nameless, listing(*SONGS, ("", "Coldplay", 269.0), ("", "", None)))
    assert [(match.status, match.reason) for match in matches] == [("unmatched", "has no title")] * 2


def test_an_equal_isrc_is_found_whatever_the_name() -> None:
    row = Listed(0, title="Gelb", artists=("Kaltes Spiel",), isrc="GBAYE0000351")
    other = Listed(0, title="Yellow", artists=("Coldplay",), isrc="GBAYE0000351")
    (match,) = link([row], [other])
    assert match.other == other
    assert match.reason.startswith("same ISRC")


NAMES = st.sampled_from([*SONGS, ("Yelow", "Coldplay", None), ("Yellow (Remastered)", "Coldplay", 270.0)])


@settings(deadline=None, max_examples=40)  # the first loads scikit-learn
@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=8))
def test_matching_is_one_to_one_and_above_the_threshold(
    rows: list[tuple[str, str, float | None]], others: list[tuple[str, str, float | None]]
) -> None:
    matches = link(listing(*rows), listing(*others))
    assert len(matches) == len(rows)
    taken = [match.other.position for match in matches if match.other]
    assert len(set(taken)) == len(taken)
    assert all((match.score or 0) >= matches.threshold for match in matches.of("matched"))


@settings(deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.floats(-1, 1), max_size=10))
def test_no_other_choice_gains_more(gains: dict[tuple[int, int], float]) -> None:
    pairs = list(gains)
    chosen = assign(pairs, [gains[pair] for pair in pairs])
    kept = [pair for pair, is_kept in zip(pairs, chosen, strict=True) if is_kept]
    assert len({left for left, _ in kept}) == len({right for _, right in kept}) == len(kept)
    best = max(
        sum(max(0.0, gains.get((left, right), 0.0)) for left, right in enumerate(order))
        for order in permutations(range(4))
    )
    assert sum(gains[pair] for pair in kept) == pytest.approx(best, abs=1e-9)


def test_candidates_hold_what_a_comparison_of_all_finds_best() -> None:
    """Against scikit-learn's brute-force neighbours in the same vector space."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    rng = np.random.default_rng(0)
    syllables = np.array(["ba", "lo", "tin", "gra", "mes", "dul", "por", "sen"])
    titles = ["".join(rng.choice(syllables, 5)) for _ in range(300)]
    left = [Entry.of(Listed(at, title=title)) for at, title in enumerate(titles[:100])]
    right = [Entry.of(Listed(at, title=title)) for at, title in enumerate(titles[50:])]
    pairs = {tuple(pair) for pair in candidates(left, right, n=5).tolist()}
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True)
    by_right = vectorizer.fit_transform([sounding(entry.name.title) for entry in right])
    cosines = cosine_similarity(
        vectorizer.transform([sounding(entry.name.title) for entry in left]), by_right
    )
    for row, of_row in enumerate(cosines):
        for column in np.argsort(-of_row, kind="stable")[:3].tolist():
            assert (row, column) in pairs or of_row[column] < 0.5
    assert all((50 + at, at) in pairs for at in range(50))
