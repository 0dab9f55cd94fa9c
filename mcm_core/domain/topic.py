"""What the group would like to talk about: issues, challenges and questions, and where several are one.

Sources: domain.md §1C rows 54, 72, 81 and 83, §2.9 and §2.10, §5 rows 28 and 46.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused

MAX_LENGTH = 200
SESSIONS = range(2, 6)
"""The sessions that the group fills itself; the first is for finding out what with, the last for looking back."""
FROM_THE_GROUP = "from the group"


class Kind(StrEnum):
    """What a topic is (seed 002: "key issues, challenges and questions")."""

    ISSUE = "key issue"
    CHALLENGE = "challenge"
    QUESTION = "question"


@dataclass(frozen=True)
class Topic:
    """A topic as one visitor may see it. `by` is its author if they chose to be named, else "".

    `head_id` is the topic that this one was merged into, and `parts` those merged into this one, each with its own
    words and author. `wish_id` is the topic that its author would like it merged with. `planned_for` is one of
    `SESSIONS`. `aside`: taken off the board for now, seen by its author and facilitators alone.
    """

    id: str
    kind: Kind
    text: str
    by: str
    named: bool
    mine: bool
    created_at: datetime
    head_id: str | None = None
    wish_id: str | None = None
    planned_for: int | None = None
    aside: bool = False
    parts: tuple[Topic, ...] = ()

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody who brought this or what was merged into it, as they chose to be named; each once."""
        names = [one.by or FROM_THE_GROUP for one in (self, *self.parts)]
        return tuple(sorted(dict.fromkeys(names), key=lambda name: name == FROM_THE_GROUP))

    @property
    def short(self) -> str:
        """The first words, for a button or a list."""
        cut = self.text[:59]
        return self.text if len(self.text) <= 60 else f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"


def clean_text(text: str) -> str:
    """The words to store, as one line. Raises Refused when there are none or more than `MAX_LENGTH` characters."""
    text = " ".join(text.replace("\x00", "").split())
    if not any(unicodedata.category(mark)[0] in "LNPS" for mark in text):
        raise Refused("There is nothing in the box yet. Write a few words first; they need not be perfect.")
    if len(text) > MAX_LENGTH:
        over = len(text) - MAX_LENGTH
        raise Refused(
            f"That is {over:,} characters too long (the limit is {MAX_LENGTH}). "
            "Shorten it or make it two; your text is still in the box."
        )
    return text


def heads(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """The topics that stand by themselves, each with its parts, in the order given.

    What was merged into something that was merged in turn is a part of the last. Where the head is gone, its parts
    stand by themselves again.
    """
    known = {topic.id: topic for topic in topics}
    parts: dict[str, list[Topic]] = {}
    for topic in known.values():
        head = head_of(topic.id, known)
        if head != topic.id:
            parts.setdefault(head, []).append(topic)
    return tuple(
        replace(topic, parts=tuple(parts.get(topic.id, ()))) for topic in known.values() if topic.head_id not in known
    )


def head_of(topic_id: str, topics: Mapping[str, Topic]) -> str:
    """The id under which this topic stands on the board."""
    head = topics[topic_id].head_id
    return head_of(head, topics) if head is not None and head in topics else topic_id


def is_ahead(topic: Topic, sessions: Sequence[CohortSession], now: datetime) -> bool:
    """Whether the group has still to come to it: not planned yet, or for a session that is not over."""
    return topic.planned_for is None or sessions[topic.planned_for - 1].ends_at > now


def refuse_session(number: int | None) -> None:
    """Raise Refused unless a topic can be planned for this session; None takes it out of the plan."""
    if number is not None and number not in SESSIONS:
        raise Refused("Topics are for sessions 2 to 5. The first is for finding them, the last for looking back.")


def next_planned(number: int, planned: Iterable[int]) -> int:
    """The session whose topic changes places with that of session `number`: the next that has one, else the next.

    Raises Refused after the last of them.
    """
    later = sorted({one for one in planned if one > number})
    if later:
        return later[0]
    if number + 1 not in SESSIONS:
        raise Refused("There is no later session for topics. Choose another session for this topic instead.")
    return number + 1
