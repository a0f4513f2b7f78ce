"""Why a track was recommended, as a study shows it: sentence, bars, pictures, sounds."""

from __future__ import annotations

from collections.abc import Sequence

from soundglass.core.types import Part, Region
from soundglass.evaluate.study.framing import MOST_S, Both, Frames
from soundglass.evaluate.study.instruments.questions import Instruments
from soundglass.evaluate.study.plan import BarShown, BoxShown, Evidence, PictureShown, SoundShown
from soundglass.evaluate.study.strip import Strip
from soundglass.explain.answer import Reasons
from soundglass.explain.bars import bars, scale_of, score_in_words, written
from soundglass.explain.named import named_parts
from soundglass.explain.phrases import time_text
from soundglass.explain.regions import Side
from soundglass.library.study.records import Material


def make_evidence(
    why: Reasons, both: Both, key: str, words: Instruments, level_lufs: float
) -> tuple[Evidence, tuple[Material, ...]]:
    """Make all that can be shown of why a track was recommended.

    Matched regions are framed on both spectrograms, and each can be heard in both tracks with all else turned
    down. Where named features were compared, there are no such places: both tracks are shown as wholes, a
    text says what each named feature looks or sounds like, and one frame marks a few seconds of either that
    can be heard.

    Parameters
    ----------
    why : Reasons
        Of the recommendation.
    both : (Recording, Recording)
        The query and the match.
    key : str
        What the keys of the materials begin with.
    words : Instruments
        Whose texts are used.
    level_lufs : float
        How loud the tracks of the study are: its sounds are no louder.

    Raises
    ------
    AudioError
        A file cannot be decoded.
    """
    frames = Frames.of(why, both)
    strips, coded = frames.strips(both), frames.sounds(both, level_lufs)
    drawn = [
        Material(f"{key}-query.webp", "image/webp", strips[0].content),
        Material(f"{key}-match.webp", "image/webp", strips[1].content),
    ]
    heard = [
        Material(f"{key}-sound-{place.number}.mp3", "audio/mpeg", content)
        for place, content in zip(frames.places, coded, strict=True)
    ]
    evidence = Evidence(
        sentence=why.sentence,
        score=written(why.score),
        score_words=score_in_words(why.score),
        bars=shown_bars(why.parts, why.score),
        said=_how_to_read(why, frames, strips, words),
        pictures=(
            _picture("query", drawn[0].key, strips[0], frames, words),
            _picture("match", drawn[1].key, strips[1], frames, words),
        ),
        sounds=tuple(
            SoundShown(_label(place.number, frames, words), material.key, place.number)
            for place, material in zip(frames.places, heard, strict=True)
        ),
    )
    return evidence, (*drawn, *heard)


def shown_bars(parts: Sequence[Part], score: float) -> tuple[BarShown, ...]:
    """Lay out a score as bars whose written amounts sum to the written score."""
    return tuple(
        BarShown(
            label=bar.name,
            amount=bar.text,
            left=round(bar.left, 3),
            width=round(bar.width, 3),
            is_negative=bar.amount < 0,
            is_sum=bar.kind == "total",
        )
        for bar in bars(parts, score, scale_of([(parts, score)]))
    )


def _how_to_read(why: Reasons, frames: Frames, strips: Sequence[Strip], words: Instruments) -> str:
    """Say how to read both pictures, in a paragraph, and a line for each feature that is named."""
    said = [words.say("evidence.pictures")]
    if frames.are_matched:
        said.append(words.say("evidence.regions"))
        if any(strip.is_cut for strip in strips):
            said.append(words.say("evidence.cuts"))
    else:
        named = [part for part in named_parts(why.parts)[0] if not isinstance(part.query, Region)]
        said.append(words.say("evidence.whole" if named else "evidence.nowhere"))
        said.append(words.say("evidence.middle", seconds=f"{MOST_S:g}"))
        return "\n".join([" ".join(said), *(words.say(f"evidence.look.{part.name}") for part in named)])
    return " ".join(said)


def _label(number: int, frames: Frames, words: Instruments) -> str:
    if frames.are_matched:
        return words.say("evidence.sound.region", number=number)
    return words.say("evidence.sound.whole", seconds=f"{MOST_S:g}")


def _picture(side: Side, material: str, strip: Strip, frames: Frames, words: Instruments) -> PictureShown:
    boxes, places = list[BoxShown](), list[str]()
    for place in frames.places:
        region = place.query if side == "query" else place.match
        boxes.append(BoxShown(place.number, *(round(percent, 3) for percent in strip.box(region))))
        filled = {"number": place.number, "time": time_text(region.start_s), "what": place.name}
        places.append(words.say("evidence.frame" if place.name else "evidence.stretch", **filled))
    said = words.say(f"evidence.picture.{side}", places="; ".join(places))
    return PictureShown(side, material, strip.width, strip.height, said, tuple(boxes))
