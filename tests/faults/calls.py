"""The nth call to a database fails, for every n: what is left behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import event, make_url
from sqlalchemy.exc import OperationalError

from mcm_core.store import engine as store

Do = Callable[[], object]
CALLS_MAX = 1000


@dataclass
class Tried:
    """What the failures left behind. `calls` is how many calls to the database the deed took in the end."""

    calls: int = 0
    partial: list[str] = field(default_factory=list)
    result: object = None


@contextmanager
def failing(number: int, address: str | None = None) -> Iterator[list[str]]:
    """Have the nth call to the database fail, a commit being one; the calls that were made."""
    made: list[str] = []

    def call(what: str) -> None:
        made.append(what)
        if len(made) == number:
            raise OperationalError(what, {}, sqlite3.OperationalError("disk I/O error"))

    def execute(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        call(statement)

    def commit(_connection: object) -> None:
        call("COMMIT")

    engine = store.engine(address or store.database_url())
    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    try:
        yield made
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)


def at_every_call(do: Do, *, again: Callable[[], object] | None = None, every: int = 1) -> Tried:
    """Do it with the first call failing, with the second (or `every` so many), and so on, until none is left to fail.

    Where somebody makes up for a failure and goes on, `again` puts everything back to what it was; without it that is
    noted as partial.
    """
    file = Path(make_url(store.database_url()).database or "")
    tried, told = Tried(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_listeners", [told.append])
        for number in range(1, CALLS_MAX, every):
            before = file.read_bytes()
            with failing(number) as made:
                try:
                    tried.result = do()
                except store.DatabaseUnavailable:
                    if file.read_bytes() != before or told:
                        tried.partial.append(f"call {number}, {made[-1].split()[0]}: told {told}")
                    continue
            if len(made) < number:
                tried.calls = len(made)
                return tried
            if again is None:
                tried.partial.append(f"call {number}, {made[number - 1].split()[0]}: went on without it")
                return tried
            again()
    raise AssertionError(f"more than {CALLS_MAX} calls")
