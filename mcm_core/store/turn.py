"""One after the other, in the order in which they came.

SQLite works so anyway, but its own waiting is neither fair nor idle. Nor is a plain lock fair: whoever has just had it
takes it again before a waiting thread wakes up, and with forty writers the last one waited for seconds.

Between the processes of one machine nobody knows who came first. But SQLite lets one that has waited long look again
but ten times a second, and in between the others go ahead of it; here all look equally often.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mcm_core.store.locks import held

LOOK = 0.001  # seconds between two looks whether another process has finished


class Waited(Exception):
    """Others took too long."""


class Turn:
    """A block that one thread at a time may be in, as often as it likes. Raises Waited after so many seconds.

    `among` is the file by which several processes know each other; in `writing` only one thread of all of them is.
    """

    def __init__(self, patience: float, among: Path | None = None) -> None:
        self._patience, self._among = patience, among
        self._writing = False
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

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Its turn in this process, and then among all."""
        with self, ExitStack() as stack:
            if self._among and not self._writing:
                with suppress(OSError):  # a folder that takes no file: SQLite's own waiting does
                    self._before_the_others(stack, self._among)
            yield

    def _before_the_others(self, stack: ExitStack, file: Path) -> None:
        until = time.monotonic() + self._patience
        while not stack.enter_context(held(file)):
            stack.close()
            if time.monotonic() > until:
                raise Waited
            time.sleep(LOOK)
        self._writing = True
        stack.callback(self._is_done)

    def _is_done(self) -> None:
        self._writing = False
