"""When a cohort's time is over, what leads to people goes and what the group made stays; warned, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import audit, cohorts, journeys, members, note_pauses, notes, retention, tickets
from mcm_core.store.engine import read, write
from mcm_core.store.tables import (
    AttendanceRow,
    AuditRow,
    BlockRow,
    CohortRow,
    FocusRow,
    InvitationRow,
    MemberRow,
    NoteRow,
    ReadingRow,
    ReleaseRow,
    RoundRow,
    RunSheetRow,
    SignInRow,
)
from tests.services.people import NOW, signed_in
from tests.services.racing import race
from tests.services.sheets import begin
from tests.services.stories import Group, a_group, an_open_round, run_round

WARNED = datetime(2026, 7, 18, 8, tzinfo=UTC)
OVER = datetime(2026, 8, 17, 8, tzinfo=UTC)
OURS = (MemberRow, FocusRow, ReadingRow, SignInRow)
PLANNED = (RunSheetRow, BlockRow, AttendanceRow)


@pytest.fixture
def group(database: str) -> Group:
    """Six who answered twice, once too few, beside a later cohort that nothing may happen to."""
    with write() as db:
        later = a_group(db, 5, username="olga", name="Later")
        for meeting in later.cohort.sessions:
            starts = meeting.starts_local + timedelta(days=200)
            cohorts.move_session(db, later.facilitator, meeting.id, starts, 120, at=NOW)
        run_round(db, later.facilitator, later.cohort, later.members, 1, [(4, 4)] * 5)
        made = a_group(db, 6)
        run_round(db, made.facilitator, made.cohort, made.members, 1, [(2, 3)] * 6)
        run_round(db, made.facilitator, made.cohort, made.members, 2, [(2, 3)] * 3 + [None] * 3)
        an_open_round(db, made.facilitator, made.cohort, 3)
        begin(db, made)
        for who in (made.members[0], made.facilitator):
            for audience in Audience:
                notes.add(
                    db, who, made.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
                    audience=audience, attribution=Attribution.NAME, body=f"{who.name}: {audience}", at=NOW,
                )  # fmt: skip
        return made


def kept(group: Group, table) -> int:
    with read() as db:
        rows = select(func.count()).select_from(table).where(table.cohort_id == group.cohort.id)
        return db.scalars(rows).one()


def test_nothing_is_due_while_there_is_time(group: Group) -> None:
    assert retention.keep_house(at=WARNED - timedelta(days=2)) == ()
    assert kept(group, MemberRow) == 6


def test_first_the_warning_then_the_deletion(group: Group) -> None:
    (warned,) = retention.keep_house(at=WARNED)
    assert not warned.is_over
    assert retention.keep_house(at=WARNED + timedelta(days=1)) == ()
    assert kept(group, MemberRow) == 6
    assert [kept(group, table) > 0 for table in PLANNED] == [True, True, True]

    (deleted,) = retention.keep_house(at=OVER)

    assert (deleted.cohort_id, deleted.is_over) == (group.cohort.id, True)
    assert [kept(group, table) for table in (*OURS, *PLANNED)] == [0] * 7
    assert retention.keep_house(at=OVER + timedelta(days=400)) != deleted  # the later cohort's turn, perhaps


def test_what_the_group_made_stays_and_names_nobody(group: Group) -> None:
    with read() as db:
        before = journeys.ours(db, group.facilitator, group.cohort.id)
    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with write() as db:
        fay = signed_in(db, _signed_in_again(db, group), at=OVER)
        after = journeys.ours(db, fay, group.cohort.id)
        wall = notes.wall(db, fay, group.cohort.id)
    shown = [r for journey in before for t in journey.releases.values() for r in t.values() if r.current]
    left = [r for journey in after for t in journey.releases.values() for r in t.values()]
    assert shown == left
    assert len(left) == 6
    assert {(note.body, note.by) for note in wall} == {("Ada: network", ""), ("Fay: network", "")}
    assert kept(group, RoundRow) == 2
    assert kept(group, InvitationRow) == 0


def test_what_is_paused_when_its_time_is_over_goes_too(group: Group) -> None:
    with write() as db:
        (note,) = [one for one in notes.wall(db, group.facilitator, group.cohort.id) if one.body == "Ada: network"]
        note_pauses.pause(db, group.facilitator, note.id, at=NOW)
    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with read() as db:
        left = select(NoteRow.body).where(NoteRow.cohort_id == group.cohort.id)
        assert db.scalars(left).all() == ["Fay: network"]


def _signed_in_again(db, group: Group) -> str:

    ticket = tickets.issue(db, group.facilitator.facilitator_id or "", at=OVER)
    return tickets.redeem(db, ticket, at=OVER)


def test_others_keep_everything(group: Group) -> None:
    with read() as db:
        before = {table: db.scalars(select(func.count()).select_from(table)).one() for table in (*OURS, ReleaseRow)}

    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with read() as db:
        after = {table: db.scalars(select(func.count()).select_from(table)).one() for table in (*OURS, ReleaseRow)}
        assert db.scalars(select(CohortRow.deleted_at).where(CohortRow.name == "Later")).one() is None
    assert after[MemberRow] == before[MemberRow] - 6 == 5
    assert after[ReleaseRow] == before[ReleaseRow] - 6  # the pictures that stayed closed


def test_a_server_that_was_off_warns_before_it_deletes(group: Group) -> None:
    long_after = OVER + timedelta(days=100)

    assert {one.is_over for one in retention.keep_house(at=long_after)} == {False}
    assert kept(group, MemberRow) == 6
    assert retention.keep_house(at=long_after + timedelta(days=29)) == ()
    done = retention.keep_house(at=long_after + timedelta(days=30))

    assert (group.cohort.id, True) in {(one.cohort_id, one.is_over) for one in done}
    assert kept(group, MemberRow) == 0


def test_two_servers_do_it_once(group: Group) -> None:
    retention.keep_house(at=WARNED)

    results = race(*[lambda: retention.keep_house(at=OVER)] * 4)

    assert sorted(len(result) for result in results) == [0, 0, 0, 1]  # type: ignore[arg-type]
    with read() as db:
        assert db.scalars(select(AuditRow.deed).where(AuditRow.deed == "kept no longer")).all() == ["kept no longer"]
        assert audit.verified(db).wrong is None


def test_facilitators_choose_the_day_within_limits_and_a_warning_starts_over(group: Group) -> None:
    retention.keep_house(at=WARNED)
    with write() as db:
        fay = signed_in(db, _signed_in_again(db, group), at=OVER)
        retention.set_date(db, fay, group.cohort.id, date(2026, 12, 1), at=WARNED)
        with pytest.raises(Refused):
            retention.set_date(db, fay, group.cohort.id, date(2027, 6, 1), at=WARNED)
        moved = retention.of_cohort(db, fay, group.cohort.id, at=WARNED)

    assert (moved.until, moved.is_warning) == (date(2026, 12, 1), False)
    assert group.cohort.id not in {one.cohort_id for one in retention.keep_house(at=OVER)}
    assert kept(group, MemberRow) == 6


def test_only_facilitators_choose_and_only_the_cohorts_people_are_told(group: Group) -> None:
    with write() as db:
        other = a_group(db, 1, username="nell", name="Third")
        with pytest.raises(NotAllowed):
            retention.set_date(db, group.members[0], group.cohort.id, date(2026, 12, 1), at=NOW)
        for stranger in (other.facilitator, other.members[0]):
            with pytest.raises(NotAllowed):
                retention.of_cohort(db, stranger, group.cohort.id, at=NOW)
        assert retention.of_cohort(db, group.members[0], group.cohort.id, at=NOW).until == date(2026, 8, 17)


def test_nobody_joins_what_is_over(group: Group) -> None:
    retention.keep_house(at=WARNED)
    retention.keep_house(at=OVER)

    with write() as db:
        fay = signed_in(db, _signed_in_again(db, group), at=OVER)
        with pytest.raises(Refused, match="cohort is over"):
            members.add(db, fay, group.cohort.id, "Zoë", at=OVER)
    assert kept(group, NoteRow) == 2
