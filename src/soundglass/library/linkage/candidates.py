"""Which pairs of two lists are worth a closer look, found without comparing all with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from soundglass.library.linkage.folding import sounding
from soundglass.library.linkage.score import Entry

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_TITLE_WEIGHT, _ARTIST_WEIGHT = 0.65, 0.35
_BLOCK = 1024
_LEAST = 0.25


def candidates(left: Sequence[Entry], right: Sequence[Entry], n: int = 8) -> NDArray[np.intp]:
    """Find the entries of the right list that are called most like each of the left.

    Parameters
    ----------
    n : int
        How many for each; entries with the same ISRC come on top.

    Returns
    -------
    ndarray of int, shape (n_pairs, 2)
        Positions in ``left`` and ``right``, sorted, each pair once.

    Notes
    -----
    Cosine of tf-idf weights of the three-letter pieces of words, as they sound in Latin letters; a weighted
    mean over titles and artists. A sparse product of blocks of rows touches only what shares pieces.
    """
    pairs = [_same_codes(left, right)]
    if left and right:
        weights, vectors = _vectors(left, right)
        pairs += [
            _likest(weights[first : first + _BLOCK] @ vectors, first, n)
            for first in range(0, len(left), _BLOCK)
        ]
    found = np.unique(np.concatenate(pairs), axis=0)
    return np.asarray(found, dtype=np.intp)


def _vectors(left: Sequence[Entry], right: Sequence[Entry]) -> tuple[csr_matrix, csr_matrix]:
    """Weigh the pieces of names: rows for the left list, columns for the right one."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    sides = []
    for weight, texts in (
        (_TITLE_WEIGHT, [[sounding(entry.name.main_latin) for entry in side] for side in (left, right)]),
        (
            _ARTIST_WEIGHT,
            [[sounding(" ".join(entry.name.artists_latin)) for entry in side] for side in (left, right)],
        ),
    ):
        if not any(map(str.strip, texts[1])):
            continue
        pieces = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 3), lowercase=False, sublinear_tf=True, dtype=np.float32
        )
        by_right = pieces.fit_transform(texts[1])
        sides.append((weight * pieces.transform(texts[0]), by_right))
    if not sides:
        from scipy.sparse import csr_matrix

        return csr_matrix((len(left), 1)), csr_matrix((1, len(right)))
    return hstack([one for one, _ in sides], "csr"), hstack([other for _, other in sides], "csr").T.tocsr()


def _likest(products: csr_matrix, first: int, n: int) -> NDArray[np.intp]:
    """Keep the n largest products of each row, those of equal size in the order of the list."""
    kept = []
    for row, (start, end) in enumerate(zip(products.indptr[:-1], products.indptr[1:], strict=True)):
        values, columns = products.data[start:end], products.indices[start:end]
        enough = values >= _LEAST
        values, columns = values[enough], columns[enough]
        if len(values) > n:
            least = np.partition(values, len(values) - n)[len(values) - n]
            enough = values >= least
            order = np.lexsort((columns[enough], -values[enough]))[:n]
            columns = columns[enough][order]
        kept.append(np.column_stack([np.full(len(columns), first + row), columns]))
    return np.concatenate(kept)


def _same_codes(left: Sequence[Entry], right: Sequence[Entry]) -> NDArray[np.intp]:
    by_code = defaultdict(list)
    for at, entry in enumerate(right):
        if entry.listed.isrc:
            by_code[entry.listed.isrc].append(at)
    pairs = [(at, found) for at, entry in enumerate(left) for found in by_code.get(entry.listed.isrc, ())]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
