"""What fingers and bad connections do: double taps, two fast taps, two devices, answers lost on the way (T3, T33)."""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass, field
from statistics import quantiles

from sqlalchemy import func, select

from mcm_core.store.engine import read
from mcm_core.store.tables import ReadingRow
from tests.faults.bad_line import BACK, FORWARD, BadLine
from tests.faults.life import Life
from tests.faults.phones import LADDER, Phone
from tests.faults.rooms import Room, a_room
from tests.faults.row import row

PHONES = 20
PAIRS = int(os.environ.get("MCM_PAIRS", "1000"))
TRIPS = int(os.environ.get("MCM_TRIPS", "50"))
BAR = "0 wrong: the last tap is stored, once, and is what the screen shows"
SLOWEST = 4.0


@dataclass
class Tapped:
    """`wrong`: what a phone showed, or the database held, and should not have."""

    times: int = 0
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    cuts: dict[str, int] = field(default_factory=dict)

    def check(self, room: Room, phones: list[Phone]) -> None:
        """Every phone shows what it tapped last, and the database holds it in one row."""
        stored = room.stored()
        for phone in phones:
            held = stored.get(phone.token)
            if not held == phone.shows == phone.last or phone.kept:
                self.wrong.append(f"tapped {phone.last}, shows {phone.shows}, stored {held}, refused {phone.refused}")
        with read() as db:
            rows = db.scalars(select(func.count()).select_from(ReadingRow)).one()
        if rows > len(stored):
            self.wrong.append(f"{rows} rows for {len(stored)} phones")


async def fast(room: Room, address: str, pairs: int) -> Tapped:
    """Every phone taps twice within 0 to 50 ms, the same or another answer, again and again."""
    chance, found = random.Random(0), Tapped()
    phones = [Phone(room, address, place) for place in range(len(room.tokens))]

    async def pair(phone: Phone) -> None:
        first, second = chance.choice(LADDER), chance.choice(LADDER)
        going = asyncio.create_task(phone.tap(first))
        await asyncio.sleep(chance.uniform(0, 0.05))
        phone.think_again(second)
        await going
        await phone.send()

    while found.times < pairs:
        await asyncio.gather(*(pair(phone) for phone in phones))
        found.times += len(phones)
        found.check(room, phones)
    return found


async def devices(room: Room, address: str, times: int) -> Tapped:
    """One member with two phones that tap at once, and then one of them again: that one stays."""
    found, chance = Tapped(), random.Random(0)
    one, other = (Phone(room, address, 0) for _ in range(2))
    for _ in range(times):
        first, second = chance.sample([one, other], 2)
        await asyncio.gather(first.tap(), second.tap())
        await second.tap()
        found.times += 1
        found.check(room, [second])
    return found


async def poor(room: Room, address: str, trips: int, *, delay: float, cut: float, tries: bool = True) -> Tapped:
    """Every phone taps `trips` times over a bad connection. Without `tries` it sends each answer once."""
    found = Tapped()
    async with BadLine(address, delay=delay, cut=cut) as line:
        phones = [Phone(room, line.address, place, again=1.0, tries=tries) for place in range(len(room.tokens))]

        async def trip(phone: Phone) -> None:
            began = time.monotonic()
            await phone.tap()
            found.waits.append(time.monotonic() - began)

        for _ in range(trips):
            await asyncio.gather(*(trip(phone) for phone in phones))
            found.times += len(phones)
            found.check(room, phones)
        found.cuts = line.cuts
    return found


def play(deed, *args, phones: int = PHONES, without: str = "", **more) -> Tapped:
    """All of it on a database of its own."""
    with a_room(phones) as room, Life(room.settings, without=without) as life:
        return asyncio.run(deed(room, life.address, *args, **more))


def run() -> bool:
    """A thousand pairs, five hundred turns of two devices, fifty answers of twenty phones over a bad connection."""
    met = True
    for what, played, deed, times in (
        ("double tap, two fast taps", f"{PHONES} phones, pairs at 0–50 ms", fast, PAIRS),
        ("two devices of one member", "taps at once, then one more", devices, PAIRS // 2),
    ):
        found = play(deed, times)
        met &= row(what, played, f"{found.times} times, {len(found.wrong)} wrong", BAR, not found.wrong)
    found = play(poor, TRIPS, delay=0.3, cut=0.02)
    p95 = quantiles(found.waits, n=20)[18]
    lost = f"{found.cuts[FORWARD]} cut before the server heard, {found.cuts[BACK]} before the phone did"
    measured = f"{found.times} answers, {lost}, {len(found.wrong)} wrong, p95 {p95:.1f} s"
    bar = f"{BAR}, p95 ≤ {SLOWEST:.0f} s"
    good = not found.wrong and p95 <= SLOWEST
    return row("phone on a bad line", f"{PHONES} phones, 300 ms, 2 % cut either way", measured, bar, good) and met
