"""Two lists of music are joined: what is one recording in both, what might be, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

from soundglass.core.errors import SoundglassError
from soundglass.library.linkage.deciding import THRESHOLD, Deciding, Match, Status
from soundglass.library.linkage.listing import Listed
from soundglass.library.linkage.score import Entry


@dataclass(frozen=True, slots=True)
class Matches(Sequence[Match]):
    """What was found for every entry of a list, in its order."""

    matches: tuple[Match, ...]
    n_others: int
    threshold: float

    def __len__(self) -> int:
        return len(self.matches)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    @overload
    def __getitem__(self, index: int) -> Match: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Match, ...]: ...

    def __getitem__(self, index: int | slice) -> Match | tuple[Match, ...]:
        return self.matches[index]

    def of(self, status: Status) -> tuple[Match, ...]:
        """Pick those of one status."""
        return tuple(match for match in self.matches if match.status == status)


def link(listed: Sequence[Listed], others: Sequence[Listed], threshold: float = THRESHOLD) -> Matches:
    """Find for every entry of a list the one of another list that is the same recording.

    Parameters
    ----------
    threshold : float
        A score, 0 to 1, from which on a pair is asserted.

    Returns
    -------
    Matches
        No entry of ``others`` is asserted twice; rows that tell of one entry again get the same answer. What
        has a second candidate nearly as likely that is another recording than the first, or scores just below
        the threshold, is ambiguous.

    Raises
    ------
    SoundglassError
        The threshold is not between 0 and 1.
    """
    if not 0.0 < threshold <= 1.0:
        raise SoundglassError(f"the threshold is {threshold:g}", remedy="Give one above 0, at most 1")
    once, other = ([Entry.of(one) for one in _once(entries)] for entries in (listed, others))
    found = Deciding(once, other, threshold).decisions()
    by_key = {_key(match.listed): match for match in found}
    answers = (replace(by_key[_key(one)], listed=one) for one in listed)
    return Matches(tuple(answers), len(other), threshold)


def _once(listed: Sequence[Listed]) -> list[Listed]:
    """Leave out rows that tell of an entry again, as tables of playlists do."""
    return list({_key(one): one for one in reversed(listed)}.values())[::-1]


def _key(listed: Listed) -> tuple[object, ...]:
    return (listed.id, listed.title, listed.artists) if listed.id else (listed.position,)
