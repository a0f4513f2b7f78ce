"""The error of figures that cannot be given yet."""

from __future__ import annotations

from soundglass.core.errors import SoundglassError


class NotEnoughData(SoundglassError):  # noqa: N818  (what people read: not enough data)
    """There are too few answers, or too few different ones, for what is asked of them."""
