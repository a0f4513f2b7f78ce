"""Take part while files may hold little; print how many answers were kept, and what ended it."""

from __future__ import annotations

import resource
import signal
import sys

from soundglass.core.errors import LibraryError
from soundglass.library.study.studies import Studies

if __name__ == "__main__":
    studies = Studies(sys.argv[1])
    study, population = studies.by_code(sys.argv[2])
    participant, _ = studies.join(study, population, consented={}, n_slots=1, order=[0])
    room = studies.path.stat().st_size + 100_000
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    for kept in range(1000):
        try:
            studies.show(participant, f"step-{kept}", {"text": "x" * 5000})
            studies.answer(participant, 0, f"step-{kept}", {"comment": "y" * 5000})
        except LibraryError as error:
            sys.stdout.write(f"{kept}\n{error}\n")
            break
