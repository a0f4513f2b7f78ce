"""Render music21's scores to audio whose key, tempo and metre are known, for `benchmarks/estimators`.

Needs the ``study`` extra (music21), the ``fluidsynth`` program and a General MIDI sound font
(Debian: ``fluidsynth``, ``timgm6mb-soundfont``)::

    python tools/render_scores.py OUT_FOLDER

Key truth never comes from a key profile: a score is used only where its key signature and its last bass
note agree on one key. Each score is moved so that all twelve tonics occur equally often, played by one of
several instruments at a random tempo with slightly human timing, for every third one out of tune, for two
in five with drums. ``renders.csv`` lists the truth; its column ``split`` keeps tuning and test data apart:
Bach and every other tune of Ryan's collection for tuning, all other composers and tunes for the test.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import soundfile

SOUND_FONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
SECONDS = 30
TICKS = 480
PROGRAMS = (0, 4, 6, 11, 19, 24, 25, 29, 40, 48, 52, 56, 61, 65, 71, 73, 81, 89)
DRUM_CHANNEL = 9
KICK, SNARE, HAT = 36, 38, 42
TEST_SOURCES = (
    "mozart/", "haydn/", "beethoven/", "schumann_robert/", "schumann_clara/", "chopin/", "joplin/", "handel/",
    "schubert/", "verdi/", "weber/", "corelli/", "leadSheet/", "oneills1850/", "essenFolksong/", "airdsAirs/",
)  # fmt: skip
MAX_BYTES = {".mxl": 36_000, ".xml": 140_000, ".abc": 200_000}
PER_BOOK = 3
N_CHORALES, N_TUNES = 90, 50
FIELDS = (
    "file",
    "source",
    "split",
    "bpm",
    "beats_per_bar",
    "beat_quarters",
    "tonic",
    "mode",
    "onset_rate",
    "drums",
    "program",
    "detune_cents",
)


@dataclass(frozen=True, slots=True)
class Note:
    """Onset and length in quarter notes, MIDI pitch, index of the part."""

    onset: float
    length: float
    pitch: int
    part: int


@dataclass(frozen=True, slots=True)
class Stroke:
    """One played note; times in quarter notes."""

    onset: float
    length: float
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A score with what is known about it; times are in quarter notes."""

    source: str
    split: str
    notes: tuple[Note, ...]
    length: float
    pickup: float
    bar: float
    beat: float
    tonic: int
    mode: str


@dataclass(frozen=True, slots=True)
class Performance:
    """How a piece is played."""

    bpm: float
    shift: int
    programs: tuple[int, ...]
    detune_cents: int
    drums: bool
    seed: int


def known_key(score: Any) -> tuple[int, str] | None:  # noqa: ANN401
    """Tonic and mode where the first key signature and the last bass note agree, else ``None``."""
    signature = score.recurse().getElementsByClass("KeySignature").first()
    notes = score.parts[-1].flatten().notes if score.parts else score.flatten().notes
    if signature is None or not len(notes):
        return None
    last = min(pitch.midi for pitch in notes[-1].pitches) % 12
    major = signature.sharps * 7 % 12
    stated = getattr(signature, "mode", None)
    if last == major and stated in (None, "major"):
        return major, "major"
    if last == (major + 9) % 12 and stated in (None, "minor", "major"):
        return (major + 9) % 12, "minor"
    if stated == "minor" and last == signature.tonic.pitchClass:
        return last, "minor"
    return None


def read_piece(score: Any, source: str, split: str) -> Piece | None:  # noqa: ANN401
    """Flatten one score; ``None`` where its key or metre is not clear."""
    key = known_key(score)
    signatures = list(score.recurse().getElementsByClass("TimeSignature"))
    if key is None or not signatures or len({s.ratioString for s in signatures}) > 1:
        return None
    parts = list(score.parts) or [score]
    notes = tuple(
        Note(float(n.offset), float(n.quarterLength), pitch.midi, index)
        for index, part in enumerate(parts)
        for n in part.flatten().stripTies().notes
        if n.quarterLength > 0 and "Harmony" not in n.classes and "ChordSymbol" not in n.classes
        for pitch in n.pitches
    )
    bar = float(signatures[0].barDuration.quarterLength)
    first = parts[0].getElementsByClass("Measure").first()
    filled = float(first.duration.quarterLength) if first is not None else bar
    length = max((n.onset + n.length for n in notes), default=0.0)
    if len(notes) < 24 or length < 2 * bar:
        return None
    beat = float(signatures[0].beatDuration.quarterLength)
    return Piece(source, split, notes, length, filled if filled < bar else 0.0, bar, beat, *key)


def pieces() -> Iterator[Piece]:
    """Pieces of the corpus, in a fixed order."""
    from music21 import converter, corpus

    paths = sorted(corpus.getCorePaths())
    names = {path: str(path).partition("/corpus/")[2] for path in paths}
    chorales = [path for path in paths if names[path].startswith("bach/bwv")]
    tunes = [path for path in paths if names[path].startswith("ryansMammoth")]
    chosen = [(p, "tune") for p in chorales[:: len(chorales) // N_CHORALES]]
    chosen += [(p, ("tune", "test")[i % 2]) for i, p in enumerate(tunes[:: len(tunes) // (2 * N_TUNES)])]
    others = [path for path in paths if names[path].startswith(TEST_SOURCES)]
    chosen += [(p, "test") for p in others if p.stat().st_size < MAX_BYTES.get(p.suffix, 0)]
    for path, split in chosen:
        try:
            parsed = converter.parse(path)
        except Exception as error:  # music21 raises its own kinds and plain ones
            print(f"skipped {names[path]}: {type(error).__name__}", file=sys.stderr)
            continue
        scores = list(getattr(parsed, "scores", ())) or [parsed]
        found = (read_piece(s, f"{names[path]}#{i}", split) for i, s in enumerate(scores))
        yield from [piece for piece in found if piece is not None][:PER_BOOK]


def variable_length(value: int) -> bytes:
    """MIDI's base-128 number."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))


def drum_hits(piece: Piece, total: float) -> Iterator[tuple[float, int, int]]:
    """Onset in quarter notes, drum and velocity of a plain pattern in the piece's metre."""
    beats = round(piece.bar / piece.beat)
    backbeats = {1} if beats == 2 else set(range(1, beats, 2)) if beats % 2 == 0 else set(range(1, beats))
    start = piece.pickup
    while start < total:
        for beat in range(beats):
            onset = start + beat * piece.beat
            yield onset, (SNARE if beat in backbeats else KICK), (105 if beat == 0 else 90)
            yield onset, HAT, 70
            yield onset + piece.beat / 2, HAT, 50
        start += piece.bar


def strokes(piece: Piece, play: Performance) -> Iterator[Stroke]:
    """Everything that is played in ``SECONDS`` seconds and a little more; short pieces are repeated."""
    rng = random.Random(play.seed)
    jitter = 0.006 * play.bpm * piece.beat / 60
    total = (SECONDS + 3) * play.bpm * piece.beat / 60
    span = -(-(piece.length + 1e-6) // piece.bar) * piece.bar
    for turn in range(int(total // span) + 1):
        for note in piece.notes:
            onset = note.onset + turn * span
            position = (note.onset - piece.pickup) % piece.bar
            accent = 18 if position == 0 else 8 if position % piece.beat == 0 else 0
            pitch = note.pitch + play.shift
            if onset < total and 0 <= pitch < 128:
                human = max(0.0, onset + rng.gauss(0, jitter))
                yield Stroke(
                    human, 0.95 * note.length, note.part % 9, pitch, 72 + accent + rng.randint(-6, 6)
                )
    if play.drums:
        for onset, drum, velocity in drum_hits(piece, total):
            yield Stroke(max(0.0, onset + rng.gauss(0, jitter)), 0.1, DRUM_CHANNEL, drum, velocity)


def onset_rate(piece: Piece, play: Performance) -> float:
    """Distinct onsets a second; those within 50 ms of the one before count as one."""
    seconds_per_quarter = 60 / (play.bpm * piece.beat)
    times = sorted(stroke.onset * seconds_per_quarter for stroke in strokes(piece, play))
    times = [time for time in times if time < SECONDS]
    return (1 + sum(after - before > 0.05 for before, after in pairwise(times))) / SECONDS


def midi_bytes(piece: Piece, play: Performance) -> bytes:
    """Write the performance as a standard MIDI file."""
    bend = 8192 + round(play.detune_cents / 200 * 8192)
    events: list[tuple[int, bytes]] = []
    for channel in {note.part % 9 for note in piece.notes}:
        events.append((0, bytes((0xC0 | channel, play.programs[channel % len(play.programs)]))))
        events.append((0, bytes((0xE0 | channel, bend & 0x7F, bend >> 7))))
    for stroke in strokes(piece, play):
        start = round(stroke.onset * TICKS)
        stop = max(start + 20, round((stroke.onset + stroke.length) * TICKS))
        events.append((start, bytes((0x90 | stroke.channel, stroke.pitch, stroke.velocity))))
        events.append((stop, bytes((0x80 | stroke.channel, stroke.pitch, 0))))
    return pack_midi(events, round(60e6 / (play.bpm * piece.beat)))


def pack_midi(events: list[tuple[int, bytes]], microseconds_per_quarter: int) -> bytes:
    """Events at absolute ticks as a one-track file."""
    track = b"\x00\xff\x51\x03" + microseconds_per_quarter.to_bytes(3, "big")
    now = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        track += variable_length(tick - now) + message
        now = tick
    track += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
    return header + b"MTrk" + struct.pack(">I", len(track)) + track


def render(midi: bytes, target: Path, sound_font: Path) -> None:
    """Play a MIDI file into a mono FLAC of ``SECONDS`` seconds at 22,050 Hz."""
    with tempfile.TemporaryDirectory() as folder:
        score, wave = Path(folder) / "score.mid", Path(folder) / "score.wav"
        score.write_bytes(midi)
        command = [
            "fluidsynth",
            "-ni",
            "-q",
            "-r",
            "22050",
            "-g",
            "0.4",
            "-T",
            "wav",
            "-F",
            wave,
            sound_font,
            score,
        ]
        subprocess.run([str(word) for word in command], check=True, capture_output=True)
        samples, rate = soundfile.read(wave, dtype="float32", always_2d=True)
    soundfile.write(target, samples[: SECONDS * rate].mean(axis=1), rate, subtype="PCM_16")


def perform(piece: Piece, index: int) -> tuple[Performance, int]:
    """Choose how the ``index``-th piece is played, and the tonic it will sound in."""
    rng = random.Random(index)
    tonic = index * 5 % 12
    shift = (tonic - piece.tonic + 6) % 12 - 6
    bpm = round(60 * 3 ** rng.random(), 1)
    detune = rng.choice((0, 0, 1)) * rng.randint(-45, 45)
    programs = tuple(rng.choices(PROGRAMS, k=rng.choice((1, 1, 2))))
    return Performance(bpm, shift, programs, detune, rng.random() < 0.4, index), tonic


def main() -> None:
    """Render everything into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sound-font", type=Path, default=SOUND_FONT)
    parser.add_argument("--limit", type=int, default=None, help="stop after so many pieces")
    options = parser.parse_args()
    if shutil.which("fluidsynth") is None or not options.sound_font.is_file():
        parser.error(
            "fluidsynth or the sound font is missing; try: apt install fluidsynth timgm6mb-soundfont"
        )
    if find_spec("music21") is None:
        parser.error("music21 is missing; install the study extra")
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "renders.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, FIELDS)
        table.writeheader()
        for index, piece in enumerate(pieces()):
            if options.limit is not None and index >= options.limit:
                break
            play, tonic = perform(piece, index)
            name = f"{index:04d}.flac"
            if not (options.folder / name).exists():
                render(midi_bytes(piece, play), options.folder / name, options.sound_font)
            row = (
                name,
                piece.source,
                piece.split,
                play.bpm,
                round(piece.bar / piece.beat),
                piece.beat,
                tonic,
            )
            row += (piece.mode, round(onset_rate(piece, play), 3), int(play.drums))
            row += ("+".join(map(str, play.programs)), play.detune_cents)
            table.writerow(dict(zip(FIELDS, row, strict=True)))
            stream.flush()


if __name__ == "__main__":
    main()
