"""Small things that the tests of members share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from tests.services.people import NOW

HALL = "203.0.113.0/24"


def named(people: Sequence[Any]) -> list[str]:
    return [one.name for one in people]


def topics(db: Session) -> set[str]:
    """What would be announced if the transaction ended here; forgets it."""
    return set(db.info.pop("topics", ()))


def a_link(db: Session, fay: Visitor, cohort: Cohort, name: str = "Ada") -> str:
    return members.link_token(db, fay, members.add(db, fay, cohort.id, name, at=NOW)[0].id, at=NOW)
