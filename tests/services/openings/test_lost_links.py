"""A lost link: a new one goes to the address in the application, and nobody learns whether there is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import applicants, applying, late_words, lost_links, openings
from mcm_core.services.openings import take_down
from mcm_core.services.throttle import Throttled
from mcm_core.store.tables import ApplicationRow, MessageRow
from tests.services.openings.applying_people import IN_TIME, Opened, an_opening, applies, begins, the_id
from tests.services.people import NOW

SOON = IN_TIME + timedelta(minutes=5)


pytestmark = pytest.mark.usefixtures("with_a_mail_server")


def ask(db: Session, opened: Opened, email: str = "ada@example.org", *, network: str = "x", at=SOON) -> None:
    lost_links.ask(db, opened.slug, email=email, network=network, at=at)


def letters(db: Session) -> list[MessageRow]:
    """What waits to be sent with a new link."""
    return list(db.scalars(select(MessageRow).where(MessageRow.kind == lost_links.KIND).order_by(MessageRow.to_name)))


def new_token(db: Session, row: MessageRow) -> str:
    """The end of the link that stands in the message when it is sent."""
    text = late_words.filled_in(db, row, address="https://meet.example.org", sending=True)
    return text.split("https://meet.example.org/apply/")[1].split()[0]


def test_the_new_link_goes_by_itself_and_the_old_one_holds_until_it_is_used(db: Session) -> None:
    opened = an_opening(db)
    old = begins(db, opened)
    applying.keep(db, old, {"why": "To learn"}, at=IN_TIME)

    ask(db, opened, "ADA@example.org")

    (row,) = letters(db)
    assert (row.state, row.to_email, row.member_id) == ("waiting", "ada@example.org", None)
    new = new_token(db, row)
    assert new != old
    assert applying.mine(db, new, at=SOON).application.said("why") == "To learn"  # reading ends nothing
    applying.keep(db, old, {"hope": "Less alone"}, at=SOON)

    found = applying.keep(db, new, {"why": "To teach"}, at=SOON)

    assert (found.application.said("why"), found.application.said("hope")) == ("To teach", "Less alone")
    with pytest.raises(NotAllowed):
        applying.mine(db, old, at=SOON)
    assert new_token(db, row) == new  # a copy that is sent later leads there, too


def test_an_address_without_an_application_gets_nothing_and_looks_the_same(db: Session) -> None:
    opened = an_opening(db)
    begins(db, opened)

    assert ask(db, opened, "somebody@example.org") is None
    assert ask(db, opened, "ada@example.org") is None

    assert [row.to_name for row in letters(db)] == ["Ada Okafor"]


def test_another_cohorts_application_is_not_this_ones(db: Session) -> None:
    opened, other = an_opening(db), an_opening(db, username="gil", name="Other group")
    begins(db, opened)

    ask(db, other)

    assert letters(db) == []


def test_once_an_hour_and_then_the_same_new_link(db: Session) -> None:
    opened = an_opening(db)
    begins(db, opened)
    for minutes in (0, 10, 59):
        ask(db, opened, at=SOON + timedelta(minutes=minutes))
    (first,) = letters(db)
    token = new_token(db, first)

    ask(db, opened, at=SOON + timedelta(minutes=60))

    (row,) = letters(db)
    assert row.created_at == SOON + timedelta(minutes=60)
    assert new_token(db, row) == token


def test_who_began_twice_gets_both_and_nobody_gets_a_hundred(db: Session) -> None:
    opened = an_opening(db)
    for number in range(5):
        begins(db, opened, f"Ada {number}", at=IN_TIME + timedelta(minutes=number))

    ask(db, opened, at=IN_TIME + timedelta(hours=1))

    assert [row.to_name for row in letters(db)] == ["Ada 2", "Ada 3", "Ada 4"]


def test_who_has_a_place_has_a_members_link_already(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=SOON)

    ask(db, opened)

    assert letters(db) == []


def test_strangers_who_ask_are_counted_like_all(db: Session) -> None:
    opened = an_opening(db)
    for number in range(30):
        ask(db, opened, f"guess{number}@example.org")

    with pytest.raises(Throttled):
        ask(db, opened, "one.more@example.org")
    ask(db, opened, network="another")


def test_what_is_no_address_and_a_page_that_is_none_are_said(db: Session) -> None:
    opened = an_opening(db)
    with pytest.raises(Refused, match="with which you applied"):
        ask(db, opened, " ")
    with pytest.raises(Refused, match="not an e-mail address"):
        ask(db, opened, "ada")
    take_down(db, opened.fay, opened.cohort.id, at=NOW)
    with pytest.raises(NotAllowed):
        ask(db, opened)


def test_a_server_that_sends_nothing_changes_nothing(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = an_opening(db)
    begins(db, opened)
    monkeypatch.delenv("MCM_SMTP_URL")

    with pytest.raises(Refused, match="cannot send e-mails"):
        ask(db, opened)

    assert db.scalars(select(ApplicationRow.link_next)).one() is None


def test_taking_it_back_with_the_new_link_leaves_nothing(db: Session) -> None:
    opened = an_opening(db)
    old = applies(db, opened)
    ask(db, opened)
    new = new_token(db, letters(db)[0])

    applying.take_back(db, new, at=SOON)

    assert db.scalars(select(ApplicationRow)).all() == []
    assert db.scalars(select(MessageRow)).all() == []
    for token in (old, new):
        with pytest.raises(NotAllowed):
            applying.mine(db, token, at=SOON)
    assert openings.public(db, opened.slug, at=SOON).opening.slug == opened.slug
