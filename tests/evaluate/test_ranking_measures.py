from __future__ import annotations

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from soundglass.evaluate.ranking.measures import MEASURES, best_first, measures

nan = float("nan")


def flags(n: int, *places: int) -> np.ndarray:
    found = np.zeros(n, dtype=bool)
    found[list(places)] = True
    return found


def measured(
    scores: list[float], relevant: np.ndarray, allowed: np.ndarray | None = None
) -> dict[str, float]:
    everything = np.ones(len(relevant), dtype=bool)
    order = best_first(np.array(scores))
    return dict(
        zip(MEASURES, measures(order, relevant, everything if allowed is None else allowed), strict=True)
    )


def by_trec_eval(order: np.ndarray, relevant: np.ndarray, allowed: np.ndarray) -> list[float]:
    """Ranks stand for scores: trec_eval breaks ties by name."""
    wanted = {f"{place}": 1 for place in np.flatnonzero(relevant & allowed)}
    kept = [place for place in order if allowed[place]]
    run = {f"{place}": float(len(kept) - rank) for rank, place in enumerate(kept)}
    names = {"P.5,10", "ndcg_cut.10", "map", "Rprec"}
    found = pytrec_eval.RelevanceEvaluator({"q": wanted}, names).evaluate({"q": run})["q"]
    return [found[name] for name in ("P_5", "P_10", "ndcg_cut_10", "map", "Rprec")]


def test_by_hand() -> None:
    # ranked 3 0 4 1 2 5; of the relevant 0, 2, 5 the ranks are 2, 5, 6
    found = measured([5, 3, 2, 6, 4, 1], flags(6, 0, 2, 5))
    ideal = 1 + 1 / np.log2(3) + 1 / 2
    assert found == pytest.approx(
        {
            "P@5": 2 / 5,
            "P@10": 3 / 10,
            "nDCG@10": (1 / np.log2(3) + 1 / np.log2(6) + 1 / np.log2(7)) / ideal,
            "MAP": (1 / 2 + 2 / 5 + 3 / 6) / 3,
            "R-precision": 1 / 3,
        }
    )


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_agrees_with_trec_eval(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    score = st.sampled_from([nan, 0.0, 0.25, 0.5, 1.0, 2.0])  # many ties
    scores = np.array(data.draw(st.lists(score, min_size=n, max_size=n)))
    relevant, allowed = (
        np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n))) for _ in range(2)
    )
    order = best_first(scores)
    found = measures(order, relevant, allowed)
    if not (relevant & allowed).any():
        assert np.isnan(found).all()
    elif not len(order) or not allowed[order].any():
        assert (found == 0).all()  # trec_eval gives no answer for an empty list
    else:
        assert found == pytest.approx(by_trec_eval(order, relevant, allowed), abs=1e-12)


def test_agrees_with_scikit_learn_without_ties() -> None:
    rng = np.random.default_rng(1)
    scores, relevant = rng.permutation(500).astype(float), rng.random(500) < 0.1
    found = measured(scores, relevant)
    assert found["MAP"] == pytest.approx(average_precision_score(relevant, scores))
    assert found["nDCG@10"] == pytest.approx(ndcg_score([relevant], [scores], k=10))


def test_best_first_is_the_sorted_order_ties_by_place() -> None:
    assert best_first(np.array([1.0, nan, 3.0, 1.0, 3.0, -np.inf])).tolist() == [2, 4, 0, 3, 5]
    assert best_first(np.array([nan, nan])).tolist() == []
    many = np.random.default_rng(2).integers(0, 3, 1000).astype(float)
    assert best_first(many).tolist() == sorted(range(1000), key=lambda place: (-many[place], place))


def test_what_is_not_allowed_neither_counts_nor_takes_a_place() -> None:
    scores = [9.0, 8.0, 7.0, 6.0]
    found = measured(scores, flags(4, 0, 2), flags(4, 1, 2, 3))
    assert found["MAP"] == 1 / 2
    assert found["P@5"] == 1 / 5
    assert found["R-precision"] == 0


def test_what_cannot_be_compared_was_not_found() -> None:
    assert measured([2.0, nan, 1.0], flags(3, 0, 1))["MAP"] == 1 / 2


def test_a_query_to_which_nothing_belongs_has_no_figures() -> None:
    assert np.isnan(list(measured([1.0, 2.0], flags(2)).values())).all()


def test_a_perfect_list_is_perfect_though_shorter_than_ten() -> None:
    found = measured([3.0, 2.0, 1.0], flags(3, 0, 1))
    assert (found["nDCG@10"], found["MAP"], found["R-precision"]) == pytest.approx((1, 1, 1))
    assert (found["P@5"], found["P@10"]) == (0.4, 0.2)
