"""What people do in the bench: phones that each answer two questions, and the screen in the room that counts them."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from tests.load.ballots import Ballot, Radios
from tests.load.client import Broken, Tab
from tests.load.raw_phones import RawTab

PATIENCE = 20.0  # seconds that a phone waits for "Saved" before it counts as lost
LEVELS = 4
AT_ONCE = 4  # pages that load at the same time, so that opening the tabs is not a load test of its own
_COUNT = re.compile(r"(\d+) of \d+ (?:here are )?in\b")


@dataclass(frozen=True)
class Person:
    """Who holds a phone: the token of their cookie, the number of their cohort, and if the phone is raw."""

    token: str
    group: int = 0
    raw: bool = False


@dataclass(frozen=True)
class Tap:
    """One tap: whose, which level, when it was made, when "Saved" came, if it completed the ballot, which cohort."""

    token: str
    level: int
    sent: float
    saved: float | None
    completes: bool
    group: int


@dataclass
class Done:
    """What one process saw. Moments are of the system-wide monotonic clock."""

    taps: list[Tap] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    cpu: float = 0.0


class Phone:
    """A member's phone on /vote, in a round of one theme."""

    def __init__(self, address: str, person: Person) -> None:
        self.person = person
        self.tab: Tab | RawTab = RawTab(address, person.token, "phone")
        if not person.raw:
            self.tab = Tab(address, person.token, "vote")
        self.taps: list[Tap] = []
        self.ballot: Ballot | Radios | RawTab | None = None

    def ready(self) -> None:
        """Take the page's ballot in hand, whichever way it is answered."""
        if isinstance(self.tab, RawTab):
            self.ballot = self.tab
            return
        drawn = self.tab.component("mcm_ballot")
        self.ballot = Ballot(self.tab, drawn) if drawn else Radios(self.tab)

    async def answer(self, at: float) -> None:
        """At the moment `at`, say where it is now; as soon as that is saved, where it should be."""
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        current = random.randrange(LEVELS)
        if await self._tap("current", current):
            await self._tap("desired", random.randrange(current, LEVELS))  # a hope below now is asked about again

    async def _tap(self, question: str, option: int) -> bool:
        assert self.ballot is not None
        sent, saved = time.monotonic(), None
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                saved = await self.ballot.tap(question, option)
        completes = question == "desired"
        self.taps.append(Tap(self.person.token, option + 1, sent, saved, completes, self.person.group))
        return saved is not None


class Room:
    """The room's screen. `counts` are the numbers that it showed, each with the moment at which it came."""

    def __init__(self, address: str, token: str, *, raw: bool = False) -> None:
        self.counts: list[tuple[float, int]] = []
        self.tab: Tab | RawTab
        if raw:
            self.tab = RawTab(address, token, "room")
            self.tab.heard = self._hear
        else:
            self.tab = Tab(address, token, "room")
            self.tab.told = lambda delta, at: self._hear(delta.new_element.html.body, at)
            self.tab.counted = self._hear

    def _hear(self, words: str, at: float) -> None:
        if found := _COUNT.search(words):
            self.counts.append((at, int(found[1])))

    async def shows(self, count: int) -> None:
        """Wait until the screen shows a count; gives up after a while."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not (self.counts and self.counts[-1][1] >= count):
            await asyncio.sleep(0.02)


def drive(pipe: Connection, address: str, people: list[Person], within: float, seed: int) -> None:
    """The whole life of a process of phones: load, say "ready", vote from the moment received on, report, stay, end."""
    random.seed(seed)
    try:
        asyncio.run(_drive(pipe, address, people, within))
    except Exception as error:
        pipe.send(error)


async def _drive(pipe: Connection, address: str, people: list[Person], within: float) -> None:
    phones = [Phone(address, person) for person in people]
    done = Done()
    await _open_all([phone.tab for phone in phones])
    for phone in phones:
        phone.ready()
    gc.disable()  # a hundred phones share this process: its pauses are not the server's
    pipe.send("ready")
    begin = await asyncio.to_thread(pipe.recv)
    cpu = time.process_time()
    await asyncio.gather(*(phone.answer(begin + random.uniform(0, within)) for phone in phones))
    done.cpu = time.process_time() - cpu
    done.complaints = [said for phone in phones for said in phone.tab.complaints]
    done.taps = [tap for phone in phones for tap in phone.taps]
    pipe.send(done)
    await asyncio.to_thread(pipe.recv)
    await asyncio.gather(*(phone.tab.close() for phone in phones))


async def _open_all(tabs: list[Tab | RawTab]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_(tab: Tab | RawTab) -> None:
        async with gate:
            await tab.open()

    await asyncio.gather(*(open_(tab) for tab in tabs))
    await asyncio.sleep(1.0)
    if deaf := sum(not tab.listens for tab in tabs):
        raise Broken(f"{deaf} of {len(tabs)} phones were refused their event stream")
