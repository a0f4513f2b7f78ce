"""The demo's excerpts are what the manifest says, free to pass on, and fit to be measured."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.easyid3 import EasyID3

from soundglass.demo import demo_music

ALLOWED_LICENCES = {"GPL-2.0-or-later", "GPL-3.0-or-later", "CC-BY-3.0", "CC-BY-SA-3.0", "MIT"}
PEAK_LIMIT = 10 ** (-1.0 / 20)
LICENCE_WORDS = {
    "GPL-2.0-or-later": "GNU GENERAL PUBLIC LICENSE Version 2, June 1991",
    "GPL-3.0-or-later": "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007",
    "CC-BY-3.0": "If You Distribute, or Publicly Perform the Work or any Adaptations or Collections",
    "CC-BY-SA-3.0": "(iv) a Creative Commons Compatible License",
    "MIT": "Permission is hereby granted, free of charge",
}
FOLDER = demo_music()
ROWS = list(csv.DictReader((FOLDER / "manifest.csv").read_text("utf-8").splitlines()))
by_file = pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])


@pytest.fixture(scope="module")
def audio():
    return {row["file"]: soundfile.read(FOLDER / row["file"], always_2d=True) for row in ROWS}


def test_manifest_names_every_file_once():
    suffixes = {".ogg", ".opus", ".mp3", ".flac"}
    audio_files = [path.name for path in FOLDER.iterdir() if path.suffix in suffixes]
    assert sorted(row["file"] for row in ROWS) == sorted(audio_files)
    assert all(name.isascii() and name == name.lower() and " " not in name for name in audio_files)


def test_the_set_is_varied_and_small():
    assert 40 <= len(ROWS) <= 60
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 8_000_000
    assert len({row["source_package"] for row in ROWS}) >= 8
    assert len({row["genre"] for row in ROWS}) >= 10
    assert {row["file"].rpartition(".")[2] for row in ROWS} == {"ogg", "opus", "mp3", "flac"}


def test_most_artists_have_company():
    tracks = Counter(row["artist"] for row in ROWS)
    assert max(tracks.values()) <= 6
    assert sum(n >= 2 for n in tracks.values()) >= len(tracks) - 1


def test_every_licence_is_allowed_and_present():
    used = {row["licence"] for row in ROWS}
    assert used <= ALLOWED_LICENCES
    for licence in used:
        text = (FOLDER / "LICENSES" / f"{licence}.txt").read_text("utf-8")
        assert LICENCE_WORDS[licence] in " ".join(text.split())


def test_every_excerpt_is_attributed():
    attributions = (FOLDER / "LICENSES" / "README.md").read_text("utf-8")
    for row in ROWS:
        assert row["artist"] in row["attribution"]
        assert row["licence"] in row["attribution"]
        assert f"`{row['file']}`: {row['attribution']}" in attributions


@by_file
def test_file_is_the_one_in_the_manifest(row):
    assert hashlib.sha256((FOLDER / row["file"]).read_bytes()).hexdigest() == row["sha256"]


@by_file
def test_tags_equal_the_manifest(row):
    EasyID3.RegisterTXXXKey("license", "LICENSE")
    tags = mutagen.File(FOLDER / row["file"], easy=True).tags
    names = {"track_number": "tracknumber", "licence": "license", "attribution": "copyright"}
    for column in ("title", "artist", "album", "genre", "date", "track_number", "licence", "attribution"):
        assert tags.get(names.get(column, column), [""]) == [row[column]]


@by_file
def test_length_is_that_of_the_manifest(row, audio):
    samples, sample_rate = audio[row["file"]]
    assert 10 <= len(samples) / sample_rate <= 15
    assert len(samples) / sample_rate == pytest.approx(float(row["length_s"]), abs=0.06)


@by_file
def test_no_peak_above_minus_one_dbfs(row, audio):
    assert np.abs(audio[row["file"]][0]).max() <= PEAK_LIMIT


@by_file
def test_gain_only_brings_peaks_down_to_the_limit(row, audio):
    assert float(row["gain_db"]) <= 0
    if float(row["gain_db"]) < 0:
        assert 20 * np.log10(np.abs(audio[row["file"]][0]).max()) == pytest.approx(-1, abs=0.8)


@by_file
def test_edges_do_not_click(row, audio):
    samples, _ = audio[row["file"]]
    assert np.abs(samples[0]).max() < 0.01
    assert np.abs(samples[-1]).max() < 0.01


@by_file
def test_no_second_is_silent(row, audio):
    samples, sample_rate = audio[row["file"]]
    seconds = samples[: len(samples) // sample_rate * sample_rate].reshape(-1, sample_rate, samples.shape[1])
    level = 10 * np.log10(np.mean(seconds**2, axis=(1, 2)) + 1e-12)
    assert level.min() > -60


def test_loudness_differs_as_music_does(audio):
    level = np.array([10 * np.log10(np.mean(samples**2)) for samples, _ in audio.values()])
    assert level.min() > -40
    assert level.max() < -6
    assert np.percentile(level, 95) - np.percentile(level, 5) > 10


def test_no_two_excerpts_are_the_same_music(audio):
    def envelope(samples, sample_rate):
        blocks = samples.mean(axis=1)[: 9 * sample_rate].reshape(9 * 10, -1)
        level = np.log(np.sqrt(np.mean(blocks**2, axis=1)) + 1e-4)
        return (level - level.mean()) / level.std()

    envelopes = np.stack([envelope(*clip) for clip in audio.values()])
    spectra = np.fft.rfft(envelopes, 2 * envelopes.shape[1])
    correlation = np.fft.irfft(spectra[:, None] * spectra[None].conj()).max(axis=2) / envelopes.shape[1]
    np.fill_diagonal(correlation, 0)
    assert correlation.max() < 0.9
