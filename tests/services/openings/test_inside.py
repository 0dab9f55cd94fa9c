"""What somebody wrote in their application goes on with them when they are a member: nothing is typed twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    applicants,
    aspirations,
    catch_ups,
    documents,
    facilitators,
    mailing,
    members,
    openings,
    slots,
    topics,
)
from mcm_core.store.tables import MessageRow
from tests.services.openings.applying_people import IN_TIME, Opened, an_opening, applies, the_id
from tests.services.people import NOW, a_facilitator, a_member, read_document, signed_in


def come_in(db: Session, opened: Opened, name: str, said: dict[str, str]) -> Visitor:
    """Somebody applies, gets a place, comes in by their link, and reads the document."""
    applies(db, opened, name, said)
    applicants.decide(db, opened.fay, the_id(db, opened, name), decision="accepted", at=IN_TIME)
    here = next(one for one in members.roster(db, opened.fay, opened.cohort.id) if one.name == name)
    link = members.link_token(db, opened.fay, here.id, at=NOW)
    token = members.join_by_link(db, link, browser_token=None, at=IN_TIME).token
    read_document(db, signed_in(db, token, at=IN_TIME), at=IN_TIME)
    return signed_in(db, token, at=IN_TIME)


def test_the_hope_and_the_question_are_theirs_inside_too(db: Session) -> None:
    opened = an_opening(db)
    said = {"hope": "Less alone", "question": "How do we\nstay in touch?", "question_shared": "on"}
    ada = come_in(db, opened, "Ada", said)

    found = aspirations.mine(db, ada)
    assert (found.hope, found.brings) == ("Less alone", "How do we\nstay in touch?")
    (topic,) = topics.mine(db, ada)
    assert (topic.text, topic.kind, topic.named) == ("How do we stay in touch?", "question", False)
    (seen,) = topics.board(db, opened.fay, opened.cohort.id)
    assert seen.by == ""


def test_of_words_from_an_application_nobody_says_that_only_their_author_read_them(db: Session) -> None:
    opened = an_opening(db)
    ada, ben = come_in(db, opened, "Ada", {"hope": "Less alone"}), a_member(db, opened.fay, opened.cohort, "Ben")
    assert (aspirations.mine(db, ada).applied, aspirations.mine(db, ben).applied) == (True, False)

    aspirations.bring(db, ada, hope="Not alone", brings="", at=IN_TIME)
    aspirations.bring(db, ben, hope="To listen", brings="", at=IN_TIME)

    assert (aspirations.mine(db, ada).applied, aspirations.mine(db, ben).applied) == (True, False)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"question": "Ours?", "question_shared": "on", "question_named": "on"}, [("Ours?", "Ada")]),
        ({"question": "Mine", "question_named": "on"}, []),
        ({"question_shared": "on"}, []),
        ({"question": "x" * 201, "question_shared": "on"}, []),  # there is no room for it: she can shorten it herself
    ],
)
def test_the_list_of_topics_gets_what_was_ticked_and_no_more(
    db: Session, said: dict[str, str], shown: list[tuple[str, str]]
) -> None:
    opened = an_opening(db)
    ada = come_in(db, opened, "Ada", said)

    assert [(one.text, one.by) for one in topics.board(db, opened.fay, opened.cohort.id)] == shown
    assert aspirations.mine(db, ada).brings == said.get("question", "")


def test_whoever_comes_from_an_application_reads_the_document_before_they_take_part(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=IN_TIME)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=IN_TIME)
    openings.confirm(db, opened.fay, opened.cohort.id, at=IN_TIME)

    (letter,) = db.scalars(select(MessageRow).where(MessageRow.kind == "document")).all()
    assert (letter.to_email, letter.state) == ("ada@example.org", "draft")
    text = mailing.words_of(db, opened.fay, letter.id, address="https://meet.example", at=NOW)
    token = text.split("https://meet.example/j/")[1].split()[0]
    ada = signed_in(db, members.join_by_link(db, token, browser_token=None, at=IN_TIME).token, at=IN_TIME)

    with pytest.raises(NotAllowed):
        topics.board(db, ada, opened.cohort.id)
    read_document(db, ada, at=IN_TIME)
    assert topics.board(db, ada, opened.cohort.id) == ()


def test_a_wish_of_the_application_becomes_two_who_are_kept_apart(db: Session) -> None:
    opened = an_opening(db)
    co = a_facilitator(db, "co")
    facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)
    ada = come_in(db, opened, "Ada", {"apart": "Ben, my manager"})
    ben = come_in(db, opened, "Ben", {})
    cleo = come_in(db, opened, "Cleo", {})
    applies(db, opened, "Dev", {"apart": "Nobody reads this yet"})

    assert applicants.wished_apart(db, opened.fay, opened.cohort.id) == (("Ada", "Ben, my manager"),)
    assert applicants.wished_apart(db, co, opened.cohort.id) == ()
    two = (ada.member_id or "", ben.member_id or "")
    catch_ups.keep_apart(db, opened.fay, opened.cohort.id, two, yes=True)
    catch_ups.suggest(db, opened.fay, opened.cohort.id, 1, at=IN_TIME)

    (week,) = catch_ups.rounds(db, opened.fay, opened.cohort.id)
    assert not any({"Ada", "Ben"} <= set(group.people) for group in week.groups)
    assert cleo.member_id


def test_once_somebody_has_come_in_and_read_the_document_nothing_stands_ready_that_is_past(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ben")
    come_in(db, opened, "Ada", {})

    left = {(one.to.name, one.kind) for one in mailing.of_cohort(db, opened.fay, opened.cohort.id)}
    assert left == {("Ben", "application_received")}
    applicants.decide(db, opened.fay, the_id(db, opened, "Ben"), decision="accepted", at=IN_TIME)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=IN_TIME)
    openings.confirm(db, opened.fay, opened.cohort.id, at=IN_TIME)
    sent_it = [one.to.name for one in mailing.of_cohort(db, opened.fay, opened.cohort.id) if one.kind == "document"]
    assert sent_it == ["Ben"], "Ada has read it"


def test_who_was_talked_through_it_and_has_not_come_in_still_gets_their_link(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=IN_TIME)
    documents.write_messages(db, opened.fay, opened.cohort.id, at=IN_TIME)
    (ada,) = members.roster(db, opened.fay, opened.cohort.id)

    documents.talked_through(db, opened.fay, ada.id, at=IN_TIME)
    assert "document" in {one.kind for one in mailing.of_cohort(db, opened.fay, opened.cohort.id)}
