"""What was decided, written down by facilitators; and the next cohort, which begins with nothing about anybody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mcm_core.domain.decision import ASKED
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.topic import FROM_THE_GROUP
from mcm_core.services import (
    cohorts,
    decisions,
    members,
    next_cohort,
    notes,
    plans,
    reports,
    run_sheets,
    signposting,
    topics,
)
from mcm_core.services.retention import _delete
from mcm_core.store.tables import Base, BlockRow, CohortRow, TopicRow
from tests.services.owned import a_full_life
from tests.services.people import NOW
from tests.services.sheets import a_sheet, hold
from tests.services.stories import a_group, run_round

SAID = {
    "options": "Stop, or meet every month",
    "feedback": "Eight of nine would come",
    "resources": "A room, and an hour of somebody’s time",
    "decided": "We meet every month until June",
    "who": "Ada invites",
}


@pytest.fixture
def group(db):
    return a_group(db, 5)


def keep(db, group, version=0, **changed):
    return decisions.write_down(
        db, group.facilitator, group.cohort.id, **{**SAID, **changed}, version=version, at=NOW
    )  # fmt: skip


def test_everybody_in_the_cohort_reads_it(db, group):
    assert decisions.of(db, group.members[0], group.cohort.id) is None
    keep(db, group)

    record = decisions.of(db, group.members[0], group.cohort.id)

    assert record.parts() == [(heading, SAID[name]) for name, heading in ASKED.items()]


def test_a_decision_is_needed_and_there_is_room_for_so_much(db, group):
    with pytest.raises(Refused, match="“What we decided” is empty"):
        keep(db, group, decided="  ")
    with pytest.raises(Refused, match="has 2001 characters; there is room for 2000"):
        keep(db, group, options="x" * 2001)


def test_of_two_facilitators_the_second_is_told_and_overwrites_nothing(db, group):
    keep(db, group)

    with pytest.raises(Conflict, match="your words are still in the boxes"):
        keep(db, group, decided="We stop")

    assert decisions.of(db, group.facilitator, group.cohort.id).decided == SAID["decided"]
    assert keep(db, group, version=1, decided="We stop").version == 2


def test_the_control_a_record_that_takes_no_notice_loses_the_first(db, group, monkeypatch):
    monkeypatch.setattr(decisions, "refuse_unseen", lambda now, version: None)
    keep(db, group)
    keep(db, group, decided="We stop")

    assert decisions.of(db, group.facilitator, group.cohort.id).decided == "We stop"


def test_who_does_what_is_not_in_the_copy_that_leaves_the_cohort(db, group):
    keep(db, group)

    ours, shared = (
        reports.ours(db, group.members[0], group.cohort.id, to_share=to_share).decision for to_share in (False, True)
    )

    assert ("Who does what", "Ada invites") in ours.parts()
    assert "Ada invites" not in str(shared.parts(with_people=False))


def test_it_stays_when_everything_that_is_linked_to_people_goes(db):
    group = a_full_life(db)
    keep(db, group)

    _delete(db, db.get_one(CohortRow, group.cohort.id), NOW)

    assert decisions.of(db, group.facilitator, group.cohort.id).decided == SAID["decided"]


def test_the_next_cohort_takes_over_how_this_one_works(db, group):
    fay, cohort = group.facilitator, group.cohort
    cohorts.set_threshold(db, fay, cohort.id, 7)
    cohorts.move_session(db, fay, cohort.session(2).id, cohort.session(2).starts_local, 90, at=NOW)
    signposting.write_down(db, fay, cohort.id, danger="Call 999", contact="Our lead, 0123", lines="", at=NOW)

    made = next_cohort.prepare(db, fay, cohort.id, name="Second group", first=date(2026, 3, 5), at=NOW)

    assert (made.threshold, made.time_zone) == (7, cohort.time_zone)
    assert [meeting.minutes for meeting in made.sessions] == [120, 90, 120, 120, 120, 120]
    assert [f"{meeting.starts_local:%d %m %H:%M}" for meeting in made.sessions][:2] == ["05 03 14:00", "12 03 14:00"]
    assert signposting.of(db, fay, made.id) == signposting.of(db, fay, cohort.id)


SETTINGS = {"agreement", "block", "cohort", "cohort_session", "facilitation", "run_sheet", "signposting", "topic"}


def test_nothing_about_anybody_goes_with_it(db):
    """Of every table, whatever stands in the new cohort: its settings, and nothing in which a person is."""
    group = a_full_life(db)
    keep(db, group)

    made = next_cohort.prepare(db, group.facilitator, group.cohort.id, name="Next", first=date(2026, 3, 5), at=NOW)

    held = {
        table.name
        for table in Base.metadata.sorted_tables
        if "cohort_id" in table.c and db.execute(select(table).where(table.c.cohort_id == made.id)).first()
    }
    assert held - {"audit"} <= SETTINGS
    assert {row.member_id for row in db.scalars(select(TopicRow).where(TopicRow.cohort_id == made.id))} <= {None}
    assert members.roster(db, group.facilitator, made.id) == ()
    assert decisions.of(db, group.facilitator, made.id) is None
    assert notes.wall(db, group.facilitator, made.id) == ()


def test_the_next_cohort_begins_with_our_plans_as_if_nothing_had_been_done_by_them(db, group):
    fay = group.facilitator
    first = a_sheet(db, group)
    plans.lengthen(db, fay, first.blocks[1].id, -5, version=first.version)
    hold(db, group)

    made = next_cohort.prepare(db, fay, group.cohort.id, name="Next", first=date(2026, 3, 5), at=NOW)

    ours = run_sheets.of_session(db, fay, group.cohort.session(1).id)
    theirs = run_sheets.of_session(db, fay, made.session(1).id)
    assert [(one.title, one.minutes, one.round_plan) for one in theirs.blocks] == [
        (one.title, one.minutes, one.round_plan) for one in ours.blocks
    ]
    assert (theirs.blocks[1].minutes, theirs.has_begun, theirs.ended_at) == (15, False, None)
    rows = db.scalars(select(BlockRow).where(BlockRow.cohort_id == made.id)).all()
    assert not any(row.round_id or row.guest_id or row.began_at for row in rows)
    assert run_sheets.of_session(db, fay, made.session(2).id) is None, "nobody has looked at ours"


def test_the_next_cohort_begins_with_the_topics_that_were_not_chosen_and_without_a_name(db, group):
    fay, (ada, ben, *_) = group.facilitator, group.members
    proposed = {
        text: topics.propose(db, by, group.cohort.id, kind="question", text=text, named=True, at=NOW)
        for by, text in ((ada, "Chosen"), (ada, "Left over"), (ben, "The same, otherwise"), (ben, "Set aside"))
    }
    topics.merge(db, fay, proposed["The same, otherwise"], proposed["Left over"])
    db.get_one(TopicRow, proposed["Chosen"]).planned_for = 2
    topics.set_aside(db, fay, proposed["Set aside"], aside=True)

    made = next_cohort.prepare(db, fay, group.cohort.id, name="Next", first=date(2026, 3, 5), at=NOW)

    (board,) = topics.board(db, fay, made.id)
    assert (board.text, board.authors) == ("Left over", (FROM_THE_GROUP,))
    assert [(one.text, one.by) for one in board.parts] == [("The same, otherwise", "")]
    assert len(topics.board(db, fay, group.cohort.id)) == 3, "ours stay as they are"


def test_neither_cohort_sees_the_other(db, group):
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 5)
    made = next_cohort.prepare(db, group.facilitator, group.cohort.id, name="Next", first=date(2026, 3, 5), at=NOW)

    assert reports.ours(db, group.facilitator, made.id).journeys == ()
    with pytest.raises(NotAllowed):
        decisions.of(db, group.members[0], made.id)


def test_a_first_day_in_the_past_is_refused_and_makes_nothing(db, group):
    before = len(db.scalars(select(CohortRow)).all())

    with pytest.raises(Refused, match="in the past"):
        next_cohort.prepare(
            db, group.facilitator, group.cohort.id, name="Next", first=NOW.date() - timedelta(days=1), at=NOW
        )

    assert len(db.scalars(select(CohortRow)).all()) == before
