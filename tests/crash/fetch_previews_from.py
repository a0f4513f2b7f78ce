"""Fetch a list of previews from a host on this machine: ``python fetch_previews_from.py PORT FOLDER N``."""

from __future__ import annotations

import sys
from pathlib import Path

from soundglass.audio.previews.addresses import Gate
from soundglass.audio.previews.catalogues import Column
from soundglass.audio.previews.client import Client
from soundglass.audio.previews.fetch import PreviewSettings, fetch_previews
from soundglass.audio.previews.pace import Pace
from soundglass.audio.previews.wanted import Verdict, Wanted

port, folder, n = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
fetch_previews(
    [Wanted(at, title=f"song {at}", preview_url=f"http://127.0.0.1:{port}/{at}") for at in range(n)],
    folder,
    (Column(),),
    lambda _wanted, _offer: Verdict(True, None, "as the table says"),
    PreviewSettings(1.0),
    client=Client(Gate(frozenset({("127.0.0.1", port)}), plain_http=True)),
    pace=Pace(sleep=lambda _seconds: None),
)
