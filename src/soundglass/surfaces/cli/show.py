"""How answers look on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from soundglass.core.types import FeatureEvidence, Json, Part, Recommendations, Track
from soundglass.explain.answer import Pair
from soundglass.explain.profile import Profile, Reading
from soundglass.explain.words import named_parts

_BAR_WIDTH, _WIDE = 12, 90
_VISIBLE = 0.005
_EIGHTHS = " ▏▎▍▌▋▊▉"


def console() -> Console:
    """Make the console answers go to; its width is the terminal's, or 100 where there is none."""
    piped = not sys.stdout.isatty()
    return Console(width=100 if piped else None, highlight=False, soft_wrap=False)


def print_json(answer: Json) -> None:
    """Print an answer as JSON, UTF-8, one object."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def plain(text: str) -> str:
    """Drop what a terminal would obey rather than show."""
    return "".join(c if c.isprintable() else " " for c in text)


def recommendations(answer: Recommendations, library_size: int) -> None:
    """Show a list of recommendations: rank, score, track, sentence, the parts that matter."""
    out = console()
    out.print(
        Text.assemble("Like ", (name(answer.query), "bold"), f", by {answer.by}, of {library_size:,} tracks")
    )
    if not answer.results:
        out.print("There is no such track.")
    for result in answer.results:
        out.print()
        head = Text(f"{result.rank:>3}  {minus(f'{result.score:6.3f}')}  ", style="cyan")
        out.print(head.append(name(result.track), style="bold"))
        out.print(_indented(result.sentence))
        out.print(_indented(parts_line(result.parts), "dim"))
    for note in answer.notes:
        out.print(f"\n({note})", style="dim")


def parts_line(parts: Sequence[Part]) -> str:
    """Write the parts that matter and one for the rest: ``energy +0.31 · everything else +0.30``."""
    named, against = named_parts(parts)
    shown = [*named, *([against] if against is not None else [])]
    rest = sum(part.contribution for part in parts) - sum(part.contribution for part in shown)
    terms = [f"{part.name} {signed(part.contribution)}" for part in shown]
    return " · ".join([*terms, f"everything else {signed(rest)}"])


def pair(answer: Pair) -> None:
    """Show one pair in full."""
    out = console()
    out.print(Text.assemble((name(answer.query), "bold"), "\n", (name(answer.match), "bold")))
    place = f", rank {answer.rank:,} of {answer.n_tracks:,}" if answer.rank else ""
    out.print(f"\nScore {minus(f'{answer.score:.3f}')} by {answer.by}{place}. {answer.sentence}\n")
    out.print(_parts_table(answer, _BAR_WIDTH if out.width >= _WIDE else _BAR_WIDTH // 2))
    against = [part for part in answer.parts if part.contribution <= -_VISIBLE]
    total = sum(part.contribution for part in against)
    if against:
        names = ", ".join(part.name for part in reversed(against))
        out.print(f"\nAgainst it: {names} ({signed(total)} in all).")
    else:
        out.print("\nNothing speaks against it.")
    if answer.counterfactuals:
        out.print("\nWhat if:")
        for change in answer.counterfactuals:
            out.print(_indented(change.sentence, indent=2))


def _parts_table(answer: Pair, bar_width: int) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    for title, justify in (("part", "left"), ("adds", "right"), ("", "left")):
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for title in ("query", "match", "percentile", "source"):
        table.add_column(title, no_wrap=True)
    largest = max((abs(part.contribution) for part in answer.parts), default=1.0)
    for part in answer.parts:
        style = "green" if part.contribution > 0 else "red" if part.contribution < 0 else "dim"
        size = Text(signed(part.contribution, 3), style=style)
        length = Text(bar(abs(part.contribution) / largest, bar_width), style=style)
        table.add_row(part.name, size, length, *_sides(part))
        for member in part.members:
            table.add_row(f"  {member.name}", "", "", *_sides(member), style="dim")
    table.add_row("score", signed(answer.score, 3), "", "", "", "", "", style="bold")
    return table


def _sides(part: Part) -> tuple[str, str, str, str]:
    query, match = part.query, part.match
    if not isinstance(query, FeatureEvidence) or not isinstance(match, FeatureEvidence):
        return "", "", "", ""
    ranks = ""
    if query.percentile is not None and match.percentile is not None:
        ranks = f"{query.percentile:.0f} · {match.percentile:.0f}"
    return query.label, match.label, ranks, query.source


def profile(answer: Profile) -> None:
    """Show every feature of a track."""
    out = console()
    out.print(Text(name(answer.track), style="bold"))
    if answer.track.flags:
        out.print(f"Note: {', '.join(answer.track.flags)}", style="yellow")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("feature", "value", "±", "percentile", "source", "evidence"):
        table.add_column(title, justify="right" if title in {"±", "percentile"} else "left")
    for reading in answer.readings:
        shown = reading.shown
        rank = "" if shown.percentile is None else f"{shown.percentile:.0f}"
        table.add_row(
            reading.feature.name, shown.label, error_text(reading), rank, shown.source, support_text(reading)
        )
    out.print(table)


def error_text(reading: Reading) -> str:
    """Write the typical error of a reading."""
    if not reading.error:
        return ""
    return f"{reading.error:.0f}" if reading.error >= 10 else f"{reading.error:.2g}"


def support_text(reading: Reading) -> str:
    """Write what stands behind a reading: confidence, alternatives, other numbers."""
    said = [] if reading.confidence is None else [f"confidence {reading.confidence:.2f}"]
    for key, value in reading.support.items():
        if key == "alternatives":
            others = [str(a.get("label") or f"{a['bpm']:.0f} BPM") for a in value[:3]]
            said.append(f"or {', '.join(others)}")
        elif isinstance(value, float | int):
            said.append(f"{key.replace('_', ' ')} {value:g}")
    return "; ".join(said)


def name(track: Track) -> str:
    """Name a track for people."""
    return plain(track.label)


def home_as_tilde(path: str) -> str:
    """Shorten a path below the home folder."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path.startswith(home + os.sep) else path


def signed(value: float, digits: int = 2) -> str:
    """Write a contribution with its sign."""
    text = f"{value:+.{digits}f}"
    return minus(text) if float(text) else f"{0:.{digits}f}"


def minus(number: str) -> str:
    """Write a minus as long as a plus."""
    return number.replace("-", "−")


def bar(share: float, width: int) -> str:
    """Draw a share of a bar, to an eighth of a character."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _indented(text: str, style: str = "", indent: int = 13) -> Table:
    grid = Table.grid(padding=0)
    grid.add_column(width=indent)
    grid.add_column()
    grid.add_row("", Text(plain(text), style=style))
    return grid
