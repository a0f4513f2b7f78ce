"""Write tests/golden/ms_ssim.json: what the pytorch-msssim package finds in pairs of pictures in closed form.

Run it with a Python that has ``pytorch-msssim==1.0.0`` beside torch. The tests of
``soundglass.evaluate.visual.ms_ssim`` compare with the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "ms_ssim.json"

MULTI_SCALE, SINGLE_SCALE = ((176, 176), (192, 256)), ((16, 20),)
"""Shapes of pictures that have room for five scales, and for one."""

PATTERNS: dict[str, Callable[[Grid, Grid], Grid]] = {
    "slope": lambda x, y: (x + 2 * y) / 3,
    "ripple": lambda x, y: 0.5 + 0.4 * np.sin(40 * x) * np.cos(24 * y),
    "fine ripple": lambda x, y: 0.5 + 0.5 * np.sin(300 * x + 90 * y),
    "ripple on slope": lambda x, y: 0.6 * x + 0.2 + 0.2 * np.sin(40 * x + 5 * y),
    "pulses": lambda x, y: np.exp(-6 * ((8 * x) % 1)) * np.exp(-2 * y),
    "pulses, softer": lambda x, y: 0.5 * np.exp(-6 * ((8 * x) % 1)) * np.exp(-2 * y) + 0.1,
    "pulses, late": lambda x, y: np.exp(-6 * ((8 * x - 0.25) % 1)) * np.exp(-2 * y),
    "grey": lambda x, y: 0.5 + 0.0 * x * y,
}
"""Pictures in closed form of their width and height, both 0 to 1."""

PAIRS = (
    ("slope", "ripple on slope"),
    ("ripple", "fine ripple"),
    ("ripple", "ripple on slope"),
    ("pulses", "pulses, softer"),
    ("pulses", "pulses, late"),
    ("grey", "fine ripple"),
    ("grey", "slope"),
)


def picture(name: str, shape: tuple[int, int]) -> Grid:
    """Draw one of the patterns; needs nothing but numpy."""
    height, width = shape
    return PATTERNS[name](np.linspace(0, 1, width)[None, :], np.linspace(0, 1, height)[:, None])


def main() -> None:
    """Run the package on every pair."""
    import torch
    from pytorch_msssim import ms_ssim, ssim

    def run(measure: Callable[..., torch.Tensor], pair: tuple[str, str], shape: tuple[int, int]) -> float:
        one, other = (torch.from_numpy(picture(name, shape))[None, None] for name in pair)
        return float(measure(one, other, data_range=1.0, win=window))

    gaussian = torch.exp(-0.5 * (torch.arange(-5, 6, dtype=torch.float64) / 1.5) ** 2)
    window = (gaussian / gaussian.sum())[None, None, None]  # the package's own, but in double precision
    measures = ((ms_ssim, MULTI_SCALE), (ssim, SINGLE_SCALE))
    found = [
        {"pair": pair, "shape": shape, "value": round(run(measure, pair, shape), 9)}
        for measure, shapes in measures
        for shape in shapes
        for pair in PAIRS
    ]
    GOLDEN.write_text("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
