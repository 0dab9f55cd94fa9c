"""A guest helps with one session: what they see, how they come in, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import cohorts, guests, visitors
from mcm_core.store.tables import GuestRow
from tests.services.note_world import a_note
from tests.services.people import NOW, a_cohort, a_facilitator, signed_in
from tests.services.stories import Group, a_group, an_open_round, answer, close_and_reveal, during

SUMMER = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def group(db: Session) -> Group:
    """A cohort of five, beside another one in the middle of a vote."""
    other = a_group(db, 5, username="olga", name="Other group")
    an_open_round(db, other.facilitator, other.cohort)
    a_note(db, other.members[0], other.cohort, "Elsewhere", session=1, audience="network")
    return a_group(db, 5)


def a_link(db: Session, group: Group, session: int = 1, *, at: datetime = NOW) -> str:
    return guests.invite(db, group.facilitator, group.cohort.session(session).id, "Gus", at=at)


def a_guest(db: Session, group: Group, session: int = 1, *, at: datetime = NOW) -> tuple[Visitor, str]:
    """A guest who has come in, and the token of their browser."""
    token = guests.come_in(db, a_link(db, group, session, at=at), browser_token=None, at=at)
    return signed_in(db, token, at=at), token


def test_a_link_works_for_one_browser(db: Session, group: Group) -> None:
    link = a_link(db, group)
    token = guests.come_in(db, link, browser_token=None, at=NOW)

    assert signed_in(db, token).role is Role.GUEST
    assert guests.come_in(db, link, browser_token=token, at=NOW) == token
    assert guests.is_guest(db, link, browser_token=token, at=NOW)
    with pytest.raises(NotAllowed, match="another device"):
        guests.come_in(db, link, browser_token="somebody else's", at=NOW)
    with pytest.raises(NotAllowed, match="does not work"):
        guests.come_in(db, "no such link", browser_token=None, at=NOW)
    assert link not in {row.link_hash for row in db.scalars(select(GuestRow))}


def test_a_guest_sees_the_prompt_and_how_many_are_in(db: Session, group: Group) -> None:
    guest, _ = a_guest(db, group)
    at = during(group.cohort, 1)
    assert guests.screen(db, guest, at=at).round_ is None

    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members, [(1, 2)] * 3 + [None] * 2, at=at)
    seen = guests.screen(db, guest, at=at)

    assert seen.meeting.number == 1
    assert seen.round_ == opened
    assert seen.turnout is not None
    assert seen.turnout.complete == 3


def test_a_guest_never_sees_an_answer_or_a_name(db: Session, group: Group) -> None:
    """Not even afterwards: the two worlds differ in nothing but the levels, and the guest in nothing at all."""
    guest, _ = a_guest(db, group)
    opened = an_open_round(db, group.facilitator, group.cohort)
    at = during(group.cohort, 1)
    seen = []
    for ballots in ([(1, 2)] * 5, [(4, 4)] * 5):
        answer(db, opened, group.members, ballots, at=at)
        with db.begin_nested() as aside:
            close_and_reveal(db, group.facilitator, opened, at=at)
            seen.append(repr(guests.screen(db, guest, at=at)))
            aside.rollback()
        db.expunge_all()

    assert seen[0] == seen[1]
    assert not any(member.name in seen[0].split("'") for member in group.members)


def test_a_round_of_another_session_is_not_theirs(db: Session, group: Group) -> None:
    guest, _ = a_guest(db, group, 2)

    an_open_round(db, group.facilitator, group.cohort, 1)

    assert guests.screen(db, guest, at=during(group.cohort, 1)).round_ is None


def test_a_guest_reads_what_was_written_for_the_network_about_their_session(db: Session, group: Group) -> None:
    guest, _ = a_guest(db, group)
    ada = group.members[0]
    a_note(db, ada, group.cohort, "For everybody", session=1, audience="network", attribution="name")
    a_note(db, group.facilitator, group.cohort, "From Fay", session=1, audience="network", attribution="none")
    for audience in ("cohort", "facilitator", "only me"):
        a_note(db, ada, group.cohort, f"For {audience}", session=1, audience=audience)
        a_note(db, group.facilitator, group.cohort, f"Fay's for {audience}", session=1, audience=audience)
    a_note(db, ada, group.cohort, "Another week", session=2, audience="network")

    found = guests.screen(db, guest, at=NOW).notes

    assert {note.body for note in found} == {"For everybody", "From Fay"}
    assert {note.by for note in found} == {"Ada", ""}
    assert not any(note.mine or note.kept_texts for note in found)


@pytest.mark.parametrize(
    ("made", "midnight"),
    [(NOW, datetime(2026, 1, 14, 0, tzinfo=UTC)), (SUMMER, datetime(2026, 6, 23, 23, tzinfo=UTC))],
)
def test_it_ends_at_midnight_of_that_day_where_the_cohort_is(db: Session, made: datetime, midnight: datetime) -> None:
    fay = a_facilitator(db, at=made)
    group = Group(fay, a_cohort(db, fay, at=made), ())
    meeting = group.cohort.session(1)
    guest, token = a_guest(db, group, at=made)
    last = meeting.midnight - timedelta(seconds=1)

    assert meeting.midnight == midnight
    assert guests.screen(db, guest, at=last)
    assert visitors.recognise(db, token, at=last)
    assert visitors.recognise(db, token, at=meeting.midnight) is None
    with pytest.raises(NotAllowed):
        guests.screen(db, guest, at=meeting.midnight)
    assert guests.of_cohort(db, group.facilitator, group.cohort.id, at=meeting.midnight) == ()


def test_no_link_is_made_or_used_after_the_day(db: Session, group: Group) -> None:
    link = a_link(db, group)
    over = group.cohort.session(1).midnight

    with pytest.raises(NotAllowed, match="does not work"):
        guests.come_in(db, link, browser_token=None, at=over)
    visitors.confirmed(db, group.facilitator, at=over)
    with pytest.raises(Refused, match="day of this session is over"):
        a_link(db, group, at=over)


def test_a_moved_session_moves_its_guests_along(db: Session, group: Group) -> None:
    guest, token = a_guest(db, group)
    meeting = group.cohort.session(1)
    cohorts.move_session(db, group.facilitator, meeting.id, meeting.starts_local + timedelta(days=1), 120, at=NOW)

    visitors.touch(db, guest, at=NOW)

    assert visitors.recognise(db, token, at=meeting.midnight + timedelta(hours=23))
    assert visitors.recognise(db, token, at=meeting.midnight + timedelta(hours=24)) is None


def test_a_revoked_guest_is_out_at_once(db: Session, group: Group) -> None:
    link = a_link(db, group)
    token = guests.come_in(db, link, browser_token=None, at=NOW)
    guest = signed_in(db, token)
    (listed,) = guests.of_cohort(db, group.facilitator, group.cohort.id, at=NOW)

    guests.revoke(db, group.facilitator, listed.id)
    db.expire_all()

    assert f"visitor:{guest.sign_in}" in db.info["topics"]
    assert visitors.recognise(db, token, at=NOW) is None
    with pytest.raises(NotAllowed):
        guests.screen(db, guest, at=NOW)
    with pytest.raises(NotAllowed):
        guests.come_in(db, link, browser_token=None, at=NOW)
