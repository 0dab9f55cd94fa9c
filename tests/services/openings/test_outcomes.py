"""What applicants are told gives a reason only where it is true."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Decision
from mcm_core.services import applicants, members, openings, slots
from mcm_core.store.tables import MessageRow
from tests.services.openings.applying_people import an_opening, applies, the_id
from tests.services.people import NOW

LATER = NOW + timedelta(days=3)


def bodies(db: Session, kind: str) -> list[str]:
    return [" ".join(one.split()) for one in db.scalars(select(MessageRow.body).where(MessageRow.kind == kind))]


def test_who_gets_no_place_is_given_a_reason_only_where_it_is_true(db: Session) -> None:
    """Two applied for twenty places, of which none is given, and session one is still to come."""
    opened = an_opening(db)
    for name, decision in (("Ben", Decision.WAITING), ("Dev", Decision.NEXT)):
        applies(db, opened, name)
        applicants.decide(db, opened.fay, the_id(db, opened, name), decision=decision, at=LATER)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=LATER)

    openings.confirm(db, opened.fay, opened.cohort.id, at=LATER)

    (waits,), (next_,) = bodies(db, "waiting_list"), bodies(db, "next_group")
    assert "Thank you for applying. We have put you on the waiting list." in waits
    assert "We cannot offer you a place in this group." in next_
    assert "full" not in next_


def test_where_more_applied_than_there_are_places_it_says_so(db: Session) -> None:
    """Nineteen were added by hand."""
    opened = an_opening(db)
    members.add(db, opened.fay, opened.cohort.id, "\n".join(f"Member {number}" for number in range(19)), at=NOW)
    for name, decision in (("Ada", Decision.ACCEPTED), ("Ben", Decision.WAITING), ("Dev", Decision.NEXT)):
        applies(db, opened, name)
        applicants.decide(db, opened.fay, the_id(db, opened, name), decision=decision, at=LATER)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=LATER)

    openings.confirm(db, opened.fay, opened.cohort.id, at=LATER)

    assert "More people applied than there are places, so we have put you" in bodies(db, "waiting_list")[0]
    assert "This group is full, so we cannot" in bodies(db, "next_group")[0]
