"""What a participant is shown: a page's texts, sounds, explanation and questions; never what is true."""

from __future__ import annotations

from dataclasses import asdict

from soundglass.core.types import Json
from soundglass.evaluate.study.asked import headed, questions
from soundglass.evaluate.study.instruments.questions import Instruments, Question
from soundglass.evaluate.study.plan import Evidence, Heard, Plan
from soundglass.evaluate.study.roles import explanation, stimulus, tracks
from soundglass.evaluate.study.steps import Step
from soundglass.evaluate.study.tones import DURATION_S


def shown(step: Step, plan: Plan, instruments: Instruments, *, number: int, of: int) -> dict[str, Json]:
    """Describe a page.

    Parameters
    ----------
    step : Step
    plan : Plan
    instruments : Instruments
    number, of : int
        Which page it is, from 1, of how many.

    Returns
    -------
    dict of str to JSON
        Without addresses, and without anything that gives answers away but for the ``feedback`` of
        the practice: what is said to either choice.
    """
    return {
        "step": step.id,
        "kind": step.kind,
        "number": number,
        "of": of,
        "block": step.block,
        "title": _title(step, instruments),
        "text": _paragraphs(step, plan, instruments),
        "condition": None,
        "sounds": _sounds(step, plan, instruments),
        "explanation": _explanation(step, plan, instruments),
        "questions": [_question(question) for question in questions(step, instruments)],
        "scales": headed(step, instruments),
        "button": instruments.words["button.finish" if step.kind == "comment" else "button.next"],
        "feedback": _feedback(step, instruments),
    }


def _title(step: Step, words: Instruments) -> str:
    title = words.words[f"{_topic(step)}.title"]
    return words.say("practice.title", title=title) if step.block == 0 else title


def _topic(step: Step) -> str:
    return "background" if step.kind == "scales" and step.block is None else step.kind


def _paragraphs(step: Step, plan: Plan, words: Instruments) -> list[str]:
    said = list(words.paragraphs(_topic(step), seconds=f"{plan.design.listen_s:g}"))
    if step.kind == "expectation" and step.block == 1:
        said.insert(0, words.words["practice.done"])
    if step.kind == "expectation" and plan.design.show_names:
        said.append(words.say("expectation.recommended", title=_name(_match(step, plan))))
    if step.kind == "expectation" and explanation(step) == "none":
        said.append(words.words["expectation.unexplained"])
    if step.kind == "trial" and explanation(step) != "none":
        said.append(words.words["trial.explained"])
    return said


def _match(step: Step, plan: Plan) -> Heard:
    made = stimulus(step, plan)
    assert made is not None, "only pages of blocks recommend"  # noqa: S101
    return plan.tracks[made.match]


def _name(track: Heard) -> str:
    return f"{track.title} · {track.artist}" if track.artist else track.title


def _sounds(step: Step, plan: Plan, instruments: Instruments) -> list[dict[str, Json]]:
    words = instruments.words
    if step.kind == "sound":
        return [_sound("tones", words["label.tones"], None, DURATION_S, 0.0, 0.0)]
    return [
        _sound(
            role,
            words[f"label.{role}"],
            _name(track) if plan.design.show_names else None,
            track.duration_s,
            track.gain_db,
            min(plan.design.listen_s, track.duration_s) if role in step.must_hear else 0.0,
        )
        for role, track in tracks(step, plan).items()
    ]


def _sound(
    name: str, label: str, title: str | None, duration_s: float, gain_db: float, must_hear_s: float
) -> dict[str, Json]:
    return {
        "name": name,
        "label": label,
        "title": title,
        "duration_s": duration_s,
        "gain_db": gain_db,
        "must_hear_s": must_hear_s,
    }


def _explanation(step: Step, plan: Plan, instruments: Instruments) -> dict[str, Json] | None:
    made, words = stimulus(step, plan), instruments.words
    if made is None:
        return None
    why = made.evidence
    match explanation(step):
        case "none":
            return None
        case "fixed":
            return _said(words["fixed.sentence"])
        case "bars":
            bars = [asdict(bar) for bar in why.bars]
            score = {"score": why.score, "score_words": why.score_words}
            return _said(why.sentence, bars=bars, said=words["evidence.bars"], **score)
        case "regions":
            return _said(why.sentence, said=why.said, pictures=_pictures(why), sounds=_parts(why))


def _said(sentence: str, **more: Json) -> dict[str, Json]:
    shown: dict[str, Json] = {"score": None, "score_words": None, "bars": [], "said": ""}
    return {"sentence": sentence, **shown, "pictures": [], "sounds": [], **more}


def _pictures(why: Evidence) -> list[dict[str, Json]]:
    return [
        {
            "name": f"picture-{picture.role}",
            "role": picture.role,
            "width": picture.width,
            "height": picture.height,
            "said": picture.said,
            "boxes": [asdict(box) for box in picture.boxes],
        }
        for picture in why.pictures
    ]


def _parts(why: Evidence) -> list[dict[str, Json]]:
    return [
        {"name": f"sound-{nth}", "label": sound.label, "number": sound.number}
        for nth, sound in enumerate(why.sounds, start=1)
    ]


def _question(question: Question) -> dict[str, Json]:
    """Leave out how it is scored and which answer is expected."""
    told = ("id", "kind", "text", "low", "high", "low_label", "high_label", "required")
    options = [asdict(option) for option in question.options]
    return {name: getattr(question, name) for name in told} | {"options": options}


def _feedback(step: Step, instruments: Instruments) -> dict[str, str] | None:
    if step.block != 0 or step.kind != "trial":
        return None
    return {
        side: instruments.words["practice.right" if side == step.higher_side else "practice.wrong"]
        for side in ("left", "right")
    }
