"""Take part in a study for ever; say of each thing done, once it is kept, what it was."""

from __future__ import annotations

import itertools
import sys

from soundglass.library.study.studies import Studies


def tell(pseudonym: str, what: str) -> None:
    sys.stdout.write(f"{pseudonym} {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    studies = Studies(sys.argv[1])
    study, population = studies.by_code(sys.argv[2])
    for _ in itertools.count():
        participant, secret = studies.join(study, population, consented={}, n_slots=16, order=range(16))
        seat = studies.sit(secret).seat
        for step in ("sound", "1-expectation", "1-trial-1"):
            studies.show(participant, step, {"text": "x" * 20_000})
            studies.hear(participant, seat, step, {"query": 10.5})
            studies.answer(participant, seat, step, {"comment": "y" * 20_000})
            tell(participant.pseudonym, step)
        if participant.number % 2:
            studies.withdraw(secret)
            tell(participant.pseudonym, "withdrew")
