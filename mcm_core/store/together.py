"""Many small writes in one transaction: a room that answers at once waits for one fsync, not for one each.

Whoever gets the lead carries out everything that waits by then and commits once. When one of them is refused or has an
accident, nothing of it is kept, and each is carried out again, alone.
Nobody is told that anything is stored before that commit ("group commit", as databases themselves do it for their log).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from mcm_core.store.engine import DatabaseUnavailable, write

T = TypeVar("T")


class _Task(Generic[T]):
    """Something to do in a transaction, and what came of it."""

    def __init__(self, do: Callable[[Session], T]) -> None:
        self.do = do
        self.done = False
        self.error: Exception | None = None
        self.value: T

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self.value


_lead = threading.Lock()
_waiting: list[_Task[Any]] = []


def write_together(do: Callable[[Session], T]) -> T:
    """What `do` returns, once the transaction that it shared with others has been committed.

    Raises what `do` raises, and DatabaseUnavailable when nothing of the transaction was stored.
    """
    task = _Task(do)
    _waiting.append(task)
    with _lead:
        if not task.done:
            _carry_out(_all_waiting())
    return task.outcome()


def _all_waiting() -> list[_Task[Any]]:
    taken = _waiting[:]
    del _waiting[: len(taken)]  # others may have come meanwhile; they stay
    return taken


def _carry_out(tasks: list[_Task[Any]]) -> None:
    try:
        with write() as db:
            for task in tasks:
                task.value = task.do(db)
    except Exception as error:
        if len(tasks) == 1 or isinstance(error, DatabaseUnavailable):
            for task in tasks:
                task.error = error
        else:
            for task in tasks:
                _carry_out([task])
    finally:
        for task in tasks:
            task.done = True
