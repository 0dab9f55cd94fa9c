"""kill -9 of the app at any moment of a vote (T1, T2): "Saved" on the phones ⇔ row in the database."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass, field

from tests.faults.life import Life
from tests.faults.phones import PATIENCE, Phone
from tests.faults.rooms import Room, a_room, is_sound
from tests.faults.row import row

KILLS = int(os.environ.get("MCM_KILLS", "1000"))
WHOLE = max(1, KILLS // 20)
BAR = "0 lost, 0 damaged, every screen = its row"
PHONES = 8
LONGEST = 0.3  # seconds after the first tap within which the server is killed


@dataclass
class Deaths:
    """What came of it. `lost`: told "saved", and the database held something older; `between`: stored, not told yet."""

    kills: int = 0
    told: int = 0
    lost: int = 0
    between: int = 0
    unsound: int = 0
    differ: int = 0  # phones whose screen and row differ in the end
    starts: list[float] = field(default_factory=list)

    @property
    def met(self) -> bool:
        return self.told > 0 and not (self.lost or self.differ or self.unsound)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.told} times “saved”, {self.lost} lost, {self.between} stored and not told yet "
            f"(sent again), {self.unsound} damaged, {self.differ} phones differ from their row in the end, "
            f"up again in at most {max(self.starts[1:], default=0.0):.1f} s"
        )


async def killed(life: Life, room: Room, kills: int, *, once_told: bool = False) -> Deaths:
    """Have all phones of the room tap without a pause, and kill the server again and again meanwhile.

    At any moment; or, with `once_told`, as soon as a phone has been told that its answer is saved.
    """
    chance, found = random.Random(0), Deaths()
    phones = [Phone(room, life.address, place) for place in range(len(room.tokens))]
    for _ in range(kills):
        found.starts.append(await asyncio.to_thread(life.start))
        taps = [asyncio.create_task(phone.live()) for phone in phones]
        if once_told:
            await until_told(phones)
        else:
            await asyncio.sleep(chance.uniform(0, LONGEST))
        life.kill()
        await hushed(phones, taps)
        judge(room, phones, found)
        found.kills += 1
    found.starts.append(await asyncio.to_thread(life.start))
    await asyncio.gather(*(phone.send() for phone in phones))
    life.stop()
    stored = room.stored()
    found.differ = sum(stored.get(phone.token) != phone.shows for phone in phones)
    found.told = sum(phone.told for phone in phones)
    return found


async def until_told(phones: list[Phone]) -> None:
    """Return when one more phone has been told “saved”."""
    before = sum(phone.told for phone in phones)
    async with asyncio.timeout(PATIENCE):
        while sum(phone.told for phone in phones) == before:
            await asyncio.sleep(0.001)


async def hushed(phones: list[Phone], taps: list[asyncio.Task[None]]) -> None:
    """Let the phones hear what was still said to them, and wait."""
    for phone in phones:
        phone.away = True
    await asyncio.gather(*taps)
    for phone in phones:
        phone.away = False


def judge(room: Room, phones: list[Phone], found: Deaths) -> None:
    """Compare every phone with its row: it holds what the phone shows as saved, or what it is still sending."""
    stored = room.stored()
    for phone in phones:
        held = stored.get(phone.token)
        if held == phone.shows:
            continue
        if held is not None and held == phone.kept:
            found.between += 1
        else:
            found.lost += 1
    found.unsound += not is_sound()


def play(kills: int, *, whole: bool = False, without: str = "", once_told: bool = False) -> Deaths:
    """All of it on a database of its own."""
    with a_room(PHONES) as room:
        life = Life(room.settings, whole=whole, without=without)
        return asyncio.run(killed(life, room, kills, once_told=once_told))


def run() -> bool:
    """A thousand kills of the routes and services, and fifty of the whole server."""
    met = True
    for whole, kills, what in ((False, KILLS, "our routes and services"), (True, WHOLE, "the whole server")):
        found = play(kills, whole=whole)
        met &= row(
            "kill -9 of the app", f"{PHONES} phones, {what}, killed 0–300 ms into it", str(found), BAR, found.met
        )
    return met
