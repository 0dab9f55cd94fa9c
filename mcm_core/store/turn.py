"""One after the other, in the order in which they came.

SQLite works so anyway, but its own waiting is neither fair nor idle. Nor is a plain lock fair: whoever has just had it
takes it again before a waiting thread wakes up, and with forty writers the last one waited for seconds.
"""

from __future__ import annotations

import threading
from collections import deque


class Waited(Exception):
    """Others took too long."""


class Turn:
    """A block that one thread at a time may be in, as often as it likes. Raises Waited after so many seconds."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._queue: deque[tuple[int, threading.Lock]] = deque()
        self._changing = threading.Lock()
        self._whose: int | None = None
        self._depth = 0  # one thread may read inside its own write

    def __enter__(self) -> None:
        me, called = threading.get_ident(), threading.Lock()
        with self._changing:
            if self._whose in (None, me):
                self._whose, self._depth = me, self._depth + 1
                return
            called.acquire()
            self._queue.append((me, called))
        if not called.acquire(timeout=self._patience):
            self._give_up(me, called)

    def _give_up(self, me: int, called: threading.Lock) -> None:
        with self._changing:
            if self._whose != me:  # else it was called in this very moment
                self._queue.remove((me, called))
                raise Waited

    def __exit__(self, *_error: object) -> None:
        with self._changing:
            self._depth -= 1
            if self._depth:
                return
            self._whose = None
            if self._queue:
                self._whose, called = self._queue.popleft()
                self._depth = 1
                called.release()
