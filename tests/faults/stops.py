"""The server is asked to stop: in a quiet room, and in the middle of a flood."""

from __future__ import annotations

import asyncio
import time

from tests.faults.life import Life
from tests.faults.phones import Phone
from tests.faults.rooms import Room, a_room
from tests.faults.row import row
from tests.load.client import Tab
from tests.security import flood
from tests.security.world import a_world

BAR = 10.0
FLOOD = 20.0


async def _stopped(life: Life, room: Room) -> tuple[float, list[Phone]]:
    """Members sit on their pages and tap; the seconds until the server has ended."""
    phones = [Phone(room, life.address, place) for place in range(len(room.tokens))]
    tabs = [Tab(life.address, token, "vote") for token in room.tokens]
    for tab in tabs:
        await tab.open()
    taps = [asyncio.create_task(phone.live()) for phone in phones]
    await asyncio.sleep(0.5)
    took = await asyncio.to_thread(life.stop)
    for phone in phones:
        phone.away = True
    await asyncio.gather(*taps, *(tab.close() for tab in tabs))
    return took, phones


def stop(*, phones: int = 4, without: str = "") -> tuple[float, int]:
    """The seconds that it took, and how many phones show what is not stored."""
    with a_room(phones) as room:
        life = Life(room.settings, whole=True, without=without)
        life.start()
        took, them = asyncio.run(_stopped(life, room))
        stored = room.stored()
        return took, sum(stored.get(phone.token) not in (phone.shows, phone.kept) for phone in them)


def stop_in_flood() -> float:
    """The seconds that it took with ten clients flooding it."""
    with a_world(members=flood.MEMBERS + 1) as world, flood.attacked(world, FLOOD):
        time.sleep(5)
        began = time.monotonic()
        world.server.stop()
        return time.monotonic() - began


def run() -> bool:
    """Both."""
    took, wrong = stop(phones=20)
    bar = f"≤ {BAR:.0f} s, 0 lost"
    met = row(
        "stop", "20 members tapping, their pages open", f"{took:.1f} s, {wrong} lost", bar, took <= BAR and not wrong
    )
    took = stop_in_flood()
    played = f"{flood.CLIENTS} clients × {flood.FRAMES_A_SECOND} messages a second"
    return row("stop under flood", played, f"{took:.1f} s", f"≤ {BAR:.0f} s", took <= BAR) and met
