"""With weights or matches at random the map is another one; one that knows no pair stays."""

from __future__ import annotations

import pytest

from soundglass.core.statistics import Estimate
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.faithfulness import pairs, sanity
from soundglass.evaluate.faithfulness.sanity import evaluate_sanity
from soundglass.evaluate.findings import Section
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


def context(library: Library, kept: Kept | None = None, n: int = 5) -> Context:
    store = Store(library.uri)
    settings = EvaluationSettings(resamples=200, pairs=n)
    return Context(store, Explainers(store), kept or Kept(), settings)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"), "one")


@pytest.fixture(scope="module")
def section(demo_library: Library, kept: Kept) -> Section:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sanity, "_DEPTHS", sanity._DEPTHS[:1])
        patch.setattr(pairs, "PIECE_S", 6.0)
        return evaluate_sanity(context(demo_library, kept))


def figures(section: Section) -> dict[str, tuple[Estimate, Estimate]]:
    return {str(row[0]): (row[1], row[2]) for row in section.tables[0].rows}  # type: ignore[misc]


def test_maps_of_another_network_are_other_maps(section: Section) -> None:
    raw, given = figures(section)["the last of four layers"]
    assert raw.n == 10
    assert abs(raw.value) < 0.8
    assert abs(given.value) < 0.6


def test_maps_of_another_pair_are_other_maps_but_token_weights_are_the_same(section: Section) -> None:
    raw, _ = figures(section)["the match"]
    assert raw.n == 5
    assert raw.value < 0.8
    same, given = figures(section)["the match; token weight without the pair"]
    assert same.value == pytest.approx(1.0)
    assert given.value == pytest.approx(1.0)


def test_both_are_judged(section: Section) -> None:
    assert [target.aim for target in section.targets] == ["at most 0.1"] * 2
    for target in section.targets:
        assert isinstance(target.found, Estimate)
        assert target.met == (abs(target.found.value) <= 0.1)


def test_what_was_found_is_not_sought_again(
    demo_library: Library, kept: Kept, section: Section, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sanity, "_DEPTHS", sanity._DEPTHS[:1])
    monkeypatch.setattr(pairs, "PIECE_S", 6.0)
    monkeypatch.setattr(sanity, "untrained", lambda *_: pytest.fail("drawn again"))
    assert repr(evaluate_sanity(context(demo_library, kept))) == repr(section)


def test_too_few_recommendations_and_tables_give_a_note(
    demo_library: Library, spotify_library: Library
) -> None:
    for found in (evaluate_sanity(context(demo_library, n=3)), evaluate_sanity(context(spotify_library))):
        assert not found.tables
        assert len(found.notes) == 1
