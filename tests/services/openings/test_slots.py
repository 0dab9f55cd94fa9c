"""The weekly time: whom each choice shuts out, what lies in the way, and six dates before session one."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain import slots as rules
from mcm_core.domain.application import Says
from mcm_core.domain.errors import Refused
from mcm_core.services import (
    applicants,
    attendance,
    cohorts,
    instruments,
    mailing,
    members,
    openings,
    pulses,
    rounds,
    run_sheets,
    slots,
)
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MessageRow
from tests.services.openings.applying_people import Opened, an_opening, applies, begins, the_id
from tests.services.people import FIRST, NOW, a_cohort
from tests.services.stories import a_card


def test_each_time_names_whom_it_would_shut_out(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada", {"Tuesday afternoon": "prefer", "Tuesday evening": "can't"})
    applies(db, opened, "Ben", {"Tuesday afternoon": "can't", "Wednesday morning": "can"})
    applies(db, opened, "Cleo", {"Tuesday afternoon": "prefer", "Wednesday morning": "can"})
    begins(db, opened, "Dev has sent nothing")

    found = slots.outlook(db, opened.fay, opened.cohort.id)

    by_time = {slot.time: slot for slot in found.slots}
    assert (found.people, found.have_places, len(found.slots)) == (3, False, 15)
    afternoon = by_time["Tuesday afternoon"]
    assert (afternoon.prefer, afternoon.can, afternoon.shut_out) == (("Ada", "Cleo"), (), ("Ben",))
    assert by_time["Wednesday morning"].silent == ("Ada",)
    assert [slot.time for slot in found.slots[:2]] == ["Wednesday morning", "Tuesday afternoon"]
    assert found.slots[-1].time == "Tuesday evening"


def test_a_time_that_nobody_spoke_of_does_not_come_before_the_one_that_most_prefer() -> None:
    """Silence is not “can”: it shuts nobody out by name, and is known to suit nobody."""
    said = {f"Person {number}": {"Tuesday": Says.PREFER} for number in range(24)}
    said["Ben"] = {"Tuesday": Says.CANNOT, "Thursday": Says.CAN}

    ranked = [slot.time for slot in rules.outlook(["Monday", "Tuesday", "Thursday"], said)]

    assert ranked == ["Tuesday", "Thursday", "Monday"]


def test_of_times_that_as_many_can_make_the_one_that_shuts_fewer_out_comes_first() -> None:
    said = {
        "Ada": {"Monday": Says.PREFER, "Tuesday": Says.CAN, "Thursday": Says.PREFER},
        "Ben": {"Monday": Says.CANNOT},
    }

    ranked = [slot.time for slot in rules.outlook(["Monday", "Tuesday", "Thursday"], said)]

    assert ranked == ["Thursday", "Tuesday", "Monday"]


def test_once_there_are_places_those_who_have_one_are_asked(db: Session) -> None:
    opened = an_opening(db)
    for name in ("Ada", "Ben"):
        applies(db, opened, name, {"Monday morning": "can't"})
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=NOW)

    found = slots.outlook(db, opened.fay, opened.cohort.id)

    assert (found.people, found.have_places) == (1, True)
    assert next(slot for slot in found.slots if slot.time == "Monday morning").shut_out == ("Ada",)


def test_two_people_of_one_name_are_two(db: Session) -> None:
    opened = an_opening(db)
    for _ in range(2):
        applies(db, opened, "Ada", {"Monday morning": "can't"})

    monday = slots.outlook(db, opened.fay, opened.cohort.id).slots[-1]

    assert monday.shut_out == ("Ada", "Ada (2)")


def test_bank_holidays_and_the_clocks_are_warned_of(db: Session) -> None:
    """The template of seed 002 met a bank holiday in its fourth week, and not in Scotland; its second cohort would
    have met the end of summer time before its sixth session (domain.md §5 rows 39 and 40)."""
    opened = an_opening(db)

    def warnings(first: date) -> tuple[str, ...]:
        return slots.look_ahead(db, opened.fay, opened.cohort.id, first=first, weekday=0, at_time=time(14)).warnings

    (holiday,) = warnings(date(2021, 8, 9))
    assert "Session 4, Monday 30 August 2021, is a bank holiday" in holiday
    assert "England, Northern Ireland and Wales" in holiday
    (clocks,) = warnings(date(2021, 9, 27))
    assert "The clocks go back between session 5 and session 6, Monday 1 November 2021" in clocks
    assert "still begins at 14:00" in clocks
    assert warnings(date(2021, 11, 1)) == ()


def test_a_session_of_another_cohort_at_the_same_time_is_warned_of(db: Session) -> None:
    opened = an_opening(db)
    a_cohort(db, opened.fay, "Friday group")  # on Tuesdays at 14:00, whatever it is called

    def warnings(at_time: time) -> list[str]:
        choice = slots.look_ahead(db, opened.fay, opened.cohort.id, first=FIRST, weekday=1, at_time=at_time)
        return [said for said in choice.warnings if "Friday group" in said]

    assert len(warnings(time(15, 59))) == 6
    assert warnings(time(16)) == []
    assert warnings(time(12)) == []


def test_fixing_moves_all_six_and_a_later_move_is_still_possible(db: Session) -> None:
    opened = an_opening(db)

    starts = slots.fix(db, opened.fay, opened.cohort.id, first=date(2026, 1, 15), weekday=3, at_time=time(10), at=NOW)

    found = cohorts.get(db, opened.fay, opened.cohort.id)
    assert tuple(one.starts_local for one in found.sessions) == starts
    assert f"{starts[5]:%A %d %B %H:%M}" == "Thursday 19 February 10:00"
    assert openings.of_cohort(db, opened.fay, opened.cohort.id).dates_fixed_at == NOW  # type: ignore[union-attr]


def test_members_are_told_of_another_time_only_once_they_were_told_one(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=NOW)

    def fixed_on(day: int) -> list[MessageRow]:
        slots.fix(db, opened.fay, opened.cohort.id, first=date(2026, 1, day), weekday=3, at_time=time(10), at=NOW)
        found = db.scalars(select(MessageRow).where(MessageRow.member_id.is_not(None)).order_by(MessageRow.kind))
        return [row for row in found if not row.kind.startswith("application")]

    assert fixed_on(15) == []
    openings.confirm(db, opened.fay, opened.cohort.id, at=NOW)
    place, document = fixed_on(22)  # what has not gone is written anew
    assert (place.kind, document.kind) == ("accepted", "document")
    assert "Session 1: Thursday 22 January 2026, 10:00" in place.body
    assert "15 January" not in place.body
    place.state = "sent by hand"
    _, _, *moved = fixed_on(29)  # what has gone stands, and another message says what changed
    assert [row.kind for row in moved] == ["session_moved"] * 6
    assert "Session 1: Thursday 22 January" in place.body


def test_a_list_of_dates_keeps_what_a_facilitator_wrote_into_it(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ada"), decision="accepted", at=NOW)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
    openings.confirm(db, opened.fay, opened.cohort.id, at=NOW)
    place = db.scalars(select(MessageRow).where(MessageRow.kind == "accepted")).one()
    mailing.edit(db, opened.fay, place.id, body=f"{place.body}\nSee you there!", version=place.version)
    third, fourth = opened.cohort.session(3), opened.cohort.session(4)

    cohorts.move_session(db, opened.fay, third.id, third.starts_local + timedelta(days=1), 120, at=NOW)
    cohorts.cancel_session(db, opened.fay, fourth.id, at=NOW)

    assert "Session 3: Wednesday 28 January 2026, 14:00 (Europe/London)\nSession 4: will not take place\n" in place.body
    assert place.body.endswith("See you there!")
    assert {"session_moved", "session_cancelled"}.isdisjoint(db.scalars(select(MessageRow.kind)))


def on_thursdays(db: Session, opened: Opened, day: int = 15) -> None:
    slots.fix(db, opened.fay, opened.cohort.id, first=date(2026, 1, day), weekday=3, at_time=time(10), at=NOW)


def test_members_who_know_of_their_place_are_told_of_each_session_that_moves(db: Session) -> None:
    """Added by hand, before any page was published or group confirmed; Ben has a place and does not know it yet."""
    opened = an_opening(db)
    members.add(db, opened.fay, opened.cohort.id, "Ada", at=NOW)
    applies(db, opened, "Ben")
    applicants.decide(db, opened.fay, the_id(db, opened, "Ben"), decision="accepted", at=NOW)
    third = opened.cohort.session(3)
    former = third.starts_local + timedelta(days=1)
    cohorts.move_session(db, opened.fay, third.id, former, third.minutes, at=NOW)

    on_thursdays(db, opened)

    rows = db.scalars(select(MessageRow).where(MessageRow.kind == "session_moved")).all()
    assert [row.to_name for row in rows] == ["Ada"] * 6
    assert not any(f"{former:%A} {former.day} {former:%B}" in row.body for row in rows)  # what waited was replaced
    assert all("Thursday" in row.body for row in rows)


def test_dates_that_stay_are_fixed_without_a_word(db: Session) -> None:
    opened = an_opening(db)
    members.add(db, opened.fay, opened.cohort.id, "Ada", at=NOW)

    slots.fix(db, opened.fay, opened.cohort.id, first=FIRST, weekday=1, at_time=time(14), at=NOW)

    assert [one.sequence for one in cohorts.get(db, opened.fay, opened.cohort.id).sessions] == [0] * 6
    assert "session_moved" not in db.scalars(select(MessageRow.kind)).all()
    assert openings.of_cohort(db, opened.fay, opened.cohort.id).dates_fixed_at == NOW  # type: ignore[union-attr]


def moved_by_itself(db: Session, opened: Opened) -> None:
    one = opened.cohort.session(1)
    cohorts.move_session(db, opened.fay, one.id, one.starts_local + timedelta(days=1), one.minutes, at=NOW)


def cancelled_by_itself(db: Session, opened: Opened) -> None:
    cohorts.cancel_session(db, opened.fay, opened.cohort.session(1).id, at=NOW)


@pytest.mark.parametrize("how", ["by its run-sheet", "with a vote", "with somebody there"])
def test_a_session_that_was_run_stays_where_it_was_whatever_was_planned(database: str, how: str) -> None:
    """Session one was run a week before its planned date, and is over."""
    with write() as db:
        instruments.register(db)
        opened = an_opening(db)
        (ada,) = members.add(db, opened.fay, opened.cohort.id, "Ada", at=NOW)
        slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
        one = opened.cohort.session(1).id
        if how == "by its run-sheet":
            for step in (run_sheets.begin, run_sheets.end):
                step(
                    db, opened.fay, one, version=run_sheets.make(db, opened.fay, one).version, at=NOW,
                    is_connected=lambda _: False,
                )  # fmt: skip
        elif how == "with a vote":
            vote = rounds.draft(db, opened.fay, one, a_card(), at=NOW)
            rounds.open_(db, opened.fay, vote.id, version=vote.version, at=NOW)
        else:
            attendance.correct(db, opened.fay, one, ada.id, here=True)

    with pytest.raises(Refused, match="Session 1 has begun, so its date stays, and nothing was moved"), write() as db:
        on_thursdays(db, opened)

    with read() as db:
        stands = cohorts.get(db, opened.fay, opened.cohort.id).sessions
        dates = [[(one.starts_at, one.sequence) for one in each] for each in (stands, opened.cohort.sessions)]
        assert dates[0] == dates[1]
    for step in (moved_by_itself, cancelled_by_itself):
        with pytest.raises(Refused, match="Session 1 has begun, so"), write() as db:
            step(db, opened)
    with write() as db:  # where it keeps its date, the others' can be fixed
        slots.fix(db, opened.fay, opened.cohort.id, first=FIRST, weekday=1, at_time=time(14), at=NOW)


def test_a_session_to_which_nobody_came_can_be_held_on_another_day(db: Session) -> None:
    """News and views asked about it by itself once its time was over; that does not make it one that was run."""
    instruments.register(db)
    opened = an_opening(db)
    members.add(db, opened.fay, opened.cohort.id, "\n".join(f"Member {number}" for number in range(8)), at=NOW)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)
    one = opened.cohort.session(1)
    later = one.ends_at + timedelta(days=1)
    assert pulses.settle(db, opened.cohort.id, at=later) == 1

    cohorts.move_session(db, opened.fay, one.id, one.starts_local + timedelta(days=3), one.minutes, at=later)

    assert cohorts.get(db, opened.fay, opened.cohort.id).session(1).sequence == 1


def test_a_date_in_the_past_is_refused_and_nothing_moves(database: str) -> None:
    with write() as db:
        opened = an_opening(db)
    with pytest.raises(Refused, match="is in the past"), write() as db:
        slots.fix(db, opened.fay, opened.cohort.id, first=date(2026, 1, 1), weekday=3, at_time=time(10), at=NOW)

    with read() as db:
        assert cohorts.get(db, opened.fay, opened.cohort.id).sessions == opened.cohort.sessions


def test_once_session_one_has_begun_its_date_stays(db: Session) -> None:
    opened = an_opening(db)
    begun = opened.cohort.session(1).starts_at + timedelta(minutes=1)

    with pytest.raises(Refused, match="Session 1 has begun"):
        slots.fix(db, opened.fay, opened.cohort.id, first=date(2026, 3, 3), weekday=1, at_time=time(10), at=begun)


def test_session_one_cannot_start_before_the_dates_are_fixed(db: Session) -> None:
    instruments.register(db)
    opened = an_opening(db)
    one = rounds.draft(db, opened.fay, opened.cohort.session(1).id, a_card(), at=NOW)

    with pytest.raises(Refused, match="six dates are not fixed"):
        rounds.open_(db, opened.fay, one.id, version=one.version, at=NOW)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=NOW)

    assert rounds.open_(db, opened.fay, one.id, version=one.version, at=NOW)


def test_nor_can_its_run_sheet_begin_and_the_reason_is_said_beforehand(db: Session) -> None:
    opened = an_opening(db)
    sheet = run_sheets.make(db, opened.fay, opened.cohort.session(1).id)

    (reason,) = run_sheets.hindrances(db, opened.fay, sheet.session_id)

    assert reason == "The six dates are not fixed yet. Fix them on the page “Applicants”, then start session one."
    with pytest.raises(Refused, match="six dates are not fixed"):
        run_sheets.begin(db, opened.fay, sheet.session_id, version=sheet.version, at=NOW, is_connected=lambda _: False)


def test_a_cohort_without_a_public_page_has_its_dates_from_the_start(db: Session) -> None:
    """The negative control: nobody was asked, so nothing is missing."""
    instruments.register(db)
    fay = an_opening(db).fay
    cohort = a_cohort(db, fay, "By hand")
    one = rounds.draft(db, fay, cohort.session(1).id, a_card(), at=NOW)

    assert rounds.open_(db, fay, one.id, version=one.version, at=NOW)
