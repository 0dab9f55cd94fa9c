"""Two facilitators move a round at the same moment: one wins and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from mcm_core.domain.errors import Conflict, McmError
from mcm_core.domain.round import RoundState, refuse_move
from mcm_core.services import rounds
from mcm_core.store.engine import write
from mcm_core.store.tables import RoundRow
from tests.services.people import NOW
from tests.services.stories import (
    a_card,
    a_group,
    an_open_round,
    answer,
)


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """What each of these returned or raised, all begun at the same moment."""
    line = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        line.wait(10)
        try:
            return verb()
        except McmError as error:
            return error

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [done.result(30) for done in [pool.submit(run, verb) for verb in verbs]]


@pytest.fixture
def two(database):
    """A closed round, and two facilitators who both look at it."""
    with write() as db:
        group = a_group(db)
        other = a_group(db, username="olga", name="Other group")
        an_open_round(db, other.facilitator, other.cohort)
        opened = an_open_round(db, group.facilitator, group.cohort)
        answer(db, opened, group.members, [(2, 3)] * 5, at=NOW)
        return group, rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)


def both_past_the_first_look(monkeypatch, database):
    """On PostgreSQL, where writers do not queue, hold both until each has seen the round as it was."""
    if database.startswith("sqlite"):
        return
    looked = Barrier(2)

    def refuse_and_wait(now, to):
        refuse_move(now, to)
        looked.wait(10)

    monkeypatch.setattr(rounds, "refuse_move", refuse_and_wait)


@pytest.mark.parametrize("verb", [rounds.reveal, rounds.open_])
def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(two, verb, database, monkeypatch):
    group, closed = two
    both_past_the_first_look(monkeypatch, database)

    def press():
        with write() as db:
            return verb(db, group.facilitator, closed.id, version=closed.version, at=NOW)

    first, second = sorted(at_once(press, press), key=lambda outcome: isinstance(outcome, McmError))

    assert not isinstance(first, McmError)
    assert isinstance(second, Conflict)
    with write() as db:
        assert rounds.get(db, group.facilitator, closed.id).version == closed.version + 1


@pytest.mark.parametrize("database", ["on_postgres"], indirect=True)
def test_without_the_version_check_both_would_win(two):
    """The negative control, on the database where two writers really run at once."""
    _, closed = two
    looked = Barrier(2)

    def naive() -> int:
        with write() as db:
            state = db.scalars(select(RoundRow.state).where(RoundRow.id == closed.id)).one()
            refuse_move(RoundState(state), RoundState.REVEALED)
            looked.wait(10)
            moved = text("UPDATE round SET state = 'revealed' WHERE id = :id")
            return db.execute(moved, {"id": closed.id}).rowcount

    assert at_once(naive, naive) == [1, 1]


def test_a_press_on_a_screen_from_before_a_reopening_moves_nothing(two):
    """The state alone would allow it: closed then, closed again now, with other answers."""
    group, closed = two
    with write() as db:
        again = rounds.open_(db, group.facilitator, closed.id, version=closed.version, at=NOW)
        now = rounds.close(db, group.facilitator, closed.id, version=again.version, at=NOW)

    with pytest.raises(Conflict, match="Another facilitator"), write() as db:
        rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=NOW)

    with write() as db:
        assert rounds.get(db, group.facilitator, closed.id) == now
        assert rounds.reveal(db, group.facilitator, closed.id, version=now.version, at=NOW).state == "revealed"


def test_two_drafts_opened_at_once_leave_one_open(database):
    with write() as db:
        group = a_group(db)
        drafts = [rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW) for _ in range(2)]

    def press(drafted):
        with write() as db:
            return rounds.open_(db, group.facilitator, drafted.id, version=drafted.version, at=NOW)

    outcomes = at_once(*[lambda drafted=drafted: press(drafted) for drafted in drafts])

    assert sorted(isinstance(outcome, Conflict) for outcome in outcomes) == [False, True]
