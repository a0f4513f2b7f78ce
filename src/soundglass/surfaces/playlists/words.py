"""How playlists are spoken of."""

from __future__ import annotations

_MINUTE, _HOUR = 60, 3600


def length_text(seconds: float) -> str:
    """Say how long something is.

    Examples
    --------
    >>> length_text(4380.0)
    '1 h 13 min'
    """
    if seconds < _MINUTE:
        return f"{round(seconds)} s"
    minutes = round(seconds / _MINUTE)
    if seconds < _HOUR:
        return f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60} min"
