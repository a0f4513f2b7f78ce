"""Matches as programs read them: JSON, a table of all rows, a table of those that people must look at."""

from __future__ import annotations

from pathlib import Path

from soundglass.core.types import Json
from soundglass.library.linkage.deciding import Candidate, Match, Status
from soundglass.library.linkage.linking import Matches
from soundglass.library.linkage.listing import Listed
from soundglass.surfaces.answers import write_csv

STATUSES: tuple[Status, ...] = ("matched", "ambiguous", "unmatched")
_HEADER_ROWS = 2
_NAMED = ("id", "title", "artist", "duration_s")
_OWN = ("row", *_NAMED)
_OTHER = tuple(f"match_{name}" for name in (*_NAMED, "path"))


def row_number(listed: Listed) -> int:
    """Count rows as a spreadsheet does: the header is 1."""
    return listed.position + _HEADER_ROWS


def matches_json(answer: Matches) -> dict[str, Json]:
    """Give all matches: each with its status, score, parts that sum to it, reason and candidates."""
    return {
        "threshold": answer.threshold,
        "rows": len(answer),
        "others": answer.n_others,
        **{status: len(answer.of(status)) for status in STATUSES},
        "matches": [_match_json(match) for match in answer],
    }


def _match_json(match: Match) -> dict[str, Json]:
    return {
        "row": row_number(match.listed),
        **_listed_json(match.listed),
        "status": match.status,
        "score": match.score,
        "reason": match.reason,
        "match": None if match.other is None else _listed_json(match.other),
        "candidates": [_candidate_json(candidate) for candidate in match.candidates],
    }


def _candidate_json(candidate: Candidate) -> dict[str, Json]:
    return {
        **_listed_json(candidate.listed),
        "score": candidate.likeness.score,
        "parts": dict(candidate.likeness.parts),
        "excluded": bool(candidate.likeness.against),
        "reason": candidate.reason,
    }


def _listed_json(listed: Listed) -> dict[str, Json]:
    named = {name: getattr(listed, name) for name in _NAMED}
    return named | ({"path": listed.path} if listed.path else {})


def write_matches(answer: Matches, path: Path) -> None:
    """Write one row for each of the table's, with what it was matched to, if anything.

    Raises
    ------
    LibraryError
        The file cannot be written.
    """
    records = [
        {
            **_own(match),
            "status": match.status,
            "score": _score(match.score),
            "reason": match.reason,
            **_other(match.other),
        }
        for match in answer
    ]
    write_csv(records, path, (*_OWN, "status", "score", "reason", *_OTHER))


def write_review(answer: Matches, path: Path) -> None:
    """Write one row for each candidate of the ambiguous ones, likeliest first, to choose from.

    Raises
    ------
    LibraryError
        The file cannot be written.
    """
    records = [
        {
            **_own(match),
            "choice": choice,
            "score": _score(found.likeness.score),
            "reason": found.reason,
            **_other(found.listed),
        }
        for match in answer.of("ambiguous")
        for choice, found in enumerate(match.candidates, start=1)
    ]
    write_csv(records, path, (*_OWN, "choice", "score", "reason", *_OTHER))


def _own(match: Match) -> dict[str, Json]:
    return {"row": row_number(match.listed)} | {name: getattr(match.listed, name) for name in _NAMED}


def _other(listed: Listed | None) -> dict[str, Json]:
    return {f"match_{name}": "" if listed is None else getattr(listed, name) for name in (*_NAMED, "path")}


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.3f}"
