"""What an instrument file may hold. The fields below are the names that may stand in front of a colon."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from mcm_core.domain.instrument import Fact, Instrument, Level, OwnWords, Text, Theme

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ShortWords = Annotated[Words, StringConstraints(max_length=60)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Code = Annotated[str, StringConstraints(pattern=r"^[1-9]$")]
NonAnswerName = Literal["not sure", "doesn't apply", "rather not say"]
NON_ANSWERS: dict[NonAnswerName, int] = {"not sure": -1, "doesn't apply": -2, "rather not say": -3}
"""As `domain.reading.NonAnswer` numbers them."""
WordsOrList = Annotated[list[Words], BeforeValidator(lambda raw: [raw] if isinstance(raw, str) else raw)]


class Entry(BaseModel):
    """An entry of the file; names that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class Marked(Entry):
    """One text and who wrote it: `{seed: "words"}` or `{ours: "words"}`."""

    seed: Words | None = None
    ours: Words | None = None

    @model_validator(mode="after")
    def _one_mark(self) -> Marked:
        if (self.seed is None) == (self.ours is None):
            raise ValueError("needs exactly one mark, seed or ours")
        return self

    def text(self) -> Text:
        """The text as the domain knows it."""
        return Text(self.seed, "seed") if self.seed else Text(self.ours or "", "ours")


class MarkedList(Entry):
    """Several texts, those of the seed first: `{seed: [one, two], ours: [three]}`."""

    seed: WordsOrList = []
    ours: WordsOrList = []

    @model_validator(mode="after")
    def _not_empty(self) -> MarkedList:
        if not self.seed + self.ours:
            raise ValueError("needs at least one text")
        return self

    def texts(self) -> tuple[Text, ...]:
        """The texts as the domain knows them."""
        return (*(Text(words, "seed") for words in self.seed), *(Text(words, "ours") for words in self.ours))


LIST_TAGS = ("as marks", "as list")
Texts = Annotated[
    Annotated[MarkedList, Tag("as marks")] | Annotated[list[Marked], Field(min_length=1), Tag("as list")],
    Discriminator(lambda raw: "as list" if isinstance(raw, list) else "as marks"),
]


class LevelEntry(Entry):
    """A level: its label, and labelled lines that explain it."""

    label: Marked
    facts: dict[Words, Texts] = {}

    def level(self, code: int) -> Level:
        """The level as the domain knows it. A line with several texts becomes several facts of the same label."""
        facts = [Fact(label, text) for label, found in self.facts.items() for text in texts(found)]
        return Level(code, self.label.text(), tuple(facts))


class ThemeEntry(Entry):
    """A theme: why it matters, what it is made of, and what each level looks like."""

    label: Marked
    need: Marked
    stem: Marked | None = None
    elements: Texts | None = None
    anchors: dict[Code, Marked] = {}
    labels: dict[Code, Marked] | None = None
    core: bool = False

    def theme(self, key: str) -> Theme:
        """The theme as the domain knows it."""
        return Theme(
            key=key,
            label=self.label.text(),
            need=self.need.text(),
            elements=texts(self.elements),
            anchors={int(code): anchor.text() for code, anchor in self.anchors.items()},
            stem=self.stem.text() if self.stem else None,
            core=self.core,
            labels={int(code): label.text() for code, label in self.labels.items()} if self.labels else None,
        )


class OwnWordsEntry(Entry):
    """A question that is answered in words, and what stands before the answer."""

    label: Marked
    question: Marked

    def asked(self, key: str) -> OwnWords:
        """The question as the domain knows it."""
        return OwnWords(key, self.label.text(), self.question.text())


class Questions(Entry):
    """The questions of one reading. Leaving `desired` out means that nobody is asked for it."""

    current: Marked
    desired: Marked | None = None


class LookingBack(Entry):
    """How the start is asked about once more at the end. Leaving it out means that nobody is asked."""

    question: Marked
    how_to: Marked


class InstrumentEntry(Entry):
    """A whole instrument file."""

    key: Key
    version: ShortWords
    title: Marked
    credit: Marked
    how_to: Marked
    always_shown: Marked | None = None
    ordered: bool
    focus: bool
    questions: Questions
    looking_back: LookingBack | None = None
    lenses: Texts | None = None
    perspectives: Texts | None = None
    constellations: Texts | None = None
    parties: Texts | None = None
    purposes: Texts | None = None
    levels: dict[Code, LevelEntry]
    themes: dict[Key, ThemeEntry] = Field(min_length=1)
    anonymous: bool = False
    between: bool = False
    non_answers: list[NonAnswerName] = list(NON_ANSWERS)
    texts: dict[Key, OwnWordsEntry] | None = None
    prompt: Marked | None = None

    def instruments(self) -> tuple[Instrument, ...]:
        """The instrument; and the one that looks back at its start, where the file has words for it."""
        one = self.instrument()
        back = self.looking_back
        return (one, one.looking_back(back.question.text(), back.how_to.text())) if back else (one,)

    def instrument(self) -> Instrument:
        """The instrument as the domain knows it; `content_rules` has found no mistake in this entry."""
        desired = self.questions.desired
        return Instrument(
            key=self.key,
            version=self.version,
            title=self.title.text(),
            credit=self.credit.text(),
            how_to=self.how_to.text(),
            ordered=self.ordered,
            answers=("current", "desired") if desired else ("current",),
            focus=self.focus,
            levels=tuple(entry.level(int(code)) for code, entry in self.levels.items()),
            themes=tuple(entry.theme(key) for key, entry in self.themes.items()),
            current_question=self.questions.current.text(),
            desired_question=desired.text() if desired else None,
            lenses=texts(self.lenses),
            perspectives=texts(self.perspectives),
            constellations=texts(self.constellations),
            parties=texts(self.parties),
            purposes=texts(self.purposes),
            always_shown=self.always_shown.text() if self.always_shown else None,
            anonymous=self.anonymous,
            between=self.between,
            non_answers=tuple(NON_ANSWERS[name] for name in self.non_answers),
            texts=None if self.texts is None else tuple(entry.asked(key) for key, entry in self.texts.items()),
            prompt=self.prompt.text() if self.prompt else None,
        )


def texts(found: MarkedList | list[Marked] | None) -> tuple[Text, ...]:
    """The texts of either notation of a list; none where the list is left out."""
    if found is None:
        return ()
    return found.texts() if isinstance(found, MarkedList) else tuple(marked.text() for marked in found)
