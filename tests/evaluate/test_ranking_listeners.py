from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from soundglass.core.errors import CatalogueError
from soundglass.evaluate.ranking.listeners import read_listeners, related


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "ann\tAbba\t12\nbob\tQueen\t3\n",
        "ann,Abba\nbob,Queen\n",
        "plays,artist_name,user_id\n12,Abba,ann\n3,Queen,bob\n",
        "\ufeffUser\tArtist\nann\tAbba\n\nbob\tQueen\n",
    ],
)
def test_layouts(tmp_path: Path, text: str) -> None:
    assert read_listeners(write(tmp_path / "table", text)) == [("ann", "Abba"), ("bob", "Queen")]


@pytest.mark.parametrize("names", ["lastfm2k_artists_id_name.tsv", "artists.dat"])
def test_numbers_take_their_names_from_the_file_beside(tmp_path: Path, names: str) -> None:
    write(tmp_path / names, 'id\tname\turl\n51\t"Weird Al" Yankovic\thttp\n52\tAir\thttp\n')
    table = write(tmp_path / "table", "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t1\n3\t99\t1\n")
    assert read_listeners(table) == [("2", '"Weird Al" Yankovic'), ("2", "Air")]


@pytest.mark.parametrize("text", ["", "only one column\n", "1\t51\n", "user,artist\n", "a,b\nc\n"])
def test_what_is_no_such_table_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_listeners(write(tmp_path / "table", text))
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file"):
        read_listeners(tmp_path / "missing")
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_listeners(tmp_path)


def test_related_artists_are_those_of_fishers_test_after_benjamini_and_hochberg() -> None:
    rng = np.random.default_rng(1)
    n_users, n_artists = 120, 24
    taste = rng.integers(0, 4, n_users)
    chances = np.where(taste[:, None] == np.arange(n_artists) % 4, 0.55, 0.02)
    hears = rng.random((n_users, n_artists)) < chances
    hears[:, -1] = False
    names = [f"artist{chr(97 + i)}" for i in range(n_artists)]
    listening = [(f"u{u}", names[a].upper()) for u, a in np.argwhere(hears)] + [("u0", "Stranger")]
    n_heard = len({user for user, _ in listening})

    pairs = [(i, j) for i in range(n_artists - 1) for j in range(i + 1, n_artists - 1)]
    p = []
    for i, j in pairs:
        both = int((hears[:, i] & hears[:, j]).sum())
        one, other = int(hears[:, i].sum()), int(hears[:, j].sum())
        table = [[both, one - both], [other - both, n_heard - one - other + both]]
        p.append(stats.fisher_exact(table, "greater").pvalue)
    passed = stats.false_discovery_control(p) <= 0.01

    heard, found = related(listening, {name: at for at, name in enumerate(names)})
    assert heard.tolist() == [True] * (n_artists - 1) + [False]
    assert {tuple(pair) for pair in found.tolist()} == {
        pair for pair, ok in zip(pairs, passed, strict=True) if ok
    }
    assert 10 < passed.sum() < (stats.false_discovery_control([q for q in p if q < 1]) <= 0.01).sum()


def test_a_track_by_two_artists_counts_for_both() -> None:
    heard, _ = related([("u", "Abba feat. Queen")], {"abba": 0, "queen": 1, "air": 2})
    assert heard.tolist() == [True, True, False]


def test_nobody_is_related_where_nobody_listens() -> None:
    heard, pairs = related([("u", "Stranger")], {"abba": 0, "queen": 1})
    assert not heard.any()
    assert pairs.shape == (0, 2)
