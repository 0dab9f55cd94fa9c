"""The second after a reveal, in which every phone wants the same: pictures go first, pages come one after the other.

A run of a page costs this process as much as thirty pictures, and Python computes one thing at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mcm_core.live.bus import Bus, bus

EACH = 0.06  # seconds between the pages of two phones, somewhat more than the run of one takes
FIRST = 0.004  # seconds that every connected page puts off the first of them: its picture is out by then
LONGEST = 1.5  # seconds after which nobody waits for pictures any more
CALM = 0.1  # seconds without a picture after which all of them seem to be out


class Rush:
    """Who goes when. For several threads."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus, self._clock = bus, clock
        self._lock = threading.Lock()
        self._free = self._until = self._last = 0.0

    def begins(self) -> None:
        """A round has just been revealed, here or by another process: phones will ask for its picture."""
        self._last = self._clock()
        self._until = self._last + LONGEST

    def turn(self) -> float:
        """A picture goes out: the seconds after which its phone may ask for its page, at a moment of its own."""
        with self._lock:
            self._last = now = self._clock()
            self._free = max(self._free + EACH, now + FIRST * self._bus.connected)
            return self._free - now

    @property
    def is_on(self) -> bool:
        """Whether pictures are going out just now."""
        now = self._clock()
        return now < self._until and now - self._last < CALM


rush = Rush(bus)
