"""Pictures from Python and from the command line: every kind, and what cannot be drawn."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from matplotlib.figure import Figure
from PIL import Image
from ran import Ran, assert_one_clear_line

import soundglass
from drawn import outlines, said, touching
from soundglass.core.errors import SoundglassError
from soundglass.surfaces.library import Library

Run = Callable[..., Ran]

QUERY, OTHER = "cave theme", "geosphere03"
KINDS = {
    "track": (QUERY,),
    "results": (QUERY, "-n", 2),
    "pair": (QUERY, OTHER),
    "contributions": (QUERY, OTHER),
    "parts": (QUERY, "-n", 3),
    "top": ("--by", "energy", "-n", 3),
    "map": (),
}


@pytest.fixture
def asked(demo_library: Library) -> tuple[str, str]:
    return "--library", demo_library.uri


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_into_a_file(run: Run, asked: tuple[str, str], tmp_path: Path, kind: str) -> None:
    file = tmp_path / "new" / f"{kind}.png"
    assert run("picture", kind, *KINDS[kind], "-o", file, "--json", *asked).json == {
        "kind": kind,
        "path": str(file),
    }
    with Image.open(file) as image:
        image.load()
        assert min(image.size) > 300


def test_files_are_svg_and_pdf_too_and_always_the_same(
    run: Run, asked: tuple[str, str], tmp_path: Path
) -> None:
    for name in ("a.svg", "b.svg", "a.PDF"):
        ran = run("picture", "parts", QUERY, "--out", tmp_path / name, *asked)
        assert name in ran.out
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.PDF").read_bytes().startswith(b"%PDF")
    svg = ElementTree.parse(tmp_path / "a.svg")
    texts = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "energy" in texts
    assert "score" in texts


def test_a_stretch_of_a_track_is_drawn(demo_library: Library) -> None:
    axes = demo_library.pictures.track(QUERY, start_s=4, seconds=3).axes[0]
    assert axes.get_xlim() == pytest.approx((4, 7), abs=0.05)
    assert len(axes.get_images()) == 1


def test_by_features_there_are_no_regions_to_outline(demo_library: Library) -> None:
    pictures = demo_library.pictures
    assert "no regions" in said(pictures.pair(QUERY, OTHER, by="features"))
    assert all(outlines(axes) == {} for axes in pictures.results(QUERY, by="features", n=1).axes)


@pytest.mark.parametrize("by", ["spectrogram", "blend", "mel-pca"])
def test_pairs_by_sound_have_outlines(demo_library: Library, by: str) -> None:
    figure = demo_library.pictures.pair(QUERY, OTHER, by=by)
    drawn = [outlines(axes) for axes in figure.axes if axes.get_images()]
    assert len(drawn) == 2
    assert drawn[0].keys() == drawn[1].keys() != set()
    strips = [axes for axes in figure.axes if axes.get_ylabel() == "score / s"]
    assert len(strips) == (0 if by == "mel-pca" else 2)


# -- what cannot be drawn ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two tones, silence, a tone that is gone, and rows of a table."""
    folder = tmp_path_factory.mktemp("pictures")
    rate = 22_050
    time = np.arange(8 * rate) / rate
    for pitch in (220, 330, 500):
        beat = np.random.default_rng(pitch).normal(0, 0.1, len(time)) * np.exp(-10 * (time % (pitch / 800)))
        soundfile.write(folder / f"tone {pitch}.wav", 0.3 * np.sin(2 * np.pi * pitch * time) + beat, rate)
    soundfile.write(folder / "hush.wav", np.zeros(8 * rate), rate)
    table = folder / "table.csv"
    table.write_text(
        "track_id,track_name,artists,danceability,energy,valence,tempo,popularity\n"
        "a,Paper Song,Pen,0.5,0.6,0.7,120,40\nb,Paper Tune,Pen,0.4,0.2,0.1,90,\n"
    )
    library = soundglass.open(folder / "mixed.lance")
    library.scan(folder, workers=1)
    library.import_table(table)
    (folder / "tone 500.wav").unlink()
    return library


DRAWN_WITHOUT_AUDIO: dict[str, Callable[[Library], Figure]] = {
    "track": lambda library: library.pictures.track("paper song"),
    "results": lambda library: library.pictures.results("paper song"),
    "pair": lambda library: library.pictures.pair("paper song", "paper tune"),
    "top": lambda library: library.pictures.top(),
}


@pytest.mark.parametrize("kind", DRAWN_WITHOUT_AUDIO)
def test_a_row_of_a_table_is_drawn_as_far_as_it_goes(mixed: Library, kind: str) -> None:
    figure = DRAWN_WITHOUT_AUDIO[kind](mixed)
    assert "There is no audio to draw" in said(figure)
    assert "Paper Song" in said(figure).replace("\n", " ")
    assert touching(figure) == []


def test_two_tracks_and_silence_are_drawn(mixed: Library) -> None:
    for figure in (
        mixed.pictures.track("hush"),
        mixed.pictures.results("tone 220"),
        mixed.pictures.results("hush", by="features"),
        mixed.pictures.pair("tone 220", "tone 330"),
        mixed.pictures.pair("tone 220", "tone 220"),
        mixed.pictures.parts("hush"),
        mixed.pictures.parts("paper song"),
        mixed.pictures.top(50, by="energy"),
    ):
        assert touching(figure) == []


def test_a_file_that_is_gone_is_one_clear_line(run: Run, mixed: Library, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "x.png", "--library", mixed.uri)
    assert_one_clear_line(run("picture", "track", "tone 500", *out), "tone 500.wav", "cannot be read")
    assert_one_clear_line(run("picture", "pair", "tone 500", "tone 220", *out), "tone 500.wav")
    assert not (tmp_path / "x.png").exists()
    assert "No spectrogram: cannot be read" in said(mixed.pictures.results("tone 220")).replace("\n", " ")
    assert "No spectrogram: cannot be read" in said(mixed.pictures.top(by="energy")).replace("\n", " ")


def test_files_of_any_name_are_drawn(mixed: Library, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"tone \xff.wav")
    try:
        shutil.copy(mixed.find("tone 220").path, odd)
    except OSError:
        pytest.skip("this file system takes no such name")
    library = soundglass.open(tmp_path / "odd.lance")
    library.scan(tmp_path, workers=1)
    assert library.pictures.track(library.map().tracks[0].id).axes[0].get_images()


def test_bad_questions_are_one_clear_line(
    run: Run, asked: tuple[str, str], mixed: Library, tmp_path: Path
) -> None:
    out = ("-o", tmp_path / "x.png")
    here = (*out, *asked)
    assert_one_clear_line(run("picture", "top", *here), "popularity", "--by energy")
    assert_one_clear_line(run("picture", "top", "--by", "mode", *here), "mode has no more and less")
    assert_one_clear_line(run("picture", "track", "zzqx unheard of", *here), "no track is called")
    assert_one_clear_line(run("picture", "track", QUERY, "--start", 99, *here), "ends before 99")
    assert_one_clear_line(run("picture", "results", QUERY, "--by", "ear", *here), "no recommender 'ear'")
    assert_one_clear_line(run("picture", "map", "--method", "umap", *here), "no method 'umap'")
    assert_one_clear_line(run("picture", "map", "--colour", "taste", *here), "'taste'")
    assert_one_clear_line(run("picture", "contrast", "key", *here), "key")
    silent = (*out, "--library", mixed.uri)
    assert_one_clear_line(run("picture", "results", "hush", *silent), "nothing to hear")
    ran = run("picture", "contributions", "tone 220", "paper song", *silent)
    assert_one_clear_line(ran, "features from a table are not compared")
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("name", ["x.jpg", "x", ".png"])
def test_another_suffix_is_refused_before_anything_is_done(
    run: Run, asked: tuple[str, str], tmp_path: Path, name: str
) -> None:
    ran = run("picture", "track", "zzqx unheard of", "-o", tmp_path / name, *asked)
    assert_one_clear_line(ran, "is no name of a picture", ".png, .svg or .pdf")


def test_a_place_that_cannot_be_written_to_is_said(run: Run, asked: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("picture", "parts", QUERY, "-o", tmp_path / "file" / "x.png", *asked)
    assert_one_clear_line(ran, "x.png", "cannot be written")


def test_python_refuses_what_shows_nothing(demo_library: Library) -> None:
    for draw in (demo_library.pictures.results, demo_library.pictures.parts):
        with pytest.raises(SoundglassError, match="a picture of 0 tracks"):
            draw(QUERY, n=0)
    with pytest.raises(SoundglassError, match="a picture of -1 tracks"):
        demo_library.pictures.top(-1, by="energy")
    for start in (-1.0, float("nan"), float("inf")):
        with pytest.raises(SoundglassError, match="no track starts at"):
            demo_library.pictures.track(QUERY, start_s=start)
