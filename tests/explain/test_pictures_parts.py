"""Heat maps of parts and results: columns that sum to the scores, signs by colour and number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drawn import CJK, LONG, ODD, beyond, said, touching
from soundglass.explain.phrases import phrase
from soundglass.explain.pictures.parts import MOST, REST, draw_parts, shares
from soundglass.surfaces.library import Library

QUERY = "escape from chaosland"

every = pytest.mark.parametrize("by", ["features", "spectrogram", "blend"])


@every
@pytest.mark.parametrize("most", [MOST, 3])
def test_every_column_sums_to_its_score(demo_library: Library, by: str, most: int) -> None:
    answer = demo_library.similar(QUERY, by=by, n=5)
    table = shares(answer.results, most)
    assert np.nansum(table.values, axis=0) == pytest.approx([result.score for result in answer], abs=1e-6)
    assert len(table.names) <= most + 1
    for row, name in enumerate(table.names):
        for column, result in enumerate(answer):
            own = [part.contribution for part in result.parts if phrase(part.name) == name]
            if name != REST:
                assert np.isnan(table.values[row, column]) if not own else True
                assert np.nan_to_num(table.values[row, column]) == pytest.approx(sum(own), abs=1e-12)


@every
def test_cells_hold_their_numbers_and_0_is_in_the_middle(demo_library: Library, by: str) -> None:
    answer = demo_library.similar(QUERY, by=by, n=4)
    figure = draw_parts(answer)
    above, below, _ = figure.axes
    (image,) = above.get_images()
    low, high = image.get_clim()
    assert low == -high
    table = shares(answer.results)
    written = {(text.get_position()): text.get_text() for text in above.texts}
    for (row, column), value in np.ndenumerate(table.values):
        text = written[column, row]
        assert text == "·" if np.isnan(value) else float(text.replace("−", "-")) == round(value, 2)
    assert [text.get_text() for text in below.texts] == [f"{r.score:.2f}".replace("-", "−") for r in answer]
    assert ("no part of this name" in said(figure)) is bool(np.isnan(table.values).any())


@pytest.mark.parametrize("n", [1, 4, 12])
def test_no_text_touches_another_whatever_the_titles(demo_library: Library, n: int) -> None:
    answer = demo_library.similar(QUERY, n=n)
    names = [LONG, CJK, ODD + CJK]
    odd = replace(
        answer,
        query=replace(answer.query, title=LONG),
        results=tuple(
            replace(r, track=replace(r.track, title=names[at % 3], artist=names[at // 3 % 3]))
            for at, r in enumerate(answer)
        ),
    )
    for one in (answer, odd):
        figure = draw_parts(one, "There is more to say.")
        assert touching(figure) == []
        assert beyond(figure) == []
        assert "There is more to say." in said(figure)


def test_nothing_to_draw_is_said_in_words(demo_library: Library) -> None:
    answer = replace(demo_library.similar(QUERY, n=2), results=(), notes=("too little is known",))
    shown = said(draw_parts(answer))
    assert "There is no such track." in shown
    assert "too little is known" in shown
