"""Looking back over the sessions: one's own readings, the cohort's pictures, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import instruments, journeys, members, rounds
from mcm_core.store.engine import engine, read, write
from tests.services.people import NOW, signed_in
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    close_and_reveal,
    connections,
    run_round,
    six_sessions,
)


@pytest.fixture
def group(db):
    return a_group(db, 6)


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort with pictures of its own, all at Embedded."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    for number in (1, 2, 3):
        run_round(db, other.facilitator, other.cohort, other.members, number, [(4, 4)] * 5)
    return other


def play(db, group, number, ballots, **options):
    return run_round(db, group.facilitator, group.cohort, group.members, number, ballots, **options)


def vote_again(db, group, first, ballots):
    at = first.revealed_at + timedelta(minutes=10)
    again = rounds.vote_again(db, group.facilitator, first.id, at=at)
    answer(db, again, group.members, ballots, at=at)
    close_and_reveal(db, group.facilitator, again, at=at)


def told(series):
    """A theme's lines as (session, now, hoped for) by line."""
    return [[(p.session_number, p.reading.current, p.reading.desired) for p in line.points] for line in series]


def test_a_journey_is_ones_own_readings_in_order_of_the_sessions(db, group):
    for number in (1, 2, 3):
        play(db, group, number, [(number, 4)] + [(1, 1)] * 5)

    (mine,) = journeys.mine(db, group.members[0])

    assert set(mine.series) == {theme.key for theme in connections().themes}
    assert told(mine.series["tools"]) == [[(1, 1, 4), (2, 2, 4), (3, 3, 4)]]
    assert mine.latest()["safety"].current == 3
    assert mine.question.title == "The Meaningful Connections Model · I · service user"


def test_nobody_has_anybody_elses_readings(db, group, noise):
    play(db, group, 1, [(1, 2), (3, 3), None, None, None, None])

    own = [told(journeys.mine(db, who)[0].series["tools"]) for who in group.members[:2]]

    assert own == [[[(1, 1, 2)]], [[(1, 3, 3)]]]
    assert journeys.mine(db, group.members[2]) == ()
    for who in (group.facilitator, noise.facilitator):
        with pytest.raises(NotAllowed):
            journeys.mine(db, who)


def test_a_second_phone_has_no_journey_until_it_is_let_in(db, group):
    play(db, group, 1, [(1, 2)] * 6)
    link = members.link_token(db, group.facilitator, group.members[0].member_id, at=NOW)
    phone = signed_in(db, members.join_by_link(db, link, browser_token=None, at=NOW).token)

    for verb in (lambda: journeys.mine(db, phone), lambda: journeys.ours(db, phone, group.cohort.id)):
        with pytest.raises(NotAllowed):
            verb()


def test_an_absence_is_a_gap_and_never_the_last_value(db, group):
    play(db, group, 1, [(1, 4)] * 6)
    play(db, group, 2, [None] * 6)
    play(db, group, 3, [(2, 4)] * 6)

    (mine,) = journeys.mine(db, group.members[0])

    assert told(mine.series["tools"]) == [[(1, 1, 4), (3, 2, 4)]]


def test_another_relationship_starts_a_new_line(db, group):
    play(db, group, 1, [(3, 4)] * 6)
    choose_focus(db, group.members[0], connections(), "the food bank")
    play(db, group, 2, [(1, 4)] * 6)

    (mine,) = journeys.mine(db, group.members[0])

    assert told(mine.series["tools"]) == [[(1, 3, 4)], [(2, 1, 4)]]
    assert [line.focus_label for line in mine.series["tools"]] == ["outreach calls", "the food bank"]


def test_of_several_votes_in_a_session_the_last_one_counts(db, group):
    first = play(db, group, 1, [(1, 2)] * 6)
    vote_again(db, group, first, [(2, 3)] * 6)

    (mine,) = journeys.mine(db, group.members[0])
    (ours,) = journeys.ours(db, group.members[0], group.cohort.id)

    assert told(mine.series["tools"]) == [[(1, 2, 3)]]
    assert ours.releases["tools"][1].attempt == 2
    assert ours.sessions == (1,)


def test_a_vote_that_stays_closed_does_not_hide_the_one_before(db, group):
    first = run_round(db, group.facilitator, group.cohort, group.members[:5], 1, [(1, 2)] * 5)
    vote_again(db, group, first, [(2, 3)] * 6)

    (ours,) = journeys.ours(db, group.facilitator, group.cohort.id)

    assert ours.releases["tools"][1].attempt == 1


def test_other_questions_are_other_journeys_the_fullest_first(db, group, monkeypatch):
    play(db, group, 1, [(1, 2)] * 6, card=a_card(lens="We"))
    for number in (2, 3):
        play(db, group, number, [(2, 3)] * 6)
    play(db, group, 4, [(1, None)] * 6, card=a_card(instruments.offered()["participation"]))

    mine = journeys.mine(db, group.members[0])
    ours = journeys.ours(db, group.members[0], group.cohort.id)

    titles = ["The Meaningful Connections Model · I", "The Meaningful Connections Model · We", "Participation"]
    assert [one.question.title.removesuffix(" · service user") for one in mine] == titles
    assert [one.question.title.removesuffix(" · service user") for one in ours] == titles


def test_ours_is_the_cohorts_and_nobody_elses(db, group, noise):
    play(db, group, 1, [(1, 2)] * 6)

    (ours,) = journeys.ours(db, group.facilitator, group.cohort.id)

    assert {of[1].current.levels for of in ours.releases.values()} == {(6, 0, 0, 0)}
    for who in (noise.facilitator, noise.members[0]):
        with pytest.raises(NotAllowed):
            journeys.ours(db, who, group.cohort.id)


def test_ours_has_nothing_of_a_round_that_is_not_revealed(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members, [(1, 2)] * 6, at=NOW)

    assert journeys.ours(db, group.facilitator, group.cohort.id) == ()
    assert len(journeys.mine(db, group.members[0])) == 1


@contextmanager
def counting(address: str) -> Iterator[list[str]]:
    """The SQL statements sent inside the block."""
    sent: list[str] = []

    def hear(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(engine(address), "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(engine(address), "before_cursor_execute", hear)


def test_looking_back_costs_the_same_number_of_queries_at_any_size(database):
    with write() as db:
        small, large = a_group(db, 5), a_group(db, 12, username="olga", name="Large group")
        run_round(db, small.facilitator, small.cohort, small.members, 1, [(1, 2)] * 5)
        six_sessions(db, large)
    instruments.stored.__globals__["_parsed"].clear()

    costs = []
    for group in (small, large):
        for look in (
            lambda db, group=group: journeys.mine(db, group.members[0]),
            lambda db, group=group: journeys.ours(db, group.facilitator, group.cohort.id),
        ):
            with read() as db:
                look(db)  # an instrument is read once and kept
            with counting(database) as sent, read() as db:
                assert look(db)
            costs.append(len([one for one in sent if one.startswith("SELECT")]))

    assert costs == [4, 2, 4, 2]
