"""A member reads on Today and beside the ballot which phones came in as them; facilitators hear of one that was not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from mcm_core.store.engine import read, write
from mcm_core.store.tables import SignInRow
from mcm_core.ui import arrivals
from tests.pages.cohort_desk import field, press, roster, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import NOW, a_member, the_code

LET_IN = "Another phone was let in as you on Monday 5 January 2026, 09:20, by Fay."
TAKEN = "Ada has joined on another phone already. Ask them in person before you let this phone in as Ada."
NOT_ME = "It was not me – sign it out"


@pytest.fixture
def ada(fay: Visitor, ours: Cohort) -> Visitor:
    """Ada with her phone, and another that was let in with her link."""
    with write() as db:
        visitor = a_member(db, fay, ours, "Ada")
        another_phone(db, fay, visitor)
        return visitor


def another_phone(db: Session, fay: Visitor, ada: Visitor) -> None:
    at = NOW + timedelta(minutes=20)
    db.execute(update(SignInRow).where(SignInRow.token_hash == fay.sign_in).values(confirmed_at=at))
    link = members.link_token(db, fay, ada.member_id or "", at=at)
    members.join_by_link(db, link, browser_token=None, at=at)
    (knock,) = members.at_the_door(db, fay, ada.cohort_id or "", at=at)
    members.let_in(db, fay, knock.id, ada.member_id or "", at=at)


def warnings(app: AppTest) -> str:
    """What a page warns of, as people see it."""
    return "\n".join(re.sub(r"[\\\u2060]", "", found.value) for found in app.warning)


@pytest.mark.parametrize("page", ["today", "vote"])
def test_another_phone_is_told_until_it_was_me(open_page: Open, ada: Visitor, page: str) -> None:
    app = open_page(page, as_=ada)
    assert LET_IN in texts(app)

    app = press(app, "It was me, both times")  # the third phone is the one in the hand

    assert LET_IN not in texts(app)
    assert LET_IN not in texts(app.run())


def test_it_was_not_me_signs_the_phone_out_and_both_sides_read_so(
    open_page: Open, fay: Visitor, ours: Cohort, ada: Visitor
) -> None:
    app = open_page("today", as_=ada)

    [found for found in app.button if found.label == NOT_ME][-1].click().run()

    assert LET_IN not in texts(app.run())
    assert roster(fay, ours)[0].devices == 2  # hers, and the one that this page runs in
    said = warnings(open_page("cohort", as_=fay))
    assert "Ada says that a phone that Fay had let in as them on Monday 5 January 2026, 09:20 was not theirs" in said


def test_without_the_note_of_arrivals_nobody_would_be_told(
    open_page: Open, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(arrivals.members, "new_arrivals", lambda *_args: ())

    assert LET_IN not in texts(open_page("today", as_=ada))


@pytest.mark.parametrize("page", ["cohort", "facilitate"])
def test_under_the_name_of_somebody_who_is_in_nobody_is_chosen_and_two_steps_let_in(
    open_page: Open, fay: Visitor, ours: Cohort, page: str
) -> None:
    with write() as db:
        ada = a_member(db, fay, ours, "Ada")
        members.knock(db, the_code(db, fay, ours), "ada", network="n", at=NOW)
    app = open_page(page, as_=fay)
    assert TAKEN in warnings(app)
    choice = field(app, "selectbox", "Member")
    assert choice.value is None
    assert field(app, "button", "Let in").disabled

    app = choice.set_value(ada.member_id).run()
    assert field(app, "button", "Let in").disabled
    app = field(app, "checkbox", "I have asked Ada in person").check().run()
    press(app, "Let in")

    assert roster(fay, ours)[0].devices == 2
    with read() as db:
        assert [one.by for one in members.new_arrivals(db, ada)] == ["Fay"]


def test_later_in_the_session_it_asks_the_facilitator_who_they_are(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        ada = a_member(db, fay, ours, "Ada")
        members.knock(db, the_code(db, fay, ours), "Ada", network="n", at=NOW)
    app = open_page("cohort", as_=fay)
    with write() as db:
        db.execute(update(SignInRow).values(confirmed_at=CLOCK - timedelta(minutes=11)))
    app = field(app, "selectbox", "Member").set_value(ada.member_id).run()
    app = field(app, "checkbox", "I have asked Ada in person").check().run()

    assert "Say again who you are" in texts(app)
    assert field(app, "button", "Let in").disabled
