"""Who may send a ballot and read it again: its member, and nobody else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.reading import Reading
from mcm_core.services import focuses, members, readings
from mcm_core.services import visitors as visitor_service
from mcm_core.store.tables import ReadingRow
from tests.services.people import NOW, signed_in
from tests.services.stories import (
    a_group,
    an_open_round,
    answer,
    choose_focus,
    connections,
)


@pytest.fixture
def group(db):
    return a_group(db)


@pytest.fixture
def ada(group, db):
    """A member who has said which relationship they have in mind."""
    choose_focus(db, group.members[0], connections())
    return group.members[0]


@pytest.fixture(autouse=True)
def noise(request):
    """Another cohort in the middle of voting."""
    if "db" not in request.fixturenames:
        return None
    db = request.getfixturevalue("db")
    other = a_group(db, username="olga", name="Other group")
    opened = an_open_round(db, other.facilitator, other.cohort)
    answer(db, opened, other.members, [(4, 4)] * 5, at=opened.opened_at)
    return other, opened


def stored(db, round_):
    """Every stored answer of a round as (theme, current, desired)."""
    rows = select(ReadingRow.theme, ReadingRow.current, ReadingRow.desired).where(ReadingRow.round_id == round_.id)
    return [tuple(row) for row in db.execute(rows)]


def test_another_cohorts_round_takes_no_answer(db, group, ada, noise):
    other, others_round = noise
    before = stored(db, others_round)

    for who in (ada, group.facilitator, other.facilitator):
        with pytest.raises(NotAllowed):
            readings.cast(db, who, others_round.id, "tools", Reading(1, 1), at=NOW)
    with pytest.raises(NotAllowed):
        readings.cast(db, ada, "no such round", "tools", Reading(1, 1), at=NOW)

    assert stored(db, others_round) == before


def test_nobody_reads_another_members_answers(db, group, noise):
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, group.members, [(1, 2), None, (3, 4), None, None], at=NOW)
    other, _ = noise

    for who in (group.members[1], group.facilitator, other.members[0], other.facilitator):
        with suppress(NotAllowed):
            assert readings.mine(db, who, opened.id) == {}
    assert {reading.current for reading in readings.mine(db, group.members[0], opened.id).values()} == {1}


def test_a_second_phone_reads_nothing_until_it_is_let_in(db, group):
    """A personal link that was used before may be in somebody else's hands."""
    ada = group.members[0]
    opened = an_open_round(db, group.facilitator, group.cohort)
    answer(db, opened, [ada], [(1, 2)], at=NOW)
    link = members.link_token(db, group.facilitator, ada.member_id, at=NOW)
    joined = members.join_by_link(db, link, browser_token=None, at=NOW)
    phone = signed_in(db, joined.token)

    assert joined.waiting
    for verb in (
        lambda: readings.mine(db, phone, opened.id),
        lambda: readings.cast(db, phone, opened.id, "tools", Reading(4, 4), at=NOW),
        lambda: readings.last_time(db, phone, opened.id),
        lambda: readings.turnout(db, phone, opened.id, at=NOW),
        lambda: focuses.mine(db, phone),
        lambda: choose_focus(db, phone, connections(), "calls"),
    ):
        with pytest.raises(NotAllowed):
            verb()

    (knock,) = members.at_the_door(db, group.facilitator, group.cohort.id, at=NOW)
    members.let_in(db, group.facilitator, knock.id, ada.member_id, at=NOW)
    assert readings.mine(db, phone, opened.id) == readings.mine(db, ada, opened.id)


def test_somebody_elses_visitor_value_proves_nothing(db, group, ada):
    """A visitor is what a cookie said; every verb asks the database again."""
    opened = an_open_round(db, group.facilitator, group.cohort)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)
    forged = replace(group.members[1], member_id=ada.member_id)

    assert readings.mine(db, forged, opened.id) == {}
    visitor_service.leave(db, "not a token")
    with pytest.raises(NotAllowed):
        readings.mine(db, replace(ada, sign_in="made up"), opened.id)
