"""Print every figure: ``make bench``; ``--music FOLDER`` adds full-length tracks, ``--million`` size."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from benchmarks import query, scan_rate

SHARED = Path(__file__).parents[2] / "shared" / "data"


def main() -> None:
    """Run the benchmarks that the data at hand allows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, default=SHARED, help="the evaluation data")
    parser.add_argument("--music", type=Path, help="a folder of full-length tracks")
    parser.add_argument("--million", action="store_true", help="also 1,000,000 tracks (some minutes)")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    if (arguments.data / "audio").is_dir():
        scan_rate.report("30-second excerpts", arguments.data / "audio")
    if arguments.music:
        scan_rate.report("full-length tracks", arguments.music)
    scan_rate.report_memory()
    table = arguments.data / "csv" / "tidytuesday_spotify_songs.csv.gz"
    if table.is_file():
        query.report(table)
        if arguments.million:
            query.report_million(table)


if __name__ == "__main__":
    main()
