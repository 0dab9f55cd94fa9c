"""Messages are drafted from templates; what a message is about never stands in its subject."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.message import To
from mcm_core.services import messages
from mcm_core.store.engine import write
from mcm_core.store.tables import MemberRow, MessageRow
from tests.services.people import NOW, a_cohort, a_facilitator

ANN = To("Ann Lee", "ann@example.org")
JOIN = {"link": "https://meet.example.org/x", "when": "14 July, 15:00"}


@pytest.fixture
def cohort_id(db: Session) -> str:
    return a_cohort(db, a_facilitator(db)).id


def rows(db: Session) -> list[MessageRow]:
    return list(db.scalars(select(MessageRow).order_by(MessageRow.created_at, MessageRow.id)))


def test_a_draft_says_who_it_is_for_and_from_and_what_was_to_be_said(db: Session, cohort_id: str) -> None:
    messages.draft(db, cohort_id, "interest_drop_in", ANN, JOIN, at=NOW)

    (row,) = rows(db)
    assert row.subject == "The drop-in: how to join"
    assert row.body.startswith("Hello Ann Lee,")
    assert "https://meet.example.org/x" in row.body
    assert row.body.endswith("\nFay")
    assert (row.state, row.to_email, row.due_at) == ("draft", "ann@example.org", NOW)


def test_what_opens_a_door_is_not_filled_in_yet(db: Session, cohort_id: str) -> None:
    ann = MemberRow(cohort_id=cohort_id, name="Ann", name_key="ann", link_hash="x", created_at=NOW)
    db.add(ann)
    db.flush()
    messages.draft(db, cohort_id, "invitation", To("Ann", member_id=ann.id), {}, at=NOW)

    assert "{personal_link}" in rows(db)[0].body


def test_the_same_message_at_the_same_moment_is_one_message(database: str) -> None:
    with write() as db:
        cohort_id = a_cohort(db, a_facilitator(db)).id

    def drafted(_: int) -> str:
        with write() as db:
            return messages.draft(db, cohort_id, "interest_drop_in", ANN, JOIN, once="ann", at=NOW)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(drafted, range(6)))) == 1


def test_without_an_address_nothing_goes_by_itself(db: Session, cohort_id: str) -> None:
    messages.draft(db, cohort_id, "not_this_time", To("Ann"), {}, by_itself=True, at=NOW)

    assert rows(db)[0].state == "draft"


def test_a_personal_link_goes_to_a_member_alone(db: Session, cohort_id: str) -> None:
    with pytest.raises(KeyError, match="which only a member has"):
        messages.draft(db, cohort_id, "invitation", ANN, {}, at=NOW)


def test_the_same_message_once_more_is_the_same_message(db: Session, cohort_id: str) -> None:
    first = messages.draft(db, cohort_id, "interest_drop_in", ANN, JOIN, once="ann", at=NOW)
    again = messages.draft(db, cohort_id, "interest_drop_in", ANN, JOIN, once="ann", at=NOW)
    reminder = {"link": "x", "deadline": "y"}
    other = messages.draft(db, cohort_id, "interest_reminder", ANN, reminder, once="ann", by_itself=True, at=NOW)

    assert first == again != other
    assert sorted(row.state for row in rows(db)) == ["draft", "waiting"]


@pytest.mark.parametrize("words", [{}, {"link": "x"}, {**JOIN, "digest": "too much"}])
def test_a_word_too_few_or_too_many_is_a_mistake(db: Session, cohort_id: str, words: dict[str, str]) -> None:
    with pytest.raises(KeyError, match="interest_drop_in asks for"):
        messages.draft(db, cohort_id, "interest_drop_in", ANN, words, at=NOW)


def test_who_takes_an_application_back_is_forgotten_and_members_are_not(db: Session, cohort_id: str) -> None:
    ann = MemberRow(cohort_id=cohort_id, name="Ann", name_key="ann", link_hash="x", created_at=NOW)
    db.add(ann)
    db.flush()
    for to in (ANN, To("Bo", "bo@example.org"), To("Ann", ANN.email, ann.id)):
        messages.draft(db, cohort_id, "not_this_time", to, {}, at=NOW)

    messages.forget(db, cohort_id, "ann@example.org")

    assert sorted(row.to_name for row in rows(db)) == ["Ann", "Bo"]


def test_an_address_that_is_none_is_refused(db: Session, cohort_id: str) -> None:
    with pytest.raises(Refused, match="is not an e-mail address"):
        messages.draft(db, cohort_id, "not_this_time", To("Ann", "ann"), {}, at=NOW)
