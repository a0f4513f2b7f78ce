"""A whole evaluation: the parts one after the other, on one snapshot of a library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

import pyarrow.compute as pc

from soundglass.core.errors import LibraryError, SoundglassError
from soundglass.core.types import Json
from soundglass.evaluate.context import Context, EvaluationSettings
from soundglass.evaluate.findings import Section, Target
from soundglass.evaluate.kept import Kept
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store


@dataclass(frozen=True, slots=True)
class Subject:
    """The library an evaluation is of.

    Attributes
    ----------
    name : str
        The last part of where it lies.
    tracks, with_audio, artists, genres : int
    version : int
        Of the snapshot.
    """

    name: str
    tracks: int
    with_audio: int
    artists: int
    genres: int
    version: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found about a library.

    Attributes
    ----------
    program : str
        Version of Soundglass.
    """

    library: Subject
    program: str
    settings: EvaluationSettings
    sections: tuple[Section, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that should hold, section by section."""
        return tuple(target for section in self.sections for target in section.targets)


def _ranking(context: Context) -> Section:
    from soundglass.evaluate.ranking.section import evaluate_ranking

    return evaluate_ranking(context)


def _visual(context: Context) -> Section:
    from soundglass.evaluate.visual.section import evaluate_visual

    return evaluate_visual(context)


def _faithfulness(context: Context) -> Section:
    from soundglass.evaluate.faithfulness.section import evaluate_faithfulness

    return evaluate_faithfulness(context)


_PARTS: Mapping[str, tuple[str, Callable[[Context], Section]]] = {
    "ranking": ("Recommendation performance", _ranking),
    "visual": ("Visual similarity", _visual),
    "faithfulness": ("Faithfulness", _faithfulness),
}
PARTS = tuple(_PARTS)


def evaluate(
    store: Store,
    explainers: Explainers,
    settings: EvaluationSettings | None = None,
    parts: Sequence[str] = PARTS,
    kept_folder: Path | None = None,
    progress: Callable[[str, int, int], None] = lambda _, __, ___: None,
    program: str = "",
) -> Evaluation:
    """Evaluate the recommenders and explanations of a library.

    Parameters
    ----------
    store : Store
        At one snapshot.
    explainers : Explainers
        Of that snapshot.
    settings : EvaluationSettings, optional
    parts : sequence of str
        Some of ``PARTS``; they run in that order.
    kept_folder : Path, optional
        Where findings are kept, so that a run that was interrupted goes on; nothing is kept without.
    progress : callable
        Told what is being done, how much of it is done, of how much.
    program : str
        Version of Soundglass; what another one found is not gone on with.

    Returns
    -------
    Evaluation
        A part that the library cannot have is a section whose notes say why.

    Raises
    ------
    SoundglassError
        There is no such part, or a setting makes no sense.
    CatalogueError
        The table of listeners or of labels cannot be read.
    LibraryError
        The library is empty or cannot be read.
    """
    settings = settings or EvaluationSettings()
    refuse_nonsense(settings, parts)
    if not len(store):
        raise LibraryError("is empty", path=store.uri, remedy="Scan a folder of music")
    _refuse_unreadable(store, settings)
    kept = Kept(kept_folder, _state(store, settings, program))
    context = Context(store, explainers, kept, settings, progress)
    sections = tuple(_section(name, context) for name in PARTS if name in parts)
    return Evaluation(_subject(store), program, settings, sections)


def refuse_nonsense(settings: EvaluationSettings, parts: Sequence[str]) -> None:
    """Raise what :func:`evaluate` raises for parts and settings, before anything is done."""
    for name in parts:
        if name not in _PARTS:
            raise SoundglassError(f"there is no part {name!r}", remedy=f"There is: {', '.join(PARTS)}")
    if not parts:
        raise SoundglassError("nothing is to be evaluated", remedy=f"There is: {', '.join(PARTS)}")
    for name, least in (("queries", 1), ("visual_queries", 1), ("pairs", 1), ("plants", 1), ("seed", 0)):
        value = getattr(settings, name)
        if value < least:
            words = name.replace("_", " ")
            raise SoundglassError(f"{words}: {value} is too small", remedy=f"The least is {least}")


def _refuse_unreadable(store: Store, settings: EvaluationSettings) -> None:
    from soundglass.evaluate.ranking.labels import read_labels
    from soundglass.evaluate.ranking.listeners import read_listeners

    if settings.listeners is not None:
        read_listeners(settings.listeners)
    if settings.labels is not None:
        read_labels(settings.labels, store)


def _section(name: str, context: Context) -> Section:
    """Evaluate one part; what it cannot do is a note, so that the others are not lost."""
    title, part = _PARTS[name]
    try:
        return part(context)
    except SoundglassError as error:
        reason = error.message if error.remedy is None else f"{error.message}. {error.remedy}"
        return Section(name, title, "This part could not be evaluated.", notes=(reason,))


def _state(store: Store, settings: EvaluationSettings, program: str) -> str:
    """Name what findings depend on: the snapshot, the program, and all settings."""
    ids = blake2b("\n".join(sorted(store.columns(["id"])["id"].to_pylist())).encode(), digest_size=16)
    chosen: dict[str, Json] = asdict(settings)
    for name, value in chosen.items():
        if isinstance(value, Path):
            chosen[name] = blake2b(value.read_bytes(), digest_size=16).hexdigest()
    state = (program, store.uri, store.version, len(store), ids.hexdigest(), chosen)
    return repr(state)


def _subject(store: Store) -> Subject:
    table = store.columns(["origin", "artist", "genres"])
    return Subject(
        name=(store.uri if "://" in store.uri else str(Path(store.uri).absolute())).rpartition("/")[2],
        tracks=table.num_rows,
        with_audio=table["origin"].to_pylist().count("audio"),
        artists=len(set(table["artist"].to_pylist()) - {"", None}),
        genres=pc.count_distinct(pc.list_flatten(table["genres"]).drop_null()).as_py(),
        version=store.version,
    )
