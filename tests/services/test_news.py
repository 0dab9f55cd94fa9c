"""“You said → we changed / we could not”: written by facilitators, read by all, and needed before the next session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.domain.cohort import next_session
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.news import LINE_MAX, Outcome, window
from mcm_core.services import cohorts, news, retention, run_sheets
from mcm_core.services.news import LINES_MAX
from mcm_core.store.engine import write
from mcm_core.store.tables import CohortRow, NewsLineRow
from tests.services.people import NOW
from tests.services.sheets import begin, hold
from tests.services.stories import a_group, an_open_round


@pytest.fixture
def group(db):
    return a_group(db, 5)


def say(db, group, number=1, *, as_=None, you_said="Too fast", outcome="changed", reply="one activity less"):
    session_id = group.cohort.session(number).id
    news.say_back(db, as_ or group.facilitator, session_id, you_said=you_said, outcome=outcome, reply=reply, at=NOW)


def lines(db, group, *, as_=None):
    found = news.weeks(db, as_ or group.members[0], group.cohort.id, at=NOW)
    return [(line.session_number, line.you_said, line.answer) for week in found for line in week.lines]


def test_session_two_may_not_begin_without_a_line_about_session_one(db, group):
    hold(db, group, 1)
    with pytest.raises(Refused, match=r"Nothing has been said back about session 1 yet\..*Then session 2 can begin\."):
        hold(db, group, 2)

    say(db, group, 1)

    hold(db, group, 2)
    sessions = [group.cohort.session(number).id for number in (1, 2, 3)]
    assert [news.to_say_back(db, group.facilitator, one) for one in sessions] == [None, None, 2]


def test_a_session_that_was_passed_over_asks_for_no_line(db, group):
    """Out of order is allowed (domain.md §5 row 38); the line is about the session that was held last."""
    hold(db, group, 1)
    with pytest.raises(Refused, match="about session 1"):
        hold(db, group, 3)
    say(db, group, 1)

    hold(db, group, 3)

    with pytest.raises(Refused, match="about session 3"):
        hold(db, group, 4)


def test_a_line_about_another_session_or_of_another_cohort_does_not_do(db, group):
    other = a_group(db, 5, username="olga", name="Other group")
    hold(db, group, 1)
    say(db, group, 3)
    say(db, other, 1)

    assert news.to_say_back(db, group.facilitator, group.cohort.session(2).id) == 1


def test_everybody_reads_both_kinds_newest_session_first(db, group):
    say(db, group, 1)
    say(db, group, 2, you_said="Later in the day", outcome="could not", reply="the room is taken")

    assert lines(db, group) == lines(db, group, as_=group.facilitator)
    assert lines(db, group) == [
        (2, "Later in the day", "We could not, because the room is taken"),
        (1, "Too fast", "We changed: one activity less"),
    ]


def test_only_the_cohorts_facilitators_write_and_take_back(db, group):
    other = a_group(db, 5, username="olga", name="Other group")
    say(db, group)
    line = db.query(NewsLineRow).one()
    for visitor in (group.members[0], other.facilitator, other.members[0]):
        with pytest.raises(NotAllowed):
            say(db, group, as_=visitor)
        with pytest.raises(NotAllowed):
            news.take_back(db, visitor, line.id, at=NOW)
    with pytest.raises(NotAllowed):
        news.weeks(db, other.members[0], group.cohort.id, at=NOW)

    news.take_back(db, group.facilitator, line.id, at=NOW)

    assert lines(db, group) == []
    hold(db, group, 1)
    assert news.to_say_back(db, group.facilitator, group.cohort.session(2).id) == 1


def test_what_cannot_be_a_line_is_refused(db, group):
    for wrong in ({"you_said": " "}, {"reply": "\x00"}, {"reply": "x" * (LINE_MAX + 1)}, {"outcome": "perhaps"}):
        with pytest.raises(Refused):
            say(db, group, **wrong)
    assert lines(db, group) == []


def test_a_double_tap_writes_one_line_and_a_flood_is_stopped(db, group):
    say(db, group)
    say(db, group)
    for number in range(1, LINES_MAX):
        say(db, group, reply=f"change {number}")
    assert len(lines(db, group)) == LINES_MAX

    with pytest.raises(Refused, match="as many as fit"):
        say(db, group, reply="one more")


def test_a_session_that_ended_early_is_on_the_page_and_asked_about_at_once(db, group):
    """Whatever its planned end says: the next one waits for this line, and the answers come while people remember."""
    begins = group.cohort.session(1).starts_at
    early = begins + timedelta(minutes=60)
    on = begin(db, group, 1, at=begins)
    assert [news.weeks(db, who, group.cohort.id, at=early) for who in (group.members[0], group.facilitator)] == [(), ()]

    run_sheets.end(db, group.facilitator, on.session_id, version=on.version, at=early, is_connected=lambda _: False)

    for who in (group.members[0], group.facilitator):
        (week,) = news.weeks(db, who, group.cohort.id, at=early)
        assert (week.meeting.number, news.is_open(week, early)) == (1, True)
    asked = news.to_answer(db, group.members[0], at=early)
    assert asked is not None
    assert asked[0].opened_at == asked[1].opens_at == early
    assert asked[1].closes_at == window(group.cohort.sessions, 1).closes_at
    ahead = next_session(cohorts.get(db, group.facilitator, group.cohort.id).sessions, early)
    assert ahead is not None
    assert ahead.number == 2
    say(db, group, 1)
    begin(db, group, 2, at=early)


def test_a_vote_outside_the_plan_does_not_leave_the_line_without_a_form(db, group):
    """The gate goes by what took place, so the facilitators' page does, too."""
    an_open_round(db, group.facilitator, group.cohort, 1, at=NOW)
    assert news.to_say_back(db, group.facilitator, group.cohort.session(2).id) == 1

    assert [week.meeting.number for week in news.weeks(db, group.facilitator, group.cohort.id, at=NOW)] == [1]
    assert news.weeks(db, group.members[0], group.cohort.id, at=NOW) == ()


def test_an_end_that_is_taken_back_takes_no_answers_and_the_real_one_does(db, group):
    early = group.cohort.session(1).starts_at + timedelta(minutes=60)
    over = hold(db, group, 1, at=early)
    back = run_sheets.go_back(db, group.facilitator, over.session_id, version=over.version, at=early)
    assert news.to_answer(db, group.members[0], at=early) is None
    later = early + timedelta(minutes=5)

    run_sheets.end(db, group.facilitator, back.session_id, version=back.version, at=later, is_connected=lambda _: False)

    assert news.to_answer(db, group.members[0], at=later)


def test_the_page_begins_with_the_end_of_the_first_session(db, group):
    when = window(group.cohort.sessions, 1)
    before = news.weeks(db, group.members[0], group.cohort.id, at=when.opens_at - timedelta(minutes=1))
    then = news.weeks(db, group.members[0], group.cohort.id, at=when.opens_at)

    assert before == ()
    assert [week.meeting.number for week in then] == [1]


def test_a_line_moves_the_screens_on(db, group):
    phase = cohorts.phase(db, group.members[0], group.cohort.id)
    say(db, group)

    assert cohorts.phase(db, group.members[0], group.cohort.id) == phase + 1


def test_lines_go_with_everything_that_speaks_of_people_when_the_time_is_over(database):
    with write() as db:
        group = a_group(db, 5)
        say(db, group)
    long_after = NOW + timedelta(days=400)
    retention.keep_house(at=long_after)  # warns
    retention.keep_house(at=long_after + timedelta(days=30))

    with write() as db:
        assert db.get_one(CohortRow, group.cohort.id).deleted_at
        assert db.query(NewsLineRow).count() == 0


def test_outcomes_are_the_two_of_the_table():
    assert [str(outcome) for outcome in Outcome] == ["changed", "could not"]
