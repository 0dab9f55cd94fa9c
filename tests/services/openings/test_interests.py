"""An expression of interest triggers exactly two messages, for who wants them, and nobody learns who is on the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.services import interests, openings, slots
from mcm_core.store.tables import InterestRow, MessageRow
from tests.services.openings.applying_people import CLOSES, IN_TIME, PLAN, WORDS, Opened, an_opening, applies
from tests.services.people import NOW


def express(
    db: Session, opened: Opened, *, email: str = "ann@example.org", link: bool = True, remind: bool = True
) -> None:
    interests.express(
        db, opened.slug, name="Ann", email=email, organisation="Harbour Trust", wants_link=link, wants_reminder=remind,
        network="one", at=IN_TIME,
    )  # fmt: skip


def written(db: Session) -> dict[str, MessageRow]:
    return {row.kind: row for row in db.scalars(select(MessageRow))}


def test_exactly_two_messages_each_when_it_is_due(db: Session) -> None:
    express(db, an_opening(db))

    found = written(db)
    assert set(found) == {"interest_drop_in", "interest_reminder"}
    assert found["interest_drop_in"].due_at == IN_TIME
    assert "https://meet.example/drop-in" in found["interest_drop_in"].body
    assert found["interest_reminder"].due_at == IN_TIME  # three days before would be over: at once
    assert "Wednesday 7 January 2026, 09:00 (Europe/London)" in found["interest_reminder"].body


@pytest.mark.parametrize(
    ("link", "remind", "kinds"), [(True, False, {"interest_drop_in"}), (False, True, {"interest_reminder"})]
)
def test_only_what_somebody_wants(db: Session, link: bool, remind: bool, kinds: set[str]) -> None:
    express(db, an_opening(db), link=link, remind=remind)

    assert set(written(db)) == kinds


def test_the_same_address_again_changes_what_it_wants_and_is_not_written_to_twice(db: Session) -> None:
    opened = an_opening(db)
    express(db, opened)
    written(db)["interest_drop_in"].state = "sent"
    db.flush()

    express(db, opened, email="ANN@example.org", remind=False)

    assert len(db.scalars(select(InterestRow)).all()) == 1
    assert {kind: row.state for kind, row in written(db).items()} == {"interest_drop_in": "sent"}


def test_a_change_of_the_page_changes_what_has_not_gone_out(db: Session) -> None:
    opened = an_opening(db)
    express(db, opened)
    later = replace(PLAN, closes=CLOSES + timedelta(days=20), drop_in=CLOSES)

    openings.write_down(db, opened.fay, opened.cohort.id, plan=later, words=WORDS, at=IN_TIME)

    found = written(db)
    assert "Tuesday 27 January 2026" in found["interest_reminder"].body
    assert found["interest_reminder"].due_at == datetime(2026, 1, 24, 9, tzinfo=UTC)
    assert "Wednesday 7 January 2026" in found["interest_drop_in"].body


def test_without_a_drop_in_there_is_no_message_about_one_until_there_is(db: Session) -> None:
    opened = an_opening(db, plan=replace(PLAN, drop_in_link=""))
    express(db, opened)
    assert set(written(db)) == {"interest_reminder"}

    openings.write_down(db, opened.fay, opened.cohort.id, plan=PLAN, words=WORDS, at=IN_TIME)

    assert set(written(db)) == {"interest_drop_in", "interest_reminder"}


@pytest.mark.parametrize(
    ("email", "why"),
    [("", "Without an e-mail"), ("ann", "is not an e-mail"), ("a@b.org\nBcc: x@y.org", "is not an e-mail")],
)
def test_an_address_that_is_none_is_refused(db: Session, email: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        express(db, an_opening(db), email=email)


def test_nothing_ticked_is_nothing_wanted(db: Session) -> None:
    with pytest.raises(Refused, match="Tick what"):
        express(db, an_opening(db), link=False, remind=False)


def test_after_the_deadline_there_is_nothing_to_be_interested_in(db: Session) -> None:
    opened = an_opening(db)

    with pytest.raises(Refused, match="Applications closed on Wednesday 7 January 2026, 09:00"):
        interests.express(
            db, opened.slug, name="Ann", email="a@b.org", organisation="", wants_link=True, wants_reminder=True,
            network="one", at=NOW + timedelta(days=2),
        )  # fmt: skip


def test_who_asks_for_it_is_forgotten_with_every_message(db: Session) -> None:
    opened = an_opening(db)
    express(db, opened)
    (ann,) = interests.of_cohort(db, opened.fay, opened.cohort.id)

    interests.forget(db, opened.fay, ann.id, at=IN_TIME)

    assert interests.of_cohort(db, opened.fay, opened.cohort.id) == ()
    assert written(db) == {}


def test_who_applies_is_not_reminded_to_apply_even_when_the_page_changes(db: Session) -> None:
    opened = an_opening(db)
    express(db, opened)
    express(db, opened, email="ben@example.org")
    applies(db, opened, "Ann")

    def reminded() -> list[str | None]:
        kind = MessageRow.kind == "interest_reminder"
        return list(db.scalars(select(MessageRow.to_email).where(kind)))

    assert reminded() == ["ben@example.org"]
    openings.write_down(db, opened.fay, opened.cohort.id, plan=PLAN, words=WORDS, at=IN_TIME)
    assert reminded() == ["ben@example.org"]


def test_once_the_group_is_confirmed_nobody_is_reminded_to_apply(db: Session) -> None:
    opened = an_opening(db)
    express(db, opened)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=IN_TIME)

    openings.confirm(db, opened.fay, opened.cohort.id, at=IN_TIME)
    assert set(written(db)) == {"interest_drop_in"}
    openings.write_down(db, opened.fay, opened.cohort.id, plan=PLAN, words=WORDS, at=IN_TIME)

    assert set(written(db)) == {"interest_drop_in"}
