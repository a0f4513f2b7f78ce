"""One participant's visit: which step is next, what of it has been heard, whether an answer is taken."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import asdict
from datetime import UTC, datetime

import soundglass
from soundglass.core.types import Json
from soundglass.evaluate.study import roles, tones
from soundglass.evaluate.study.fixed import fixed, way
from soundglass.evaluate.study.gate import still_to_hear
from soundglass.evaluate.study.shown import shown
from soundglass.evaluate.study.steps import Step
from soundglass.evaluate.study.truth import truth
from soundglass.library.study.records import Participant, StudyRecord
from soundglass.library.study.studies import Studies
from soundglass.surfaces.web.study.answered import impossible, is_empty, missing
from soundglass.surfaces.web.study.contract import Answers, HeardNow
from soundglass.surfaces.web.study.refusals import Refused, Why
from soundglass.surfaces.web.study.sounds import heard_on

_TOLERANCE_S = 1.0
"""A browser's clock and ours do not tick alike."""


class Session:
    """A participant who asks for something.

    Parameters
    ----------
    studies : Studies
    record : StudyRecord
    participant : Participant
    """

    def __init__(self, studies: Studies, record: StudyRecord, participant: Participant) -> None:
        self._studies = studies
        self.record = record
        self.participant = participant
        study = fixed(record)
        self.plan, self.words = study.plan, study.instruments
        self._steps = way(study, participant.slot, participant.seed)

    @property
    def is_simulated(self) -> bool:
        """Whether no person answers."""
        return self.participant.population == "simulated"

    def next_step(self) -> Step | None:
        """Give the first step that is not answered; with none left the participant has finished."""
        step = self._after(self._studies.done(self.participant))
        if step is None and self.participant.finished is None:
            self._studies.finish(self.participant)
        return step

    def step(self, key: str) -> Step:
        """Find a step that was shown.

        Raises
        ------
        Refused
            There is none of that id, or it comes later.
        """
        step = next((one for one in self._steps if one.id == key), None)
        if step is None or self._studies.first_shown(self.participant, key) is None:
            raise Refused("step", self.words)
        return step

    def sit(self, secret: str) -> None:
        """Make the window that asks the one that may answer."""
        self.participant = self._studies.sit(secret)

    def show(self, step: Step) -> dict[str, Json]:
        """Show a page, the same as when it was shown first.

        Returns
        -------
        dict of str to JSON
            The page, with ``seat`` and ``heard``, without addresses.
        """
        facts = {"program": soundglass.__version__}
        kept = self._studies.show(self.participant, step.id, self._page(step), facts)
        heard = self._studies.heard(self.participant, step.id)
        return {**kept, "seat": self.participant.seat, "heard": dict(heard)}

    def claim(self, seat: int) -> None:
        """Make sure that a window is the newest.

        Raises
        ------
        Refused
            Another one was opened since.
        """
        if seat != self.participant.seat:
            raise Refused("seat", self.words)

    def hear(self, body: HeardNow) -> None:
        """Keep what has been heard of a page, no more of it than there was time for."""
        self.claim(body.seat)
        step = self.step(body.step)
        if step.id not in self._studies.done(self.participant):
            self._studies.hear(self.participant, body.seat, step.id, self._believed(step, body.heard))

    def answer(self, body: Answers) -> bool:
        """Keep the answers of a page; the same answers again change nothing.

        Returns
        -------
        bool
            Whether they were the study's last.

        Raises
        ------
        Refused
            Too little was heard, something is not answered, or the page is not the one that comes next.
        """
        self.claim(body.seat)
        step = self.step(body.step)
        answers = {key: value for key, value in body.answers.items() if not is_empty(value)}
        done = self._studies.done(self.participant)
        if step.id not in done:
            if step != self._after(done):
                raise self._refusal(step, "step")
            self.hear(body)
            self._refuse_unheard(step, body.heard)
            self._refuse_unanswered(step, answers)
        self._studies.answer(self.participant, body.seat, step.id, answers, self._facts(step, body.times))
        return self.next_step() is None

    def _after(self, done: Set[str]) -> Step | None:
        return next((step for step in self._steps if step.id not in done), None)

    def _refuse_unheard(self, step: Step, reported: Mapping[str, float]) -> None:
        heard = self._studies.heard(self.participant, step.id)
        left = still_to_hear(step, self.plan.design, heard)
        if left:
            too_fast = not still_to_hear(step, self.plan.design, reported)
            said = "gate.too_fast" if too_fast else "gate.still"
            texts = [
                self.words.say(said, seconds=math.ceil(seconds), label=self.words.say(f"label.{role}"))
                for role, seconds in left.items()
            ]
            raise self._refusal(step, "listening", " · ".join(texts))

    def _refuse_unanswered(self, step: Step, answers: Mapping[str, Json]) -> None:
        questions = self._page(step)["questions"]
        if impossible(questions, answers):
            raise self._refusal(step, "impossible")
        if missing(questions, answers):
            raise self._refusal(step, "missing")
        if step.kind == "sound" and not tones.are_counted(self.participant.seed, answers["tones"]):
            raise self._refusal(step, "tones")

    def _refusal(self, step: Step, why: Why, text: str = "") -> Refused:
        self._studies.refuse(self.participant, step.id, why)
        return Refused(why, self.words, text)

    def _believed(self, step: Step, heard: Mapping[str, float]) -> dict[str, float]:
        """Cut what a browser says down to the time there was; simulated participants need none."""
        names = {sound["name"] for sound in heard_on(self._page(step))}
        known = {name: seconds for name, seconds in heard.items() if name in names}
        first = self._studies.first_shown(self.participant, step.id)
        if self.is_simulated or first is None:
            return known
        room = (datetime.now(UTC) - first).total_seconds() + _TOLERANCE_S
        share = min(1.0, room / max(sum(known.values()), room))
        return {name: seconds * share for name, seconds in known.items()}

    def _page(self, step: Step) -> dict[str, Json]:
        number = self._steps.index(step) + 1
        return shown(step, self.plan, self.words, number=number, of=len(self._steps))

    def _facts(self, step: Step, times: Mapping[str, float]) -> dict[str, Json]:
        """Say all that is known of an answer but the answer."""
        true = truth(step, self.plan)
        return {
            "seed": self.participant.seed,
            "slot": self.participant.slot,
            "number": self._steps.index(step) + 1,
            "step": asdict(step),
            "truth": None if true is None else asdict(true),
            "tracks": {role: track.id for role, track in roles.tracks(step, self.plan).items()},
            "versions": {**self.plan.versions, "program": soundglass.__version__},
            "plan_sha256": self.record.plan_sha256,
            "wording_sha256": self.words.sha256,
            "times_ms": dict(times),
        }
