"""Whoever missed a vote answers for their own journey, and a slip is put right there; nothing that was shown, or is
shown later, changes or tells of it. All of it after every session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.late import a_week_after
from mcm_core.domain.reading import Reading
from mcm_core.services import focuses, instruments, journeys, late, members, my_data, readings, releases, rounds
from mcm_core.store.tables import LateReadingRow, MemberRow, ReadingRow, RoundRow
from tests.services.people import NOW, a_member
from tests.services.stories import (
    a_card,
    a_group,
    an_anonymous_round,
    answer,
    choose_focus,
    close_and_reveal,
    connections,
    drop,
    during,
    run_round,
)


@pytest.fixture
def group(db):
    """Seven people, of whom Ada was there at the start and missed a session."""
    group = a_group(db, 7)
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 7)
    return group


def missed(db, group, number=6, **options):
    """The vote of a session in which Ada was away."""
    return run_round(
        db, group.facilitator, group.cohort, group.members, number, [None] + [(3, 4)] * 6, **options
    )  # fmt: skip


def week(group, number=6):
    """Two days after a session."""
    return group.cohort.session(number).ends_at + timedelta(days=2)


def shown(db, group):
    """Everything that is made of the room's answers."""
    ours = journeys.ours(db, group.facilitator, group.cohort.id)
    return ours, [releases.of_round(db, group.members[3], one) for one in all_rounds(db, group)]


def all_rounds(db, group):
    return [rounds.get(db, group.facilitator, one) for one in db.scalars(select(RoundRow.id).order_by(RoundRow.id))]


EVERY = pytest.mark.parametrize("number", [2, 3, 4, 5, 6])


@EVERY
def test_ones_own_journey_has_no_gap_and_says_how(db, group, number):
    vote = missed(db, group, number)
    (card,) = late.cards(db, group.members[0], at=week(group, number))

    late.answer(db, group.members[0], card.round.id, "tools", Reading(4, 4), at=week(group, number))

    (mine,) = journeys.mine(db, group.members[0])
    points = mine.series["tools"][0].points
    assert [(p.session_number, p.reading.current, p.late) for p in points] == [(1, 2, False), (number, 4, True)]
    assert late.cards(db, group.members[0], at=week(group, number))[0].answers["tools"].current == 4
    assert card.round.id == vote.id


@EVERY
def test_what_was_shown_stays_and_nothing_is_compared_with_it(db, group, number):
    """No picture, count or table changes by it: subtracting the two would tell the answer."""
    vote = missed(db, group, number)
    before = shown(db, group)

    for theme in ("tools", "safety"):
        late.answer(db, group.members[0], vote.id, theme, Reading(4, 4), at=week(group, number))

    assert shown(db, group) == before


@EVERY
@pytest.mark.parametrize("says", ["late", "corrected"])
def test_nor_does_a_later_picture_know_of_it(db, group, number, says):
    """The next vote is decided, paired and counted as if nobody had said anything afterwards, to the byte."""
    vote = missed(db, group, number)
    when = group.cohort.session(number).ends_at + timedelta(days=1)
    aside = db.begin_nested()
    if says == "late":
        late.answer(db, group.members[0], vote.id, "tools", Reading(4, 4), at=when)
    else:
        late.correct(db, group.members[1], vote.id, "tools", Reading(1, 1), at=when)
    with_it = everything_of_the_next(db, group, number)
    aside.rollback()
    db.expire_all()

    assert everything_of_the_next(db, group, number) == with_it


def everything_of_the_next(db, group, number):
    """All seven vote in the session after, or once more in the last: its pictures, who moved, and the turnout."""
    later = min(number + 1, 6)
    at = during(group.cohort, later) + timedelta(hours=later == number)
    vote = run_round(db, group.facilitator, group.cohort, group.members, later, [(2, 4)] * 3 + [(3, 4)] * 4, at=at)
    counted = readings.turnout(db, group.facilitator, vote.id, at=at)
    pictures = releases.of_round(db, group.facilitator, vote)
    assert any(one.shifts for one in pictures.values()), "or this compares nothing"
    before = readings.last_time(db, group.members[0], vote.id)
    return counted.complete, pictures, [r.current for r in before.values()]


def test_without_the_table_of_their_own_a_later_picture_would(db, group):
    """The negative control: the same answer among the readings changes what the next picture says of who moved."""
    vote = missed(db, group, 2)
    aside = db.begin_nested()
    without = everything_of_the_next(db, group, 2)
    aside.rollback()
    db.expire_all()
    row = db.scalars(select(ReadingRow).where(ReadingRow.round_id == vote.id, ReadingRow.theme == "tools")).first()
    db.add(ReadingRow(round_id=vote.id, member_id=group.members[0].member_id, theme="tools", cohort_id=row.cohort_id,
                      instrument_id=row.instrument_id, current=4, desired=4, saved_at=NOW,
                      focus_id=focuses.mine(db, group.members[0]).id))  # fmt: skip
    db.flush()

    assert everything_of_the_next(db, group, 2) != without


@EVERY
def test_whoever_was_there_has_no_card(db, group, number):
    vote = missed(db, group, number)

    assert late.cards(db, group.members[1], at=week(group, number)) == ()
    with pytest.raises(Refused, match="cannot be answered afterwards"):
        late.answer(db, group.members[1], vote.id, "tools", Reading(4, 4), at=week(group, number))


@EVERY
def test_before_the_reveal_and_after_the_week_there_is_none(db, group, number):
    vote = missed(db, group, number)
    ends = group.cohort.session(number).ends_at
    for at in (during(group.cohort, number), ends + timedelta(days=7)):
        assert late.cards(db, group.members[0], at=at) == ()
        with pytest.raises(Refused):
            late.answer(db, group.members[0], vote.id, "tools", Reading(4, 4), at=at)
    assert late.cards(db, group.members[0], at=during(group.cohort, number) + timedelta(minutes=6)), "who came late"
    assert late.cards(db, group.members[0], at=ends + timedelta(days=7, minutes=-1))


def test_a_session_that_was_run_on_another_day_has_its_week_from_then(db, group):
    vote = missed(db, group, 2, at=week(group, 2))
    (card,) = late.cards(db, group.members[0], at=week(group, 2) + timedelta(days=6))

    assert (card.round.id, card.closes) == (vote.id, week(group, 2) + timedelta(days=7, minutes=5))


def test_the_week_ends_at_the_same_hour_when_the_clocks_change():
    ends = datetime(2026, 10, 20, 15, tzinfo=UTC)  # four o'clock in London; on the 25th summer time ends
    assert a_week_after(ends, "Europe/London") == datetime(2026, 10, 27, 16, tzinfo=UTC)


def test_who_came_to_the_group_after_it_missed_nothing(db, group):
    missed(db, group, 2)
    new = a_member(db, group.facilitator, group.cohort, "Zed")
    for came, votes in ((group.cohort.session(2).ends_at, 0), (during(group.cohort, 2) + timedelta(minutes=9), 1)):
        db.execute(update(MemberRow).where(MemberRow.id == new.member_id).values(created_at=came))
        db.expire_all()
        assert len(late.cards(db, new, at=week(group, 2))) == votes


def test_anonymous_votes_have_no_card(db, group):
    hidden = an_anonymous_round(db, group, 6)
    drop(db, hidden, group.members[1:], [(2, 3)] * 6)
    close_and_reveal(db, group.facilitator, hidden, at=week(group))

    assert late.cards(db, group.members[0], at=week(group)) == late.given(db, group.members[0], at=week(group)) == ()
    for verb in (late.answer, late.correct):
        with pytest.raises(Refused):
            verb(db, group.members[0], hidden.id, "tools", Reading(4, 4), at=week(group))


@EVERY
def test_a_slip_is_put_right_in_ones_own_line_alone(db, group, number):
    vote, ben = missed(db, group, number), group.members[1]
    before = shown(db, group)

    late.correct(db, ben, vote.id, "tools", Reading(4, 4), at=week(group, number))

    assert shown(db, group) == before
    (mine,) = journeys.mine(db, ben)
    points = [(p.session_number, p.reading.current, p.corrected, p.late) for p in mine.series["tools"][0].points]
    assert points == [(1, 2, False, False), (number, 4, True, False)]
    assert mine.series["safety"][0].points[-1].reading.current == 3
    told = [one for one in my_data.everything(db, ben, at=NOW).answers if one.session_number == number]
    assert [(one.now, "corrected" in one.question) for one in told if one.theme == "Tools"] == [
        ("Maturing", False), ("Embedded", True)
    ]  # fmt: skip
    assert readings.mine(db, ben, vote.id)["tools"].current == 3, "what was tapped is what later votes compare with"


def test_what_was_tapped_sent_again_takes_the_correction_back(db, group):
    vote, ben = missed(db, group, 2), group.members[1]
    for reading in (Reading(4, 4), Reading(3, 4)):
        late.correct(db, ben, vote.id, "tools", reading, at=week(group, 2))

    assert not any(p.corrected for p in journeys.mine(db, ben)[0].series["tools"][0].points)
    assert db.query(LateReadingRow).all() == []


def test_a_correction_has_its_week_and_needs_an_answer_of_ones_own(db, group):
    vote, ben = missed(db, group, 2, card=a_card(themes=["tools"])), group.members[1]
    for who, at in ((ben, during(group.cohort, 2)), (ben, week(group, 3)), (group.members[0], week(group, 2))):
        with pytest.raises(Refused, match="of your own"):
            late.correct(db, who, vote.id, "tools", Reading(4, 4), at=at)
    for theme, reading in (("tools", Reading(9)), ("skills", Reading(2)), ("tools", Reading(None, 2))):
        with pytest.raises(Refused):
            late.correct(db, ben, vote.id, theme, reading, at=week(group, 2))


def test_of_several_votes_the_last_one_is_put_right(db, group):
    first = missed(db, group, 2)
    again = rounds.vote_again(db, group.facilitator, first.id, at=during(group.cohort, 2) + timedelta(minutes=10))
    answer(db, again, group.members, [None] + [(2, 4)] * 6, at=during(group.cohort, 2) + timedelta(minutes=11))
    close_and_reveal(db, group.facilitator, again, at=during(group.cohort, 2) + timedelta(minutes=12))

    assert [card.round.id for card in late.given(db, group.members[1], at=week(group, 2))] == [again.id]
    assert [card.round.id for card in late.cards(db, group.members[0], at=week(group, 2))] == [again.id]
    with pytest.raises(Refused):
        late.correct(db, group.members[1], first.id, "tools", Reading(4, 4), at=week(group, 2))


def test_what_is_not_asked_is_refused(db, group):
    last = missed(db, group, card=a_card(themes=["tools"]))
    for theme, reading in (("tools", Reading(9)), ("skills", Reading(2)), ("tools", Reading(None, 2))):
        with pytest.raises(Refused):
            late.answer(db, group.members[0], last.id, theme, reading, at=week(group))


def test_another_relationship_is_another_line(db, group):
    last = missed(db, group)
    choose_focus(db, group.members[0], connections(), "the food bank")
    late.answer(db, group.members[0], last.id, "tools", Reading(4, 4), at=week(group))

    assert [line.focus_label for line in journeys.mine(db, group.members[0])[0].series["tools"]] == [
        "outreach calls", "the food bank",
    ]  # fmt: skip


def test_looking_back_can_be_done_late_too(db, group):
    missed(db, group)
    card = a_card(instruments.offered()["meaningful_connections_then"], ["tools"])
    run_round(db, group.facilitator, group.cohort, group.members, 6, [None] + [(1, None)] * 6, card=card,
              at=during(group.cohort, 6) + timedelta(hours=1))  # fmt: skip
    _, back = late.cards(db, group.members[0], at=week(group))

    late.answer(db, group.members[0], back.round.id, "tools", Reading(1), at=week(group))

    (mine,) = journeys.mine(db, group.members[0])
    assert [reading.current for reading in mine.looking_back["tools"].values()] == [1]


def test_it_is_in_my_data_and_goes_with_the_member(db, group):
    last = missed(db, group)
    late.answer(db, group.members[0], last.id, "tools", Reading(4, 4), at=week(group))

    told = my_data.everything(db, group.members[0], at=NOW).answers[-1]
    assert ("answered afterwards" in told.question, told.now) == (True, "Embedded")
    members.erase(db, group.members[0], keep_notes=False)
    assert db.query(LateReadingRow).all() == []


def test_another_cohorts_round_is_out_of_reach(db, group):
    other = a_group(db, 6, username="olga", name="Other group")
    theirs = run_round(db, other.facilitator, other.cohort, other.members, 6, [(3, 4)] * 6)

    for verb in (late.answer, late.correct):
        with pytest.raises(NotAllowed):
            verb(db, group.members[0], theirs.id, "tools", Reading(4, 4), at=week(group))
