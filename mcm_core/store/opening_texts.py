"""The public page's own words and the application form, from their files. Checked when the server starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mcm_core.domain.application import Form, Kind, Question
from mcm_core.domain.opening import TEXT_MAX
from mcm_core.store.content_check import FrozenEntry, checked
from mcm_core.store.content_lines import read

DATA = Path(__file__).resolve().parents[2] / "session_data"
PAGE = DATA / "texts" / "opening.yaml"
FORM = DATA / "applications" / "community_of_practice.yaml"
Line = Annotated[str, Field(min_length=1, max_length=400)]
Key = Annotated[str, Field(pattern="^[a-z_]{1,40}$")]


class SectionText(FrozenEntry):
    """One section of the page, and what it says until somebody writes something else."""

    heading: Line
    says: Annotated[str, Field(max_length=TEXT_MAX)] = ""


class PageText(FrozenEntry):
    """The public page: its title, its sections in order, and whom to ask."""

    title: SectionText
    sections: dict[Key, SectionText]
    contact: SectionText

    @property
    def all_(self) -> Mapping[str, SectionText]:
        """Every text that a facilitator can write, by its key."""
        return {"title": self.title, **self.sections, "contact": self.contact}


class _Question(FrozenEntry):
    ask: Line
    kind: Kind = Kind.WORDS
    hint: str = ""
    options: tuple[Line, ...] = ()
    needed: Literal["yes", "no"] = "no"
    aside: Literal["yes", "no"] = "no"

    @model_validator(mode="after")
    def _options_are_for_choices(self) -> _Question:
        if (self.kind is Kind.CHOICE) != (len(self.options) > 1):
            raise ValueError("a choice has two options or more, and nothing else has any")
        return self


class _Form(FrozenEntry):
    version: Annotated[str, Field(min_length=1, max_length=20)]
    questions: dict[Key, _Question]
    days: tuple[Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], ...]
    parts: dict[Annotated[str, Field(pattern="^[a-z ]{1,20}$")], time]
    criteria: tuple[Line, ...]


@cache
def page() -> PageText:
    """The words of the public page. Raises BrokenContent."""
    return checked(read(PAGE), PageText)


@cache
def form() -> Form:
    """The application form. Raises BrokenContent."""
    found = checked(read(FORM), _Form)
    return Form(
        version=found.version,
        questions=tuple(_as_question(key, one) for key, one in found.questions.items()),
        days=found.days,
        parts=found.parts,
        criteria=found.criteria,
    )


def _as_question(key: str, found: _Question) -> Question:
    aside, needed = found.aside == "yes", found.needed == "yes"
    return Question(key, found.ask, found.kind, found.hint, found.options, needed, aside)
