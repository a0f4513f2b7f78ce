"""Print the tables of docs/decisions/0002: which estimator is right how often, on which data.

::

    python tools/render_scores.py RENDERS
    apt-get download fretsonfire-songs-muldjord fretsonfire-songs-sectoid && dpkg -x … CHARTED
    python -m benchmarks.estimators --annotated DATA/annotations --charted CHARTED --renders RENDERS
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.estimators import data
from benchmarks.estimators.candidates import Answer, librosa_answers, ours, sonara_answers
from benchmarks.estimators.data import Recording
from benchmarks.estimators.metrics import TOLERANCE, mirex_key_score, tempo_accuracy

Pair = tuple[Recording, Answer]
Cells = dict[tuple[str, str], str]
TEMPO_FACTORS = {
    "exact": 1,
    "double": 2,
    "half": 1 / 2,
    "triple": 3,
    "third": 1 / 3,
    "3/2": 3 / 2,
    "2/3": 2 / 3,
}
KEY_KINDS = ("exact", "fifth above", "fifth below", "relative", "parallel", "other")
LEVELS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def recordings(options: argparse.Namespace) -> Iterator[Recording]:
    """Everything the command line named, and the click tracks."""
    yield from data.clicks()
    if options.annotated:
        yield from data.annotated(options.annotated)
    if options.charted:
        yield from data.charted(options.charted)
    if options.renders:
        yield from data.renders(options.renders)


def print_table(title: str, cells: Cells) -> None:
    """Print a Markdown table from cells keyed by row and column."""
    rows, columns = (list(dict.fromkeys(key[i] for key in cells)) for i in range(2))
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for row in rows:
        print(f"| {row} | {' | '.join(cells.get((row, column), '') for column in columns)} |")


def by_candidate(pairs: Iterable[Pair]) -> dict[tuple[str, str], list[Pair]]:
    """Group pairs by candidate and kind of data."""
    groups: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair[1].candidate, pair[0].group].append(pair)
    return groups


def tempo_table(pairs: list[Pair]) -> Cells:
    """Accuracy 1 / Accuracy 2 in per cent."""
    cells = {}
    for place, group in by_candidate(p for p in pairs if p[0].bpm and not np.isnan(p[1].bpm)).items():
        right = np.mean([tempo_accuracy(answer.bpm, truth.bpm or 0) for truth, answer in group], axis=0)
        cells[place] = f"{100 * right[0]:.0f} / {100 * right[1]:.1f}"
    return cells


def key_table(pairs: list[Pair]) -> Cells:
    """MIREX weighted score, and the share of exact keys in per cent."""
    cells = {}
    for place, group in by_candidate(pairs).items():
        scores = [mirex_key_score(a.key, t.key) for t, a in group if a.key is not None and t.key is not None]
        if scores:
            cells[place] = f"{np.mean(scores):.3f} ({100 * np.mean(np.array(scores) == 1):.0f} %)"
    return cells


def metre_table(pairs: list[Pair]) -> Cells:
    """Share of triple found / of duple and quadruple kept, in per cent."""
    cells = {}
    known = (p for p in pairs if p[0].beats_per_bar in {2, 3, 4} and not p[1].is_variant)
    for place, group in by_candidate(known).items():
        said = [
            (t.beats_per_bar == 3, a.beats_per_bar == 3) for t, a in group if not np.isnan(a.beats_per_bar)
        ]
        triple, other = ([s for t, s in said if t is kind] for kind in (True, False))
        if triple and other:
            kept = 1 - np.mean(other)
            cells[place] = f"{100 * np.mean(triple):.0f} of {len(triple)} / {100 * kept:.0f} of {len(other)}"
    return cells


def onset_table(pairs: list[Pair]) -> Cells:
    """Median relative error and share within 20 %, in per cent."""
    cells = {}
    for place, group in by_candidate(p for p in pairs if not p[1].is_variant).items():
        found = [
            (a.onset_rate, t.onset_rate) for t, a in group if t.onset_rate and not np.isnan(a.onset_rate)
        ]
        if found:
            errors = np.array([abs(said / truth - 1) for said, truth in found])
            cells[place] = f"{100 * np.median(errors):.1f} / {100 * np.mean(errors < 0.2):.0f}"
    return cells


def error_table(pairs: list[Pair], kinds: Sequence[str], kind_of: Callable[[Pair], str | None]) -> Cells:
    """Share of each kind of answer of ours, in per cent of each kind of data."""
    groups: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        kind = kind_of(pair) if pair[1].candidate.startswith("soundglass") else None
        if kind is not None:
            groups[pair[0].group].append(kind)
    return {
        (group, kind): f"{100 * found.count(kind) / len(found):.1f}"
        for group, found in groups.items()
        for kind in kinds
    }


def tempo_kind(pair: Pair) -> str | None:
    """Tell which multiple of the true tempo was said."""
    truth, answer = pair
    if not truth.bpm or np.isnan(answer.bpm):
        return None
    near = (
        kind for kind, factor in TEMPO_FACTORS.items() if abs(answer.bpm / truth.bpm / factor - 1) < TOLERANCE
    )
    return next(near, "other")


def key_kind(pair: Pair) -> str | None:
    """Tell how the key that was said relates to the true one."""
    truth, answer = pair
    if truth.key is None or answer.key is None:
        return None
    score = mirex_key_score(answer.key, truth.key)
    if score == 0 and answer.key[1] == truth.key[1] and (answer.key[0] - truth.key[0]) % 12 == 5:
        return "fifth below"
    return {1.0: "exact", 0.5: "fifth above", 0.3: "relative", 0.2: "parallel"}.get(score, "other")


def is_right(name: str, pair: Pair) -> bool | None:
    """Whether one of our measurements is right; ``None`` where the truth is not known."""
    truth, answer = pair
    if name == "tempo":
        return tempo_accuracy(answer.bpm, truth.bpm)[0] if truth.bpm else None
    if name == "time_signature":
        return (
            None if truth.beats_per_bar is None else (truth.beats_per_bar == 3) == (answer.beats_per_bar == 3)
        )
    if truth.key is None or answer.key is None:
        return None
    return answer.key == truth.key if name == "key" else answer.key[1] == truth.key[1]


def confidence_table(pairs: list[Pair], name: str) -> Cells:
    """How often ``name`` is right where its confidence lies between two levels (none it was fitted on)."""
    levels: dict[int, list[bool]] = defaultdict(list)
    for pair in pairs:
        truth, answer = pair
        if not truth.fitted and answer.candidate.startswith("soundglass") and name in answer.confidence:
            right = is_right(name, pair)
            if right is not None:
                level = int(np.searchsorted(LEVELS, answer.confidence[name], "right"))
                levels[level].append(right)
    cells = {}
    for level, found in sorted(levels.items()):
        column = f"{LEVELS[level - 1]:.1f} to {min(LEVELS[level], 1):.1f}"
        cells[name, column] = f"{100 * np.mean(found):.0f} of {len(found)}"
    return cells


def precision(pairs: list[Pair]) -> str:
    """Say how near the tempi are that are right."""
    near = [abs(a.bpm / t.bpm - 1) for t, a in pairs if t.bpm and a.candidate == "soundglass"]
    right = [error for error in near if error <= TOLERANCE]
    return f"median {100 * np.median(right):.3f} %, 95 % of them below {100 * np.quantile(right, 0.95):.2f} %"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("annotated", "charted", "renders"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--only-ours", action="store_true")
    options = parser.parse_args()
    pairs: list[Pair] = []
    sizes: Counter[str] = Counter()
    for recording in recordings(options):
        answers: Iterable[Answer] = ours(recording.samples)
        if not options.only_ours:
            answers = chain(answers, librosa_answers(recording.samples), sonara_answers(recording.samples))
        truth = replace(recording, samples=np.zeros(0, np.float32))
        pairs += [(truth, answer) for answer in answers]
        sizes[truth.group] += 1
    print_table("Recordings", {("n", group): str(n) for group, n in sizes.items()})
    print_table("Tempo: Accuracy 1 / Accuracy 2, %", tempo_table(pairs))
    print_table("Key: MIREX weighted (exact)", key_table(pairs))
    print_table("Metre: triple found / other kept, %", metre_table(pairs))
    print_table("Onset rate: median error / within 20 %, %", onset_table(pairs))
    print_table("Tempo said, %", error_table(pairs, [*TEMPO_FACTORS, "other"], tempo_kind))
    print_table("Key said, %", error_table(pairs, KEY_KINDS, key_kind))
    print(f"\nRelative error of right tempi: {precision(pairs)}")
    for name in ("tempo", "key", "mode", "time_signature"):
        print_table(f"Right, %, by confidence: {name}", confidence_table(pairs, name))


if __name__ == "__main__":
    main()
