"""Loops are planted into the demo music, judged, and not planted again."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundglass.core.statistics import Estimate
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.faithfulness import planted, planting
from soundglass.evaluate.faithfulness.planted import evaluate_planted
from soundglass.evaluate.findings import Section
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.surfaces.library import Library


def context(library: Library, kept: Kept | None = None, plants: int = 5) -> Context:
    store = Store(library.uri)
    return Context(store, Explainers(store), kept or Kept(), EvaluationSettings(resamples=200, plants=plants))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"), "one")


@pytest.fixture(scope="module")
def section(demo_library: Library, kept: Kept) -> Section:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planting, "LEVELS_DB", (3.0,))
        patch.setattr(planted, "LEVELS_DB", (3.0,))
        return evaluate_planted(context(demo_library, kept, plants=5))


def rows(section: Section, table: int) -> dict[str, tuple[Estimate, float, Estimate]]:
    return {str(row[0]): row[1:] for row in section.tables[table].rows}  # type: ignore[misc]


def test_the_explanation_points_at_the_loop_and_chance_does_not(section: Section) -> None:
    for table in (0, 1):
        hit, overlap, mass = rows(section, table)[planting.OURS]
        assert hit.n == 10
        assert hit.value >= 0.7
        assert overlap >= 0.5
        by_chance, _, dealt = rows(section, table)[planting.CHANCE]
        assert hit.value > by_chance.value
        assert mass.value > 1.3 * dealt.value
        assert dealt.value == pytest.approx(0.25, abs=0.08)


def test_loudness_gives_a_loop_away_only_on_top(section: Section) -> None:
    on_top, levelled = (rows(section, table)[planting.ENERGY] for table in (0, 1))
    assert on_top[2].value > levelled[2].value + 0.1
    assert levelled[2].value == pytest.approx(0.25, abs=0.03)


def test_targets_are_judged_and_long_recordings_missed(section: Section) -> None:
    assert [target.aim for target in section.targets] == ["at least 0.9", "at least 0.5"] * 2
    assert all(target.met is not None for target in section.targets)
    assert "raised the score" in section.targets[0].remark
    assert any("30 s" in note for note in section.notes)
    assert section.summary


def test_what_was_found_is_not_sought_again(
    demo_library: Library, kept: Kept, section: Section, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (planting, planted):
        monkeypatch.setattr(module, "LEVELS_DB", (3.0,))
    monkeypatch.setattr(planting, "read_piece", lambda *_: pytest.fail("read again"))
    again = evaluate_planted(context(demo_library, kept, plants=5))
    assert repr(again) == repr(section)


def test_unreadable_recordings_give_a_note(demo_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planting, "read_piece", lambda *_: None)
    found = evaluate_planted(context(demo_library, plants=3))
    assert not found.tables
    assert len(found.notes) == 2


def test_a_table_has_nothing_to_plant_into(spotify_library: Library) -> None:
    found = evaluate_planted(context(spotify_library))
    assert not found.tables
    assert not found.targets
    assert found.notes[0].startswith("No loop was planted")


def test_an_empty_library_has_nothing_to_plant_into(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "empty.lance"), create=True)
    found = evaluate_planted(Context(store, Explainers(store), Kept()))
    assert len(found.notes) == 1
    assert not found.tables
