"""PostgreSQL goes away in mid-vote: stopped and started again, crashed, and one of its processes killed (T1)."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable

from tests.faults.cluster import Cluster, a_cluster
from tests.faults.kills import Deaths, hushed, judge
from tests.faults.life import Life
from tests.faults.phones import Phone
from tests.faults.rooms import Room, a_room
from tests.faults.row import row
from tests.faults.waiting import Waited, through

PHONES, LONGEST = 8, 0.3
KILLS = int(os.environ.get("MCM_DATABASE_KILLS", "200"))
STOPS = int(os.environ.get("MCM_STOPS", "20"))
LONG = float(os.environ.get("MCM_OUTAGE", "60"))
Crash = Callable[[Cluster], None]


def restarted(cluster: Cluster) -> None:
    """Crash all of it, and start it again."""
    cluster.stop("immediate")
    cluster.start()


async def crashed(life: Life, room: Room, cluster: Cluster, crash: Crash, times: int) -> Deaths:
    """Have all phones tap without a pause, and crash the database again and again meanwhile."""
    chance, found = random.Random(0), Deaths()
    phones = [Phone(room, life.address, place) for place in range(len(room.tokens))]
    for _ in range(times):
        taps = [asyncio.create_task(phone.live()) for phone in phones]
        await asyncio.sleep(chance.uniform(0.02, LONGEST))
        began = time.monotonic()
        await asyncio.to_thread(crash, cluster)
        await hushed(phones, taps)
        await asyncio.to_thread(_until_it_answers, room)
        found.starts.append(time.monotonic() - began)
        judge(room, phones, found)
        found.kills += 1
    await asyncio.gather(*(phone.send() for phone in phones))
    stored = room.stored()
    found.differ = sum(stored.get(phone.token) != phone.shows for phone in phones)
    found.told = sum(phone.told for phone in phones)
    return found


def _until_it_answers(room: Room) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            room.stored()
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def crashes(cluster: Cluster, crash: Crash, times: int, *, without: str = "") -> Deaths:
    """All of it in a database of its own."""
    with a_room(PHONES, url=cluster.empty()) as room, Life(room.settings, without=without) as life:
        return asyncio.run(crashed(life, room, cluster, crash, times))


def outages(cluster: Cluster, seconds: list[float], *, without: str = "") -> list[Waited]:
    """PostgreSQL stopped for so long each time, while everybody taps."""
    with a_room(PHONES, url=cluster.empty()) as room, Life(room.settings, whole=True, without=without) as life:
        return [asyncio.run(through(room, life.address, cluster.down(), each)) for each in seconds]


def run() -> bool:
    """Two hundred kills, twenty crashes, twenty stops and one long one."""
    bar = "0 lost, every screen = its row"
    met = True
    for what, crash, times in (
        ("kill -9 of a database process", Cluster.kill_one, KILLS),
        ("immediate stop of PostgreSQL", restarted, STOPS),
    ):
        with a_cluster() as cluster:
            found = crashes(cluster, crash, times)
        met &= row(what, f"{PHONES} phones, our routes and services", str(found), bar, found.met)
    chance = random.Random(0)
    for name, seconds in (
        (f"PostgreSQL stopped {STOPS} times", [chance.uniform(1, 4) for _ in range(STOPS)]),
        (f"PostgreSQL away for {LONG:.0f} s", [LONG]),
    ):
        with a_cluster() as cluster:
            found_all = outages(cluster, seconds)
        good = sum(one.met and one.after <= 5 for one in found_all)
        worst = max(found_all, key=lambda one: (not one.met, one.after))
        met &= row(
            name,
            f"{PHONES} phones, whole server",
            f"{good} of {len(found_all)} as they should be; the worst: {worst}",
            "nobody told “saved” before, all stored within 5 s of its return",
            good == len(found_all),
        )
    return met
