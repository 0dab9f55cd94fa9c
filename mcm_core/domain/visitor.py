"""The person at this browser, as the sign-in behind their cookie says, and what they are to a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a browser is signed in as. `WAITING` stands at the door until a facilitator lets it in.

    `UNREAD` is a member who has yet to read the participation document.
    `HALFWAY` is a facilitator who has given the password; the second step is still to come.
    """

    FACILITATOR = "facilitator"
    MEMBER = "member"
    UNREAD = "unread"
    GUEST = "guest"
    WAITING = "waiting"
    HALFWAY = "halfway"


class Standing(StrEnum):
    """What a visitor is to one cohort. Everybody is exactly one of these; every verb says which it is open to."""

    OWNER = "owner"
    CO_FACILITATOR = "co-facilitator"
    MEMBER = "member"
    #: A member who has not yet read the participation document: open are that, and what is theirs (domain.md §5, 42).
    UNREAD = "unread"
    GUEST = "guest"
    WAITING = "waiting"
    #: A facilitator who has given the password and not yet the second step: nothing is open but that.
    HALFWAY = "halfway"
    #: A facilitator who is signed in and has no part in this cohort.
    STRANGER = "stranger"
    #: Everybody else: not signed in, or signed in to another cohort.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Visitor:
    """Who acts. Every service checks it again against the database; holding one of these proves nothing.

    `cohort_id` is the cohort of a member, a guest or somebody waiting; a facilitator may have several and names one.
    """

    sign_in: str
    role: Role
    name: str
    facilitator_id: str | None = None
    member_id: str | None = None
    cohort_id: str | None = None

    @property
    def facilitates(self) -> bool:
        return self.role is Role.FACILITATOR
