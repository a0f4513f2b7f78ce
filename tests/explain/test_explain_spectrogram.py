"""The explanation of a spectrogram pair is its score, and every word of it holds."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

import numpy as np
import pytest

from soundglass.core.types import Part, Region
from soundglass.embeddings.tokens import TokenSet
from soundglass.explain.named import NEARLY_AS_MUCH, VISIBLE, named_parts
from soundglass.explain.spectrogram import SpectrogramExplainer
from soundglass.recommend.base import best_first
from token_sets import random_token_sets, real_token_sets, spectrogram_of

TIMES = r"\d+:\d\d"


@pytest.fixture(scope="module")
def random() -> SpectrogramExplainer:
    return SpectrogramExplainer(spectrogram_of(random_token_sets(20, seed=8, most=48)))


@pytest.fixture(scope="module")
def real() -> SpectrogramExplainer:
    return SpectrogramExplainer(spectrogram_of(real_token_sets()))


@cache
def pairs(
    explainer: SpectrogramExplainer, n: int = 3
) -> tuple[tuple[int, int, float, tuple[Part, ...]], ...]:
    """Explain the best matches of every track."""
    found: list[tuple[int, int, float, tuple[Part, ...]]] = []
    for query in explainer.recommender.rows.tolist():
        best = list(islice(best_first(explainer.recommender, query), n))
        explained = explainer.parts(query, [row for row, _ in best])
        found += [(query, row, score, parts) for (row, score), parts in zip(best, explained, strict=True)]
    return tuple(found)


@pytest.mark.parametrize("library", ["random", "real"])
def test_parts_sum_to_the_score(library: str, request: pytest.FixtureRequest) -> None:
    for query, match, score, parts in pairs(request.getfixturevalue(library)):
        assert sum(part.contribution for part in parts) == pytest.approx(score, abs=1e-6), (query, match)
        assert [part.contribution for part in parts] == sorted((p.contribution for p in parts), reverse=True)


def test_further_places_are_within_their_part(random: SpectrogramExplainer) -> None:
    pair = random.matched(0, [7])[0]
    for finding, part in zip(pair.findings, random.parts(0, [7])[0], strict=True):
        shares = [at.contribution for at in finding.places]
        assert sum(shares) == pytest.approx(part.contribution)
        assert [member.contribution for member in part.members] == pytest.approx(shares[1:])


LIST = rf"({TIMES}(?:(?:, | and ){TIMES})*)"
MATCH = re.compile(
    rf"(the [a-z -]+?(?: and the [a-z -]+?)*) at {LIST} match(?:es)?(?: those at)? {LIST}", re.IGNORECASE
)
MISS = re.compile(r"little in the (match|query) is like the (match's )?([a-z -]+) at (\d+:\d\d)")


def clock(side: object) -> str:
    assert isinstance(side, Region)
    return f"{int(side.start_s) // 60}:{int(side.start_s) % 60:02d}"


@pytest.mark.parametrize("library", ["random", "real"])
def test_every_clause_of_a_sentence_is_told_of_a_part_that_carries_it(
    library: str, request: pytest.FixtureRequest
) -> None:
    explainer = request.getfixturevalue(library)
    for _, _, score, parts in pairs(explainer):
        sentence = explainer.sentence(parts, score)
        assert sentence[0].isupper() and sentence.endswith(".")
        mass, clauses = max(p.contribution for p in parts), MATCH.findall(sentence)
        told = set[tuple[str, str, str]]()
        for kinds, there, back in clauses:
            times = list(zip(re.findall(TIMES, there), re.findall(TIMES, back), strict=True))
            names = [kind.strip().lower() for kind in re.split(r"(?:^| and )the ", kinds, flags=re.I) if kind]
            if len(times) > 1:
                names = [name.removesuffix("s") for name in names]
            told |= {(name, *pair) for name in names for pair in times}
        assert 1 <= len(told) <= 3
        carrying = {
            (p.name.partition(", ")[0], clock(p.query), clock(p.match))
            for p in parts
            if p.contribution >= NEARLY_AS_MUCH * mass
        }
        assert told <= carrying, sentence
        for lacking, of_match, kind, time in MISS.findall(sentence):
            assert bool(of_match) == (lacking == "query")
            assert kind not in {name for name, _, _ in told}
            assert any(
                p.name.startswith(kind)
                and p.name.endswith(f"little like it in the {lacking}")
                and time == clock(p.match if of_match else p.query)
                and p.contribution <= -VISIBLE
                for p in parts
            ), sentence


def decoded(row: np.ndarray) -> dict[str, float]:
    """Read the traits anew from their documented bytes; band edges by Slaney's scale."""
    mel = np.linspace(0, 15 + 27 * np.log(8) / np.log(6.4), 98)
    feet = np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))
    edges = (feet[1:] + feet[:-1]) / 2
    names = ("level", "fluctuation", "attack", "prominence", "rate", "regularity", "slope")
    first, end, *others = (int(value) for value in row)
    values = np.array(others, dtype=float) - (200, 0, 0, 0, 0, 0, 128)
    values *= (0.5, 0.1, 0.25, 0.2, 0.05, 1 / 255, 1 / 16)
    return {"low": edges[first], "high": edges[end], **dict(zip(names, values.tolist(), strict=True))}


def holds(word: str, t: dict[str, float]) -> bool:
    pulses = t["regularity"] >= 0.6 and t["attack"] >= 8
    return {
        "faint": t["level"] <= -15,
        "driving": pulses and t["rate"] >= 3 and t["level"] >= -6,
        "steady": t["fluctuation"] <= 1.8 + 1e-9 and t["attack"] <= 8,
        "rising": t["slope"] >= 0.25,
        "falling": t["slope"] <= -0.25,
        "broad": t["high"] >= 4 * t["low"],
        "low": t["high"] <= 500,
        "mid-range": t["low"] >= 150 and t["high"] <= 4000,
        "high": t["low"] >= 1400,
        "pulse": pulses,
        "drone": t["fluctuation"] <= 1.8 + 1e-9 and t["prominence"] >= 4 and t["high"] <= 500,
        "tone": t["prominence"] >= 4,
        "struck": t["attack"] >= 15,
        "hit": t["attack"] >= 15 and t["prominence"] <= 1,
        "accent": t["attack"] >= 15,
        "noise": t["prominence"] <= 1,
        "sound": True,
    }[word]


def heart_holds(part: Part, query: TokenSet, match: TokenSet) -> bool:
    """Whether some token within each side's region, and the same on both, is all that the name says."""
    phrase, *details = part.name.split(", ")
    ranges = [tuple(map(float, re.findall(r"\d+", d))) for d in details if d.endswith(" Hz")]
    sides: list[list[dict[str, float]]] = []
    for region, tokens in ((part.query, query), (part.match, match)):
        assert isinstance(region, Region)
        start, end, low, high = tokens.boxes.T
        inside = (start >= region.start_s) & (end <= region.end_s)
        inside &= (low >= region.low_hz) & (high <= region.high_hz)
        sides.append([decoded(row) for row in tokens.traits[inside]])
    if details[-1:] == ["little like it in the match"]:
        sides = sides[:1]
    elif details[-1:] == ["little like it in the query"]:
        sides = sides[1:]
    return all(
        any(
            all(holds(word, t) for word in phrase.split())
            and all(low <= t["low"] + 1 and t["high"] <= high + 1 for low, high in ranges)
            for t in side
        )
        for side in sides
    )


def test_every_word_of_every_name_holds_on_both_sides(real: SpectrogramExplainer) -> None:
    sets, checked, bare = real_token_sets(), 0, 0
    for query, match, _, parts in pairs(real):
        for part in (p for whole in parts for p in (whole, *whole.members)):
            assert heart_holds(part, sets[query], sets[match]), (query, match, part)
            checked += 1
            bare += part.name.startswith("sound")
    assert checked > 1000
    assert bare < 0.3 * checked


def test_a_name_holds_of_all_that_its_region_is_made_of(real: SpectrogramExplainer) -> None:
    rows, several = real.recommender.rows.tolist(), 0
    for pair in real.matched(rows[0], rows[1:]):
        for finding in pair.findings:
            for index, at in enumerate(finding.places):
                sides = {"query": pair.query.traits[[*at.query]], "match": pair.match.traits[[*at.match]]}
                missed = pair.is_missed(finding, index)
                heard = sides[finding.source] if missed else np.concatenate(list(sides.values()))
                several += len(heard) > 2
                for word in pair.sound(finding, index).phrase.split():
                    assert all(holds(word, decoded(row)) for row in heard)
    assert several > 50


def test_what_is_missed_is_further_away_than_usual(real: SpectrogramExplainer) -> None:
    told = 0
    for query, match, _, parts in pairs(real):
        terms = real.recommender.terms(query, match)
        for part in parts:
            if "little like it" in part.name:
                side, region = (
                    (terms.query, part.query) if part.name.endswith("match") else (terms.match, part.match)
                )
                row = query if side is terms.query else match
                boxes = real_token_sets()[row].boxes
                assert isinstance(region, Region)
                inside = (boxes[:, 0] >= region.start_s) & (boxes[:, 1] <= region.end_s)
                assert (side.best < side.means)[inside].any()
                assert part.contribution <= 0
                told += 1
    assert told


def test_the_same_track_matches_itself_everywhere(real: SpectrogramExplainer) -> None:
    (parts,) = real.parts(0, [0])
    assert sum(part.contribution for part in parts) == pytest.approx(1, abs=1e-6)


def test_counterfactuals_say_where_the_match_would_be(real: SpectrogramExplainer) -> None:
    recommender, changes = real.recommender, 0
    for query, match, score, parts in pairs(real)[::12]:
        named, against = named_parts(parts)
        found = real.counterfactuals(query, match, [*named, *([against] if against else [])])
        others = recommender.exact_scores(query, recommender.rows)
        others = np.delete(others, [query, match])
        changes += len(found)
        for change in found:
            assert change.actual_score == pytest.approx(score)
            assert change.rank == 1 + int((others > change.score).sum())
            assert change.part in {part.name for part in parts}
            assert change.sentence.startswith(f"Without its {change.part.partition(', ')[0]} at ")
    assert changes >= 8


def test_counterfactuals_of_a_blend_tell_the_blend(real: SpectrogramExplainer) -> None:
    (parts,) = real.parts(0, [1])
    alone, blended = (
        real.counterfactuals(0, 1, parts, whole=real.recommender, share=share) for share in (1.0, 0.5)
    )
    moved = {(change.part, change.actual): change.score - change.actual_score for change in alone}
    halves = {(change.part, change.actual): change.score - change.actual_score for change in blended}
    told = halves.keys() & moved.keys()
    assert len(told) >= 3
    for change in told:
        assert halves[change] == pytest.approx(0.5 * moved[change])


def test_parts_of_another_pair_are_passed_over(real: SpectrogramExplainer) -> None:
    (parts,) = real.parts(2, [3])
    assert real.counterfactuals(0, 1, parts) == ()
