"""Images of bare pixels: matplotlib's colours, the right way up, and read back to decibels."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from media_files import music
from soundglass.core.errors import SoundglassError
from soundglass.core.settings import DEFAULTS
from soundglass.explain.pictures.image import magma, png, read_png
from soundglass.explain.pictures.mel import MelImage, mel_of

HALF_STEP = 80 / 255 / 2 + 1e-4


@pytest.fixture(scope="module")
def image() -> MelImage:
    return mel_of(music(3.0, 22_050, 1)[:, 0], 7.25)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def test_the_colours_are_matplotlibs_magma() -> None:
    np.testing.assert_array_equal(magma(), mpl.colormaps["magma"](np.arange(256), bytes=True)[:, :3])
    assert len({tuple(colour) for colour in magma().tolist()}) == 256


def test_pixels_are_what_matplotlib_would_colour(image: MelImage) -> None:
    pixels = np.asarray(opened(png(image)).convert("RGB"))
    expected = mpl.colormaps["magma"](np.rint((image.decibels[::-1] + 80) / 80 * 255).astype(int), bytes=True)
    np.testing.assert_array_equal(pixels, expected[..., :3])


def test_grey_goes_from_black_to_white(image: MelImage) -> None:
    image = image.fitted(image.n_frames + 1)
    pixels = np.asarray(opened(png(image, grey=True)))
    assert pixels.shape == image.decibels.shape
    np.testing.assert_array_equal(pixels, np.rint((image.decibels[::-1] + 80) / 80 * 255))
    assert (pixels.min(), pixels.max()) == (0, 255)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("top_db", [80.0, 61.7])
def test_it_is_read_back_within_half_a_step(grey: bool, top_db: float) -> None:
    settings = replace(DEFAULTS.spectrogram, n_mels=96, hop_length=441, f_min=20.1, f_max=8000.3)
    written = mel_of(music(2.0, 22_050, 1)[:, 0], 1 / 3, top_db, settings)
    read = read_png(png(written, grey=grey))
    assert (read.start_s, read.top_db, read.settings) == (1 / 3, top_db, settings)
    assert read.decibels.dtype == np.float32
    assert np.abs(read.decibels - written.decibels).max() <= top_db / 255 / 2 + 1e-4


def test_it_is_read_back_from_other_kinds_of_png(image: MelImage, tmp_path: Path) -> None:
    levels, texts = opened(png(image, grey=True)), PngImagePlugin.PngInfo()
    for key, text in opened(png(image)).text.items():
        texts.add_text(key, text)
    wide = Image.fromarray(np.asarray(levels).astype(np.uint16) * 257)
    pictures = [opened(png(image)).convert(mode) for mode in ("RGB", "RGBA")]
    pictures += [levels.convert(mode) for mode in ("LA", "RGB", "RGBA")] + [wide]
    for picture in pictures:
        (tmp_path / "x.png").write_bytes(encoded(picture, pnginfo=texts))
        read = read_png(tmp_path / "x.png")
        assert read.start_s == 7.25
        assert np.abs(read.decibels - image.decibels).max() <= HALF_STEP


def test_colours_a_little_off_are_taken_for_the_nearest(image: MelImage) -> None:
    colours = np.asarray(opened(png(image)).convert("RGB")).astype(int)
    noisy = np.clip(colours + np.random.default_rng(0).integers(-1, 2, colours.shape), 0, 255)
    read = read_png(encoded(Image.fromarray(noisy.astype(np.uint8))))
    assert np.abs(read.decibels - image.decibels).max() < 2.5


def test_a_resized_image_says_its_size_and_is_read_back_to_the_frames_there_were(image: MelImage) -> None:
    square = png(image, (224, 224))
    assert opened(square).size == (224, 224)
    read = read_png(square)
    assert read.decibels.shape == image.decibels.shape
    assert np.abs(read.decibels - image.decibels).mean() < 3.0


def test_resizing_averages_over_time() -> None:
    steps = MelImage(np.where(np.arange(512) % 2, -80.0, 0.0).astype(np.float32) + np.zeros((128, 1), "f4"))
    levels = np.asarray(opened(png(steps, (64, 128), grey=True)))
    assert abs(levels[:, 1:-1].astype(int) - 127).max() <= 1


def test_of_a_picture_that_says_nothing_the_usual_is_assumed() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (64, 40)).astype(np.uint8)
    read = read_png(encoded(Image.fromarray(levels)))
    assert read.decibels.shape == (128, 40)
    assert (read.start_s, read.top_db, read.settings) == (0.0, 80.0, DEFAULTS.spectrogram)
    with pytest.raises(SoundglassError, match="does not say"):
        read_png(encoded(Image.fromarray(levels)), foreign=False)


def test_other_texts_are_kept(image: MelImage) -> None:
    texts = opened(png(image, texts={"Comment": "日本"})).text
    assert texts["Comment"] == "日本"
    assert texts["soundglass.hop_length"] == "512"
    assert texts["soundglass.lowest_db"] == "-80.0"


@pytest.mark.parametrize(
    ("key", "value"),
    [("n_mels", "0"), ("n_frames", "9" * 12), ("start_s", "nan"), ("hop_length", "x"), ("lowest_db", "5")],
)
def test_impossible_texts_are_refused(image: MelImage, key: str, value: str) -> None:
    with pytest.raises(SoundglassError, match="impossible"):
        read_png(png(image, texts={f"soundglass.{key}": value}))


def test_what_is_no_picture_is_refused(image: MelImage, tmp_path: Path) -> None:
    broken = png(image)[:400]
    jpeg = encoded(Image.new("L", (9, 9)), "JPEG")
    for content in (b"", b"no picture", broken, jpeg):
        (tmp_path / "x.png").write_bytes(content)
        with pytest.raises(SoundglassError, match=r"x\.png: cannot be read"):
            read_png(tmp_path / "x.png")
    with pytest.raises(SoundglassError, match="No such file"):
        read_png(tmp_path / "gone.png")


def test_no_image_needs_matplotlib() -> None:
    code = (
        "import sys, numpy as np; from soundglass.explain.pictures.image import png;"
        "from soundglass.explain.pictures.mel import mel_of;"
        "png(mel_of(np.ones(2048, 'f4'))); assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
