"""An evaluation as one page of HTML that needs nothing beside itself."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from soundglass.evaluate.context import EvaluationSettings
from soundglass.evaluate.findings import Chart, Target
from soundglass.evaluate.report import charts, figures
from soundglass.evaluate.run import Evaluation, Subject
from soundglass.explain.pictures.pages import environment

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_DRAWINGS = {
    "o": '<circle cx="11" cy="8" r="4.5"/>',
    "s": '<path d="M7 4h8v8H7z"/>',
    "D": '<path d="M11 2l6 6-6 6-6-6z"/>',
    "^": '<path d="M11 3l5 9H6z"/>',
    "v": '<path d="M11 13L6 4h10z"/>',
    "P": '<path d="M9 3h4v3h3v4h-3v3H9v-3H6V6h3z"/>',
    "X": '<path d="M6.5 5.5l2-2L11 6l2.5-2.5 2 2L13 8l2.5 2.5-2 2L11 10l-2.5 2.5-2-2L9 8z"/>',
    "-": '<path d="M1 8h20" stroke-width="2" stroke-dasharray="5 3"/>',
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target, in words, sign and class of the page.

    Attributes
    ----------
    words : str
        Of several targets.
    """

    met: bool | None
    word: str
    words: str
    sign: str
    css: str


VERDICTS = (
    Verdict(True, "met", "met", "✓", "met"),
    Verdict(False, "missed", "missed", "✗", "missed"),
    Verdict(None, "can’t tell", "this library cannot tell", "?", "unknown"),
)


def verdict_of(target: Target) -> Verdict:
    """Give the verdict on a target."""
    return next(verdict for verdict in VERDICTS if verdict.met is target.met)


def headline(targets: Sequence[Target]) -> str:
    """Say how many targets are met of those a library can tell: ``14 of 19 targets are met``."""
    if not targets:
        return "Targets"
    told = [target.met for target in targets if target.met is not None]
    where = "" if len(told) == len(targets) else " that this library can tell"
    return (
        f"{told.count(True)} of {_count(len(told), 'target')}{where} {'is' if len(told) == 1 else 'are'} met"
    )


def facts(library: Subject) -> str:
    """Say what library an evaluation is of."""
    of_audio = {library.tracks: "all", 0: "none"}.get(library.with_audio, f"{library.with_audio:,}")
    counts = ((library.artists, "artist"), (library.genres, "genre"))
    known = ", ".join(_count(n, noun) for n, noun in counts)
    return f"{_count(library.tracks, 'track')}, {of_audio} with audio; {known} (snapshot {library.version})."


def chosen(settings: EvaluationSettings) -> str:
    """Say how much was evaluated."""
    tables = (("Listeners", settings.listeners), ("Labels", settings.labels))
    told = "".join(f" {what} from {file.name}." for what, file in tables if file)
    return (
        f"At most {_count(settings.queries, 'query', 'queries')} for ranking and {settings.visual_queries:,} "
        f"for visual similarity, {_count(settings.pairs, 'pair')} whose audio is changed, "
        f"{_count(settings.plants, 'pair')} with a loop planted, {settings.resamples:,} draws an interval, "
        f"seed {settings.seed}.{told}"
    )


def html(evaluation: Evaluation) -> str:
    """Write the report of an evaluation; all that comes from a library is escaped."""
    targets = evaluation.targets
    met = [target.met for target in targets]
    return (
        templates()
        .get_template("report.html.j2")
        .render(
            library=evaluation.library,
            sections=evaluation.sections,
            facts=facts(evaluation.library),
            settings=chosen(evaluation.settings),
            headline=headline(targets),
            verdicts=[(verdict, met.count(verdict.met)) for verdict in VERDICTS] if targets else (),
            terms=terms(["general", *(section.name for section in evaluation.sections)]),
            program=evaluation.program,
        )
    )


@cache
def templates() -> Environment:
    """Give the templates of reports, with what they call."""
    made = environment("soundglass.evaluate", "report")
    made.globals.update(
        alternative=charts.alternative,
        best=figures.best,
        draw=_drawn,
        heading=figures.heading,
        is_numeric=figures.is_numeric,
        legend=charts.legend,
        number=figures.number,
        sample_sizes=figures.sample_sizes,
        swatch=_swatch,
        texts=figures.texts,
        verdict_of=verdict_of,
    )
    return made


def terms(parts: Sequence[str]) -> dict[str, str]:
    """Explain the terms that these parts of a report use, as in ``"general"`` and ``"ranking"``."""
    text = resources.files("soundglass.evaluate.report").joinpath("terms.toml").read_text("utf-8")
    of_parts = tomllib.loads(text)
    return {term: meaning for part in parts for term, meaning in of_parts.get(part, {}).items()}


def _drawn(chart: Chart, prefix: str) -> Markup:
    from markupsafe import Markup

    return Markup(charts.draw(chart, prefix))  # noqa: S704  (Matplotlib escapes all text in it)


def _swatch(marker: str) -> Markup:
    from markupsafe import Markup

    return Markup(_DRAWINGS[marker])  # noqa: S704  (a constant)


def _count(n: int, noun: str, plural: str = "") -> str:
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
