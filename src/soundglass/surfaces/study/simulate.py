"""Simulated participants take part in a study: by the same requests as browsers, several at a time."""

from __future__ import annotations

import io
import wave
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json
from soundglass.evaluate.study.fixed import Fixed, fixed, way
from soundglass.evaluate.study.simulated.person import Person
from soundglass.evaluate.study.simulated.policies import Policy
from soundglass.evaluate.study.steps import Step
from soundglass.evaluate.study.truth import truth
from soundglass.library.study.records import StudyRecord
from soundglass.library.study.studies import Studies
from soundglass.surfaces.study.client import Client, Refusal

AT_A_TIME: Final = 8
_HALF_WAY: Final = "4-expectation"


@dataclass(slots=True)
class TookPart:
    """How one simulated participant fared.

    Attributes
    ----------
    answered : int
        Pages.
    refused : Counter
        Answers that the server did not take, by why.
    problem : str
        What went wrong that should not have; empty if nothing did.
    """

    policy: str
    pseudonym: str = ""
    answered: int = 0
    finished: bool = False
    refused: Counter[str] = field(default_factory=Counter)
    problem: str = ""


def simulate(
    studies: Studies,
    study: StudyRecord,
    policies: Sequence[Policy],
    *,
    address: str,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> tuple[TookPart, ...]:
    """Let simulated participants take part.

    Parameters
    ----------
    studies : Studies
        The records, which tell what is true of a trial; nothing is written to them but by the server.
    study : StudyRecord
    policies : sequence of Policy
        One for each participant.
    address : str
        Of a server of the same library.
    seed : int
        Of all that participants draw.
    progress : callable
        Told how many of how many have left.

    Returns
    -------
    tuple of TookPart
        In the order of the policies.
    """
    known = _Known(studies, fixed(study))
    people = [Person(policy, seed, number) for number, policy in enumerate(policies)]
    # One after another they join: who gets which order is the same every time.
    visits = [_Visit(person, known, address) for person in people]
    for visit in visits:
        visit.join(study.simulated_code)
    with ThreadPoolExecutor(min(AT_A_TIME, len(visits))) as pool:
        running = [pool.submit(visit.go_on) for visit in visits]
        for n_left, _ in enumerate(as_completed(running), start=1):
            progress(n_left, len(visits))
    return tuple(one.result() for one in running)


@dataclass(frozen=True, slots=True)
class _Known:
    """What participants are not told, but those who are right by design have to know."""

    studies: Studies
    study: Fixed

    def way(self, secret: str) -> dict[str, Step]:
        _, participant = self.studies.participant(secret)
        return {step.id: step for step in way(self.study, participant.slot, participant.seed)}


class _Visit:
    """One participant's way through the study."""

    def __init__(self, person: Person, known: _Known, address: str) -> None:
        self._person, self._known, self._client = person, known, Client(address)
        self._manner = person.policy.manner
        self._fared = TookPart(person.policy.name)
        self._secret = ""
        self._way: dict[str, Step] = {}

    def join(self, code: str) -> None:
        """Agree to take part."""
        with self._telling_problems():
            joined = self._client.join(code, self._known.study.instruments.sha256)
            self._secret, self._fared.pseudonym = joined.secret, joined.pseudonym
            self._way = self._known.way(joined.secret)

    def go_on(self) -> TookPart:
        """Answer page by page."""
        with self._client, self._telling_problems():
            if self._secret:
                self._client.open(self._secret)
                self._fared.finished = self._answer_all()
        return self._fared

    @contextmanager
    def _telling_problems(self) -> Iterator[None]:
        try:
            yield
        except SoundglassError as error:
            self._fared.problem = str(error)

    def _answer_all(self) -> bool:
        while not (page := self._client.step(self._secret))["finished"]:
            if page["step"] == _HALF_WAY and self._manner == "quits":
                return False
            if page["step"] == _HALF_WAY and self._manner == "withdraws":
                self._withdraw(page)
                return False
            if page["step"] == _HALF_WAY and self._manner == "returns":
                page = self._come_back(page)
            self._answer(page)
        return True

    def _withdraw(self, page: Mapping[str, Json]) -> None:
        """Delete all that was answered; the link is then nobody's."""
        self._client.withdraw(self._secret)
        self._expect_refusal("nobody", page, {"expectation": 1}, _enough(page))

    def _come_back(self, old: Mapping[str, Json]) -> dict[str, Json]:
        """Open the page in another window; the first one may no longer answer."""
        self._client.open(self._secret)
        self._expect_refusal("seat", old, {"expectation": 1}, _enough(old))
        return self._client.step(self._secret)

    def _answer(self, page: Mapping[str, Json]) -> None:
        step = self._way[page["step"]]
        tones = self._load(page)
        true = truth(step, self._known.study.plan)
        answers = self._person.answers(step, self._known.study.instruments, true, tones)
        heard = _enough(page)
        if self._manner == "impatient" and step.must_hear:
            self._expect_refusal("listening", page, answers, {})
        if self._manner == "impatient" and step.kind == "sound":
            self._expect_refusal("tones", page, {"tones": tones + 1}, heard)
        if heard:
            self._client.hear(self._secret, page, heard)
        self._client.answer(self._secret, page, answers, heard)
        self._fared.answered += 1
        if self._manner == "doubles":
            self._double(page, answers, heard)

    def _double(
        self, page: Mapping[str, Json], answers: Mapping[str, Json], heard: Mapping[str, float]
    ) -> None:
        """Send the same again, which changes nothing, then another answer, which is refused."""
        self._client.answer(self._secret, page, answers, heard)
        if page["kind"] == "expectation":
            other = {"expectation": 1 if answers["expectation"] > 1 else 2}
            self._expect_refusal("answered", page, other, heard)

    def _load(self, page: Mapping[str, Json]) -> int:
        """Load all that can be heard and seen on a page, tracks in part; count the tones among it."""
        n_tones = 0
        for sound in page["sounds"]:
            content = self._client.fetch(sound["address"], whole=sound["name"] == "tones")
            if sound["name"] == "tones":
                n_tones = count_tones(content)
        for one in _of_explanation(page):
            self._client.fetch(one["address"])
        return n_tones

    def _expect_refusal(
        self, why: str, page: Mapping[str, Json], answers: Mapping[str, Json], heard: Mapping[str, float]
    ) -> None:
        try:
            self._client.answer(self._secret, page, answers, heard)
        except Refusal as refusal:
            if refusal.why != why:
                raise
            self._fared.refused[why] += 1
        else:
            raise SoundglassError(f"an answer to {page['step']} was taken that should not have been ({why})")


def _enough(page: Mapping[str, Json]) -> dict[str, float]:
    """Say that of each track as much was heard as has to be; no time passes, as nobody listens."""
    return {sound["name"]: sound["must_hear_s"] for sound in page["sounds"] if sound["must_hear_s"]}


def _of_explanation(page: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    if page["explanation"]:
        yield from page["explanation"]["pictures"]
        yield from page["explanation"]["sounds"]


def count_tones(content: bytes) -> int:
    """Count the tones of a sound check: stretches of sound between exact silence.

    Parameters
    ----------
    content : bytes
        A WAV file, mono, 16 bit.

    Returns
    -------
    int
    """
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        block = file.getframerate() // 20
    sounding = np.abs(samples[: len(samples) // block * block]).reshape(-1, block).max(axis=1) > 0
    return int(np.sum(np.diff(sounding.astype(int), prepend=0) == 1))
