"""Doing things at the same moment, and counting what the database is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from sqlalchemy import event
from sqlalchemy.orm import Session


def race(*actions: Callable[[], object]) -> list[object]:
    """Run the actions at the same moment; each gives its result or the exception that it raised."""
    start = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        start.wait(timeout=10)
        try:
            return action()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@contextmanager
def statements(db: Session) -> Iterator[list[str]]:
    """The SQL that the block sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    db.flush()
    engine = db.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
