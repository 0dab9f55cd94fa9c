"""Who listens to which topic. One per process; what travels is only "something changed". On PostgreSQL the other
processes' changes come in through store/signals.py.

Topics by audience: `phase:<cohort>` for everybody in it, at once; `count:<cohort>` for facilitator and room screens,
at most four a second; `topics:<cohort>` for everybody in it, when its board of topics changes; `notes:<cohort>` for
everybody in it and its guests, when a note is changed or taken from its readers; `door:<cohort>` and
`here:<cohort>` (presence.py) for facilitators; `visitor:<sign-in>` for one browser; `mine:<member>` for the phones of
one member.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress

from mcm_core.live.presence import Presence

COALESCE = 0.25  # seconds between two signals of one stream
BEAT = 30.0  # seconds after which a quiet stream says its number again


class Signal(asyncio.Event):
    """Something has changed for one stream: `since` when that waits to be told, and whether it is the end of it."""

    since: float | None = None
    ends = False


class Bus:
    """Signals from worker threads to the event loop's streams. `on_told` hears how long each has waited, in seconds."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Signal]] = defaultdict(set)
        self._sequence: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._open = 0
        self._first = secrets.randbelow(2**48)  # two processes, or two starts, never say the same number by chance
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self.presence = Presence(self.publish)
        self.on_told: Callable[[float], None] | None = None

    def start(self) -> None:
        """Remember the running loop; signals before this are lost, as nobody can be listening yet."""
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()

    def stop(self) -> None:
        """End every stream, so that the server can stop at once."""
        self._closing.set()
        for streams in self._streams.values():
            for signal in streams:
                signal.set()

    def end(self, topic: str) -> None:
        """End every stream that follows this topic. A page that is still there opens a new one."""
        for signal in self._streams.get(topic, ()):
            signal.ends = True
            signal.set()

    def sequence(self, topics: Iterable[str]) -> int:
        """A number that goes up with every change of these topics. Read it before the data that you draw."""
        return self._first + sum(self._sequence[topic] for topic in topics)

    @property
    def connected(self) -> int:
        """How many streams are open just now."""
        return self._open

    def publish(self, topics: Iterable[str]) -> None:
        """Tell the listeners of these topics, from any thread. Never blocks and never raises."""
        changed = tuple(topics)
        with self._counting:
            self._sequence.update(changed)
        self._wake(changed)

    def missed(self) -> None:
        """Tell every listener that something may have changed and nobody heard what. Called on the event loop."""
        self._first += 1
        self._wake(tuple(self._streams))

    def _wake(self, topics: tuple[str, ...]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closing: nobody is left to tell
                self._loop.call_soon_threadsafe(self._set, topics, time.monotonic())

    def _set(self, topics: tuple[str, ...], at: float) -> None:
        for topic in topics:
            for signal in self._streams.get(topic, ()):
                signal.since = signal.since or at
                signal.set()

    def _told(self, signal: Signal) -> None:
        since, signal.since = signal.since, None
        if since and self.on_told:
            self.on_told(time.monotonic() - since)

    async def follow(self, topics: Iterable[str]) -> AsyncIterator[int]:
        """Yield the sequence number at once, after every change (at most one per `COALESCE` s), and each `BEAT`."""
        signal = Signal()
        followed = tuple(topics)
        for topic in followed:
            self._streams[topic].add(signal)
        self._open += 1
        self.presence.came(followed)
        try:
            while not (self._closing.is_set() or signal.ends):
                signal.clear()
                self._told(signal)
                yield self.sequence(followed)
                await asyncio.sleep(COALESCE)
                await _within(signal, BEAT)
        finally:
            self._open -= 1
            for topic in followed:
                self._streams[topic].discard(signal)
                if not self._streams[topic]:
                    del self._streams[topic]
            self.presence.went(followed)


async def _within(signal: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await signal.wait()


bus = Bus()
