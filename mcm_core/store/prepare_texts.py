"""What members read and fill in before the first session, from its files. Checked when the server starts."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from mcm_core.store.content_check import FrozenEntry, checked
from mcm_core.store.content_lines import read
from mcm_core.store.texts import FOLDER, Section

#: What the app itself fills into the participation document (domain/document.py, services/documents.py).
OF_THE_COHORT = frozenset({"cohort", "dates", "zone", "threshold", "facilitators", "until"})


class GapText(FrozenEntry):
    """What a facilitator fills in for their cohort, and what stands there until they have."""

    label: str
    hint: str
    until_then: str


class ParticipationText(FrozenEntry):
    """The participation document before it is filled in: by the app, and in its gaps by a facilitator."""

    version: Annotated[str, Field(min_length=1, max_length=10)]
    title: str
    opening: str
    gaps: dict[str, GapText]
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _is_filled(self) -> ParticipationText:
        said = " ".join(text for part in self.sections for text in (*part.says, *part.points))
        named = set(re.findall(r"{(.*?)}", said))
        if unknown := named - OF_THE_COHORT - set(self.gaps):
            raise ValueError(f"Nothing fills in {{{min(unknown)}}}. Use one of the gaps, or take it out.")
        if unused := set(self.gaps) - named:
            raise ValueError(f"The gap “{min(unused)}” stands nowhere in the sections. Use it, or take it out.")
        return self


class ToolText(FrozenEntry):
    """One thing that the group may use; `short` is how a sentence calls it."""

    label: str
    short: str


class SkillsText(FrozenEntry):
    """The digital skills questionnaire. `can` are its four answers, from learning to helping."""

    version: Annotated[str, Field(min_length=1, max_length=20)]
    opening: str
    who: str
    can: Annotated[tuple[str, ...], Field(min_length=4, max_length=4)]
    practise: str
    help: str
    tools: dict[str, ToolText]


class PlanText(FrozenEntry):
    """The page on which somebody writes a plan for themselves. Its first question may be shared."""

    title: str
    opening: str
    stays: str
    without_script: str
    questions: Annotated[tuple[str, ...], Field(min_length=1)]


@cache
def participation() -> ParticipationText:
    """The words of the participation document. Raises BrokenContent."""
    return checked(read(FOLDER / "participation.yaml"), ParticipationText)


@cache
def skills() -> SkillsText:
    """The words of the digital skills questionnaire. Raises BrokenContent."""
    return checked(read(FOLDER / "skills.yaml"), SkillsText)


@cache
def own_plan() -> PlanText:
    """The words of a plan for oneself. Raises BrokenContent."""
    return checked(read(FOLDER / "own_plan.yaml"), PlanText)
