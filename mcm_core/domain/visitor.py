"""The person at this browser, as the sign-in behind their cookie says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a browser is signed in as. `WAITING` stands at the door until a facilitator lets it in.

    `HALFWAY` is a facilitator who has given the password; the second step is still to come.
    """

    FACILITATOR = "facilitator"
    MEMBER = "member"
    WAITING = "waiting"
    HALFWAY = "halfway"


@dataclass(frozen=True)
class Visitor:
    """Who acts. Every service checks it again against the database; holding one of these proves nothing.

    `cohort_id` is the cohort of a member or of somebody waiting; a facilitator may have several and names one.
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
