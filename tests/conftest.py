"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of evaluation data beside the checkout; it is not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared evaluation data is not beside this checkout")
    return SHARED_DATA
