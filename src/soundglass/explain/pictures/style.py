"""One look for all pictures: colours, letters, axes in s, Hz and dB, and how a picture becomes a file."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Track

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
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

OUTLINES = ("#56b4e9", "#f0e442", "#ffffff", "#009e73", "#e69f00", "#cc79a7")
"""Of regions, on a spectrogram: light, as most of it is dark."""

SUFFIXES = (".png", ".svg", ".pdf")
_METADATA: Mapping[str, Mapping[str, str | None]] = {
    ".png": {"Software": "Soundglass"},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
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

_WIDE_LETTERS = "MWm@%—"

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
    """Draw and save within this; letters that no font has, or not in bold, pass without a word."""
    import matplotlib as mpl

    of_fonts = logging.getLogger("matplotlib.font_manager")
    level = of_fonts.level
    of_fonts.setLevel(logging.ERROR)
    try:
        with mpl.rc_context({**_RC, "font.family": _families()}), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            yield
    finally:
        of_fonts.setLevel(level)


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """Make an empty figure, whose parts make room for one another.

    Parameters
    ----------
    width, height : float
        Inches.
    title : str
        Set at the top left, in as many lines as it needs.
    """
    figure = _figure_class()(figsize=(width, height), dpi=DPI, layout="constrained")
    if title:
        letters = max(20, int(width * 9))
        figure.suptitle("\n".join(lines(title, letters)), x=0.01, ha="left")
    return figure


def rows_of(figure: Figure | SubFigure, heights: Sequence[float]) -> list[SubFigure]:
    """Divide a figure into figures below one another, of such heights."""
    divided = figure.subfigures(len(heights), 1, height_ratios=list(heights), squeeze=False)
    return [row for (row,) in divided]


def lines(text: str, letters: int, most: int = 3) -> list[str]:
    """Break a text into lines of so many letters; what is left out after the last one is an ellipsis."""
    pieces = [piece for word in readable(text).split(" ") for piece in _pieces(word, letters)]
    broken = [""]
    for at, piece in enumerate(pieces):
        longer = f"{broken[-1]} {piece}".strip()
        if width_of(longer) <= letters:
            broken[-1] = longer
        elif len(broken) < most:
            broken.append(piece)
        else:
            return [*broken[:-1], short(f"{broken[-1]} {' '.join(pieces[at:])}", letters)]
    return broken


def short(text: str, letters: int) -> str:
    """Cut a text to so many letters, with an ellipsis where something is left out."""
    text = readable(text)
    if width_of(text) <= letters:
        return text
    while width_of(text) > letters - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def width_of(text: str) -> float:
    """Estimate how wide a text is, in letters of ordinary width; narrow ones count as ordinary."""
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if letter in _WIDE_LETTERS or east_asian_width(letter) in "WF":
        return 2.0
    return 1.3 if letter.isupper() else 1.0


def signed(value: float, digits: int = 2) -> str:
    """Write a contribution with its sign, a minus as long as a plus; nothing before what reads as 0."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def _pieces(word: str, letters: int) -> Iterator[str]:
    """Cut a word that is longer than a line; what is written without spaces may be cut anywhere."""
    piece = ""
    for letter in word:
        if width_of(piece + letter) > letters:
            yield piece
            piece = ""
        piece += letter
    yield piece


def name_of(track: Track, letters: int) -> str:
    """Name a track in so many letters; of a long name both artist and title are cut, the artist more."""
    whole = track.label
    if width_of(readable(whole)) <= letters or not (track.artist and track.title):
        return short(whole, letters)
    artist = short(track.artist, max(1, letters * 2 // 5))
    return f"{artist} – {short(track.title, letters - ceil(width_of(artist)) - 3)}"


def readable(text: str) -> str:
    """Take what no font can draw out of a text: control characters, directions, halves of characters.

    Spaces are made one where they are many; those that must not be broken at stay.
    """
    whole = text.encode("utf-16", "replace").decode("utf-16", "replace")
    drawn = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", " ", whole)
    return re.sub(r"[^\S\u00a0]+", " ", drawn).strip()


def together(*words: str) -> str:
    """Join words that no line is broken between."""
    return " ".join(words).replace(" ", "\u00a0")


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
    suffix = picture_suffix(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(figure, suffix))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundglassError(
            f"cannot be written ({reason})", path=path, remedy="Choose another place"
        ) from error


def picture_suffix(path: Path) -> str:
    """Give the suffix of a picture's file; ask before drawing what takes long.

    Raises
    ------
    SoundglassError
        It is none of ``SUFFIXES``.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SoundglassError(
            "is no name of a picture",
            path=path,
            remedy=f"End it in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
        )
    return suffix


def encoded(figure: Figure, suffix: str = ".png", metadata: Mapping[str, str] | None = None) -> bytes:
    """Give the bytes of a figure in a format of ``SUFFIXES``, with what the file says of itself beside it.

    The same figure gives the same bytes.
    """
    file = BytesIO()
    with look():
        figure.savefig(file, format=suffix[1:], dpi=DPI, metadata={**_METADATA[suffix], **(metadata or {})})
    return file.getvalue()


@cache
def _figure_class() -> type[Figure]:
    """Make the class of figures that notebooks draw by themselves, without any backend being chosen."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        """A matplotlib figure that shows itself in a notebook."""

        def _repr_png_(self) -> bytes:
            return encoded(self)

    return Picture


@cache
def _families() -> list[str]:
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [family for family in _FAMILIES if family in installed]
