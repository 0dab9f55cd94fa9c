"""What a member is told of last time, and the relationship that a reading is about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import Refused
from mcm_core.domain.reading import Reading
from mcm_core.services import focuses, readings, rounds
from mcm_core.store.tables import ReadingRow
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    connections,
    during,
    run_round,
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


def test_a_relationship_is_chosen_first(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="Choose first which relationship"):
        readings.cast(db, group.members[0], opened.id, "tools", Reading(2, 3), at=NOW)

    assert stored(db, opened) == []


def test_last_time_is_told_only_after_answering_this_time(db, group, ada):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = an_open_round(db, group.facilitator, group.cohort, 2)

    before = readings.last_time(db, ada, opened.id).get("tools")
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)
    after = readings.last_time(db, ada, opened.id).get("tools")

    assert before is None
    assert (after.current, after.desired) == (1, 3)


def test_last_time_is_the_latest_time(db, group, ada):
    for number, now in ((1, 1), (2, 2), (3, 3)):
        run_round(db, group.facilitator, group.cohort, group.members[:1], number, [(now, 4)])
    opened = an_open_round(db, group.facilitator, group.cohort, 4)
    readings.cast(db, ada, opened.id, "tools", Reading(4, 4), at=NOW)

    assert readings.last_time(db, ada, opened.id).get("tools").current == 3


def test_last_time_goes_by_when_people_answered_not_by_when_the_round_was_drafted(db, group, ada):
    """A careful facilitator drafts session 2 first."""
    second = rounds.draft(db, group.facilitator, group.cohort.session(2).id, a_card(), at=NOW)
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = rounds.open_(db, group.facilitator, second.id, version=1, at=during(group.cohort, 2))
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id).get("tools").current == 1


def test_last_time_is_about_the_same_relationship(db, group, ada):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    choose_focus(db, ada, connections(), "the food bank")
    opened = an_open_round(db, group.facilitator, group.cohort, 2)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id).get("tools") is None


@pytest.mark.parametrize("words", [{"lens": "We"}, {"perspective": "organisation"}])
def test_last_time_is_about_the_same_question(db, group, ada, words):
    run_round(db, group.facilitator, group.cohort, group.members[:1], 1, [(1, 3)])
    opened = an_open_round(db, group.facilitator, group.cohort, 2, card=a_card(**words))
    readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)

    assert readings.last_time(db, ada, opened.id).get("tools") is None


def test_a_changed_relationship_is_what_later_answers_are_about(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    first = readings.cast(db, ada, opened.id, "tools", Reading(2, 3), at=NOW)
    food_bank = choose_focus(db, ada, connections(), "the food bank")
    second = readings.cast(db, ada, opened.id, "space", Reading(2, 3), at=NOW)
    again = choose_focus(db, ada, connections(), "the food bank")

    assert first.focus != second.focus == food_bank.id == again.id
    assert focuses.mine(db, ada) == food_bank


def test_coming_back_to_a_relationship_goes_on_with_its_line(db, group):
    member = group.members[0]
    first = choose_focus(db, member, connections(), "outreach calls")
    choose_focus(db, member, connections(), "school visits")

    again = choose_focus(db, member, connections(), "outreach calls")

    assert again == first
    assert focuses.mine(db, member) == first
