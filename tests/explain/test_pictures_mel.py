"""Mel-spectrograms as pictures: librosa's decibels, frequencies and times where they belong."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from media_files import music, write
from soundglass.core.errors import AudioError
from soundglass.core.types import Region
from soundglass.demo import demo_music
from soundglass.explain.pictures.mel import MelImage, draw_mel, draw_mel_on, mel_of, outline, read_mel
from soundglass.explain.pictures.style import look, new_figure
from soundglass.explain.pictures.ticks import HERTZ, minutes

RATE = 22_050


@pytest.fixture(scope="module")
def track() -> Path:
    return next(demo_music().glob("*magical-theme.ogg"))


def by_librosa(samples: np.ndarray, top_db: float = 80.0) -> np.ndarray:
    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=2048, hop_length=512, n_mels=128, pad_mode="constant"
    )
    return librosa.power_to_db(power, ref=np.max, top_db=top_db)


def drawn_texts(figure: Figure) -> dict[str, list[str]]:
    FigureCanvasAgg(figure).draw()
    panel = figure.axes[0]
    return {
        "x": [label.get_text() for label in panel.get_xticklabels()],
        "y": [label.get_text() for label in panel.get_yticklabels()],
    }


# -- numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("top_db", [80.0, 60.0])
def test_decibels_are_librosas(track: Path, top_db: float) -> None:
    stored, rate = soundfile.read(track, dtype="float32", always_2d=True)
    stretch = stored[2 * rate : 7 * rate].mean(axis=1)
    samples = librosa.resample(stretch, orig_sr=rate, target_sr=RATE, res_type="soxr_hq")
    image = read_mel(track, 2.0, 7.0, top_db)
    assert image.decibels.dtype == np.float32
    assert (image.decibels.max(), image.decibels.min()) == (0.0, -top_db)
    np.testing.assert_allclose(image.decibels, by_librosa(samples, top_db), atol=1e-3)


def test_times_count_from_the_start_of_the_recording(track: Path) -> None:
    image = read_mel(track, 2.0, 7.0)
    assert image.start_s == 2.0
    assert image.n_frames == 1 + 5 * RATE // 512
    assert image.hop_s == 512 / RATE
    assert image.end_s == pytest.approx(2.0 + image.n_frames * 512 / RATE)
    assert abs(image.end_s - 7.0) < image.hop_s
    assert read_mel(track).end_s == pytest.approx(12.0, abs=0.05)


def test_frequencies_have_the_place_of_librosas_bands(track: Path) -> None:
    image = read_mel(track, 0.0, 1.0)
    peaks = librosa.mel_frequencies(130, fmin=0.0, fmax=11_025.0)
    np.testing.assert_allclose(image.feet_hz, peaks)
    assert [image.mel_position(hz) for hz in peaks] == pytest.approx(range(-1, 129), abs=1e-9)


def test_a_tone_lies_at_its_place(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1500.0 * np.arange(RATE) / RATE)
    soundfile.write(tmp_path / "tone.wav", tone, RATE)
    image = read_mel(tmp_path / "tone.wav")
    assert abs(int(image.decibels[:, 20].argmax()) - image.mel_position(1500.0)) < 0.6


def test_silence_is_the_floor_all_over() -> None:
    for samples in (np.zeros(RATE, np.float32), np.full(RATE, 1e-5, np.float32)):
        assert (mel_of(samples).decibels == -80.0).all()


def test_a_quiet_recording_is_no_silence() -> None:
    assert mel_of(music(1.0, RATE, 1)[:, 0] * np.float32(1e-2)).decibels.max() == 0.0


def test_what_is_missing_is_filled_up_with_silence_and_what_is_too_much_is_cut() -> None:
    image = mel_of(music(1.0, RATE, 1)[:, 0] * np.float32(1e-3))
    longer = image.fitted(100)
    assert longer.decibels.shape == (128, 100)
    assert (longer.decibels[:, image.n_frames :] == -80.0).all()
    np.testing.assert_array_equal(longer.decibels[:, : image.n_frames], image.decibels)
    np.testing.assert_array_equal(longer.fitted(image.n_frames).decibels, image.decibels)


def test_what_has_no_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no sound"):
        mel_of(np.empty(0, np.float32))
    path = write(tmp_path / "x.wav", "wav")
    with pytest.raises(AudioError, match="ends before"):
        read_mel(path, 5.0)
    with pytest.raises(AudioError, match="can be cut"):
        read_mel(path, 1.0, 1.0)


# -- drawing -----------------------------------------------------------------------------------------


def test_axes_name_their_units_and_ticks_stand_at_their_frequencies(track: Path) -> None:
    image = read_mel(track, 1.0, 11.0)
    with look():
        figure = new_figure(8, 8)
        panel = figure.add_subplot()
        draw_mel_on(panel, image)
        texts = drawn_texts(figure)
    assert texts["y"] == ["10k", "5k", "2k", "1k", "500", "200", "100"]
    assert panel.get_yticks() == pytest.approx([image.mel_position(hz) for hz in reversed(HERTZ)])
    assert dict(zip(texts["x"], panel.get_xticks(), strict=True))["0:05"] == 5.0
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("time (m:ss)", "frequency (Hz)")


@pytest.mark.parametrize("size", [(2.0, 1.2), (3.0, 2.0), (12.0, 9.0)])
@pytest.mark.parametrize("seconds", [0.2, 3.0, 200.0])
def test_ticks_never_touch(size: tuple[float, float], seconds: float) -> None:
    image = MelImage(np.zeros((128, round(seconds * RATE / 512)), np.float32), 13.7)
    with look():
        figure = new_figure(*size)
        draw_mel_on(figure.add_subplot(), image)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    for axis, along in ((figure.axes[0].xaxis, "x"), (figure.axes[0].yaxis, "y")):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
        boxes.sort(key=lambda box: getattr(box, f"{along}0"))
        for one, other in pairwise(boxes):
            assert getattr(one, f"{along}1") < getattr(other, f"{along}0")


def test_a_picture_has_a_scale_of_decibels_or_nothing_at_all(track: Path) -> None:
    image = read_mel(track, 1.0, 3.0)
    figure = draw_mel(image, "A title")
    assert figure.axes[1].get_ylabel() == "level (dB re maximum)"
    assert figure.axes[0].images[0].get_clim() == (-80.0, 0.0)
    bare = draw_mel(image, "", axes=False)
    assert len(bare.axes) == 1
    assert drawn_texts(bare) == {"x": [], "y": []}
    assert bare.axes[0].get_xlabel() == bare.axes[0].get_ylabel() == ""


def test_low_bands_are_at_the_bottom(track: Path) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 200.0 * np.arange(RATE) / RATE)).astype(np.float32)
    figure = draw_mel(mel_of(tone), "", axes=False, grey=True)
    file = io.BytesIO()
    figure.savefig(file, format="raw")
    pixels = np.frombuffer(file.getvalue(), np.uint8).reshape(*figure.canvas.get_width_height()[::-1], 4)
    rows = pixels[20:-20, 20:-20, 0].mean(axis=1)
    assert rows[-40:].mean() > 5 * rows[:40].mean()


def test_frames_lie_where_their_times_are_also_where_there_are_too_many() -> None:
    decibels = np.full((128, 10_001), -80.0, np.float32)
    decibels[:, 5000:] = 0.0
    image = MelImage(decibels, 60.0)
    with look():
        panel = new_figure(4, 2).add_subplot()
        drawn = draw_mel_on(panel, image)
    shown = np.asarray(drawn.get_array())
    assert set(np.unique(shown[:, [0, 1, -2, -1]])) == {-80.0, 0.0}
    left, right, *_ = drawn.get_extent()
    assert left == pytest.approx(60.0 - image.hop_s / 2)
    step_s = (right - left) / shown.shape[1]
    assert shown.shape[1] <= 2400
    rise_s = left + step_s * int((shown[0] > -40).argmax())
    assert rise_s == pytest.approx(60.0 + 5000 * image.hop_s, abs=step_s)
    assert panel.get_xlim() == pytest.approx((left, image.end_s - image.hop_s / 2))


def test_an_outline_lies_at_closed_form_mel(track: Path) -> None:
    image = read_mel(track, 1.0, 11.0)
    with look():
        panel = new_figure(6, 3).add_subplot()
        draw_mel_on(panel, image)
        outline(panel, image, Region(2.0, 4.5, 500.0, 4000.0), 7, "#ffffff")
    (box,) = [patch for patch in panel.patches if isinstance(patch, Rectangle)]

    def place(hz: float) -> float:  # Slaney's scale written out
        mel = hz * 3 / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)
        return mel / ((15 + 27 * math.log(11.025) / math.log(6.4)) / 129) - 1

    assert (box.get_x(), box.get_x() + box.get_width()) == pytest.approx((2.0, 4.5))
    assert (box.get_y(), box.get_y() + box.get_height()) == pytest.approx((place(500.0), place(4000.0)))
    assert [text.get_text() for text in panel.texts] == ["7"]


@pytest.mark.parametrize(
    "region",
    [
        Region(0.0, 100.0, 0.0, 20_000.0),
        Region(10.8, 30.0, 9000.0, 11_025.0),
        Region(0.0, 1.1, 0.0, 40.0),
        Region(5.0, 5.01, 900.0, 1000.0),
    ],
)
def test_an_outline_and_its_number_stay_within_the_picture(track: Path, region: Region) -> None:
    image = read_mel(track, 1.0, 11.0)
    with look():
        figure = new_figure(6, 3)
        panel = figure.add_subplot()
        draw_mel_on(panel, image)
        outline(panel, image, region, 12, "#ffffff")
        FigureCanvasAgg(figure).draw()
    frame = panel.get_window_extent().padded(1.0)
    for drawn in (*panel.patches, *panel.texts):
        box = drawn.get_window_extent()
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
        assert frame.y0 <= box.y0 <= box.y1 <= frame.y1


def test_a_region_beyond_what_is_drawn_leaves_no_trace(track: Path) -> None:
    image = read_mel(track, 1.0, 3.0)
    with look():
        panel = new_figure(6, 3).add_subplot()
        draw_mel_on(panel, image)
        outline(panel, image, Region(5.0, 6.0, 100.0, 200.0), 1, "#ffffff")
    assert not panel.patches
    assert not panel.texts


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (65, "1:05"), (59.96, "1:00"), (2.5, "0:02.5"), (4325, "72:05")]
)
def test_times_read_as_minutes_and_seconds(seconds: float, text: str) -> None:
    assert minutes(seconds) == text
