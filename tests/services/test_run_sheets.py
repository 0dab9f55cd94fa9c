"""Running a session by its run-sheet: one step at a time, by one hand at a time, and nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import RoundState
from mcm_core.domain.run_sheet import shown_beside
from mcm_core.services import (
    attendance,
    bags,
    cohorts,
    dots,
    facilitators,
    guests,
    hindrances,
    news,
    practices,
    programmes,
    rounds,
    run_sheets,
)
from mcm_core.store.engine import read, write
from mcm_core.store.tables import BlockRow, PractisedRow
from tests.services.boards import a_board
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.racing import race
from tests.services.sheets import a_sheet, begin, go_on, go_to, hold
from tests.services.stories import Group, a_group, close_and_reveal

VOTE, TEA = "Where are we now?", "A vote to practise"


@pytest.fixture
def group(db: Session) -> Group:
    """A cohort of five, beside another one in the middle of its session."""
    begin(db, a_group(db, 2, username="olga", name="Other group"))
    return a_group(db, 5)


def now_on(db: Session, group: Group, at=NOW) -> str | None:  # type: ignore[no-untyped-def]
    on = run_sheets.now_on(db, group.members[0], group.cohort.id, at=at)
    return on.block.title if on else None


def test_a_session_gets_its_own_copy_of_the_programme(db: Session, group: Group) -> None:
    assert run_sheets.of_session(db, group.facilitator, group.cohort.session(1).id) is None

    sheet = a_sheet(db, group)

    planned = programmes.offered().session(1).blocks
    assert [(one.title, one.minutes, one.activity) for one in sheet.blocks] == [
        (str(one.title), one.minutes, one.activity) for one in planned
    ]
    assert [one.round_plan for one in sheet.blocks] == [one.round_plan for one in planned]
    assert [one.practice for one in sheet.blocks] == [one.practice for one in planned]
    assert run_sheets.of_session(db, group.facilitator, sheet.session_id) == sheet == a_sheet(db, group)


def test_two_who_look_first_make_one_copy(database: str) -> None:
    with write() as db:
        group = a_group(db, 1)

    def look() -> None:
        with write() as db:
            a_sheet(db, group)

    found = race(look, look)

    assert found == [None, None]
    with read() as db:
        blocks = db.scalar(select(func.count()).select_from(BlockRow))
    assert blocks == len(programmes.offered().session(1).blocks)


def test_everybody_sees_the_block_that_is_on_and_nobody_the_facilitators_note(db: Session, group: Group) -> None:
    assert now_on(db, group) is None
    sheet = begin(db, group)
    assert now_on(db, group) == "Arrive"

    go_on(db, group, sheet)

    on = run_sheets.now_on(db, group.members[0], group.cohort.id, at=NOW)
    assert on is not None
    assert on.block.title == "Stories of meaningful connection"
    assert (on.block.note, on.block.captured) == ("", "")
    assert now_on(db, group, NOW + timedelta(hours=7)) is None


def test_a_stale_press_is_refused_and_told_who_was_quicker(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    co = a_facilitator(db, "tom", name="Tom")
    invitation = facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW)
    facilitators.accept_as(db, co, invitation, at=NOW)
    seen = {"version": sheet.version, "at": NOW, "is_connected": lambda _: False}
    run_sheets.go_on(db, co, sheet.session_id, **seen)

    with pytest.raises(Conflict, match=r"Tom has already changed the plan\. “Stories of meaningful connection” is on"):
        run_sheets.go_on(db, group.facilitator, sheet.session_id, **seen)

    assert now_on(db, group) == "Stories of meaningful connection"


def test_of_two_presses_at_once_one_counts(database: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        sheet = begin(db, group)

    def press() -> None:
        with write() as db:
            go_on(db, group, sheet)

    found = race(press, press)

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "NoneType"]
    with read() as db:
        assert now_on(db, group) == "Stories of meaningful connection"


def test_without_the_version_both_presses_would_count(db: Session, group: Group) -> None:
    """The negative control: each names the version that the other has made."""
    go_on(db, group, go_on(db, group, begin(db, group)))

    assert now_on(db, group) == "How we want to be together"


def test_a_block_opens_its_own_vote_and_the_next_takes_the_picture_down(db: Session, group: Group) -> None:
    sheet = go_to(db, group, VOTE)

    opened = run_sheets.open_round(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)

    card = opened.card
    assert (opened.state, card.instrument.key, len(card.themes)) == (RoundState.OPEN, "meaningful_connections", 6)
    assert (card.lens, card.perspective, card.purpose) == ("I", "team member", "Demonstrating progress")
    sheet = run_sheets.of_session(db, group.facilitator, sheet.session_id) or sheet
    assert sheet.current is not None
    assert sheet.current.round_id == opened.id
    with pytest.raises(Conflict, match="no vote to open"), db.begin_nested():
        run_sheets.open_round(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)
    close_and_reveal(db, group.facilitator, opened, at=NOW)
    assert go_on(db, group, sheet).current.keeps_picture  # type: ignore[union-attr]


def test_a_vote_that_cannot_be_opened_leaves_everything_as_it_was(db: Session, group: Group) -> None:
    sheet = go_to(db, group, VOTE)
    opened = run_sheets.open_round(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)
    sheet = run_sheets.of_session(db, group.facilitator, sheet.session_id) or sheet
    db.get_one(BlockRow, sheet.current.id).round_id = None  # type: ignore[union-attr]
    db.flush()

    with pytest.raises(Conflict, match="still under way"), db.begin_nested():
        run_sheets.open_round(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)

    assert rounds.drafts(db, group.facilitator, group.cohort.id) == ()
    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW) == opened


def test_more_time_is_told_to_every_screen_and_closes_nothing(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    late = NOW + timedelta(minutes=11)
    assert now_on(db, group, late) == "Arrive"

    given = run_sheets.give(db, group.facilitator, sheet.session_id, 2, version=sheet.version, at=late)

    assert given.current is not None
    assert given.current.until == late + timedelta(minutes=2)


def test_a_session_ends_and_the_end_can_be_taken_back(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    over = run_sheets.end(
        db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW, is_connected=lambda _: False
    )
    assert (over.current, over.ended_at, now_on(db, group)) == (None, NOW, None)
    assert run_sheets.progress(db, group.facilitator, group.cohort.id).over == {sheet.session_id: NOW}

    run_sheets.go_back(db, group.facilitator, sheet.session_id, version=over.version, at=NOW)

    assert now_on(db, group) == "Arrive"


def test_one_session_at_a_time_is_run(db: Session, group: Group) -> None:
    begin(db, group)

    with pytest.raises(Refused, match=r"Session 1 is still on\. End it first"):
        begin(db, group, 2)


def test_whatever_stands_in_the_way_is_said_before_the_first_block(
    db: Session, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hindrances, "ALL", [lambda _db, meeting: f"Write a line for {meeting.number} first."])
    second = group.cohort.session(2).id
    assert run_sheets.hindrances(db, group.facilitator, second) == ("Write a line for 2 first.",)

    with pytest.raises(Refused, match="Write a line for 2 first"):
        begin(db, group, 2)
    assert now_on(db, group) is None


def test_a_session_that_was_cancelled_is_not_begun_before_it_has_a_date_again(db: Session, group: Group) -> None:
    second = group.cohort.session(2)
    cohorts.cancel_session(db, group.facilitator, second.id, at=NOW)
    with pytest.raises(Refused, match=r"Session 2 was cancelled\. Give it a date on the page “Cohort”"):
        begin(db, group, 2)

    cohorts.move_session(db, group.facilitator, second.id, second.starts_local, 120, at=NOW)

    assert begin(db, group, 2).has_begun


def test_after_a_cancelled_session_the_line_is_about_the_one_before_it(db: Session, group: Group) -> None:
    hold(db, group, 1)
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(2).id, at=NOW)

    (said,) = run_sheets.hindrances(db, group.facilitator, group.cohort.session(3).id)

    assert said.startswith("Nothing has been said back about session 1 yet.")


def test_the_check_in_opens_with_the_first_block_and_its_close_is_the_step_to_the_next(
    db: Session, group: Group
) -> None:
    """It is anonymous, so that nobody presses anything for it; the room goes on without its picture."""
    sheet = begin(db, group)
    check_in = rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW)
    assert check_in is not None
    assert (check_in.state, check_in.card.instrument.key, check_in.card.mode) == (
        RoundState.OPEN, "safety_checkin", Mode.ANONYMOUS,
    )  # fmt: skip
    assert sheet.current is not None
    assert sheet.current.ends(check_in)
    for member in group.members:
        bags.drop(db, member, check_in.id, {"this_space": Reading(3)})

    sheet = go_on(db, group, sheet, at=NOW + timedelta(minutes=5))

    assert rounds.get(db, group.facilitator, check_in.id).state is RoundState.REVEALED
    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW) != check_in
    sheet = go_on(db, group, sheet, at=NOW + timedelta(minutes=25))
    assert shown_beside(sheet.current, rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW)) is None
    (history,) = news.histories(db, group.facilitator, group.cohort.id)
    assert list(history.releases) == [1]


def test_what_was_closed_or_revealed_by_hand_is_left_as_it_is(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    check_in = rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW)
    assert check_in is not None
    close_and_reveal(db, group.facilitator, check_in, at=NOW)

    back = run_sheets.go_back(
        db, group.facilitator, sheet.session_id, at=NOW,
        version=go_on(db, group, sheet, at=NOW + timedelta(minutes=5)).version,
    )  # fmt: skip

    assert back.current is not None
    assert back.current.round_id == check_in.id, "and going back opens no second one"


def test_in_a_group_too_small_to_be_anonymous_the_session_begins_without_the_check_in(db: Session) -> None:
    small = a_group(db, 3, username="pat", name="Small group")

    sheet = begin(db, small)

    assert rounds.on_stage(db, small.facilitator, small.cohort.id, at=NOW) is None
    assert rounds.drafts(db, small.facilitator, small.cohort.id) == ()
    with pytest.raises(Refused, match="anonymous"), db.begin_nested():
        run_sheets.open_round(db, small.facilitator, sheet.session_id, version=sheet.version, at=NOW)
    assert go_on(db, small, sheet).current.title == "Stories of meaningful connection"  # type: ignore[union-attr]


def test_a_practice_vote_is_counted_and_not_kept(db: Session, group: Group) -> None:
    ada, ben, *_ = group.members
    sheet = go_to(db, group, TEA)
    block = sheet.current
    assert block is not None
    for choice in (0, 1):
        practices.tap(db, ada, block.id, choice, at=NOW)
    practices.tap(db, ben, block.id, 2, at=NOW)
    db.flush()
    assert (practices.mine(db, ada, block.id), practices.count(db, ben, block.id)) == (1, 2)
    with pytest.raises(Refused, match="one of the answers"):
        practices.tap(db, ada, block.id, 7, at=NOW)

    go_on(db, group, sheet)

    assert db.scalars(select(PractisedRow)).all() == []
    with pytest.raises(Refused, match="is over"):
        practices.tap(db, ada, block.id, 0, at=NOW)


def test_who_is_connected_or_was_seen_has_come(db: Session, group: Group) -> None:
    """The five were seen when they joined, long ago; Ada's phone is connected, and Ben's comes later."""
    ada, ben, *_ = (one.sign_in for one in group.members)
    sheet = a_sheet(db, group)
    at, session = NOW + timedelta(days=8), sheet.session_id

    def came() -> dict[str, bool | None]:
        return {one.name: one.here for one in attendance.of_session(db, group.facilitator, session)}

    sheet = run_sheets.begin(
        db, group.facilitator, session, version=sheet.version, at=at, is_connected=lambda one: one == ada
    )
    assert came() == {"Ada": True, "Ben": None, "Cleo": None, "Dev": None, "Eve": None}
    attendance.correct(db, group.facilitator, session, group.members[0].member_id or "", here=False)
    db.flush()
    run_sheets.go_on(
        db, group.facilitator, session, version=sheet.version, at=at, is_connected=lambda one: one in {ada, ben}
    )

    assert came() == {"Ada": False, "Ben": True, "Cleo": None, "Dev": None, "Eve": None}
    assert [(one.session_number, one.here, one.by_hand) for one in attendance.mine(db, group.members[0])] == [
        (1, False, True)
    ]


def test_dots_open_with_their_block_and_stay_open_after_it(db: Session, group: Group) -> None:
    a_board(db, group)
    sheet = go_to(db, group, "Until next time", number=3)
    (vote,) = dots.votes(db, group.members[0], group.cohort.id)
    assert vote.is_open

    run_sheets.end(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW, is_connected=lambda _: False)

    assert dots.votes(db, group.members[0], group.cohort.id) == (vote,)


def test_dots_that_are_open_already_go_on_in_their_block(db: Session, group: Group) -> None:
    a_board(db, group)
    before = dots.open_(db, group.facilitator, group.cohort.id, at=NOW)

    sheet = go_to(db, group, "Until next time", number=3)

    assert sheet.current is not None
    assert dots.votes(db, group.members[0], group.cohort.id) == (before,)


def test_where_dots_cannot_open_the_session_goes_on_and_it_is_said_why(db: Session, group: Group) -> None:
    assert dots.in_the_way(db, group.facilitator, group.cohort.id, at=NOW)

    sheet = go_to(db, group, "Until next time", number=3)

    assert (sheet.current and sheet.current.title) == "Until next time"
    assert dots.votes(db, group.members[0], group.cohort.id) == ()
    said = dots.in_the_way(db, group.facilitator, group.cohort.id, at=NOW)
    assert said == "There are fewer than two topics to choose from. Write some more first."
    a_board(db, group)
    assert dots.in_the_way(db, group.facilitator, group.cohort.id, at=NOW) is None


def test_a_guests_screen_follows_their_session(db: Session, group: Group) -> None:
    tokens = [
        guests.come_in(db, guests.invite(db, group.facilitator, group.cohort.session(one).id, "Gus", at=NOW),
                       browser_token=None, at=NOW)
        for one in (1, 2)
    ]  # fmt: skip
    first, second = (signed_in(db, token) for token in tokens)
    begin(db, group)

    seen, elsewhere = (guests.screen(db, guest, at=NOW) for guest in (first, second))

    assert seen.block is not None
    assert (seen.block.title, seen.block.note, seen.is_mine) == ("Arrive", "", False)
    assert elsewhere.block is None
