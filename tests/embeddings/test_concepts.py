"""Tags are words only where labelled patches bear them out."""

from __future__ import annotations

import numpy as np

from soundglass.embeddings.concepts import LEAST_AUC, concepts, words
from soundglass.embeddings.network import TAGS


def likelihoods(**given: float) -> np.ndarray:
    return np.array([given.get(tag, 0.0) for tag in TAGS], dtype=np.float32)


def test_every_concept_is_a_tag_with_its_evidence() -> None:
    table = concepts()
    assert set(table) <= set(TAGS)
    for found in table.values():
        assert 0 <= found.worst <= found.auc + 0.1 <= 1.1
        assert found.n_positive >= 30
        assert found.n_negative >= 30
        assert found.data


def test_a_tag_holds_where_its_worst_source_does() -> None:
    table = concepts()
    for found in table.values():
        assert found.holds == (found.auc >= LEAST_AUC and found.worst >= LEAST_AUC)
    assert table["flute"].holds
    assert not table["slow"].holds
    assert not table["harpsichord"].holds


def test_words_are_likely_tags_that_hold_likeliest_first() -> None:
    tags = likelihoods(flute=0.5, guitar=0.8, slow=0.9, female_vocal=0.95, piano=0.1)
    assert words(tags) == ("guitar", "flute")
    assert words(tags, least=0.05) == ("guitar", "flute", "piano")
    assert words(likelihoods()) == ()
