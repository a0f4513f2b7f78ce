"""Balanced orders: who meets which condition when, and about which items."""

from __future__ import annotations


def williams(n: int) -> tuple[tuple[int, ...], ...]:
    """Make a Latin square in which every treatment follows every other equally often.

    Parameters
    ----------
    n : int
        How many treatments; even.

    Returns
    -------
    tuple of tuple of int, shape ``(n, n)``
        One row a participant, one column a position.

    Raises
    ------
    ValueError
        `n` is odd: one square cannot do it.

    Notes
    -----
    Williams (1949), Experimental designs balanced for the estimation of residual effects of treatments:
    the first row is 0, 1, n − 1, 2, n − 2, …; each further row adds 1.
    """
    if n < 2 or n % 2:
        raise ValueError(f"a Williams square of {n} treatments needs two rows of squares")
    first = [0]
    for step in range(1, n):
        first.append((first[-1] + (step if step % 2 else -step)) % n)
    return tuple(tuple((treatment + row) % n for treatment in first) for row in range(n))


def crossed(n: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Pair a Williams square with items so that all pairs of treatment, item and position are balanced.

    Parameters
    ----------
    n : int
        How many treatments, and how many items; even.

    Returns
    -------
    tuple of tuple of (int, int), shape ``(2 n, n)``
        One row a participant, one column a position: the treatment and the item. In all rows together each
        treatment meets each item twice, and each stands at each position twice; rows 0 to n − 1, and n to
        2 n − 1, are a Williams square each.

    Notes
    -----
    The square is that of the cyclic group of even order, which has no orthogonal mate (Euler), so n rows
    cannot do it. Where the first row holds treatment w, row i holds w + i; given the item w − i + half, their
    difference 2 i − half runs through the even, then through the odd numbers modulo n, each twice.
    """
    square = williams(n)
    return tuple(
        tuple(
            (treatment, (first - row + half) % n)
            for treatment, first in zip(square[row], square[0], strict=True)
        )
        for half in range(2)
        for row in range(n)
    )
