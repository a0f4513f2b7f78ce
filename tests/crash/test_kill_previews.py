"""A run for previews that is killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import soundfile

from media_files import music, write
from preview_host import Host, Reply

N = 24


def test_a_killed_run_leaves_nothing_torn_and_fetches_nothing_twice(tmp_path: Path) -> None:
    sound = write(tmp_path / "x.wav", "wav", music(seconds=2.0, rate=8_000, channels=1), 8_000).read_bytes()
    host, folder = Host(), tmp_path / "out"
    host.replies |= {f"/{at}": Reply(body=sound) for at in range(N)}
    command = [
        sys.executable,
        str(Path(__file__).with_name("fetch_previews_from.py")),
        str(host.port),
        str(folder),
        str(N),
    ]
    try:
        for killed_after in (3, 9, 17):
            running = subprocess.Popen(command)
            give_up = time.monotonic() + 60
            while len(host.asked) < killed_after and running.poll() is None and time.monotonic() < give_up:
                time.sleep(0.002)
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert 17 <= len(host.asked) < N, "killed in the middle"
        subprocess.run(command, check=True)
    finally:
        host.close()
    assert len(host.asked) <= N + 3, "each kill costs what was under way"
    records = [json.loads(path.read_text("utf-8")) for path in (folder / "previews").glob("*.json")]
    assert len(records) == N
    for record in records:
        preview = folder / "previews" / record["file"]
        assert hashlib.sha256(preview.read_bytes()).hexdigest() == record["sha256"]
        assert soundfile.info(folder / "clips" / record["clip"]["file"]).duration == 1.0
    assert not [path for path in folder.rglob("*") if "part" in path.suffix or path.suffix == ".fetched"]
