"""What is drawn of a track: a short one whole, of a long one what is around its regions, or why nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from soundglass.core.errors import SoundglassError
from soundglass.core.types import Region, Track
from soundglass.explain.pictures.mel import MelImage, draw_mel_on, outline
from soundglass.explain.pictures.style import lines, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.gridspec import SubplotSpec

Reader: TypeAlias = Callable[[Track, float, float | None], MelImage]
"""Gives the spectrogram of a track between two times; raises :class:`SoundglassError` where there is none."""

SHORT_S = 30.0
"""Seconds up to which a recording is drawn as a whole beside others; of a longer one so much is, or less."""

AROUND_S = 3.0
"""What is drawn of a long recording before and after each region."""

Outlined: TypeAlias = Sequence[tuple[Region, int, str]]
"""Regions with their numbers and colours."""


@dataclass(frozen=True, slots=True)
class Panels:
    """Pieces of a track's spectrogram, in order of time; none where ``missing`` says why.

    Attributes
    ----------
    images : tuple of MelImage
    missing : str
    whole : bool
        Whether the only piece is all of the track.
    """

    images: tuple[MelImage, ...]
    missing: str = ""
    whole: bool = False

    @classmethod
    def of(cls, track: Track, read: Reader, regions: Sequence[Region] = ()) -> Panels:
        """Read what is drawn of a track."""
        chosen = pieces(track.duration_s, regions)
        try:
            return cls(tuple(read(track, *piece) for piece in chosen), whole=chosen == [(0.0, None)])
        except SoundglassError as error:
            return cls((), error.message)


def pieces(duration_s: float, regions: Sequence[Region] = ()) -> list[tuple[float, float | None]]:
    """Choose what is drawn of a recording: from where to where, in seconds; ``None`` is its end.

    Parameters
    ----------
    duration_s : float
        NaN where nobody knows.
    regions : sequence of Region
        What has to be seen; without any, a long recording is drawn around its middle.
    """
    if not duration_s > SHORT_S:
        return [(0.0, None)]
    if not regions:
        return [((duration_s - SHORT_S) / 2, (duration_s + SHORT_S) / 2)]
    joined: list[tuple[float, float]] = []
    for region in sorted(regions, key=lambda region: region.start_s):
        start, end = max(0.0, region.start_s - AROUND_S), min(duration_s, region.end_s + AROUND_S)
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return list(joined)


def draw_panels(
    figure: Figure | SubFigure,
    place: SubplotSpec,
    panels: Panels,
    outlined: Outlined = (),
    *,
    hertz: bool = True,
) -> list[Axes]:
    """Draw pieces of a spectrogram side by side, as wide as they are long, with the regions in them.

    Returns
    -------
    list of Axes
        One for each piece, or one that says what is missing.
    """
    if not panels.images:
        axes = figure.add_subplot(place)
        quiet_axes(axes)
        axes.set_facecolor("#ececec")
        said = "\n".join(lines(f"No spectrogram: {panels.missing}", 44, 4))
        axes.text(0.5, 0.5, said, ha="center", va="center", color="#4d4d4d", transform=axes.transAxes)
        return [axes]
    lengths = [image.end_s - image.start_s for image in panels.images]
    places = [place]  # a single piece stands in the place itself, to line up with what is above and below
    if len(lengths) > 1:
        grid = place.subgridspec(1, len(lengths), width_ratios=lengths, wspace=0.02)
        places = [grid[at] for at in range(len(lengths))]
    drawn = []
    for at, image in enumerate(panels.images):
        axes = figure.add_subplot(places[at])
        draw_mel_on(axes, image, hertz=hertz and at == 0)
        for region, number, colour in outlined:
            if region.start_s < image.end_s and region.end_s > image.start_s:
                outline(axes, image, region, number, colour)
        if at:
            axes.set_xlabel("")
        drawn.append(axes)
    return drawn
