"""How patterns look on a terminal."""

from __future__ import annotations

import math
from pathlib import Path

from rich.text import Text

from soundglass.core.catalogue import feature
from soundglass.explain.patterns.association import FEWEST, Association
from soundglass.explain.patterns.claims import Checked
from soundglass.explain.patterns.patterns import Example, Pattern, Patterns
from soundglass.explain.patterns.statistics import STATISTICS
from soundglass.surfaces.cli.show import console, minus, name, plain

_SHOWN = 4


def patterns(answer: Patterns, file: Path | None = None) -> None:
    """Show what goes with each feature, and what became of the study's claims."""
    out = console()
    drawn = f"{answer.n_clusters:,} artists or folders" if answer.by_artist else "tracks"
    out.print(
        f"{answer.n_tracks:,} tracks; ρ is Spearman's [95 % interval, {drawn} drawn anew]", markup=False
    )
    for reason, n in answer.left_out.items():
        out.print(f"Left out: {n:,} {reason}", style="dim")
    for pattern in answer.patterns:
        out.print()
        _pattern(pattern)
    if answer.claims:
        out.print("\nWhat the study said of its spectrograms:", style="bold")
    for checked in answer.claims:
        _claim(checked)
    for note in answer.notes:
        out.print(f"\n({note})", style="dim")
    if file is not None:
        out.print(f"\nDrawn: {plain(str(file))}")


def numbers(found: Association) -> str:
    """Write an association's figures: ``ρ .62 [.41, .77]``."""
    if math.isnan(found.low):
        return f"ρ {_short(found.rho)}"
    return f"ρ {_short(found.rho)} [{_short(found.low)}, {_short(found.high)}]"


def _short(value: float) -> str:
    text = f"{value:.2f}"
    return minus(text.replace("0.", ".", 1) if abs(value) < 0.995 else text)


def _pattern(pattern: Pattern) -> None:
    out = console()
    if pattern.constant:
        out.print(f"{pattern.feature}: constant, the same for all {pattern.n:,} tracks")
        return
    if not pattern.associations:
        out.print(
            f"{pattern.feature}: known of {pattern.n:,} tracks; nothing can be said of fewer than {FEWEST}"
        )
        return
    found = pattern.standing_out
    if not found:
        out.print(f"{pattern.feature}: nothing that stands out from chance, of {pattern.n:,} tracks")
        return
    out.print(Text.assemble("more " + pattern.feature, " goes with:", style="bold"))
    for one in found[:_SHOWN]:
        out.print(f"  {one.direction} ({numbers(one)})", markup=False)
    if len(found) > _SHOWN:
        out.print(f"  and {len(found) - _SHOWN} more; --json lists all", style="dim")
    if pattern.example is not None:
        _example(pattern.example)


def _example(example: Example) -> None:
    known = feature(example.association.feature)
    for word, track, value in zip(("low", "high"), example.tracks, example.values, strict=True):
        console().print(Text(f"  {word:>4}: {name(track)} ({known.text(value)})", style="dim"))


def _claim(checked: Checked) -> None:
    console().print(Text.assemble("\n", f"“{checked.claim.says}”: ", (checked.verdict.value, "bold")))
    for phrase, found, verdict in zip(checked.claim.phrases, checked.found, checked.verdicts, strict=True):
        title = STATISTICS[phrase.statistic].title
        expected = "rises" if phrase.sign > 0 else "falls"
        shown = f", {numbers(found)}" if found is not None else ""
        said = f"  “{phrase.words}”, if {title} {expected} with it: {verdict.value}{shown}"
        console().print(said, markup=False)
