"""Runs of fetching previews, with all sources on one host of our own."""

from __future__ import annotations

import json
from pathlib import Path

from preview_host import Clock, Host
from soundglass.audio.previews.catalogues import Column, Deezer, Itunes
from soundglass.audio.previews.fetch import PreviewSettings, PreviewSummary, fetch_previews
from soundglass.audio.previews.wanted import Offer, Verdict, Wanted

RATE = 8_000


def same_title(wanted: Wanted, offer: Offer) -> Verdict:
    if not offer.title:
        return Verdict(True, None, "as the table says")
    same = wanted.title == offer.title
    return Verdict(same, float(same), "same title" if same else "another title")


class Bench:
    """Runs with all three sources on one host."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder, self.clock = host, folder, Clock()
        self.catalogues = (Column(), Deezer(host.url), Itunes(host.url + "/itunes"))
        self.told: list[tuple[int, int]] = []

    def fetch(self, *tracks: Wanted, seconds: float = 1.0, **more: object) -> PreviewSummary:
        settings = PreviewSettings(seconds, **more)
        return fetch_previews(
            tracks,
            self.folder,
            self.catalogues,
            same_title,
            settings,
            client=self.host.client(max_bytes=1_000_000, max_s=2.0),
            pace=self.clock.pace(),
            progress=lambda *at: self.told.append(at),
        )

    def records(self) -> list[dict[str, object]]:
        return [json.loads(path.read_text("utf-8")) for path in sorted(self.folder.glob("previews/*.json"))]

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.*"))


def deezer_track(host: Host, title: str = "Una canción", **more: object) -> dict[str, object]:
    return {
        "id": 7,
        "title": title,
        "isrc": "USABC2600001",
        "duration": 201,
        "preview": f"{host.url}/7.mp3",
        "artist": {"name": "Someone"},
        **more,
    }


WANTED = Wanted(3, "t3", "Una canción", "Someone", "USABC2600001", 200.0)
