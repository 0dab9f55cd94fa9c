"""What is stored of a ballot, who may send one, and what the sender is told."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select

from mcm_core.domain.errors import Refused
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.services import instruments, readings, rounds
from mcm_core.store import engine as store
from mcm_core.store.engine import write
from mcm_core.store.tables import ReadingRow
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
    choose_focus,
    close_and_reveal,
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


def test_an_answer_is_stored_and_returned_as_stored(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    saved = readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)

    assert (saved.current, saved.desired, saved.saved_at) == (2, 4, NOW)
    assert readings.mine(db, ada, opened.id) == {"tools": saved}


def test_answering_again_updates_and_never_duplicates(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    for pair in ((1, None), (1, 2), (3, 2)):
        readings.cast(db, ada, opened.id, "tools", Reading(*pair), at=NOW)

    assert stored(db, opened) == [("tools", 3, 2)]


def test_an_answer_after_the_close_is_refused_and_nothing_is_stored(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    readings.cast(db, ada, opened.id, "tools", Reading(2, 4), at=NOW)
    closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)

    for theme in ("tools", "space"):
        with pytest.raises(Refused, match=r"closed, so this last answer was not saved\. Earlier answers are safe"):
            readings.cast(db, ada, closed.id, theme, Reading(1, 1), at=NOW)

    assert stored(db, opened) == [("tools", 2, 4)]


def test_whoever_was_told_saved_is_stored_when_the_round_closes_under_their_thumb(database):
    """Five phones answer while the facilitator closes: what was said to be saved is, and nothing else is."""
    with write() as db:
        group = a_group(db)
        opened = an_open_round(db, group.facilitator, group.cohort)
        for member in group.members:
            choose_focus(db, member, connections())
    told: list[tuple[str, str]] = []

    def vote(member):
        for theme in opened.card.asked:
            try:
                with write() as db:
                    readings.cast(db, member, opened.id, theme.key, Reading(2, 3), at=NOW)
            except Refused:
                return
            told.append((member.member_id, theme.key))

    voters = [Thread(target=vote, args=(member,)) for member in group.members]
    for voter in voters:
        voter.start()
    with write() as db:
        rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
    for voter in voters:
        voter.join(30)

    with write() as db:
        rows = db.execute(select(ReadingRow.member_id, ReadingRow.theme).where(ReadingRow.round_id == opened.id))
        assert sorted(map(tuple, rows)) == sorted(told)


@pytest.mark.parametrize("pair", [(5, 2), (0, 2), (-4, None), (2, 5), (2, 0), (99, 99)])
def test_a_level_that_does_not_exist_is_refused(db, group, ada, pair):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="That level does not exist here, so nothing was saved"):
        readings.cast(db, ada, opened.id, "tools", Reading(*pair), at=NOW)

    assert stored(db, opened) == []


@pytest.mark.parametrize("theme", ["space", "weather", ""])
def test_a_theme_that_is_not_asked_is_refused(db, group, ada, theme):
    opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]))

    with pytest.raises(Refused, match="not part of this round"):
        readings.cast(db, ada, opened.id, theme, Reading(2, 3), at=NOW)


def test_a_hope_needs_a_now(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    with pytest.raises(Refused, match="Say first where it is now"):
        readings.cast(db, ada, opened.id, "tools", Reading(None, 3), at=NOW)


@pytest.mark.parametrize("now", [NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS])
def test_no_hope_is_kept_where_none_is_asked(db, group, ada, now):
    opened = an_open_round(db, group.facilitator, group.cohort)

    saved = readings.cast(db, ada, opened.id, "tools", Reading(now, 3), at=NOW)

    assert (saved.current, saved.desired) == (now, None)


def test_easing_back_is_accepted(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)

    assert readings.cast(db, ada, opened.id, "tools", Reading(3, 2), at=NOW).eases_back


def test_an_instrument_of_one_question_stores_one_answer(db, group, ada):
    card = a_card(instruments.offered()["participation"])
    opened = an_open_round(db, group.facilitator, group.cohort, card=card)

    with pytest.raises(Refused, match="one question only"):
        readings.cast(db, ada, opened.id, "taking_part", Reading(2, 3), at=NOW)
    saved = readings.cast(db, ada, opened.id, "taking_part", Reading(2), at=NOW)

    assert saved == Reading(2, None, NOW, focus=None)


def test_the_turnout_counts_finished_ballots_and_people_here(db, group):
    opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools", "space"]), at=NOW)
    ballots = [
        (2, 3),
        {"tools": (2, 3)},
        {"tools": (2, 3), "space": (2, None)},
        {"tools": (NonAnswer.PASS, None), "space": (NonAnswer.NOT_SURE, 3)},
        None,
    ]
    answer(db, opened, group.members, ballots, at=NOW)

    assert readings.turnout(db, group.members[4], opened.id, at=NOW) == readings.Turnout(complete=2, here=5)
    tomorrow = readings.turnout(db, group.facilitator, opened.id, at=NOW + timedelta(days=1))
    assert tomorrow == readings.Turnout(complete=2, here=2)


def test_only_a_finished_ballot_is_announced_and_only_to_the_cohort_and_after_the_commit(database, monkeypatch):
    heard: list[frozenset[str]] = []
    with write() as db:
        group = a_group(db)
        opened = an_open_round(db, group.facilitator, group.cohort)
        choose_focus(db, group.members[0], connections())
    monkeypatch.setattr(store, "_listeners", [heard.append])

    for pair in ((2, None), (2, 3)):
        with write() as db:
            readings.cast(db, group.members[0], opened.id, "tools", Reading(*pair), at=NOW)
            inside = list(heard)

    assert inside == []
    assert heard == [frozenset({f"count:{group.cohort.id}"})]


def test_two_phones_of_one_member_leave_one_answer(database):
    with write() as db:
        group = a_group(db, 1)
        opened = an_open_round(db, group.facilitator, group.cohort)
        choose_focus(db, group.members[0], connections())

    def tap(level):
        for _ in range(5):
            with write() as db:
                readings.cast(db, group.members[0], opened.id, "tools", Reading(level, level), at=NOW)

    phones = [Thread(target=tap, args=(level,)) for level in (1, 4)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join(30)

    with write() as db:
        assert db.scalar(select(func.count()).select_from(ReadingRow)) == 1
        reading = readings.mine(db, group.members[0], opened.id)["tools"]
        assert reading.current == reading.desired


def test_a_revealed_round_takes_no_answer(db, group, ada):
    opened = an_open_round(db, group.facilitator, group.cohort)
    revealed = close_and_reveal(db, group.facilitator, opened, at=NOW)

    with pytest.raises(Refused, match="Voting has closed"):
        readings.cast(db, ada, revealed.id, "tools", Reading(2, 3), at=NOW)
