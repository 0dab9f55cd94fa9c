"""The evaluation form, and where a group agreement begins, as files.

A file that is wrong raises BrokenContent with the file, the line and the reason.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from mcm_core.domain.evaluation import Again, Form, Part, Question
from mcm_core.store.content_check import checked
from mcm_core.store.content_format import Entry, Key, Marked, ShortWords, Texts, texts
from mcm_core.store.content_lines import read

FOLDER = Path(__file__).resolve().parents[2] / "session_data" / "texts"
FILE, AGREEMENT = FOLDER / "evaluation.yaml", FOLDER / "agreement.yaml"


class QuestionEntry(Entry):
    """One question, under its name."""

    ask: Marked
    levels: Texts | None = None
    yes: Marked | None = None
    again: Again | None = None
    short: Marked | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> QuestionEntry:
        if self.levels and self.yes:
            raise ValueError("has levels and a yes: leave one of them out")
        if self.levels and not 2 <= len(texts(self.levels)) <= 9:
            raise ValueError("needs two to nine levels")
        return self


class PartEntry(Entry):
    """Questions under a heading."""

    title: Marked
    questions: dict[Key, QuestionEntry] = Field(min_length=1)


class FormEntry(Entry):
    """The whole file."""

    version: ShortWords
    title: Marked
    parts: list[PartEntry] = Field(min_length=1)

    def form(self) -> Form:
        """The form as the domain knows it."""
        return Form(self.version, self.title.text(), tuple(_part(entry) for entry in self.parts))


@cache
def evaluation() -> Form:
    """The form that is asked. Read once; a changed file needs a restart. Raises BrokenContent."""
    return load(FILE)


class AgreementEntry(Entry):
    """The lines with which every group agreement begins."""

    lines: Texts


@cache
def agreement() -> tuple[str, ...]:
    """The lines of the file. Raises BrokenContent."""
    return tuple(str(text) for text in texts(checked(read(AGREEMENT), AgreementEntry).lines))


def load(path: Path) -> Form:
    """The form in the file at `path`. Raises BrokenContent with the topmost mistake."""
    document = read(path)
    form = checked(document, FormEntry).form()
    keys = [question.key for question in form.questions]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise document.broken(("parts",), f"“{twice}” is the name of two questions. Give one of them another.")
    return form


def _part(entry: PartEntry) -> Part:
    return Part(
        entry.title.text(),
        tuple(
            Question(
                key,
                one.ask.text(),
                texts(one.levels),
                one.yes.text() if one.yes else None,
                one.again,
                one.short.text() if one.short else None,
            )
            for key, one in entry.questions.items()
        ),
    )
