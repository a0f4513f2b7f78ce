"""How answers look on a terminal."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from soundglass.core.types import FeatureEvidence, Json, Part, Recommendations, Region, Track
from soundglass.embeddings.concepts import concepts
from soundglass.explain.answer import Pair
from soundglass.explain.named import VISIBLE, named_parts
from soundglass.explain.phrases import missed_in, phrase, time_text
from soundglass.explain.profile import Profile, Reading

if TYPE_CHECKING:
    from soundglass.explain.heard import HeardMost

_BAR_WIDTH, _WIDE = 12, 90
_SHOWN_REGIONS = 8
_LIKELY_TAG, _SHOWN_TAGS = 0.2, 8
_BAND, _LACKS = "band", "little like it"
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
        out.print(indented(result.sentence))
        out.print(indented(parts_line(result.parts), "dim"))
    for note in answer.notes:
        out.print(f"\n({note})", style="dim")


def parts_line(parts: Sequence[Part]) -> str:
    """Write the parts that matter and one for the rest: ``energy +0.31 · everything else +0.30``."""
    named, against = named_parts(parts)
    shown = [*named, *([against] if against is not None else [])]
    rest = sum(part.contribution for part in parts) - sum(part.contribution for part in shown)
    terms = [f"{_short(part)} {signed(part.contribution)}" for part in shown]
    return " · ".join([*terms, f"everything else {signed(rest)}"])


def pair(answer: Pair, where: HeardMost | None = None) -> None:
    """Show one pair in full, and where its likeness is heard."""
    out = console()
    out.print(Text.assemble((name(answer.query), "bold"), "\n", (name(answer.match), "bold")))
    place = f", rank {answer.rank:,} of {answer.n_tracks:,}" if answer.rank else ""
    out.print(f"\nScore {minus(f'{answer.score:.3f}')} by {answer.by}{place}. {answer.sentence}\n")
    out.print(_parts_table(answer, _BAR_WIDTH if out.width >= _WIDE else _BAR_WIDTH // 2))
    if where is not None:
        out.print(f"\n{where.sentence}")
    out.print(f"\n{_against(answer.parts)}")
    if answer.counterfactuals:
        out.print("\nWhat if:")
        for change in answer.counterfactuals:
            out.print(indented(change.sentence, indent=2))


def _against(parts: Sequence[Part]) -> str:
    regions = [part for part in parts if isinstance(part.query, Region) and part.contribution < 0]
    named = [part for part in reversed(parts) if part.contribution <= -VISIBLE and part not in regions]
    if sum(part.contribution for part in regions) > -VISIBLE:
        regions = []
    if not named and not regions:
        return "Nothing speaks against it."
    total = signed(sum(part.contribution for part in (*named, *regions)))
    names = [part.name for part in named]
    if regions:
        names.append("a region" if len(regions) == 1 else f"{len(regions)} regions")
    return f"Against it: {', '.join(names)} ({total} in all)."


def _parts_table(answer: Pair, bar_width: int) -> Table:
    """Lay out all features and the main regions; where there are regions, percentiles make room for them."""
    regions = [part for part in answer.parts if isinstance(part.query, Region)]
    further = (_BAND,) if any(map(_details, regions)) else () if regions else ("percentile", "source")
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    table.add_column("part", no_wrap=True)
    table.add_column("adds", justify="right", no_wrap=True)
    for title in ("", "query", "match", *further):
        table.add_column(title, no_wrap=title != _BAND)
    bar_width = _BAR_WIDTH // 2 if regions else bar_width
    largest = max((abs(part.contribution) for part in answer.parts), default=1.0)
    small = sorted(regions, key=lambda part: -abs(part.contribution))[_SHOWN_REGIONS:]
    for part in answer.parts:
        if part in small:
            continue
        style = "green" if part.contribution > 0 else "red" if part.contribution < 0 else "dim"
        size = Text(signed(part.contribution, 3), style=style)
        length = Text(bar(abs(part.contribution) / largest, bar_width), style=style)
        n_cells = 2 if regions and part not in regions else None
        table.add_row(_short(part), size, length, *_sides(part)[:n_cells])
        for member in part.members if part not in regions else ():
            table.add_row(f"  {member.name}", "", "", *_sides(member)[:n_cells], style="dim")
    if small:
        rest = sum(part.contribution for part in small)
        table.add_row(f"{len(small)} smaller regions", signed(rest, 3), style="dim")
    table.add_row("score", signed(answer.score, 3), style="bold")
    return table


def _short(part: Part) -> str:
    return phrase(part.name) if isinstance(part.query, Region) else part.name


def _sides(part: Part) -> tuple[str, ...]:
    """Write the two sides of a part, and what else there is to say of it."""
    query, match = part.query, part.match
    if isinstance(query, FeatureEvidence) and isinstance(match, FeatureEvidence):
        ranks = ""
        if query.percentile is not None and match.percentile is not None:
            ranks = f"{query.percentile:.0f} · {match.percentile:.0f}"
        return query.label, match.label, ranks, query.source
    missed = missed_in(part)
    times = [
        _LACKS if missed == name else _time_range(side)
        for name, side in (("query", query), ("match", match))
        if isinstance(side, Region)
    ]
    return (*times, *filter(None, [_details(part)]))


def _details(part: Part) -> str:
    """Give what the name of a region says of its band and pulse."""
    return ", ".join(part.name.split(", ")[1 : -1 if missed_in(part) else None])


def _time_range(region: Region) -> str:
    return f"{time_text(region.start_s)}–{time_text(math.ceil(region.end_s))}"


def side_text(side: FeatureEvidence | Region) -> str:
    """Write one side of a part: its value, or where and how high a region is (``0:41–0:43, 60–180 Hz``)."""
    if isinstance(side, FeatureEvidence):
        return side.label
    low, high = (float(f"{edge:.2g}") for edge in (side.low_hz, side.high_hz))
    return f"{_time_range(side)}, {low:.0f}–{high:.0f} Hz"


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
    _tags(answer)


def _tags(answer: Profile) -> None:
    """Show the likely tags, those that labelled music backs apart from the others."""
    tested = {tag for tag, concept in concepts().items() if concept.holds}
    likely = [(tag, p) for tag, p in answer.tags.items() if p >= _LIKELY_TAG]
    for title, backed in (("tags", True), ("tags that no test backs", False)):
        said = [f"{tag.replace('_', ' ')} {p:.2f}" for tag, p in likely if (tag in tested) is backed]
        if said:
            console().print(f"\n{title}: {', '.join(said[:_SHOWN_TAGS])}")


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


def indented(text: str, style: str = "", indent: int = 13) -> Table:
    """Lay out a paragraph with a margin."""
    grid = Table.grid(padding=0)
    grid.add_column(width=indent)
    grid.add_column()
    grid.add_row("", Text(plain(text), style=style))
    return grid
