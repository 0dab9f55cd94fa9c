"""Changing a run-sheet: by one hand at a time, never what has begun, and only within one's own cohorts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.block import Activity
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.run_sheet import RunSheet
from mcm_core.services import guests, plans, run_sheets
from mcm_core.store.engine import read, write
from tests.services.people import NOW, a_cohort, signed_in
from tests.services.racing import race
from tests.services.sheets import a_sheet, begin, go_on
from tests.services.stories import Group, a_group

BLOCK: dict[str, Any] = {"title": "Quiet", "minutes": 5, "activity": Activity.PROMPT}


@pytest.fixture
def group(db: Session) -> Group:
    a_sheet(db, a_group(db, 1, username="olga", name="Other group"))
    return a_group(db, 2)


@pytest.fixture
def sheet(db: Session, group: Group) -> RunSheet:
    return a_sheet(db, group)


def titles(sheet: RunSheet) -> list[str]:
    return [block.title for block in sheet.blocks[:3]]


def test_every_change_counts_the_version_up_and_is_kept(db: Session, group: Group, sheet: RunSheet) -> None:
    fay, first = group.facilitator, sheet.blocks[0].id
    for change in (
        lambda now: plans.move(db, fay, first, 1, version=now.version),
        lambda now: plans.lengthen(db, fay, first, -5, version=now.version),
        lambda now: plans.skip(db, fay, first, version=now.version),
        lambda now: plans.add(db, fay, now.session_id, version=now.version, after=None, **BLOCK),
    ):
        sheet = change(sheet)
        assert run_sheets.of_session(db, fay, sheet.session_id) == sheet

    assert sheet.version == 5
    assert titles(sheet) == ["Quiet", "Stories of meaningful connection", "Arrive"]
    assert (sheet.block(first).minutes, sheet.block(first).skipped) == (5, True)


def test_a_change_of_what_is_no_longer_so_is_refused(db: Session, group: Group, sheet: RunSheet) -> None:
    plans.skip(db, group.facilitator, sheet.blocks[1].id, version=sheet.version)

    with pytest.raises(Conflict, match="You have already changed the plan"), db.begin_nested():
        plans.skip(db, group.facilitator, sheet.blocks[1].id, version=sheet.version)

    now = run_sheets.of_session(db, group.facilitator, sheet.session_id)
    assert now is not None
    assert now.blocks[1].skipped, "the second of two taps did not take it up again"


def test_of_two_changes_at_once_one_counts(database: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        sheet = a_sheet(db, group)

    def longer() -> None:
        with write() as db:
            plans.lengthen(db, group.facilitator, sheet.blocks[0].id, 5, version=sheet.version)

    found = race(longer, longer)

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "NoneType"]
    with read() as db:
        now = run_sheets.of_session(db, group.facilitator, sheet.session_id)
    assert now is not None
    assert now.blocks[0].minutes == 15


def test_of_two_sessions_begun_at_once_one_is_on(database: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        for number in (1, 2):
            a_sheet(db, group, number)

    def start(number: int) -> None:
        with write() as db:
            begin(db, group, number)

    found = race(lambda: start(1), lambda: start(2))

    refused = [one for one in found if one is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], (Refused, Conflict)), refused
    with read() as db:
        assert run_sheets.progress(db, group.facilitator, group.cohort.id).on


def test_what_has_begun_stays_and_what_is_ahead_can_be_changed(db: Session, group: Group, sheet: RunSheet) -> None:
    fay, (first, second, *_) = group.facilitator, sheet.blocks
    on = begin(db, group)
    with pytest.raises(Refused, match="has begun already"), db.begin_nested():
        plans.skip(db, fay, first.id, version=on.version)
    with pytest.raises(Refused, match="This session has begun"), db.begin_nested():
        plans.start_over(db, fay, on.session_id, version=on.version)

    on = plans.skip(db, fay, second.id, version=on.version)

    current = go_on(db, group, on).current
    assert current is not None
    assert current.title == "How we want to be together"


def test_a_plan_is_set_back_and_copied_without_what_was_done_by_it(db: Session, group: Group, sheet: RunSheet) -> None:
    fay = group.facilitator
    sheet = plans.lengthen(db, fay, sheet.blocks[0].id, 5, version=sheet.version)
    on = begin(db, group)
    second = a_cohort(db, fay, "Second group")

    theirs = plans.copy(db, fay, on.session_id, second.id)

    assert [block.minutes for block in theirs.blocks] == [block.minutes for block in sheet.blocks]
    assert not theirs.has_begun
    back = plans.start_over(db, fay, theirs.session_id, version=theirs.version)
    assert back.blocks[0].minutes == 10


def test_a_plan_goes_to_nobody_elses_cohort(db: Session, group: Group, sheet: RunSheet) -> None:
    other = a_group(db, 1, username="pat", name="Third group")

    with pytest.raises(NotAllowed):
        plans.copy(db, group.facilitator, sheet.session_id, other.cohort.id)


def test_a_vote_asks_what_this_server_offers(db: Session, group: Group, sheet: RunSheet) -> None:
    vote = {**BLOCK, "activity": Activity.ROUND, "after": None, "version": sheet.version}
    with pytest.raises(Refused, match="from the list"), db.begin_nested():
        plans.add(db, group.facilitator, sheet.session_id, instrument_key="weather", **vote)

    now = plans.add(db, group.facilitator, sheet.session_id, instrument_key="participation", **vote)

    assert now.blocks[0].round_plan is not None
    assert now.blocks[0].round_plan.instrument == "participation"


def test_a_guest_helps_with_a_block_of_their_own_session_and_their_screen_says_so(
    db: Session, group: Group, sheet: RunSheet
) -> None:
    fay, block = group.facilitator, sheet.blocks[0]
    links = [guests.invite(db, fay, group.cohort.session(one).id, "Gus", at=NOW) for one in (1, 2)]
    first, second = (one.id for one in guests.of_cohort(db, fay, group.cohort.id, at=NOW))
    with pytest.raises(NotAllowed), db.begin_nested():
        plans.invite_for(db, fay, block.id, second, version=sheet.version)

    plans.invite_for(db, fay, block.id, first, version=sheet.version)
    on = begin(db, group)

    gus = signed_in(db, guests.come_in(db, links[0], browser_token=None, at=NOW))
    assert guests.screen(db, gus, at=NOW).is_mine
    go_on(db, group, on)
    assert not guests.screen(db, gus, at=NOW).is_mine
    guests.revoke(db, fay, first)
    after = run_sheets.of_session(db, fay, on.session_id)
    assert after is not None
    assert after.blocks[0].guest_id is None


def test_what_would_be_lost_is_named_and_only_that(db: Session, group: Group, sheet: RunSheet) -> None:
    fay, first = group.facilitator, sheet.blocks[0].id
    other = a_cohort(db, fay, "Second group")
    there = (sheet.session_id, other.id)
    assert plans.lost(db, fay, sheet.session_id) == ()
    assert plans.lost_there(db, fay, *there) == ()

    plans.copy(db, fay, *there)
    sheet = plans.move(db, fay, first, 1, version=sheet.version)
    assert plans.lost(db, fay, sheet.session_id) == ("the order of the blocks",)
    assert plans.lost_there(db, fay, *there) == ()  # theirs is the programme's own

    sheet = plans.lengthen(db, fay, first, 5, version=sheet.version)
    assert plans.lost(db, fay, sheet.session_id) == ("“Arrive”",)
    plans.copy(db, fay, *there)
    assert plans.lost_there(db, fay, *there) == ()  # it stands here, too
    plans.start_over(db, fay, sheet.session_id, version=sheet.version)
    assert plans.lost_there(db, fay, *there) == ("“Arrive”",)
