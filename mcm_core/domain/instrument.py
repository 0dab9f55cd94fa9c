"""An assessment as data: themes with a need and elements, and the levels they are rated on.

Files in `session_data/instruments` become these values (see `store.content`). The engine knows nothing about any
one instrument; whether a scale is *ordered* decides which pictures and numbers exist for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Source = Literal["seed", "ours"]
Asked = Literal["current", "desired"]
NAME_AT_MOST = 3
"""So many words are a name; a label of more reads as a clause of its own."""


@dataclass(frozen=True)
class Text:
    """Words shown to people, and whether they stand in the user's documents (`seed`) or were written here (`ours`)."""

    words: str
    source: Source

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Fact:
    """A labelled line that explains a level, such as the prerequisite of a step."""

    label: str
    text: Text


@dataclass(frozen=True)
class Level:
    """A named step of the scale. `code` counts from 1; on an ordered scale a higher code is further along."""

    code: int
    label: Text
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Theme:
    """One question of the instrument, rated on its levels.

    `anchors` says in a sentence what each level looks like for this theme, by level code; none where labels say enough.
    `labels` are its own words for the levels, where those of the instrument do not fit.
    """

    key: str
    label: Text
    need: Text
    elements: tuple[Text, ...]
    anchors: Mapping[int, Text]
    stem: Text | None = None
    core: bool = False
    labels: Mapping[int, Text] | None = None

    @property
    def said(self) -> str:
        """Its label within a sentence: in quotation marks where it is a sentence itself, or reads like one."""
        words = self.label.words
        is_name = len(words.split()) <= NAME_AT_MOST and not words.startswith("Our ") and not words.endswith("?")
        return words if is_name else f"“{words}”"

    def stem_for(self, lens: str | None) -> str:
        """The stem as it reads for one lens: "We/I need to:" becomes "I need to:" or "We need to:"."""
        words = self.stem.words if self.stem else ""
        return words.replace("We/I", lens) if lens else words


def looking_back_key(key: str) -> str:
    """The key of the instrument that looks back at the one with this key."""
    return f"{key}_then"


@dataclass(frozen=True)
class OwnWords:
    """A question answered in one's own words; `label` stands before the answer."""

    key: str
    label: Text
    question: Text


@dataclass(frozen=True)
class Instrument:
    """One version of an assessment.

    `ordered` is False when no level is superior (participation): then there is no median, arrow or ramp anywhere.
    `answers` is what one reading holds. `focus` says whether a reading is about one relationship that the member chose.
    `anonymous` ones are asked in no other way. Only these may be `between` the meetings: they open and close by
    themselves; have `non_answers` of their own; and `texts`, which stand in the place of the comment that every
    anonymous round takes (none where they are empty). `prompt` is for the facilitators, whatever was answered.
    `looks_back_at` is the key of the instrument whose start this one asks about once more, from today.
    """

    key: str
    version: str
    title: Text
    credit: Text
    how_to: Text
    ordered: bool
    answers: tuple[Asked, ...]
    focus: bool
    levels: tuple[Level, ...]
    themes: tuple[Theme, ...]
    current_question: Text
    desired_question: Text | None = None
    lenses: tuple[Text, ...] = ()
    perspectives: tuple[Text, ...] = ()
    constellations: tuple[Text, ...] = ()
    parties: tuple[Text, ...] = ()
    purposes: tuple[Text, ...] = ()
    always_shown: Text | None = None
    anonymous: bool = False
    between: bool = False
    non_answers: tuple[int, ...] = (-1, -2, -3)
    texts: tuple[OwnWords, ...] | None = None
    prompt: Text | None = None
    looks_back_at: str | None = None
    _themes: Mapping[str, Theme] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_themes", {theme.key: theme for theme in self.themes})

    def __hash__(self) -> int:
        return hash((self.key, self.version))

    @property
    def codes(self) -> tuple[int, ...]:
        """Level codes in order, 1 to the number of levels."""
        return tuple(level.code for level in self.levels)

    @property
    def asks_desired(self) -> bool:
        return "desired" in self.answers

    def looking_back(self, question: Text, how_to: Text) -> Instrument:
        """The same themes and levels, asked of the start with what is known today (then-rating, domain.md §2.19).

        An instrument of its own, so that its answers stand beside the real first ones and never take their place.
        """
        return replace(
            self,
            key=looking_back_key(self.key),
            title=Text(f"{self.title}, looking back", "ours"),
            how_to=how_to,
            answers=("current",),
            current_question=question,
            desired_question=None,
            looks_back_at=self.key,
        )

    def theme(self, key: str) -> Theme | None:
        """The theme with this key, or None."""
        return self._themes.get(key)

    def label(self, code: int) -> str:
        """The label of a level code; KeyError-free callers pass codes from `codes` only."""
        return self.levels[code - 1].label.words

    def as_asked(self, theme: Theme) -> Instrument:
        """The instrument with this theme's own words for the levels."""
        if theme.labels is None:
            return self
        own = tuple(replace(level, label=theme.labels[level.code]) for level in self.levels)
        return replace(self, levels=own)
