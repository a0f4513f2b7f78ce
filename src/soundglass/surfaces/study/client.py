"""A participant's side of the study's API, over one connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import quote, unquote, urlsplit

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Json

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]

_TIMEOUT_S: Final = 60.0
_FIRST_BYTES: Final = 4096
"""So much of a track is fetched: it is heard as long as is said."""


class Answer(NamedTuple):
    """What the server says."""

    status: int
    body: bytes

    @property
    def json(self) -> Json:
        """Read the body as JSON."""
        return json.loads(self.body)


class Refusal(SoundglassError):  # noqa: N818  (what the server does, not what went wrong)
    """The server did not do what was asked, and says why."""

    def __init__(self, what: str, answer: Answer) -> None:
        told = _told(answer)
        super().__init__(f"{what}: {answer.status}, {told['error']}", remedy=told.get("remedy"))
        self.status = answer.status
        self.why = str(told.get("why", ""))


@dataclass(frozen=True, slots=True)
class Joined:
    """A participant: the secret in the own address, and the pseudonym."""

    secret: str
    pseudonym: str


class Client:
    """One participant's connection to a server.

    Parameters
    ----------
    address : str
        As in ``http://127.0.0.1:8765``.

    Raises
    ------
    SoundglassError
        That is no address, or nobody answers there.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SoundglassError(f"{address!r} is no address", remedy="As in http://127.0.0.1:8765")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._own = f"{parts.scheme}://{parts.netloc}"
        self._connection = kind(parts.hostname, parts.port, timeout=_TIMEOUT_S)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def join(self, code: str, wording: str) -> Joined:
        """Agree to take part; raises :exc:`Refusal`."""
        agreed = {"consent": True, "wording": wording}
        told = self._done("joining", "POST", f"/api/study/join/{quote(code, safe='')}", agreed)
        return Joined(unquote(told["address"].rpartition("/")[2]), told["pseudonym"])

    def open(self, secret: str) -> None:
        """Load the page as a browser does: from now on it is the one that may answer."""
        self._fetched("the page", f"/study/p/{quote(secret, safe='')}")

    def step(self, secret: str) -> dict[str, Json]:
        """Ask for the step that comes next."""
        told: dict[str, Json] = self._done("the next step", "GET", f"{_api(secret)}/step")
        return told

    def fetch(self, address: str, *, whole: bool = True) -> bytes:
        """Load a sound or a picture, or its beginning."""
        headers = {} if whole else {"Range": f"bytes=0-{_FIRST_BYTES - 1}"}
        return self._fetched(address.rpartition("/")[2], address, headers)

    def hear(self, secret: str, page: Mapping[str, Json], heard: Mapping[str, float]) -> None:
        """Say how much was heard."""
        told = {"step": page["step"], "seat": page["seat"], "heard": dict(heard)}
        self._done(f"hearing on {page['step']}", "PUT", f"{_api(secret)}/heard", told)

    def answer(
        self,
        secret: str,
        page: Mapping[str, Json],
        answers: Mapping[str, Json],
        heard: Mapping[str, float],
    ) -> bool:
        """Send the answers of a page; tell whether they were the last. Raises :exc:`Refusal`."""
        told = {"step": page["step"], "seat": page["seat"], "answers": dict(answers), "heard": dict(heard)}
        return bool(
            self._done(f"answering {page['step']}", "POST", f"{_api(secret)}/answers", told)["finished"]
        )

    def withdraw(self, secret: str) -> None:
        """Delete all that was answered."""
        self._done("withdrawing", "DELETE", _api(secret), {})

    def _fetched(self, what: str, address: str, headers: Mapping[str, str] = {}) -> bytes:
        answer = self._ask("GET", address, None, headers)
        if answer.status not in {200, 206}:
            raise Refusal(what, answer)
        return answer.body

    def _done(self, what: str, method: Method, address: str, body: Json = None) -> Json:
        answer = self._ask(method, address, body, {})
        if not 200 <= answer.status < 300:
            raise Refusal(what, answer)
        return answer.json if answer.body else None

    def _ask(self, method: Method, address: str, body: Json, headers: Mapping[str, str]) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        sent = {"Accept": "*/*", "Content-Type": "application/json", "Origin": self._own, **headers}
        while True:
            was_idle = self._connection.sock is not None
            try:
                self._connection.request(method, address, content, sent)
                answer = self._connection.getresponse()
                return Answer(answer.status, answer.read())
            except (HTTPException, OSError) as error:
                self._connection.close()
                # A server closes connections that were idle; all else is told.
                if not (was_idle and isinstance(error, ConnectionError)):
                    why = str(error) or type(error).__name__
                    raise SoundglassError(
                        f"no answer from {self._own} ({why})", remedy="See whether the server runs"
                    ) from error


def _api(secret: str) -> str:
    return f"/api/study/p/{quote(secret, safe='')}"


def _told(answer: Answer) -> dict[str, Json]:
    try:
        told = answer.json
    except ValueError:
        told = None
    return told if isinstance(told, dict) and "error" in told else {"error": "the server did not say why"}
