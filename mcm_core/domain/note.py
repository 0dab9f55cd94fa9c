"""Shared learning: what kind of note, who may read it, and how its author is named."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mcm_core.domain.errors import Refused

MAX_LENGTH = 4000


class Kind(StrEnum):
    """What a note is. The first four are the user's words (seed 002), the others ours (domain.md §4.7)."""

    EXPERIENCE = "experience"
    STORY = "story"
    BREAKTHROUGH = "breakthrough"
    CHALLENGE = "challenge"
    QUESTION = "question"
    IDEA = "idea or tip"
    RESOURCE = "resource"
    PRACTICE = "promising practice"
    NUGGET = "nugget"
    INTERVIEW = "interview"


class Audience(StrEnum):
    """Who may read a note, from narrow to wide."""

    ME = "only me"
    FACILITATOR = "facilitator"
    COHORT = "cohort"
    NETWORK = "network"


class Attribution(StrEnum):
    """How the author is named to others."""

    NAME = "name"
    FIRST_NAME = "first name"
    ROLE = "role only"
    NONE = "none"


#: The ways that tell others who the author is.
NAMING = frozenset({Attribution.NAME, Attribution.FIRST_NAME})


@dataclass(frozen=True)
class Note:
    """A note as one visitor may see it. `by` is the author as they chose to be named, "" for not at all."""

    id: str
    session_number: int
    theme: str | None
    theme_label: str | None
    kind: Kind
    audience: Audience
    attribution: Attribution
    body: str
    by: str
    mine: bool
    version: int
    created_at: datetime
    changed_at: datetime
    kept_texts: tuple[str, ...] = ()
    paused_at: datetime | None = None

    @property
    def changed_since(self) -> bool:
        """Whether its author has changed the note since a facilitator paused it."""
        return self.paused_at is not None and self.changed_at > self.paused_at


def clean_body(body: str) -> str:
    """The text to store, without surrounding space. Raises Refused when empty or over `MAX_LENGTH` characters."""
    body = body.replace("\x00", "").strip()
    if not any(unicodedata.category(mark)[0] in "LNPS" for mark in body):
        raise Refused("The note is empty. Write a few words first.")
    if len(body) > MAX_LENGTH:
        over = len(body) - MAX_LENGTH
        raise Refused(
            f"The note is {over:,} characters too long (the limit is {MAX_LENGTH:,}). "
            "Shorten it or make it two notes; your text is still in the box."
        )
    return body


def named(attribution: Attribution, name: str, role: str) -> str:
    """The author as others read it: full name, first name, role, or nothing."""
    return {
        Attribution.NAME: name,
        Attribution.FIRST_NAME: name.split()[0] if name.split() else "",
        Attribution.ROLE: role,
        Attribution.NONE: "",
    }[attribution]
