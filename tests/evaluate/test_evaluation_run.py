"""A whole evaluation: in order, resumed where it stopped, and refused where it makes no sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ranked import library_of, tracks_of

from soundglass.core.errors import CatalogueError, FeatureMismatchError, LibraryError, SoundglassError
from soundglass.evaluate import run
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.findings import Section, Target
from soundglass.evaluate.run import Evaluation, evaluate
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store


class Parts:
    """Three parts that count what they make, and stop where they are told to."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.stop: str | None = None
        self.error: Exception | None = None

    def part(self, name: str) -> Callable[[Context], Section]:
        def evaluate_part(context: Context) -> Section:
            values = []
            for unit in range(3):
                context.progress(name, unit, 3)
                values.append(context.kept(f"{name} {unit}", lambda unit=unit: self.make(name, unit)))
            if name == "visual" and self.error:
                raise self.error
            return Section(name, name.title(), str(values), targets=(Target(name, "any", 1.0, True),))

        return evaluate_part

    def make(self, name: str, unit: int) -> int:
        if f"{name} {unit}" == self.stop:
            raise KeyboardInterrupt
        self.made[name] += 1
        return unit


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    made = Parts()
    monkeypatch.setattr(run, "_PARTS", {name: (name.title(), made.part(name)) for name in run.PARTS})
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    genres = (("rock",), ("rock", "<pop>"), (), ("pop",))
    return library_of(tmp_path, tracks_of(4, genres=genres, artists=("a", "a", "", "b")))


def of(store: Store, **asked: object) -> Evaluation:
    return evaluate(store, Explainers(store), **asked)


def test_parts_run_in_their_order(store: Store, parts: Parts) -> None:
    told: list[tuple[str, int, int]] = []
    found = of(store, parts=("visual", "ranking"), progress=lambda *at: told.append(at))
    assert [section.name for section in found.sections] == ["ranking", "visual"]
    assert [target.what for target in found.targets] == ["ranking", "visual"]
    assert told == [(name, unit, 3) for name in ("ranking", "visual") for unit in range(3)]
    assert [section.name for section in of(store).sections] == list(run.PARTS)


def test_it_says_what_it_is_of(store: Store, parts: Parts) -> None:
    found = of(store, program="1.2.3")
    about = found.library
    assert (about.name, about.tracks, about.with_audio, about.artists, about.genres) == (
        "library.lance",
        4,
        0,
        2,
        3,
    )
    assert about.version == store.version
    assert found.program == "1.2.3"
    assert found.settings == EvaluationSettings()


def test_an_interrupted_run_goes_on_where_it_was(store: Store, parts: Parts, tmp_path: Path) -> None:
    parts.stop = "visual 1"
    with pytest.raises(KeyboardInterrupt):
        of(store, kept_folder=tmp_path / "kept")
    assert parts.made == {"ranking": 3, "visual": 1}
    parts.stop = None
    whole = of(store, kept_folder=tmp_path / "kept")
    assert parts.made == {"ranking": 3, "visual": 3, "faithfulness": 3}
    assert whole == of(store, kept_folder=tmp_path / "kept")
    assert parts.made.total() == 9
    of(store, kept_folder=tmp_path / "kept", program="another")
    assert parts.made.total() == 18
    assert whole == of(store)  # nothing kept
    assert parts.made.total() == 27


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"queries": 10}, {"peers": True}, {"resamples": 5}, {"pairs": 2}]
)
def test_other_settings_begin_anew(
    store: Store, parts: Parts, tmp_path: Path, change: dict[str, int]
) -> None:
    for settings in (EvaluationSettings(), replace(EvaluationSettings(), **change)):
        of(store, settings=settings, kept_folder=tmp_path / "kept")
    assert parts.made.total() == 18


def test_another_library_or_table_of_listeners_begins_anew(
    store: Store, parts: Parts, tmp_path: Path
) -> None:
    table = tmp_path / "listeners.csv"
    settings = EvaluationSettings(listeners=table)
    for text in ("user,artist\nu,a\n", "user,artist\nu,b\n"):
        table.write_text(text)
        of(store, settings=settings, kept_folder=tmp_path / "kept")
    assert parts.made.total() == 18
    store.delete(["csv0"])
    store.refresh()
    of(store, settings=settings, kept_folder=tmp_path / "kept")
    assert parts.made.total() == 27


def test_a_part_that_cannot_be_done_is_a_note(store: Store, parts: Parts) -> None:
    parts.error = FeatureMismatchError("cannot be compared", path="/home/me/library", remedy="Scan again")
    found = of(store)
    assert [section.name for section in found.sections] == list(run.PARTS)
    failed = found.sections[1]
    assert (failed.title, failed.notes) == ("Visual", ("cannot be compared. Scan again",))
    assert failed.summary == "This part could not be evaluated."
    assert "/home" not in str(found.sections)


def test_a_fault_of_the_program_is_not_hidden(store: Store, parts: Parts) -> None:
    parts.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        of(store)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"queries": 0}, "queries: 0"),
        ({"visual_queries": -1}, "visual queries: -1"),
        ({"seed": -1}, "seed: -1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    store: Store, parts: Parts, settings: dict[str, int], words: str
) -> None:
    with pytest.raises(SoundglassError, match=f"{words} is too small"):
        of(store, settings=EvaluationSettings(**settings))
    assert not parts.made


@pytest.mark.parametrize("named", [("ranking", "taste"), ()])
def test_parts_there_are_not_are_refused(store: Store, parts: Parts, named: tuple[str, ...]) -> None:
    with pytest.raises(SoundglassError, match="There is: ranking, visual, faithfulness"):
        of(store, parts=named)
    assert not parts.made


def test_an_empty_library_is_refused(tmp_path: Path) -> None:
    empty = Store(str(tmp_path / "empty.lance"), create=True)
    with pytest.raises(LibraryError, match=r"is empty.*Scan a folder"):
        of(empty)


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n\x00"])
def test_a_table_of_listeners_that_is_none_is_refused(
    store: Store, parts: Parts, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "listeners.tsv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"listeners\.tsv"):
        of(store, settings=EvaluationSettings(listeners=file))
    assert not parts.made
