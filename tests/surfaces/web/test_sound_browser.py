"""Chromium plays and seeks what it could not decode itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sounding import stored
from web_waiting import wait_until

from media_files import music, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS = 24.0
KINDS = ("alac", "wma", "aiff", "wv", "mp3", "ogg")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    folder = tmp_path_factory.mktemp("sound") / "music"
    folder.mkdir()
    samples = music(SECONDS)
    # The last third is another sound: 1 kHz at half of full scale.
    third = len(samples) // 3
    samples[-third:] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(third) / 44_100)[:, None]
    return serve(stored(folder, {kind: write(folder / f"a.{kind}", kind, samples) for kind in KINDS}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_plays_and_can_be_jumped_in(visit: Callable[..., Page], sounds: str, kind: str) -> None:
    page = visit(f"{sounds}/study")
    page.evaluate(
        """address => {
            const audio = new Audio(address);
            globalThis.heard = {audio};
            const context = new AudioContext();
            heard.analyser = new AnalyserNode(context, {fftSize: 2048, smoothingTimeConstant: 0});
            context.createMediaElementSource(audio).connect(heard.analyser).connect(context.destination);
            audio.play();
        }""",
        f"/audio/{kind}",
    )
    wait_until(page, "heard.audio.currentTime > 0.3")
    assert page.evaluate("heard.audio.duration") == pytest.approx(SECONDS, abs=0.1)
    page.evaluate("heard.audio.currentTime = 20")
    wait_until(page, "!heard.audio.seeking && heard.audio.currentTime > 20.3")
    strongest = """() => {
        const {analyser, audio} = heard, bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        const hz = bins.indexOf(Math.max(...bins)) * analyser.context.sampleRate / 2048;
        return [hz, audio.error?.message ?? null];
    }"""
    hz, error = page.evaluate(strongest)
    assert error is None
    assert hz == pytest.approx(1000, abs=50)
    page.evaluate("heard.audio.currentTime = 1")
    wait_until(page, "!heard.audio.seeking && heard.audio.currentTime > 1.3")
    assert page.evaluate(strongest)[0] < 600


def test_covers_are_shown(visit: Callable[..., Page], sounds: str) -> None:
    page = visit(f"{sounds}/study")
    page.evaluate("globalThis.seen = Object.assign(new Image(), {src: '/covers/row?size=64'})")
    wait_until(page, "seen.complete && seen.naturalWidth === 64")
