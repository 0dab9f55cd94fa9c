"""Writes that share a transaction: fewer commits, and nobody's trouble is somebody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.store import engine as store
from mcm_core.store import together
from mcm_core.store.tables import CohortRow
from mcm_core.store.together import write_together

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def add(number: int) -> Callable[[Session], int]:
    def do(db: Session) -> int:
        db.add(CohortRow(name="Ours", time_zone="UTC", code=f"{number:08}", threshold=5, created_at=NOW))
        db.flush()
        return number

    return do


def at_once(tasks: list[Callable[[Session], int]]) -> list[object]:
    """The outcome of every task: all of them come while another one holds the lead."""
    outcomes: list[object] = [None] * len(tasks)

    def run(place: int) -> None:
        try:
            outcomes[place] = write_together(tasks[place])
        except Exception as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tasks))]
    with together._lead:
        for thread in threads:
            thread.start()
        while len(together._waiting) < len(tasks):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    return outcomes


def stored() -> int:
    with store.read() as db:
        return db.scalar(select(func.count()).select_from(CohortRow)) or 0


def test_twenty_at_once_are_stored_by_one_commit(database: str) -> None:
    commits: list[int] = []
    event.listen(store.engine(store.database_url()), "commit", lambda _connection: commits.append(1))

    outcomes = at_once([add(number) for number in range(20)])
    together_took = len(commits)
    for number in range(20, 40):  # one after the other, each pays for its own
        write_together(add(number))

    assert outcomes == list(range(20))
    assert (together_took, len(commits)) == (1, 21)
    assert stored() == 40


def test_what_one_is_refused_is_undone_alone(database: str) -> None:
    def refused(db: Session) -> int:
        add(99)(db)
        raise Refused("Not this one.")

    outcomes = at_once([add(1), refused, add(2)])

    assert [str(outcome) for outcome in outcomes] == ["1", "Not this one.", "2"]
    assert stored() == 2


def test_an_accident_of_one_costs_the_others_nothing(database: str) -> None:
    outcomes = at_once([add(1), add(1), add(2)])  # the code is taken: the database itself protests

    assert sorted(isinstance(outcome, int) for outcome in outcomes) == [False, True, True]
    assert stored() == 2


def test_nobody_is_told_that_it_is_stored_when_the_commit_fails(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_session: Session) -> None:
        raise store.DatabaseUnavailable("The disk is full.")

    event.listen(Session, "before_commit", fails)
    try:
        outcomes = at_once([add(1), add(2)])
    finally:
        event.remove(Session, "before_commit", fails)

    assert [str(outcome) for outcome in outcomes] == ["The disk is full."] * 2
    assert stored() == 0


def test_topics_of_all_are_told_after_the_commit(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[frozenset[str]] = []
    monkeypatch.setattr(store, "_listeners", [told.append])

    def announcing(number: int) -> Callable[[Session], int]:
        def do(db: Session) -> int:
            store.announce(db, f"count:{number}")
            return add(number)(db)

        return do

    at_once([announcing(1), announcing(2)])

    assert told == [frozenset({"count:1", "count:2"})]
