"""What meets at the same time in two cohorts of one facilitator: their own sessions, and people who are in both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mcm_core.domain import slots as rules
from mcm_core.domain.cohort import Cohort, CohortSession, held
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts
from mcm_core.services.access import ANY_FACILITATOR, FACILITATORS, open_to
from mcm_core.store.tables import MemberRow


@open_to(ANY_FACILITATOR)
def of_dates(
    db: Session, visitor: Visitor, meetings: Sequence[CohortSession], *, but: str | None = None
) -> tuple[str, ...]:
    """A sentence for each of these sessions that is at the time of a session of another cohort of the visitor's.

    `but` is the cohort that they belong to. Nothing is moved because of one.
    """
    return rules.on_other_cohorts(meetings, _others(db, visitor, but))


@open_to(FACILITATORS)
def of_members(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[str, ...]:
    """A sentence for each member whose e-mail address is also in another cohort of the visitor's, with a session that
    lies ahead at the same time."""
    own = cohorts.get(db, visitor, cohort_id)
    ahead = [one for one in held(own.sessions) if one.ends_at > at]
    together = {other.id: (other, rules.overlapping(ahead, other)) for other in _others(db, visitor, cohort_id)}
    clashing = {id_: found for id_, found in together.items() if found[1]}
    if not clashing:
        return ()
    address = func.lower(MemberRow.email)
    own_people = db.execute(select(address, MemberRow.name).where(_is_in([cohort_id])))
    mine: dict[str, str] = {email: name for email, name in own_people}
    theirs = select(address, MemberRow.cohort_id).where(_is_in(list(clashing)), address.in_(list(mine)))
    rows = db.execute(theirs.order_by(MemberRow.name_key, MemberRow.cohort_id))
    return tuple(rules.in_two_places(mine[email], *clashing[id_]) for email, id_ in rows)


def _is_in(ids: Sequence[str]) -> ColumnElement[bool]:
    return MemberRow.cohort_id.in_(ids) & MemberRow.email.is_not(None)


def _others(db: Session, visitor: Visitor, but: str | None) -> list[Cohort]:
    return [one for one in cohorts.of_visitor(db, visitor) if one.id != but]
