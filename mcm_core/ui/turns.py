"""Few pages are drawn at a time.

Python computes one thing at a time, and hands over every five milliseconds. Forty pages drawn side by side each wait
for thirty-nine others at every step, also while they hold the database, and the taps of those who vote wait with them.
In turn, the first page is there at once and the last one is no later. And while the pictures of a reveal go out, which
cost next to nothing, all pages let them go first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mcm_core.live.rush import rush

_DRAWING = threading.BoundedSemaphore(3)  # one computes while others wait for the database
LOOK = 0.02  # seconds


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait until this page may be drawn; the next may when this block ends."""
    with _DRAWING:
        while rush.is_on:
            time.sleep(LOOK)
        yield


def pictures_first() -> None:
    """A round has been revealed: have pages wait for its pictures from now on, as phones ask for them in a moment."""
    rush.begins()
