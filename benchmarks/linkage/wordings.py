"""The ways in which tables write one title differently, those that rules were chosen by and others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wordings:
    """The strings that perturb, and the kinds of perturbation."""

    seed: int
    editions: tuple[str, ...]
    featuring: tuple[str, ...]
    versions: tuple[str, ...]
    joints: tuple[str, ...]
    kinds: tuple[str, ...]


SEEN = (
    Wordings(
        seed=1,
        editions=(" - Remastered 2011", " (Remastered)", " - Radio Edit", " [Deluxe Edition]"),
        featuring=(" (feat. {})", " (with {})"),
        versions=(" - Live", " (Acoustic)", " - {} Remix", " (Instrumental)", " - Karaoke Version"),
        joints=(" & ", ", "),
        kinds=("typo", "edition", "featured", "order", "case"),
    ),
    Wordings(
        seed=2,
        editions=(
            " - 2009 Digital Remaster",
            " (2015 Remastered Version)",
            " - Mono",
            " (Single Version)",
            " [Explicit]",
            " - Bonus Track",
            " – Remasterizado",
            " (Original Mix)",
            " - Album Version",
        ),
        featuring=(" ft. {}", " featuring {}", " [feat. {}]", " - feat. {}"),
        versions=(
            " (Live at Wembley, 1986)",
            " - MTV Unplugged",
            " [{} Bootleg]",
            " - Nightcore",
            " - Club Mix",
            " (Demo)",
            " (A Cappella)",
            " (In the Style of {})",
            " - Slowed + Reverb",
            " - {} Edit",
        ),
        joints=(" x ", " and ", "; ", " vs. ", " / "),
        kinds=(
            "typo",
            "edition",
            "featured",
            "order",
            "case",
            "cyrillic",
            "greek",
            "article",
            "diacritics",
            "signs",
            "fewer artists",
        ),
    ),
)
HELD_OUT = Wordings(
    seed=3,
    editions=(
        " (Remaster 1998)",
        " - 24-bit Remastered",
        " [Stereo]",
        " - Edit",
        " (Official Audio)",
        " - Explicit Album Version",
        " (From the Motion Picture)",
        " [Expanded Edition]",
        " (Lyric Video)",
        " | Remastered in 2003",
        " (Clean)",
    ),
    featuring=(" (ft {})", " (featuring {})", " [with {}]", " - with {}", " Feat. {}"),
    versions=(
        " (Live in Paris)",
        " - Ao Vivo",
        " [Karaoke]",
        " (Sped Up)",
        " - {} Rework",
        " (Piano Version)",
        " - Extended Mix",
        " (Unplugged)",
        " [Demo Version]",
        " (Originally Performed by {})",
        " - Spanish Version",
        " ({}'s Version)",
        " (8D Audio)",
    ),
    joints=(" + ", " with ", " / ", " et ", " feat. "),
    kinds=(
        "typo",
        "edition",
        "featured",
        "order",
        "case",
        "cyrillic",
        "article",
        "entities",
        "umlauts",
        "width",
        "spaces",
        "artists in title",
        "numerals",
    ),
)

CYRILLIC = (
    "shш chч ckк phф thт tsц yaя yuю ooу eeи ceсе ciси aа bб cк dд eе fф gг hх iи jдж kк lл mм nн oо pп qк "
    "rр sс tт uу vв wв xкс yи zз"
)
"""Latin sounds and letters, each with what it becomes."""
GREEK = (
    "shσ chτσ ckκ phφ thθ ooου eeι ceσε ciσι aα bμπ cκ dντ eε fφ gγκ hχ iι jτζ kκ lλ mμ nν oο pπ qκ rρ "
    "sσ tτ uου vβ wου xξ yυ zζ"
)
