"""Cut the demo's excerpts from free-licence music in Debian packages.

``python tools/make_demo_music.py --work DIR`` downloads and unpacks the packages that ``demo_music.toml``
names into DIR (it needs ``apt-get`` and ``dpkg``; nothing is installed), then writes the excerpts,
``manifest.csv`` and ``LICENSES/`` to ``src/soundglass/demo``. With the same packages, libsndfile and mutagen
the files come out byte-identical: :func:`representative_offset` chooses the window, and Ogg's random stream
number is replaced. Loudness is never normalised; a clip that peaks too high is turned down, by ``gain_db``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import re
import subprocess
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from zipfile import ZipFile

import mutagen
import numpy as np
import soundfile
from mutagen.easyid3 import EasyID3
from mutagen.ogg import OggPage
from numpy.typing import NDArray

SELECTION = Path(__file__).with_name("demo_music.toml")
OUTPUT = Path(__file__).parents[1] / "src" / "soundglass" / "demo"
COMMON_LICENCES = Path("/usr/share/common-licenses")
PEAK_LIMIT = 10 ** (-1.0 / 20)
FADE_IN_S, FADE_OUT_S = 0.02, 0.5
LENGTH_S = 12.0
SEARCH_S = 420.0
BLOCKS_PER_SECOND = 2
N_BANDS = 16
CODECS = {
    "ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.8},
    "opus": {"format": "OGG", "subtype": "OPUS", "compression_level": 0.8},
    "mp3": {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "bitrate_mode": "VARIABLE",
        "compression_level": 0.4,
    },
    "flac": {"format": "FLAC", "subtype": "PCM_16", "compression_level": 1.0},
}
NOTICES = {
    "fretsonfire-songs-muldjord": "usr/share/games/fretsonfire/data/songs/muldjord/chaos_god/readme.txt"
}
Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Selected:
    """One line of the selection: which file of which package, and what it is called."""

    package: str
    version: str
    source_path: str
    artist: str
    title: str
    album: str
    genre: str
    date: str
    track_number: str
    licence: str
    attribution: str
    format: str
    length_s: float


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One excerpt as ``manifest.csv`` describes it."""

    file: str
    title: str
    artist: str
    album: str
    genre: str
    date: str
    track_number: str
    source_package: str
    source_version: str
    source_path: str
    offset_s: str
    length_s: str
    gain_db: str
    licence: str
    attribution: str
    sha256: str


def read_selection(path: Path) -> Iterator[Selected]:
    """Read the selection, filling each track's gaps from its source."""
    for source in tomllib.loads(path.read_text("utf-8"))["source"]:
        for track in source["track"]:
            licence = track.get("licence", source["licence"])
            yield Selected(
                package=source["package"],
                version=source["version"],
                source_path=f"{source['root']}/{track['file']}",
                artist=track["artist"],
                title=track["title"],
                album=track.get("album", source["album"]),
                genre=track.get("genre", source["genre"]),
                date=track.get("date", ""),
                track_number=str(track.get("track", "")),
                licence=licence,
                attribution=(
                    f'"{track["title"]}" by {track["artist"]}, {source["credit"]}; {licence}; '
                    "excerpt, faded and re-encoded"
                ),
                format=track.get("format", "ogg"),
                length_s=float(track.get("length_s", LENGTH_S)),
            )


def unpack(package: str, version: str, work: Path) -> Path:
    """Download and unpack one Debian package, unless it is there already; return its root."""
    root = work / f"{package}_{version.replace(':', '%3a')}"
    if not root.is_dir():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", f"{package}={version}"], cwd=work, check=True)
        deb = next(work.glob(f"{root.name}_*.deb"))
        subprocess.run(["dpkg", "-x", str(deb), str(root)], check=True)
        deb.unlink()
    return root


def expand_stems(path: str) -> list[str]:
    """Write ``a/{x,y}.ogg`` as ``["a/x.ogg", "a/y.ogg"]``."""
    if match := re.search(r"\{(.+)\}", path):
        return [path.replace(match.group(), stem) for stem in match.group(1).split(",")]
    return [path]


def read_audio(root: Path, path: str) -> tuple[Samples, int]:
    """Decode the start of a file, also inside a ``.pk3`` archive; stems are added up as the game plays them.

    Returns
    -------
    samples : ndarray of shape (n_frames, n_channels)
        Full scale is 1; lossy sources exceed it.
    sample_rate : int
        Hz.
    """
    stems = []
    for name in expand_stems(path):
        archive, inside, member = name.partition(".pk3/")
        file = io.BytesIO(ZipFile(root / f"{archive}.pk3").read(member)) if inside else root / name
        with soundfile.SoundFile(file) as audio:
            sample_rate = int(audio.samplerate)
            stems.append(audio.read(int(SEARCH_S * sample_rate), always_2d=True))
    n_frames = min(map(len, stems))
    return sum(stem[:n_frames] for stem in stems), sample_rate


def representative_offset(samples: Samples, sample_rate: int, length_s: float) -> float:
    """Find the window that sounds most like the recording at its fullest.

    The target is the 70th percentile of each band's level over all half-second blocks that are not silent. A
    window costs the distance of its mean band levels to the target, plus every decibel by which its quietest
    block lies more than 10 dB below the recording's median: no gaps, no silent intros.

    Returns
    -------
    float
        Seconds from the start, a whole number.
    """
    block = sample_rate // BLOCKS_PER_SECOND
    n_blocks, width = len(samples) // block, round(length_s * BLOCKS_PER_SECOND)
    if n_blocks <= width:
        return 0.0
    mono = samples.mean(axis=1)[: n_blocks * block].reshape(n_blocks, block)
    power = np.abs(np.fft.rfft(mono * np.hanning(block), axis=1)) ** 2 / block
    edges = np.searchsorted(np.fft.rfftfreq(block, 1 / sample_rate), np.geomspace(60, 10_000, N_BANDS + 1))
    bands = 10 * np.log10(np.add.reduceat(power, edges, axis=1)[:, :N_BANDS] + 1e-6)
    level = 10 * np.log10(np.mean(mono**2, axis=1) + 1e-10)
    target = np.percentile(bands[level > level.max() - 30], 70, axis=0)
    starts = np.arange(0, n_blocks - width, BLOCKS_PER_SECOND)
    windows = np.lib.stride_tricks.sliding_window_view
    distance = np.linalg.norm(windows(bands, width, axis=0)[starts].mean(axis=2) - target, axis=1)
    gap = np.median(level) - 10 - windows(level, width)[starts].min(axis=1)
    cost = distance / np.sqrt(N_BANDS) + np.maximum(gap, 0)
    return float(starts[np.argmin(np.round(cost, 6))]) / BLOCKS_PER_SECOND


def fade(clip: Samples, sample_rate: int) -> Samples:
    """Fade a clip in and out, linearly, to exact zeros."""
    n_in, n_out = round(FADE_IN_S * sample_rate), round(FADE_OUT_S * sample_rate)
    envelope = np.ones(len(clip))
    envelope[:n_in] = np.linspace(0, 1, n_in)
    envelope[-n_out:] = np.linspace(1, 0, n_out)
    return clip * envelope[:, None]


def encode(clip: Samples, sample_rate: int, codec: str, path: Path) -> float:
    """Write a clip so that what is decoded peaks at -1 dBFS or below; return the gain in dB, at most 0."""
    gain = min(1.0, PEAK_LIMIT / float(np.abs(clip).max()))
    while True:
        soundfile.write(path, clip * gain, sample_rate, **CODECS[codec])
        peak = float(np.abs(soundfile.read(path)[0]).max())
        if peak <= PEAK_LIMIT:
            return 20 * float(np.log10(gain))
        gain *= 0.999 * PEAK_LIMIT / peak


def write_tags(path: Path, selected: Selected) -> None:
    """Replace a file's tags by the selection's, without padding."""
    EasyID3.RegisterTXXXKey("license", "LICENSE")
    audio = mutagen.File(path, easy=True)
    if audio.tags is None:
        audio.add_tags()
    audio.delete()
    tags = {
        "title": selected.title,
        "artist": selected.artist,
        "album": selected.album,
        "genre": selected.genre,
        "date": selected.date,
        "tracknumber": selected.track_number,
        "copyright": selected.attribution,
        "license": selected.licence,
    }
    audio.update({key: value for key, value in tags.items() if value})
    audio.save(padding=lambda _info: 0)


def fix_serial(path: Path) -> None:
    """Give an Ogg stream a serial number made from its name instead of the encoder's random one."""
    serial, pages = zlib.crc32(path.name.encode()), []
    with path.open("rb") as file:
        while True:
            try:
                pages.append(OggPage(file))
            except EOFError:
                break
    for page in pages:
        page.serial = serial
    path.write_bytes(b"".join(page.write() for page in pages))


def file_name(selected: Selected) -> str:
    """Name an excerpt ``artist-title.ext``, in lower-case ASCII words."""
    text = unicodedata.normalize("NFKD", f"{selected.artist} {selected.title}")
    words = re.findall(r"[a-z0-9]+", text.encode("ascii", "ignore").decode().lower().replace("'", ""))
    return f"{'-'.join(words)}.{selected.format}"


def cut(selected: Selected, root: Path, output: Path) -> ManifestRow:
    """Make one excerpt and its row of the manifest."""
    samples, sample_rate = read_audio(root, selected.source_path)
    offset_s = representative_offset(samples, sample_rate, selected.length_s)
    start = round(offset_s * sample_rate)
    clip = fade(samples[start : start + round(selected.length_s * sample_rate)], sample_rate)
    path = output / file_name(selected)
    gain_db = encode(clip, sample_rate, selected.format, path)
    write_tags(path, selected)
    if selected.format in {"ogg", "opus"}:
        fix_serial(path)
    known = {
        key: value for key, value in asdict(selected).items() if key in {f.name for f in fields(ManifestRow)}
    }
    return ManifestRow(
        **known
        | {
            "file": path.name,
            "source_package": selected.package,
            "source_version": selected.version,
            "offset_s": f"{offset_s:g}",
            "length_s": f"{len(clip) / sample_rate:g}",
            "gain_db": f"{gain_db:.2f}",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    )


def licence_text(licence: str, roots: dict[str, Path]) -> str:
    """Return the full text of a licence, from Debian's common licences or from a package that quotes it."""
    if licence.startswith("GPL"):
        return (COMMON_LICENCES / licence.removesuffix(".0-or-later")).read_text("utf-8")
    package = "fretsonfire-songs-sectoid" if licence == "MIT" else "marsshooter-data"
    quoted = (roots[package] / "usr/share/doc" / package / "copyright").read_text("utf-8")
    if licence == "MIT":
        return quoted[quoted.index("The songs, performances") : quoted.index("Packaging:")].strip() + "\n"
    paragraph = quoted[quoted.rindex(f"\nLicense: {licence}\n") :].strip().split("\n\n")[0]
    lines = [line[1:] if line != " ." else "" for line in paragraph.splitlines()[1:]]
    return f"{licence}\n\n" + "\n".join(line.rstrip() for line in lines) + "\n"


def write_licences(rows: list[ManifestRow], roots: dict[str, Path], folder: Path) -> None:
    """Write every licence's text, the authors' own notices, and the attributions by package."""
    folder.mkdir(exist_ok=True)
    for package, notice in NOTICES.items():
        (folder / f"{package}.txt").write_bytes((roots[package] / notice).read_bytes())
    for licence in sorted({row.licence for row in rows}):
        (folder / f"{licence}.txt").write_text(licence_text(licence, roots), "utf-8")
    lines = [
        "# The demo's music: sources and attributions",
        "",
        "Excerpts of 10 to 12 seconds from music in Debian packages, each under the licence named after it;",
        "the texts are in this folder. Every excerpt was cut, faded in and out, turned down where its peak",
        "was above -1 dBFS, re-encoded and re-tagged by `tools/make_demo_music.py`, nothing else.",
        "Genres are the sources' own where they state one. `manifest.csv` gives the place in the source.",
    ]
    for package in dict.fromkeys(row.source_package for row in rows):
        mine = [row for row in rows if row.source_package == package]
        lines += ["", f"## {package} {mine[0].source_version}", ""]
        lines += [f"- `{row.file}`: {row.attribution}." for row in mine]
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def write_manifest(rows: list[ManifestRow], path: Path) -> None:
    """Write the manifest, one row an excerpt."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(ManifestRow)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def main() -> None:
    """Make the demo's folder anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the packages, kept between runs")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the demo's folder")
    arguments = parser.parse_args()
    output: Path = arguments.output
    output.mkdir(parents=True, exist_ok=True)
    for old in output.iterdir():
        if old.suffix.removeprefix(".") in CODECS:
            old.unlink()
    rows, roots = [], {}
    for selected in read_selection(SELECTION):
        roots[selected.package] = unpack(selected.package, selected.version, arguments.work)
        rows.append(cut(selected, roots[selected.package], output))
        print(rows[-1].file)
    write_manifest(rows, output / "manifest.csv")
    write_licences(rows, roots, output / "LICENSES")


if __name__ == "__main__":
    main()
