"""Tickets: what a password check earns, and a browser exchanges once for its cookie."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError, Refused
from mcm_core.services import tickets, visitors
from mcm_core.store import secret
from mcm_core.store.engine import read, write
from mcm_core.store.tables import TicketRow
from tests.services.people import NOW, a_facilitator
from tests.services.racing import race

SECOND = timedelta(seconds=1)


def test_a_ticket_becomes_a_sign_in_of_twelve_hours(db: Session) -> None:
    fay = a_facilitator(db)
    ticket = tickets.issue(db, fay.facilitator_id or "", at=NOW)

    visitor = visitors.recognise(db, tickets.redeem(db, ticket, at=NOW), at=NOW)

    assert visitor is not None
    assert visitor.facilitator_id == fay.facilitator_id
    assert visitor.until == NOW + timedelta(hours=12)


def test_a_ticket_is_worthless_after_a_minute_and_when_made_up(db: Session) -> None:
    ticket = tickets.issue(db, a_facilitator(db).facilitator_id or "", at=NOW)

    for tried, at in ((ticket, NOW + 60 * SECOND), ("made up", NOW), ("", NOW)):
        with pytest.raises(Refused):
            tickets.redeem(db, tried, at=at)


def test_of_two_browsers_with_one_ticket_one_gets_in(database: str) -> None:
    ticket = issued()

    def redeem() -> object:
        with write() as db:
            return tickets.redeem(db, ticket, at=NOW)

    results = race(redeem, redeem)

    assert sorted(isinstance(result, McmError) for result in results) == [False, True]


def test_looking_first_and_deleting_then_would_let_both_in(database: str) -> None:
    """The negative control: the race above is real, or it proves nothing."""
    ticket = secret.digest(issued())
    both_have_looked = Barrier(2)

    def redeem() -> object:
        with read() as db:
            found = db.scalar(select(TicketRow.facilitator_id).where(TicketRow.token_hash == ticket))
        both_have_looked.wait(timeout=10)
        with write() as db:
            db.execute(delete(TicketRow).where(TicketRow.token_hash == ticket))
            return visitors.admit(db, facilitator_id=found, at=NOW)

    assert all(isinstance(result, str) for result in race(redeem, redeem))


def issued() -> str:
    with write() as db:
        return tickets.issue(db, a_facilitator(db).facilitator_id or "", at=NOW)
