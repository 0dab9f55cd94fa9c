"""Nobody takes part before they have read what they are told, or were talked through it; and nobody else waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Conflict, McmError, NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import bags, ballots, documents, focuses, mailing, members, my_data, notes, readings, visitors
from mcm_core.store.tables import CohortSessionRow, DocumentCopyRow, MessageRow
from tests.services.people import NOW, a_member, an_unread_member, read_document, signed_in
from tests.services.racing import statements
from tests.services.stories import Group, a_group, an_anonymous_round, an_open_round, choose_focus, connections

LATER = NOW + timedelta(days=1)


@pytest.fixture
def group(db: Session) -> Group:
    """Five who have read the document; and another cohort with somebody who has not."""
    other = a_group(db, 2, username="olga", name="Other group")
    an_unread_member(db, other.facilitator, other.cohort)
    return a_group(db, 5)


@pytest.fixture
def una(db: Session, group: Group) -> Visitor:
    """Somebody who has come in by her link, and has the document before her."""
    return an_unread_member(db, group.facilitator, group.cohort)


def version(db: Session, who: Visitor) -> str:
    return documents.of(db, who, who.cohort_id or "", at=NOW).version


def state(db: Session, group: Group, name: str = "Una") -> str:
    return next(one.state for one in documents.copies(db, group.facilitator, group.cohort.id) if one.name == name)


def a_note(db: Session, who: Visitor, cohort: Cohort) -> None:
    said: Any = {"kind": Kind.IDEA, "audience": Audience.ME, "attribution": Attribution.NONE, "body": "mine"}
    notes.add(db, who, cohort.id, session_number=1, theme=None, instrument=None, at=NOW, **said)


def everything_is_closed(db: Session, who: Visitor, group: Group, round_: Round) -> bool:
    """Whether nothing is open of what taking part is made of."""
    cast: Any = (who, round_.id, "tools", Reading(2, 3))
    tries = (
        lambda: readings.cast(db, *cast, at=NOW),
        lambda: ballots.answer(db, *cast, at=NOW),
        lambda: ballots.mine(db, who, round_.id, at=NOW),
        lambda: bags.drop(db, who, round_.id, {}),
        lambda: a_note(db, who, group.cohort),
        lambda: notes.counts_behind(db, who, group.cohort.id),
        lambda: focuses.mine(db, who),
    )
    return not any(is_open(db, one) for one in tries)


def is_open(db: Session, attempt: Callable[[], object]) -> bool:
    aside = db.begin_nested()
    try:
        attempt()
    except NotAllowed:
        return False
    except McmError:
        return True
    finally:
        aside.rollback()
    return True


@contextmanager
def without_the_gate(db: Session) -> Iterator[None]:
    """Every statement without the condition that the document has been read."""

    def let_in(_c: object, _u: object, statement: str, parameters: Any, *_rest: object) -> tuple[str, Any]:
        return re.sub(r"EXISTS \(SELECT document_copy[^()]*\)", "(1 = 1)", statement), parameters

    event.listen(db.get_bind(), "before_cursor_execute", let_in, retval=True)
    try:
        yield
    finally:
        event.remove(db.get_bind(), "before_cursor_execute", let_in)


def role_now(db: Session, who: Visitor) -> Role:
    """What another browser of the same person counts as."""
    return signed_in(db, visitors.admit(db, member_id=who.member_id, cohort_id=who.cohort_id, at=NOW)).role


def test_who_has_not_read_it_is_in_and_takes_no_part(db: Session, group: Group, una: Visitor) -> None:
    opened = an_open_round(db, group.facilitator, group.cohort)

    assert una.role is Role.UNREAD
    assert everything_is_closed(db, una, group, opened)
    assert my_data.everything(db, una, at=NOW).name == "Una"  # what is hers is open to her all the same


def test_reading_it_lets_her_in_and_holds_up_nobody_else(db: Session, group: Group, una: Visitor) -> None:
    opened = an_open_round(db, group.facilitator, group.cohort)
    for one in (group.members[0], una):
        if one is una:
            documents.have_read(db, una, version(db, una), at=NOW)
        choose_focus(db, one, connections())
        readings.cast(db, one, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.mine(db, una, opened.id)["tools"].current == 2


def test_without_the_gate_she_would_take_part(db: Session, group: Group, una: Visitor) -> None:
    """The negative control."""
    opened = an_open_round(db, group.facilitator, group.cohort)
    with without_the_gate(db):
        assert not everything_is_closed(db, una, group, opened)
        assert role_now(db, una) is Role.MEMBER

    assert role_now(db, una) is Role.UNREAD


def test_an_anonymous_round_is_closed_to_her_too(db: Session, group: Group, una: Visitor) -> None:
    opened = an_anonymous_round(db, group)

    assert everything_is_closed(db, una, group, opened)


def test_it_costs_a_vote_no_query_of_its_own(db: Session, group: Group) -> None:
    opened = an_open_round(db, group.facilitator, group.cohort)
    choose_focus(db, group.members[0], connections())
    with statements(db) as asked:
        readings.cast(db, group.members[0], opened.id, "tools", Reading(2, 3), at=NOW)

    assert [("document_copy" in one, "FROM round JOIN sign_in" in " ".join(one.split())) for one in asked] == [
        (True, True),
        (False, False),
    ]


def test_a_facilitator_records_a_talk_and_that_lets_her_in(db: Session, group: Group, una: Visitor) -> None:
    documents.talk_me_through(db, una, version(db, una), at=NOW)
    assert state(db, group) == "asks to be talked through it, since 5 January 2026"
    assert role_now(db, una) is Role.UNREAD  # to ask is not to have heard

    documents.talked_through(db, group.facilitator, una.member_id or "", at=LATER)

    assert state(db, group) == "talked through it on 6 January 2026"
    assert role_now(db, una) is Role.MEMBER


def test_sent_read_and_by_whom_is_told_to_facilitators_by_name(db: Session, group: Group, una: Visitor) -> None:
    assert state(db, group) == "came in, not read yet"
    assert documents.send(db, group.facilitator, group.cohort.id, at=NOW) == 1
    assert documents.send(db, group.facilitator, group.cohort.id, at=LATER) == 0
    assert state(db, group) == "sent on 5 January 2026, not read yet"

    documents.have_read(db, una, version(db, una), at=LATER)
    documents.have_read(db, una, version(db, una), at=LATER + timedelta(days=9))  # a second tap changes nothing

    assert state(db, group) == "read it on 6 January 2026"


def test_a_message_is_written_to_whoever_has_not_read_it_and_counts_once_it_has_gone(
    db: Session, group: Group, una: Visitor
) -> None:
    members.add(db, group.facilitator, group.cohort.id, "Vic", at=NOW)
    assert documents.write_messages(db, group.facilitator, group.cohort.id, at=NOW) == 2
    assert documents.write_messages(db, group.facilitator, group.cohort.id, at=NOW) == 2  # and no second one each
    rows = db.scalars(select(MessageRow).where(MessageRow.cohort_id == group.cohort.id).order_by(MessageRow.to_name))
    una_s, vic_s = rows.all()
    assert "{address}/prepare" in una_s.body
    assert "{personal_link}" in vic_s.body
    assert state(db, group) == "came in, not read yet"

    mailing.sent_by_hand(db, group.facilitator, una_s.id, version=una_s.version, at=LATER)

    assert state(db, group) == "sent on 6 January 2026, not read yet"
    assert state(db, group, "Vic") == "not sent yet"


def test_whoever_has_been_sent_their_link_has_it_until_they_get_another(db: Session, group: Group) -> None:
    (vic,) = members.add(db, group.facilitator, group.cohort.id, "Vic", at=NOW)
    mailing.invite(db, group.facilitator, group.cohort.id, at=NOW)
    assert state(db, group, "Vic") == "not sent yet"
    row = db.scalars(select(MessageRow).where(MessageRow.member_id == vic.id)).one()
    mailing.sent_by_hand(db, group.facilitator, row.id, version=row.version, at=LATER)
    assert state(db, group, "Vic") == "has a link since 6 January 2026, not here yet"

    members.reissue(db, group.facilitator, vic.id, at=NOW)

    assert state(db, group, "Vic") == "not sent yet"


def test_a_late_joiner_and_a_second_phone_meet_the_same_gate(db: Session, group: Group) -> None:
    zoe = an_unread_member(db, group.facilitator, group.cohort, "Zoe")
    assert zoe.role is Role.UNREAD
    read_document(db, zoe, at=NOW + timedelta(days=22))

    assert role_now(db, zoe) is Role.MEMBER  # it is the person who has read it, not the phone


def test_new_words_put_nobody_out_and_are_asked_to_be_looked_at(db: Session, group: Group) -> None:
    ada = group.members[0]
    fillings = {"call": "Ann Lee, 020 7946 0000", "about": "For outreach workers."}
    documents.fill_in(db, group.facilitator, group.cohort.id, version(db, ada), fillings, at=LATER)

    parts = documents.of(db, ada, group.cohort.id, at=LATER).parts
    text = "\n".join(sentence for part in parts for sentence in part.says)
    assert "call: Ann Lee, 020 7946 0000." in text
    assert "For outreach workers." in text
    assert state(db, group, "Ada") == "read an earlier version on 5 January 2026"
    assert role_now(db, ada) is Role.MEMBER


def test_what_was_drawn_before_a_change_is_not_what_is_kept_as_read(db: Session, group: Group, una: Visitor) -> None:
    drawn = version(db, una)
    documents.fill_in(db, group.facilitator, group.cohort.id, drawn, {"call": "Ann Lee"}, at=NOW)

    with pytest.raises(Conflict, match="have just changed"):
        documents.have_read(db, una, drawn, at=NOW)
    with pytest.raises(Conflict, match="A colleague"):
        documents.fill_in(db, group.facilitator, group.cohort.id, drawn, {"call": "Bo Diaz"}, at=NOW)


def test_the_same_words_again_are_no_new_version(db: Session, group: Group) -> None:
    fay, cohort = group.facilitator, group.cohort.id
    documents.fill_in(db, fay, cohort, documents.of(db, fay, cohort, at=NOW).version, {"call": "Ann"}, at=NOW)
    before = documents.of(db, fay, cohort, at=NOW).version
    documents.fill_in(db, fay, cohort, before, {"call": " Ann "}, at=NOW)

    assert documents.of(db, fay, cohort, at=NOW).version == before


def test_a_filling_that_is_too_long_is_refused_and_says_which(db: Session, group: Group) -> None:
    with pytest.raises(Refused, match="A person to call"):
        documents.fill_in(db, group.facilitator, group.cohort.id, "1.0", {"call": "a" * 161}, at=NOW)


def test_the_document_says_the_dates_as_they_stand(db: Session, group: Group) -> None:
    db.execute(
        update(CohortSessionRow)
        .where(CohortSessionRow.id == group.cohort.session(2).id)
        .values(starts_local=group.cohort.session(2).starts_local + timedelta(days=1))
    )
    ada = group.members[0]
    points = [point for part in documents.of(db, ada, group.cohort.id, at=NOW).parts for point in part.points]

    assert "Meeting 1: Tuesday 13 January 2026, 14:00, for 120 minutes." in points
    assert "Meeting 2: Wednesday 21 January 2026, 14:00, for 120 minutes." in points
    assert not any("{" in point for point in points)


def test_a_member_says_nothing_for_somebody_else(db: Session, group: Group, una: Visitor) -> None:
    with pytest.raises(NotAllowed):
        documents.talked_through(db, group.members[0], una.member_id or "", at=NOW)
    with pytest.raises(NotAllowed):
        documents.copies(db, group.members[0], group.cohort.id)


def test_it_goes_with_its_member(db: Session, group: Group, una: Visitor) -> None:
    documents.have_read(db, una, version(db, una), at=NOW)
    members.erase(db, una, keep_notes=False)

    assert db.query(DocumentCopyRow).filter_by(member_id=una.member_id).count() == 0


def test_who_was_removed_and_is_added_again_reads_it_again(db: Session, group: Group) -> None:
    members.remove(db, group.facilitator, group.members[0].member_id or "", at=NOW)
    again = an_unread_member(db, group.facilitator, group.cohort, "Ada")

    assert again.role is Role.UNREAD
    assert a_member(db, group.facilitator, group.cohort, "Zoe").role is Role.MEMBER
