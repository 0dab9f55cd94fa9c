"""The pulse: a round that opens and closes by itself beside the one in the room, and shows nothing before its close."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Share
from mcm_core.domain.round import Lane, RoundState
from mcm_core.domain.tally import Tally
from mcm_core.services import bags, cohorts, members, my_data, news, pulses, releases, rounds
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AuditRow, RoundRow
from tests.services.people import NOW, a_member
from tests.services.racing import race
from tests.services.stories import (
    a_card,
    a_group,
    a_pulse,
    an_open_round,
    answer_pulse,
    close_pulse,
    connections,
    drop,
    run_round,
)


@pytest.fixture
def group(db):
    return a_group(db, 8)


@pytest.fixture
def when(group):
    return window(group.cohort.sessions, 1)


def the_week(db, group, *, as_=None, at=NOW + timedelta(days=400)):
    return news.weeks(db, as_ or group.facilitator, group.cohort.id, at=at)[-1]


def test_it_opens_by_itself_at_the_end_of_a_session_and_is_there_once(db, group, when):
    assert pulses.settle(db, group.cohort.id, at=when.opens_at - timedelta(seconds=1)) == 0
    assert pulses.due(db, at=when.opens_at) == {group.cohort.id}

    assert pulses.settle(db, group.cohort.id, at=when.opens_at + timedelta(minutes=7)) == 1
    assert pulses.settle(db, group.cohort.id, at=when.opens_at + timedelta(minutes=8)) == 0

    row = db.query(RoundRow).one()
    assert (row.lane, row.state, row.session_id) == (Lane.BETWEEN, RoundState.OPEN, group.cohort.session(1).id)
    assert {row.created_at, row.opened_at} == {when.opens_at}, "its window's moments, not those of anybody's coming"


def test_it_closes_by_itself_and_shows_only_then(db, group, when):
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [4, 4, 3, 3, 3, 2])
    before = the_week(db, group, at=when.closes_at - timedelta(minutes=1))

    assert pulses.settle(db, group.cohort.id, at=when.closes_at - timedelta(minutes=1)) == 0
    shown = close_pulse(db, group, pulse)

    assert before.pictures == {}
    assert shown.state is RoundState.REVEALED
    assert shown.revealed_at == when.closes_at
    after = the_week(db, group)
    assert after.pictures["voice"].current_shares == (Share.FEW, Share.FEW, Share.SOME, Share.SOME)
    assert (after.pictures["voice"].answered, after.pictures["voice"].of) == (6, 8)


def test_the_room_goes_on_voting_while_it_is_open(db, group):
    """The index allows one round in the room, and one pulse for each session: neither is in the way of the other."""
    opened = an_open_round(db, group.facilitator, group.cohort, at=NOW)
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [3])

    assert rounds.on_stage(db, group.members[0], group.cohort.id, at=NOW) == opened
    with pytest.raises(Conflict, match="still under way"):
        an_open_round(db, group.facilitator, group.cohort, at=NOW)
    rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
    assert news.to_answer(db, group.members[1], at=pulse.opened_at)[0] == pulse
    assert news.to_answer(db, group.members[0], at=pulse.opened_at) is None


def test_two_pulses_of_one_session_cannot_be(db, group):
    pulse = a_pulse(db, group)
    row = db.get_one(RoundRow, pulse.id)
    again = {column.name: getattr(row, column.name) for column in RoundRow.__table__.columns}

    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(insert(RoundRow).values(**(again | {"id": "another", "first_id": "another"})))


def test_no_hand_moves_it(db, group):
    pulse = a_pulse(db, group)
    for verb in (rounds.close, rounds.reveal, rounds.open_):
        with pytest.raises(Refused, match="by itself"):
            verb(db, group.facilitator, pulse.id, version=pulse.version, at=NOW)
    close_pulse(db, group, pulse)
    with pytest.raises(Refused, match="by itself"):
        rounds.vote_again(db, group.facilitator, pulse.id, at=NOW)
    card = a_card(pulse.card.instrument, mode=pulse.card.mode)
    with pytest.raises(Refused, match="opens by itself"):
        rounds.draft(db, group.facilitator, group.cohort.session(1).id, card, at=NOW)


def test_it_takes_whole_ballots_once_from_members_of_the_cohort_and_until_its_end(db, group, when):
    pulse = a_pulse(db, group)
    whole = {theme.key: Reading(3) for theme in pulse.card.asked}
    stranger = a_group(db, 5, username="olga", name="Other group")

    answer_pulse(db, group, pulse, [3])
    with pytest.raises(Conflict, match="already answered"):
        answer_pulse(db, group, pulse, [4])
    with pytest.raises(Refused, match="Still to answer"):
        news.answer(db, group.members[1], pulse.id, {"voice": Reading(3)}, {}, at=when.opens_at)
    with pytest.raises(Refused, match="closed"):
        news.answer(db, group.members[1], pulse.id, whole, {}, at=when.closes_at)
    for visitor in (stranger.members[0], group.facilitator):
        with pytest.raises(NotAllowed):
            news.answer(db, visitor, pulse.id, whole, {}, at=when.opens_at)
    room = an_open_round(db, group.facilitator, group.cohort, at=NOW)
    with pytest.raises(Refused, match="closed"):
        news.answer(db, group.members[1], room.id, whole, {}, at=when.opens_at)


def test_no_screen_hears_when_somebody_answers(db, group):
    """In the room every third is told; here people come one by one, over days."""
    pulse, heard = a_pulse(db, group), []
    for place in range(6):
        db.info.clear()
        ballot = {theme.key: Reading(3) for theme in pulse.card.asked}
        news.answer(db, group.members[place], pulse.id, ballot, {}, at=pulse.opened_at)
        heard.append(db.info.get("topics"))

    assert not any(heard)


def test_four_answers_show_nothing_and_twelve_show_numbers(db):
    few, many = a_group(db, 8), a_group(db, 12, username="olga", name="Other group")
    for group, codes in ((few, [3] * 4), (many, [1, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4])):
        pulse = a_pulse(db, group)
        answer_pulse(db, group, pulse, codes)
        close_pulse(db, group, pulse)

    assert not the_week(db, few).pictures["voice"].is_shown
    assert "Fewer than 5" in the_week(db, few).pictures["voice"].withheld
    assert the_week(db, many).pictures["voice"].current == Tally((1, 2, 5, 4))


def test_everybody_alike_is_said_as_all_or_nearly_all(db):
    group = a_group(db, 12)
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [4] * 12)
    close_pulse(db, group, pulse)

    shown = the_week(db, group).pictures["voice"]
    assert shown.current is None
    assert shown.current_shares[3] is Share.NEARLY_ALL


def test_five_of_twenty_are_shown_and_known_to_be_few(db):
    group = a_group(db, 20)
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [1, 2, 2, 3, 3])
    close_pulse(db, group, pulse)

    shown = the_week(db, group).pictures["voice"]
    assert (shown.is_shown, shown.is_of_few, shown.answered, shown.of) == (True, True, 5, 20)


def test_answers_in_words_wait_for_the_facilitator_and_are_shared_with_words_left_out(db, group):
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [3] * 8, texts={"change": "Maria talks fast", "takeaway": "pauses help"})
    assert bags.comments(db, group.facilitator, pulse.id).bodies == ()
    close_pulse(db, group, pulse)
    waiting = bags.comments(db, group.facilitator, pulse.id).bodies
    assert sorted(set(waiting)) == ["Keep, change or pause: Maria talks fast", "Taking away: pauses help"]
    assert the_week(db, group, as_=group.members[0]).comments.bodies == ()
    place = waiting.index("Keep, change or pause: Maria talks fast")

    with pytest.raises(Refused, match="change nothing else"):
        bags.share_comments(db, group.facilitator, pulse.id, [place], edited={place: "All is well"}, at=NOW)
    words = {place: "Keep, change or pause: […] talks fast"}
    bags.share_comments(db, group.facilitator, pulse.id, [place], edited=words, at=NOW)

    assert the_week(db, group, as_=group.members[0]).comments.bodies == tuple(words.values())


def test_words_of_seven_are_read_by_nobody(db, group):
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [3] * 7, texts={"change": "slower"})
    close_pulse(db, group, pulse)

    assert bags.comments(db, group.facilitator, pulse.id).bodies == ()


def test_a_group_of_four_is_told_that_it_could_not_be_anonymous(db):
    group = a_group(db, 4)
    assert pulses.settle(db, group.cohort.id, at=when_of(group).opens_at) == 0

    week = the_week(db, group, at=when_of(group).opens_at)
    assert (week.pulse, week.too_few) == (None, 4)
    assert the_week(db, group, at=when_of(group).closes_at).too_few is None

    a_member(db, group.facilitator, group.cohort, "Zoe")
    assert pulses.settle(db, group.cohort.id, at=when_of(group).opens_at) == 1, "with a fifth it is asked"


def when_of(group):
    return window(group.cohort.sessions, 1)


def test_a_session_that_is_moved_moves_the_end_of_the_one_before(db, group, when):
    pulse = a_pulse(db, group)
    later = group.cohort.session(2).starts_local + timedelta(days=6)
    cohorts.move_session(db, group.facilitator, group.cohort.session(2).id, later, 120, at=NOW)
    moved = cohorts.get(db, group.facilitator, group.cohort.id)

    assert pulses.settle(db, group.cohort.id, at=when.closes_at) == 0
    assert window(moved.sessions, 1).closes_at == when.closes_at + timedelta(days=6)
    answer_pulse(db, group, pulse, [3])


def test_nothing_is_asked_of_a_session_that_was_cancelled(db, group, when):
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(1).id, at=NOW)

    assert pulses.settle(db, group.cohort.id, at=when.opens_at) == 0
    assert news.weeks(db, group.facilitator, group.cohort.id, at=when.opens_at) == ()


def test_a_pulse_stays_open_past_a_next_session_that_was_cancelled(db, group, when):
    pulse = a_pulse(db, group)
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(2).id, at=NOW)

    assert pulses.settle(db, group.cohort.id, at=when.closes_at) == 0
    assert pulses.settle(db, group.cohort.id, at=when.closes_at + timedelta(days=7)) == 1
    assert rounds.get(db, group.facilitator, pulse.id).state is RoundState.REVEALED


def test_a_pulse_that_was_open_when_its_session_was_cancelled_is_closed_all_the_same(db, group, when):
    pulse = a_pulse(db, group)
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(1).id, at=when.opens_at)

    pulses.settle(db, group.cohort.id, at=when.closes_at)

    assert rounds.get(db, group.facilitator, pulse.id).state is RoundState.REVEALED


def test_a_late_server_opens_nothing_whose_time_is_over(db, group, when):
    assert pulses.settle(db, group.cohort.id, at=when.closes_at) == 0
    assert db.query(RoundRow).count() == 0


def test_the_log_says_that_the_server_did_it_and_nothing_of_who_answered(database):
    with write() as db:
        group = a_group(db, 8)
        pulse = a_pulse(db, group)
    with write() as db:
        answer_pulse(db, group, pulse, [3] * 8)
    with write() as db:
        close_pulse(db, group, pulse)

    with read() as db:
        rows = db.query(AuditRow).filter_by(about=pulse.id).order_by(AuditRow.number)
        assert [(row.actor, row.deed) for row in rows] == [("server", "round opened"), ("server", "round revealed")]


def test_two_weeks_that_differ_by_one_person_are_not_both_shown(db, group):
    """The differencing guard holds from one pulse to the next: one more comes, nothing else moves, no picture."""
    first = a_pulse(db, group, 1)
    answer_pulse(db, group, first, [1, 2, 2, 2, 3, 3, 3])
    close_pulse(db, group, first)
    second = a_pulse(db, group, 2)
    answer_pulse(db, group, second, [1, 2, 2, 2, 3, 3, 3, 4])
    closed = close_pulse(db, group, second)

    assert not releases.of_round(db, group.members[0], closed)["voice"].is_shown


def test_my_data_says_that_i_took_part_and_erasing_somebody_leaves_the_count(db, group):
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [3] * 6)
    took_part = my_data.everything(db, group.members[0], at=NOW).took_part
    members.remove(db, group.facilitator, group.members[5].member_id, at=NOW)
    close_pulse(db, group, pulse)

    assert took_part == ("Session 1: News and views",)
    assert the_week(db, group).pictures["voice"].answered == 6


def test_histories_put_what_is_asked_in_the_room_first_and_leave_other_anonymous_rounds_out(db, group):
    safety = pulses.instruments.offered()["safety_checkin"]
    for number in (1, 2):
        card = a_card(safety, mode=bags.Mode.ANONYMOUS)
        opened = an_open_round(db, group.facilitator, group.cohort, number, card=card)
        drop(db, opened, group.members, [(code, None) for code in (2, 2, 3, 3, 3, 4, 4, number)])
        closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
        rounds.reveal(db, group.facilitator, opened.id, version=closed.version, at=NOW)
    other = a_card(connections(), themes=["tools"], mode=bags.Mode.ANONYMOUS)
    opened = an_open_round(db, group.facilitator, group.cohort, 3, card=other)
    drop(db, opened, group.members, [(3, 3)] * 8)
    rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
    run_after = db.get_one(RoundRow, opened.id)
    rounds.reveal(db, group.facilitator, opened.id, version=run_after.version, at=NOW)
    pulse = a_pulse(db, group)
    answer_pulse(db, group, pulse, [3] * 5)
    close_pulse(db, group, pulse)

    found = news.histories(db, group.members[0], group.cohort.id)

    asked = [(one.instrument.key, one.theme.key, sorted(one.releases)) for one in found]
    assert asked == [
        ("safety_checkin", "this_space", [1, 2]),
        ("news_and_views", "voice", [1]),
        ("news_and_views", "safe_enough", [1]),
        ("news_and_views", "pace", [1]),
    ]


# ------------------------------------------------------------------------------------------- at once


def test_many_servers_open_and_close_it_once(database):
    with write() as db:
        group = a_group(db, 8)
    when = window(group.cohort.sessions, 1)

    opened = race(*[lambda: pulses.keep_house(at=when.opens_at)] * 4)
    with write() as db:
        answer_pulse(db, group, the_week(db, group).pulse, [3] * 6)
    closed = race(*[lambda: pulses.keep_house(at=when.closes_at)] * 4)

    assert (sum(opened), sum(closed)) == (1, 1)
    with read() as db:
        assert the_week(db, group).pictures["voice"].answered == 6


def test_an_answer_that_meets_the_close_is_counted_or_refused(database):
    with write() as db:
        group = a_group(db, 8)
        pulse = a_pulse(db, group)
        answer_pulse(db, group, pulse, [3] * 5)
    when = window(group.cohort.sessions, 1)
    ballot = {theme.key: Reading(3) for theme in pulse.card.asked}

    def send(member):
        def once():
            with write() as db:
                news.answer(db, member, pulse.id, ballot, {}, at=when.closes_at - timedelta(seconds=1))

        return once

    outcomes = race(lambda: pulses.keep_house(at=when.closes_at), *(send(one) for one in group.members[5:]))

    assert all(outcome in (None, 1) or isinstance(outcome, Refused) for outcome in outcomes)
    with read() as db:
        assert the_week(db, group).pictures["voice"].answered == 5 + outcomes.count(None)


def test_confidential_rounds_of_the_same_session_are_as_they_were(db, group):
    a_pulse(db, group)
    shown = run_round(
        db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 8, card=a_card(themes=["tools"])
    )

    assert releases.of_round(db, group.facilitator, shown)["tools"].current == Tally((0, 8, 0, 0))
