"""What can be wrong with a request to a study; each kind has words of its own for participants."""

from __future__ import annotations

from soundglass.core.errors import SoundglassError, TrackNotFound


class StudyNotFound(TrackNotFound):
    """No study, and nothing of it, answers to what was asked for."""


class UnknownLink(TrackNotFound):
    """A link belongs to nobody: it was never given out, or who had it withdrew."""


class StudyClosed(SoundglassError):  # noqa: N818  (what happened, not what went wrong)
    """Nobody new may join."""


class StudyConflict(SoundglassError):  # noqa: N818
    """What a participant's page does is at odds with what was done before; nothing was changed."""


class SeatTaken(StudyConflict):
    """The participant's page was opened in another window since; only the newest may answer."""


class AlreadyAnswered(StudyConflict):
    """Another answer to this step was kept before."""


class NotShown(StudyConflict):
    """The step was never shown, so that nothing of it can be heard or answered."""


def closed(name: str) -> StudyClosed:
    """Say that a study takes nobody new."""
    return StudyClosed(
        f"the study {name!r} is closed", remedy="Who takes part already can go on by their own link"
    )


def unknown_link() -> UnknownLink:
    """Say that a link belongs to nobody."""
    return UnknownLink("this link belongs to nobody", remedy="Copy all of it, or ask who sent it to you")


def seat_taken() -> SeatTaken:
    """Say that a window is no longer the one that may answer."""
    return SeatTaken("the study was opened in another window", remedy="Go on there, or load this page again")


def already_answered() -> AlreadyAnswered:
    """Say that the first answer counts."""
    return AlreadyAnswered(
        "already answered; the first answer is kept", remedy="Load the page again to go on"
    )


def not_shown() -> NotShown:
    """Say that a step has not been reached."""
    return NotShown("this page of the study was not shown yet", remedy="Load the page again")
