"""The votes of a run-sheet: what a step does with one that is open, on and back and at the end; none is passed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.run_sheet import RunSheet
from mcm_core.services import bags, late, readings, rounds, run_sheets
from mcm_core.store.tables import BagRow, RoundRow
from tests.services.people import NOW
from tests.services.sheets import begin, go_on, go_to
from tests.services.stories import Group, a_group_with_focus

NOW_WE = "Where are we now?"


@pytest.fixture
def group(db: Session) -> Group:
    return a_group_with_focus(db, 6)


def under_way(db: Session, group: Group) -> Round | None:
    found = rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW)
    return found if found and found.state is not RoundState.REVEALED else None


def vote_of(db: Session, group: Group, instrument: str) -> Round:
    found = under_way(db, group)
    assert found
    assert (found.card.instrument.key, found.state) == (instrument, RoundState.OPEN)
    return found


def say(db: Session, group: Group, round_: Round, people: int) -> None:
    for member in group.members[:people]:
        for theme in round_.card.asked:
            readings.cast(db, member, round_.id, theme.key, Reading(2), at=NOW)


def looking_back(db: Session, group: Group) -> RunSheet:
    """Session six with its looking-back vote open, on without the vote of the block before."""
    return go_on(db, group, go_to(db, group, NOW_WE, number=6), at=NOW + timedelta(minutes=1))


def back(db: Session, group: Group, sheet: RunSheet) -> RunSheet:
    return run_sheets.go_back(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)


def end(db: Session, group: Group, sheet: RunSheet) -> RunSheet:
    return run_sheets.end(
        db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW, is_connected=lambda _: False
    )


def open_by_hand(db: Session, group: Group, sheet: RunSheet) -> Round:
    return run_sheets.open_round(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW)


def now(db: Session, group: Group, sheet: RunSheet) -> RunSheet:
    found = run_sheets.of_session(db, group.facilitator, sheet.session_id)
    assert found
    return found


def test_a_step_back_takes_back_the_vote_that_opened_with_it(db: Session, group: Group) -> None:
    sheet = looking_back(db, group)
    vote_of(db, group, "meaningful_connections_then")

    sheet = back(db, group, sheet)

    assert under_way(db, group) is None
    assert sheet.current
    assert (sheet.current.title, sheet.block(sheet.following.id).round_id) == (NOW_WE, None)  # type: ignore[union-attr]
    assert open_by_hand(db, group, sheet).card.instrument.key == "meaningful_connections"


def test_what_somebody_answered_waits_for_its_block(db: Session, group: Group) -> None:
    sheet = looking_back(db, group)
    then = vote_of(db, group, "meaningful_connections_then")
    say(db, group, then, 2)

    sheet = back(db, group, sheet)
    assert under_way(db, group) is None
    by_hand = open_by_hand(db, group, sheet)
    by_hand = rounds.close(db, group.facilitator, by_hand.id, version=by_hand.version, at=NOW)
    rounds.reveal(db, group.facilitator, by_hand.id, version=by_hand.version, at=NOW)
    go_on(db, group, now(db, group, sheet))

    assert vote_of(db, group, "meaningful_connections_then").id == then.id
    assert readings.turnout(db, group.facilitator, then.id, at=NOW).complete == 2


def test_going_on_closes_and_shows_what_enough_have_answered(db: Session, group: Group) -> None:
    sheet = looking_back(db, group)
    then = vote_of(db, group, "meaningful_connections_then")
    say(db, group, then, 5)

    go_on(db, group, sheet)

    assert rounds.get(db, group.facilitator, then.id).state is RoundState.REVEALED


def test_what_nobody_answered_leaves_nothing_to_show(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    vote_of(db, group, "safety_checkin")
    sheet = go_on(db, group, sheet)
    vote_of(db, group, "self_ratings")

    sheet = go_on(db, group, sheet, at=NOW + timedelta(minutes=2))

    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW) is None
    assert [db.scalar(select(func.count()).select_from(table)) for table in (RoundRow, BagRow)] == [0, 0]
    assert back(db, group, sheet).current.round_id, "going back to its block asks anew"  # type: ignore[union-attr]
    vote_of(db, group, "self_ratings")


def test_what_too_few_answered_is_shown_to_nobody_and_can_be_gone_back_to(db: Session, group: Group) -> None:
    sheet = looking_back(db, group)
    then = vote_of(db, group, "meaningful_connections_then")
    say(db, group, then, 4)

    sheet = go_on(db, group, sheet, at=NOW + timedelta(minutes=2))
    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW) is None
    sheet = back(db, group, sheet)
    assert vote_of(db, group, "meaningful_connections_then").id == then.id

    end(db, group, go_on(db, group, sheet))

    assert rounds.on_stage(db, group.facilitator, group.cohort.id, at=NOW) is None
    assert rounds.get(db, group.facilitator, then.id).state is RoundState.REVEALED
    missed = late.cards(db, group.members[5], at=NOW + timedelta(hours=1))
    assert then.id in {one.round.id for one in missed}, "who missed it may answer for themselves"


def test_an_anonymous_one_is_always_sealed_by_going_on(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    check_in = vote_of(db, group, "safety_checkin")
    bags.drop(db, group.members[0], check_in.id, {"this_space": Reading(3)})

    go_on(db, group, sheet)

    assert rounds.get(db, group.facilitator, check_in.id).state is RoundState.REVEALED


def test_taking_the_beginning_back_keeps_the_anonymous_answers_until_it_begins_again(db: Session, group: Group) -> None:
    sheet = begin(db, group)
    check_in = vote_of(db, group, "safety_checkin")
    bags.drop(db, group.members[0], check_in.id, {"this_space": Reading(3)})
    back(db, group, sheet)
    assert under_way(db, group) is None

    begin(db, group)

    assert vote_of(db, group, "safety_checkin").id == check_in.id
    assert bags.sent(db, group.members[0], check_in.id)


def test_a_vote_opened_by_hand_stays_open_into_the_next_block_and_the_end_closes_it_unshown(
    db: Session, group: Group
) -> None:
    sheet = go_to(db, group, NOW_WE)
    opened = open_by_hand(db, group, sheet)
    sheet = go_on(db, group, now(db, group, sheet))
    assert vote_of(db, group, "meaningful_connections").id == opened.id

    end(db, group, sheet)

    closed = rounds.get(db, group.facilitator, opened.id)
    assert closed.state is RoundState.CLOSED
    shown = rounds.reveal(db, group.facilitator, opened.id, version=closed.version, at=NOW)
    assert shown.state is RoundState.REVEALED
