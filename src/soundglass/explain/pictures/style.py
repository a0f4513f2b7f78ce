"""One look for all pictures: colours, letters, axes in s, Hz and dB, and how a picture becomes a file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from soundglass.core.errors import SoundglassError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours that the colour-blind tell apart (Okabe & Ito, 2008); each also gets a marker of its own."""

MARKERS = "osD^vPX*"

FOR, AGAINST, TOTAL = "#0072b2", "#d55e00", "#4d4d4d"
"""What speaks for a pair, what speaks against it, and the sum."""

INK, PALE = "#1a1a1a", "#8c8c8c"

SPECTROGRAM = "magma"
"""Of a sequence: even steps to the eye, in grey too (Smith & van der Walt, 2015)."""

DIVERGING = "PuOr"
"""Of signed numbers, 0 in the middle; harmless to the colour-blind (ColorBrewer)."""

OUTLINES = ("#56b4e9", "#f0e442", "#009e73", "#ffffff", "#e69f00", "#cc79a7")
"""Of regions, on a spectrogram: light, as most of it is dark."""

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 144

_FAMILIES = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Droid Sans Fallback",
    "WenQuanYi Micro Hei",
    "IPAGothic",
)
"""Letters are sought in all of these that are installed, as titles are of all scripts."""

_RC: Mapping[RcKeyType, Any] = {
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 6,
    "axes.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.edgecolor": PALE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.8,
    "image.interpolation": "nearest",
    "image.cmap": SPECTROGRAM,
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "soundglass",
}


@contextmanager
def look() -> Iterator[None]:
    """Draw and save within this; letters that no font has are drawn as boxes without a word."""
    import matplotlib as mpl

    with mpl.rc_context({**_RC, "font.family": _families()}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """Make an empty figure, whose parts make room for one another.

    Parameters
    ----------
    width, height : float
        Inches.
    title : str
        Set at the top left, in as many lines as it needs.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    if title:
        letters = max(20, int(width * 11))
        figure.suptitle("\n".join(lines(title, letters)), x=0.01, ha="left")
    return figure


def lines(text: str, letters: int, most: int = 3) -> list[str]:
    """Break a text into lines of so many letters; what is left out after the last one is an ellipsis."""
    text = readable(text)
    broken = wrap(text, letters, break_long_words=True)
    if len(broken) <= most:
        return broken or [""]
    rest = shorten(" ".join(broken[most - 1 :]), letters, placeholder="…")
    return [*broken[: most - 1], rest if len(rest) > 1 else broken[most - 1][: letters - 1] + "…"]


def short(text: str, letters: int) -> str:
    """Cut a text to so many letters, with an ellipsis where something is left out."""
    text = readable(text)
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def readable(text: str) -> str:
    """Take what no font can draw out of a text: control characters, directions, halves of characters."""
    whole = text.encode("utf-16", "replace").decode("utf-16", "replace")
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", " ", whole).split())


def quiet_axes(axes: Axes) -> None:
    """Take everything but what is drawn from axes."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, SVG or PDF, by the file's suffix; the same figure gives the same bytes.

    Raises
    ------
    SoundglassError
        The suffix is another, or the file cannot be written.
    """
    from io import BytesIO

    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SoundglassError(
            "is no name of a picture",
            path=path,
            remedy=f"End it in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
        )
    metadata = {".png": {"Software": "Soundglass"}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    file = BytesIO()
    with look():
        figure.savefig(file, format=suffix[1:], dpi=DPI, metadata=metadata[suffix])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.getvalue())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundglassError(
            f"cannot be written ({reason})", path=path, remedy="Choose another place"
        ) from error


@cache
def _families() -> list[str]:
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [family for family in _FAMILIES if family in installed]
