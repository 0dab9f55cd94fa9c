"""Whose pages are connected to this process just now. Kept in memory alone, and for no longer than it lasts."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable

LINGER = 8.0  # seconds: a page that is only loaded anew, or a stream that is opened again, was never away
WHO, WHERE, TOLD = "visitor:", "phase:", "here:"


class Presence:
    """Counts the open streams of each sign-in, and tells `here:<cohort>` when somebody comes or has gone.

    Works on the event loop; `is_here` may be asked from any thread.
    """

    def __init__(self, tell: Callable[[Iterable[str]], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._open: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def is_here(self, sign_in: str) -> bool:
        """Whether a page of this sign-in is connected, or was a moment ago."""
        return self._open[sign_in] > 0 or self._until.get(sign_in, 0.0) > self._clock()

    def came(self, topics: Iterable[str]) -> None:
        """A stream that follows these topics has begun."""
        who, where = _read(topics)
        new = [one for one in who if not self.is_here(one)]
        self._open.update(who)
        if new:
            self._tell(where)

    def went(self, topics: Iterable[str]) -> None:
        """It has ended."""
        who, where = _read(topics)
        for one in who:
            self._open[one] -= 1
            if not self._open[one]:
                del self._open[one]
                self._until[one] = self._clock() + LINGER
                asyncio.get_running_loop().call_later(LINGER, self._has_gone, one, where)

    def _has_gone(self, one: str, where: list[str]) -> None:
        if self._until.get(one, 0.0) > self._clock():
            return  # came and went again meanwhile: asked once more later
        self._until.pop(one, None)
        if not self._open[one]:
            self._tell(where)


def _read(topics: Iterable[str]) -> tuple[list[str], list[str]]:
    """The sign-ins among these topics, and whom to tell of them."""
    given = list(topics)
    who = [topic.removeprefix(WHO) for topic in given if topic.startswith(WHO)]
    return who, [TOLD + topic.removeprefix(WHERE) for topic in given if topic.startswith(WHERE)]
