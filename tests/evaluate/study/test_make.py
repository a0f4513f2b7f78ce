"""A study of the demo music: what is frozen is what the recommenders say, counted again from their scores."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

import soundglass
from soundglass.core.errors import SoundglassError
from soundglass.core.types import FeatureEvidence, Part
from soundglass.evaluate.study.chosen import Chosen, choose
from soundglass.evaluate.study.conditions import CELLS, RECOMMENDERS
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.eligible import compared_by, find_eligible
from soundglass.evaluate.study.evidence import shown_bars
from soundglass.evaluate.study.instruments.loading import load
from soundglass.evaluate.study.make import make
from soundglass.evaluate.study.plan import ItemSet, Plan
from soundglass.evaluate.study.sizes import sizes
from soundglass.explain.registry import Explainers
from soundglass.library.store import Store
from soundglass.library.study.studies import Studies
from soundglass.recommend.base import Recommender
from soundglass.surfaces.library import Library


@pytest.fixture(scope="module")
def plan(studied_library: Library) -> Plan:
    return Plan.from_json(studied_library.studies.study().plan)


@pytest.fixture(scope="module")
def snapshot(studied_library: Library) -> tuple[Store, Explainers]:
    store = Store(studied_library.uri)
    return store, Explainers(store)


def every(plan: Plan) -> list[ItemSet]:
    return [plan.practice, *plan.sets]


def standing(store: Store, recommender: Recommender, query: str) -> tuple[dict[str, float], float]:
    """All exact scores by id, the query's own left out, and how far they spread."""
    ids = store.columns(["id"])["id"].to_pylist()
    row = ids.index(query)
    scores = recommender.exact_scores(row, recommender.rows)
    by_id = {ids[at]: float(s) for at, s in zip(recommender.rows, scores, strict=True) if at != row}
    return by_id, float(np.std(list(by_id.values())))


def test_there_is_a_set_for_each_cell_and_one_to_practise(plan: Plan) -> None:
    assert len(plan.sets) == len(CELLS)
    assert len({one.key for one in every(plan)}) == 9
    assert all(set(one.of) == set(RECOMMENDERS) for one in every(plan))
    assert all(len(stimulus.trials) == 1 for one in every(plan) for stimulus in one.of.values())


def test_scores_ranks_and_margins_are_the_recommenders_own(
    plan: Plan, snapshot: tuple[Store, Explainers]
) -> None:
    store, explainers = snapshot
    for by, explainer in compared_by(explainers).items():
        for one in every(plan):
            scores, spread = standing(store, explainer.recommender, one.query)
            stimulus = one.of[by]
            assert stimulus.score == pytest.approx(scores[stimulus.match], abs=1e-9)
            assert stimulus.rank == 1 + sum(s > scores[stimulus.match] + 1e-12 for s in scores.values())
            for trial in stimulus.trials:
                assert trial.higher_score == pytest.approx(scores[trial.higher], abs=1e-9)
                assert trial.lower_score == pytest.approx(scores[trial.lower], abs=1e-9)
                apart = scores[trial.higher] - scores[trial.lower]
                assert trial.margin == pytest.approx(apart / spread, rel=1e-4)
                assert trial.margin >= 0.3


def test_both_recommenders_have_the_same_trials_and_disagreement_is_said_of_both(plan: Plan) -> None:
    for one in every(plan):
        features, spectrogram = (one.of[by].trials for by in RECOMMENDERS)
        for mine, theirs in zip(features, spectrogram, strict=True):
            assert {mine.higher, mine.lower} == {theirs.higher, theirs.lower}
            assert mine.disagree == theirs.disagree == (mine.higher == theirs.lower)
    assert all(one.of["features"].trials[0].disagree for one in plan.sets)
    assert sizes(plan)["features"].disagree == sizes(plan)["spectrogram"].disagree == 8


def test_every_track_is_there_once_and_equally_loud(plan: Plan, snapshot: tuple[Store, Explainers]) -> None:
    stored = snapshot[0].columns(["id", "loudness", "duration"]).to_pylist()
    loudness = {row["id"]: row["loudness"] for row in stored}
    played = {key: heard.gain_db + loudness[key] for key, heard in plan.tracks.items()}
    assert max(heard.gain_db for heard in plan.tracks.values()) == 0
    assert max(played.values()) - min(played.values()) < 0.02
    named = {one.query for one in every(plan)}
    for one in every(plan):
        for stimulus in one.of.values():
            named |= {stimulus.match}
            named |= {key for trial in stimulus.trials for key in (trial.higher, trial.lower)}
    assert named == plan.tracks.keys()


@pytest.mark.parametrize(
    ("lufs", "level"), [((-8.0, -11.0), -23.0), ((-8.0, -24.5), -24.5), ((-26.0, -30.0), -26.0)]
)
def test_the_level_of_a_study_is_that_of_its_quietest_track_within_bounds(
    lufs: tuple[float, ...], level: float
) -> None:
    assert Chosen({}, {}, {}, dict(enumerate(lufs))).level_lufs == level


def test_the_materials_are_those_the_evidence_names(plan: Plan, studied_library: Library) -> None:
    studies = studied_library.studies
    record = studies.study()
    named = set[str]()
    for one in every(plan):
        for by, stimulus in one.of.items():
            evidence = stimulus.evidence
            for picture in evidence.pictures:
                named.add(picture.material)
                kept = studies.material(record.id, picture.material)
                assert kept.media_type == "image/webp"
                with Image.open(BytesIO(kept.content)) as drawn:
                    assert drawn.size == (picture.width, picture.height)
                assert all(0 <= box.left < box.left + box.width <= 100.01 for box in picture.boxes)
                assert all(0 <= box.top < box.top + box.height <= 100.01 for box in picture.boxes)
                assert [box.number for box in picture.boxes] == [sound.number for sound in evidence.sounds]
            for sound in evidence.sounds:
                named.add(sound.material)
                kept = studies.material(record.id, sound.material)
                assert kept.media_type == "audio/mpeg"
                samples, rate = soundfile.read(BytesIO(kept.content))
                assert 0.5 < len(samples) / rate < 10.5
                assert samples.std() > 1e-3
            assert (len(evidence.sounds) == 1) if by == "features" else (1 <= len(evidence.sounds) <= 3)
    assert named == materials_of(studies, record.id)


def materials_of(studies: Studies, study: str) -> set[str]:
    with studies.reading() as db:
        return {key for (key,) in db.execute("SELECT key FROM materials WHERE study = ?", (study,))}


def test_what_is_written_adds_up_and_sentences_are_the_programs_own(
    plan: Plan, studied_library: Library
) -> None:
    for one in every(plan)[:3]:
        for by, stimulus in one.of.items():
            why = studied_library.why(one.query, stimulus.match, by=by)
            evidence = stimulus.evidence
            assert evidence.sentence == why.sentence
            *parts, total = evidence.bars
            assert total.is_sum
            assert sum(map(amount, (bar.amount for bar in parts))) == amount(total.amount)
            assert amount(evidence.score) == amount(total.amount) == round(Decimal(why.score), 2)
            assert all(bar.is_negative == (amount(bar.amount) < 0) for bar in parts)
            assert f"{round(100 * why.score)} %" in evidence.score_words


def amount(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def test_bars_that_speak_against_are_negative_and_end_where_others_begin() -> None:
    value = FeatureEvidence(120.0, "BPM", 50.0, "measured", "120 BPM")
    tempo, key, against = shown_bars(
        (Part("tempo", 0.5, value, value), Part("key", -0.25, value, value)), 0.25
    )
    assert [(bar.label, bar.amount, bar.is_negative) for bar in (tempo, key)] == [
        ("tempo", "+0.50", False),
        ("key", "−0.25", True),
    ]
    assert (key.left, key.width) == pytest.approx((0.0, 100 / 3), abs=0.01)
    assert (tempo.left, tempo.width) == pytest.approx((100 / 3, 200 / 3), abs=0.01)
    assert against.is_sum


def test_of_features_is_said_what_each_named_one_looks_like_and_that_it_has_no_place(plan: Plan) -> None:
    words = load().words
    looks = {key: text for key, text in words.items() if key.startswith("evidence.look.")}
    for one in every(plan):
        of_features, of_spectrogram = (one.of[by].evidence for by in RECOMMENDERS)
        assert words["evidence.whole"] in of_features.said
        told = [key for key, text in looks.items() if text in of_features.said]
        assert 1 <= len(told) <= 3
        assert words["evidence.regions"] in of_spectrogram.said
        assert not any(text in of_spectrogram.said for text in looks.values())


def test_every_group_of_features_has_words_for_its_look() -> None:
    from soundglass.core.catalogue import GROUPS

    words = load().words
    assert {f"evidence.look.{group}" for group in GROUPS} == {
        key for key in words if key.startswith("evidence.look.")
    }


def test_a_picture_is_described_with_the_places_of_its_frames(plan: Plan) -> None:
    for one in plan.sets:
        for picture in one.of["spectrogram"].evidence.pictures:
            places = re.findall(r"frame (\d) at \d+:\d\d: [a-z]", picture.said)
            assert [int(number) for number in places] == [box.number for box in picture.boxes]


def test_the_same_design_of_the_same_library_makes_the_same_study(
    plan: Plan, snapshot: tuple[Store, Explainers]
) -> None:
    told = list[tuple[int, int]]()
    again, materials = make(
        *snapshot, plan.design, load(), lambda done, total: told.append((done, total)), soundglass.__version__
    )
    assert again.to_json() == plan.to_json()
    assert Plan.from_json(again.to_json()) == plan
    assert told == [(done, 9) for done in range(10)]
    assert len({material.key for material in materials}) == len(materials)


def test_another_seed_chooses_otherwise(snapshot: tuple[Store, Explainers]) -> None:
    one, same, other = (choose(*snapshot, Design(seed=seed)) for seed in (0, 0, 1))
    assert one == same
    assert one.sets != other.sets
    assert one.pairs != other.pairs


def test_the_demo_is_large_enough_for_three_trials_of_ten_seconds(
    snapshot: tuple[Store, Explainers],
) -> None:
    chosen = choose(*snapshot, Design())
    assert [len(pairs) for pairs in chosen.pairs.values()] == [1, *[3] * 8]
    assert min(track.duration_s for track in chosen.tracks.values()) >= 11


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (Design(trials=6), r"76 tracks are needed, 50 of its 51 can be used \(1 shorter than 11 s\)"),
        (Design(listen_s=15), r"52 tracks are needed, 0 of its 51 can be used \(51 shorter than 16 s\)"),
        (Design(scales=("ess", "eq")), "there is no questionnaire 'eq'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    snapshot: tuple[Store, Explainers], design: Design, said: str
) -> None:
    with pytest.raises(SoundglassError, match=said) as error:
        make(*snapshot, design, load())
    assert error.value.remedy
    assert "\n" not in str(error.value)


def test_tracks_without_a_file_copies_and_silence_take_no_part(
    demo_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_library.uri, tmp_path / "own.lance")
    store = Store(str(tmp_path / "own.lance"))
    ids = store.columns(["id"])["id"].to_pylist()
    gone = Path(store.columns(["path"])["path"][3].as_py())
    original = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda self: self != gone and original(self))
    monkeypatch.setattr(
        "soundglass.evaluate.study.eligible.same_recording",
        lambda one, other: {one.id, other.id} == {ids[5], ids[8]},
    )
    eligible = find_eligible(store, Explainers(store), Design(listen_s=5))
    assert len(eligible.drawn) == 49
    assert sorted(eligible.left_out) == ["1 copies of others", "1 whose file is gone"]
    assert ids[3] not in {track.id for track in eligible.drawn.values()}


def test_a_table_is_no_library_to_listen_to(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_text("id,name,artists,tempo,energy\na,Song,Someone,120,0.5\nb,Other,Someone,90,0.4\n")
    library = soundglass.open(tmp_path / "table.lance")
    library.import_table(table)
    with pytest.raises(SoundglassError, match=r"0 of its 2 can be used \(2 without audio\)"):
        library.new_study("None")
    assert library.studies.all() == []


def test_a_name_that_is_taken_is_refused_before_anything_is_made(
    studied_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "columns", lambda *_: pytest.fail("the library was read"))
    with pytest.raises(SoundglassError, match="there is a study"):
        studied_library.new_study(studied_library.studies.study().name.upper())
