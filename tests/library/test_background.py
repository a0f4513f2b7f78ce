from __future__ import annotations

import shutil
from hashlib import blake2b
from pathlib import Path

import lance
import numpy as np
import pytest

from soundglass.core.types import Json
from soundglass.embeddings.tokens import TokenSet, directions
from soundglass.library import background
from soundglass.library.background import Background, refresh
from soundglass.library.health import check
from soundglass.library.packing import STANDING_COLUMNS
from soundglass.library.store import Store
from token_sets import random_token_sets, store_tokens, table_of

TOKENS = random_token_sets(90, seed=11)


def standings(store: Store) -> dict[str, dict[str, Json]]:
    rows = store.columns(["id", *STANDING_COLUMNS]).to_pylist()
    return {row.pop("id"): row for row in rows}


def versions(store: Store) -> set[int | None]:
    return {row["background"] for row in standings(store).values()}


def drawn(store: Store) -> list[str]:
    return lance.dataset(f"{store.uri}/background.lance").to_table()["id"].to_pylist()


def best(one: TokenSet, other: TokenSet) -> np.ndarray:
    return (directions(one.vectors) @ directions(other.vectors).T).max(axis=1)


def filled(store: Store, n: int) -> Store:
    store_tokens(store, TOKENS[:n])
    refresh(store)
    return store


def test_means_are_those_over_the_whole_of_a_small_library(store: Store) -> None:
    found = standings(filled(store, 20))
    for index in range(20):
        wanted = np.mean([best(TOKENS[index], other) for other in TOKENS[:20]], axis=0)
        means = np.frombuffer(found[f"t{index}"]["token_means"], "<f4")
        np.testing.assert_allclose(means, wanted, rtol=0, atol=1e-6)


def test_shares_favour_tokens_that_tell_tracks_apart(store: Store) -> None:
    found = standings(filled(store, 20))
    for index in range(20):
        spread = np.std([best(TOKENS[index], TOKENS[j]) for j in range(20) if j != index], axis=0)
        wanted = TOKENS[index].weights / np.maximum(spread, 0.02)
        shares = np.frombuffer(found[f"t{index}"]["token_shares"], "<f4")
        np.testing.assert_allclose(shares, wanted / wanted.sum(), rtol=1e-4)
        assert shares.sum() == pytest.approx(1, abs=1e-6)


def test_the_mean_score_in_one_direction_is_zero_for_every_track_before_it_is_scaled(store: Store) -> None:
    found = standings(filled(store, 20))
    for index in range(20):
        shares, means = (np.frombuffer(found[f"t{index}"][c], "<f4") for c in ("token_shares", "token_means"))
        scores = [
            shares @ (best(TOKENS[index], other) - means) / (1 - shares @ means) for other in TOKENS[:20]
        ]
        assert np.mean(scores) == pytest.approx(0, abs=1e-6)


def test_a_background_is_a_sample_by_the_hashes_of_ids(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SIZE", 16)
    filled(store, 60)
    ids = sorted((f"t{index}" for index in range(60)), key=lambda track: blake2b(track.encode()).digest())
    assert sorted(drawn(store)) == sorted(ids[:16])
    outside = int(ids[-1][1:])
    wanted = np.mean([best(TOKENS[outside], TOKENS[int(track[1:])]) for track in ids[:16]], axis=0)
    means = np.frombuffer(standings(store)[ids[-1]]["token_means"], "<f4")
    np.testing.assert_allclose(means, wanted, rtol=0, atol=1e-6)


def test_the_same_library_is_measured_the_same_wherever_it_is(store: Store, tmp_path: Path) -> None:
    other = Store(str(tmp_path / "other.lance"), create=True)
    for first in (12, 0, 6):  # other rows, the same tracks
        store_tokens(other, TOKENS[first : first + 6], first)
    refresh(other)
    ours, theirs = standings(filled(store, 18)), standings(other)
    for track, values in ours.items():
        for column in ("token_means", "token_shares"):
            one, another = (np.frombuffer(row[column], "<f4") for row in (values, theirs[track]))
            np.testing.assert_allclose(one, another, rtol=1e-5)


def test_new_tracks_are_measured_and_old_ones_left_alone(store: Store) -> None:
    before = standings(filled(store, 20))
    store_tokens(store, TOKENS[20:29], first=20)
    assert versions(store) == {1, None}
    refresh(store)
    after = standings(store)
    assert versions(store) == {1}
    assert {track: after[track] for track in before} == before
    wanted = np.mean([best(TOKENS[25], other) for other in TOKENS[:20]], axis=0)
    np.testing.assert_allclose(np.frombuffer(after["t25"]["token_means"], "<f4"), wanted, rtol=0, atol=1e-6)


def test_nothing_is_written_where_nothing_is_new(store: Store) -> None:
    filled(store, 20)
    version = store.version
    refresh(store)
    assert store.version == version


@pytest.mark.parametrize("n_before,n_after", [(20, 30), (30, 20)])
def test_a_library_that_outgrew_its_background_gets_a_new_one(
    store: Store, n_before: int, n_after: int
) -> None:
    filled(store, n_before)
    store_tokens(store, TOKENS[n_before:n_after], first=n_before)
    store.delete([f"t{index}" for index in range(n_after, n_before)])
    refresh(store)
    assert versions(store) == {2}
    assert len(drawn(store)) == n_after


def test_tracks_without_tokens_have_no_standing(store: Store) -> None:
    store_tokens(store, [None, *TOKENS[:3], None])
    refresh(store)
    found = standings(store)
    assert {track for track, row in found.items() if row["background"] is None} == {"t0", "t4"}
    assert found["t0"]["token_means"] is None


def test_a_library_without_tokens_has_no_background(store: Store) -> None:
    refresh(store)
    store_tokens(store, [None])
    refresh(store)
    assert not Path(store.uri, "background.lance").exists()


def test_tokens_of_another_version_count_for_nothing(store: Store) -> None:
    store_tokens(store, TOKENS[:10])
    store.merge_columns([{"id": "t3", "embedding_version": -1}], ("id", "embedding_version"))
    refresh(store)
    assert "t3" not in drawn(store)
    assert standings(store)["t3"]["background"] is None


@pytest.mark.parametrize("n_after", [25, 40])
def test_a_refresh_killed_before_its_measurements_are_stored_is_made_good(
    store: Store, monkeypatch: pytest.MonkeyPatch, n_after: int
) -> None:
    filled(store, 20)
    store_tokens(store, TOKENS[20:n_after], first=20)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(store, "merge_columns", killed)
        refresh(store)
    assert versions(store) == {1, None}
    refresh(store)
    assert len(versions(store)) == 1
    assert len(drawn(store)) == (20 if n_after == 25 else 40)


@pytest.mark.parametrize("harm", ["gone", "torn", "headless", "odd"])
def test_a_damaged_background_is_drawn_anew(store: Store, harm: str) -> None:
    filled(store, 20)
    folder = Path(store.uri, "background.lance")
    if harm in {"torn", "headless"}:
        for file in folder.rglob("*.lance" if harm == "torn" else "*.manifest"):
            file.write_bytes(b"")
    else:
        shutil.rmtree(folder)
    if harm == "odd":
        lance.write_dataset([{"id": "t1"}], str(folder))
    store_tokens(store, TOKENS[20:22], first=20)
    refresh(store)
    assert versions(store) == {2}
    assert len(drawn(store)) == 22


TORN = {
    "token_vectors": [b"", None, b"12345", bytes(64 * 12)],
    "token_weights": [b"", b"123", bytes(4 * 12), np.full(12, np.nan, "<f4").tobytes()],
}


@pytest.mark.parametrize(("column", "value"), [(column, value) for column in TORN for value in TORN[column]])
def test_a_torn_track_has_no_standing_and_does_not_matter_to_others(
    store: Store, tmp_path: Path, column: str, value: Json
) -> None:
    whole = Store(str(tmp_path / "whole.lance"), create=True)
    store_tokens(whole, TOKENS[:20])
    store_tokens(store, TOKENS[:20])
    whole.delete(["t4"])
    if value is not None and len(value) in {4 * 12, 64 * 12}:  # torn in its values, not in its lengths
        value = value[: len(TOKENS[4]) * len(value) // 12]
    store.merge_columns([{"id": "t4", column: value}], ("id", column))
    refresh(whole)
    refresh(store)
    found, expected = standings(store), standings(whole)
    assert found.pop("t4")["background"] is None
    for track, values in expected.items():
        for name in ("token_means", "token_shares"):
            one, other = (np.frombuffer(row[name], "<f4") for row in (found[track], values))
            np.testing.assert_allclose(one, other, rtol=1e-5)
    refresh(store)
    assert "t4" not in drawn(store)
    assert check(store).problems


def test_a_track_torn_since_it_was_measured_loses_its_standing_with_the_old_background(store: Store) -> None:
    filled(store, 20)
    store.merge_columns([{"id": "t4", "token_weights": b"1"}], ("id", "token_weights"))
    store_tokens(store, TOKENS[20:40], first=20)
    refresh(store)
    assert standings(store)["t4"] == dict.fromkeys(STANDING_COLUMNS)
    assert versions(store) == {None, 2}


def test_a_library_of_torn_tracks_only_has_no_background(store: Store) -> None:
    store_tokens(store, TOKENS[:1])
    store.merge_columns([{"id": "t0", "token_vectors": b"1"}], ("id", "token_vectors"))
    refresh(store)
    assert versions(store) == {None}
    assert not Path(store.uri, "background.lance").exists()


def test_nothing_is_said_on_the_terminal(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    store_tokens(filled(store, 20), TOKENS[20:40], first=20)
    refresh(store)
    assert versions(store) == {2}
    assert capfd.readouterr() == ("", "")


def test_old_backgrounds_take_no_room(store: Store) -> None:
    filled(store, 20)
    store_tokens(store, TOKENS[20:60], first=20)
    refresh(store)
    assert len(list(Path(store.uri, "background.lance", "data").iterdir())) == 1


def test_a_track_counts_for_its_means_but_not_for_its_spreads() -> None:
    table, weights = table_of(TOKENS[:10])
    ids = [str(index) for index in range(10)]
    drawn_from = Background.of(1, 10, ids, table, weights)
    inside = drawn_from.measure(ids, table, weights)
    outside = drawn_from.measure(["?"] * 10, table, weights)
    np.testing.assert_array_equal(inside.means, outside.means)
    assert (np.abs(inside.scales / outside.scales - 1) > 1e-3).all()


def test_a_background_of_one_track_has_no_spread() -> None:
    table, weights = table_of(TOKENS[:1])
    alone = Background.of(1, 1, ["t0"], table, weights)
    found = alone.measure(["t0"], table, weights)
    np.testing.assert_allclose(found.means, 1, rtol=1e-6)
    np.testing.assert_allclose(found.shares, weights, rtol=1e-6)
    assert found.scales.tolist() == [1.0]
