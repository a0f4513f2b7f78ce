"""Which part of a content an HTTP request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII | re.IGNORECASE)
_LONGEST = 100


class UnsatisfiableError(Exception):
    """What is asked for begins behind the end."""


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Read a ``Range`` header.

    Several ranges at once are answered by the whole, as a server may: nothing that plays audio asks for them,
    and thousands of them are an attack.

    Parameters
    ----------
    header : str or None
    size : int
        Bytes there are.

    Returns
    -------
    (int, int) or None
        Where it starts and stops; ``None`` for the whole, also where the header makes no sense.

    Raises
    ------
    UnsatisfiableError
        It begins behind the end, or asks for the last 0 bytes.
    """
    found = _ONE_RANGE.fullmatch(header) if header is not None and len(header) <= _LONGEST else None
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size:
        raise UnsatisfiableError
    return start, stop
