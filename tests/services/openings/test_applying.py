"""Applying by a link of one's own: every word is kept, the deadline holds to the minute, and late is a flag."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.opening import Stage
from mcm_core.services import applicants, applying, late_words, mailing, openings
from mcm_core.services.throttle import Throttled
from mcm_core.store.engine import read, write
from mcm_core.store.tables import ApplicationRow, MessageRow
from tests.services.openings.applying_people import (
    ANSWERS,
    CLOSES,
    IN_TIME,
    PLAN,
    an_opening,
    applies,
    begins,
    the_id,
)
from tests.services.people import NOW

DEADLINE = CLOSES.replace(tzinfo=ZoneInfo("Europe/London"))


def test_what_is_typed_is_kept_field_by_field(db: Session) -> None:
    token = begins(db, an_opening(db))

    applying.keep(db, token, {"why": "To learn", "Tuesday afternoon": "prefer"}, at=IN_TIME)
    applying.keep(db, token, {"hope": "Less alone", "a question that is not asked any more": "x"}, at=IN_TIME)
    applying.keep(db, token, {"Tuesday afternoon": "can", "Monday evening": "can't", "support": "on"}, at=IN_TIME)

    found = applying.mine(db, token, at=IN_TIME).application
    assert (found.said("why"), found.said("hope"), found.said("support")) == ("To learn", "Less alone", "yes")
    assert found.times == {"Tuesday afternoon": "can", "Monday evening": "can't"}
    assert [one.asked for one in found.answers][:2] == ["Why do you want to take part?", "What do you hope to achieve?"]
    assert found.version == "2"


def test_an_answer_is_taken_back_by_emptying_it(db: Session) -> None:
    token = begins(db, an_opening(db))
    applying.keep(db, token, {"why": "To learn", "support": "on", "Monday morning": "can"}, at=IN_TIME)

    applying.keep(db, token, {"why": "", "support": "", "Monday morning": ""}, at=IN_TIME)

    found = applying.mine(db, token, at=IN_TIME).application
    assert (found.answers, found.times) == ((), {})


def test_a_refused_sending_loses_no_word(database: str) -> None:
    with write() as db:
        token = begins(db, an_opening(db))
        applying.keep(db, token, {"why": "To learn"}, at=IN_TIME)

    with pytest.raises(Refused, match="What do you hope to achieve"), write() as db:
        applying.send(db, token, at=IN_TIME)

    with read() as db:
        assert applying.mine(db, token, at=IN_TIME).application.said("why") == "To learn"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"why": "x" * 3001}, "1 characters too long"),
        ({"role": "boss"}, "not one of the choices"),
        ({"Monday morning": "perhaps"}, "Choose one of the three"),
    ],
)
def test_what_cannot_be_stored_is_said(db: Session, said: dict[str, str], why: str) -> None:
    token = begins(db, an_opening(db))

    with pytest.raises(Refused, match=why):
        applying.keep(db, token, said, at=IN_TIME)


def test_the_deadline_holds_to_the_minute(db: Session) -> None:
    opened = an_opening(db)

    applies(db, opened, "Ada", at=DEADLINE - timedelta(seconds=1))
    applies(db, opened, "Ben", at=DEADLINE)

    late = {one.name: one.is_late for one in applicants.of_cohort(db, opened.fay, opened.cohort.id)}
    assert late == {"Ada": False, "Ben": True}


def test_nobody_begins_after_the_deadline_but_by_the_late_link(db: Session) -> None:
    opened = an_opening(db)
    assert openings.late_token(db, opened.fay, opened.cohort.id) is None
    with pytest.raises(Refused, match="write to the people named"):
        begins(db, opened, at=DEADLINE)

    openings.take_late(db, opened.fay, opened.cohort.id, yes=True, at=DEADLINE)
    late = openings.late_token(db, opened.fay, opened.cohort.id) or ""
    with pytest.raises(Refused):
        begins(db, opened, at=DEADLINE, late="made up")
    token = begins(db, opened, at=DEADLINE, late=late)
    applying.keep(db, token, ANSWERS, at=DEADLINE)
    assert applying.send(db, token, at=DEADLINE).application.is_late

    openings.take_late(db, opened.fay, opened.cohort.id, yes=False, at=DEADLINE)
    with pytest.raises(Refused):
        begins(db, opened, "Ben", at=DEADLINE, late=late)


@pytest.mark.parametrize(
    ("closes", "last", "too_late"),
    [
        # The clocks go back at 02:00 on 25 October 2026: 01:30 comes twice, and the second is meant.
        (datetime.fromisoformat("2026-10-25 01:30"), "2026-10-25T01:29:00+00:00", "2026-10-25T01:30:00+00:00"),
        # The day after they go forward, nine o'clock is eight in UTC.
        (datetime.fromisoformat("2026-03-30 09:00"), "2026-03-30T07:59:00+00:00", "2026-03-30T08:00:00+00:00"),
    ],
)
def test_the_deadline_is_on_the_cohorts_own_clock(db: Session, closes: datetime, last: str, too_late: str) -> None:
    opened = an_opening(db, plan=replace(PLAN, closes=closes))

    def stage(moment: str) -> Stage:
        return openings.public(db, opened.slug, at=datetime.fromisoformat(moment)).stage

    assert (stage(last), stage(too_late)) == (Stage.DROP_IN, Stage.CLOSED)


def test_what_was_sent_can_be_changed_until_the_deadline_and_not_after(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened)

    applying.keep(db, token, {"hope": "More"}, at=DEADLINE - timedelta(minutes=1))
    with pytest.raises(Refused, match="what you sent stays"):
        applying.keep(db, token, {"hope": "Much more"}, at=DEADLINE)

    assert applying.mine(db, token, at=DEADLINE).application.said("hope") == "More"


def test_half_filled_ones_are_nobodys_to_read(db: Session) -> None:
    opened = an_opening(db)
    token = begins(db, opened)
    id_ = applying.mine(db, token, at=IN_TIME).application.id

    assert applicants.of_cohort(db, opened.fay, opened.cohort.id) == ()
    assert applicants.begun(db, opened.fay, opened.cohort.id) == 1
    with pytest.raises(NotAllowed):
        applicants.one(db, opened.fay, id_)


def test_taking_it_back_leaves_nothing(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, said={"hope": "Quite secret"})
    applicants.judge(db, opened.fay, the_id(db, opened, "Ada Okafor"), says="yes", note="fits", at=IN_TIME)

    applying.take_back(db, token, at=IN_TIME)

    with pytest.raises(NotAllowed):
        applying.mine(db, token, at=IN_TIME)
    assert db.scalars(select(func.count()).select_from(ApplicationRow)).one() == 0
    assert db.scalars(select(func.count()).select_from(MessageRow)).one() == 0


def test_the_author_gets_the_link_and_a_receipt(db: Session, with_a_mail_server: None) -> None:
    opened = an_opening(db)
    token = applies(db, opened)

    found = {row.kind: row for row in db.scalars(select(MessageRow))}
    assert set(found) == {"application_link", "application_received"}
    for row in found.values():
        assert row.to_email == "ada@example.org"
        assert f"https://x/apply/{token}" in late_words.filled_in(db, row, address="https://x", sending=True)


def test_without_a_mail_server_nobody_is_to_send_a_message_that_holds_a_link_they_never_see(
    db: Session, with_a_mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ada began while this server could send, Ben after it could no more."""
    opened = an_opening(db)
    applies(db, opened, "Ada")
    monkeypatch.delenv("MCM_SMTP_URL")
    applies(db, opened, "Ben")

    kinds = db.execute(select(MessageRow.to_name, MessageRow.kind)).all()
    assert ("Ada", "application_link") in kinds
    assert ("Ben", "application_link") not in kinds
    listed = mailing.of_cohort(db, opened.fay, opened.cohort.id)
    assert [(one.to.name, one.kind) for one in listed] == [
        ("Ada", "application_received"),
        ("Ben", "application_received"),
    ]
    assert mailing.to_do(db, opened.fay, opened.cohort.id, at=IN_TIME) == 2


def test_nobody_who_is_late_is_told_that_applications_will_close(db: Session, with_a_mail_server: None) -> None:
    """What they sent stays as it is, and that is what they are told."""
    opened = an_opening(db)
    openings.take_late(db, opened.fay, opened.cohort.id, yes=True, at=DEADLINE)
    late = openings.late_token(db, opened.fay, opened.cohort.id) or ""
    token = begins(db, opened, at=DEADLINE, late=late)
    applying.keep(db, token, ANSWERS, at=DEADLINE)
    applying.send(db, token, at=DEADLINE)

    found = {row.kind: " ".join(row.body.split()) for row in db.scalars(select(MessageRow))}
    assert "Applications have closed (Wednesday 7 January 2026, 09:00" in found["application_link_late"]
    assert "It stays as it is." in found["application_received_late"]
    assert not [body for body in found.values() if "until applications close" in body or "Applications close:" in body]


def test_no_facilitator_gets_an_applicants_own_link_from_a_message(db: Session) -> None:
    """It would open what only its author may read: half-filled forms, and what is for the coordinator alone."""
    opened = an_opening(db)
    token = applies(db, opened)

    for one in mailing.of_cohort(db, opened.fay, opened.cohort.id):
        copied = mailing.words_of(db, opened.fay, one.id, address="https://x", at=IN_TIME)
        assert token not in copied + one.body
        assert "the link that you got when you began" in copied


def test_sending_twice_is_sending_once(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened)

    again = applying.send(db, token, at=DEADLINE + timedelta(days=1))

    assert not again.application.is_late
    assert len(applicants.of_cohort(db, opened.fay, opened.cohort.id)) == 1


def test_a_page_that_is_not_published_is_no_page(db: Session) -> None:
    opened = an_opening(db)
    openings.take_down(db, opened.fay, opened.cohort.id, at=NOW)
    said = []
    for slug in (opened.slug, "nowhere"):
        with pytest.raises(NotAllowed) as page:
            openings.public(db, slug, at=IN_TIME)
        with pytest.raises(NotAllowed) as form:
            applying.begin(db, slug, name="A", email="a@b.org", organisation="", network="x", at=IN_TIME)
        said.append((str(page.value), str(form.value)))

    assert said[0] == said[1]


def test_strangers_are_counted(db: Session) -> None:
    opened = an_opening(db)

    def thirty_and_one() -> None:
        for number in range(31):
            applying.begin(
                db, opened.slug, name="A", email=f"a{number}@b.org", organisation="", network="one", at=IN_TIME
            )

    with pytest.raises(Throttled):
        thirty_and_one()
    begins(db, opened, "Somebody elsewhere")


@pytest.mark.parametrize("name", ["http://buy.example/now", "me@evil.example", " "])
def test_a_name_is_no_advertisement(db: Session, name: str) -> None:
    with pytest.raises(Refused):
        applying.begin(db, an_opening(db).slug, name=name, email="a@b.org", organisation="", network="x", at=IN_TIME)
