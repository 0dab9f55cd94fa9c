"""One load on one server, and the figures of it."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.load.client import Tab
from tests.load.crowd import crowd, receive
from tests.load.phones import Done, Room, Tap
from tests.load.raw_phones import RawTab
from tests.load.servers import Server, busy, serving
from tests.load.stages import Answers, Stage

QUIET, MOMENT = 0.3, 2.0  # cores that others may use, and for how many seconds we look


@dataclass(frozen=True)
class Waits:
    """What people of one cohort, or of all, waited for, in milliseconds."""

    saved_p50: float
    saved_p95: float
    room_p50: float
    room_p95: float


@dataclass(frozen=True)
class Figures(Waits):
    """What one load took, in milliseconds, percent of one core, MB and votes. The last four judge the measurement."""

    cpu_per_vote: float
    idle_cpu: float
    memory: float
    per_screen: float  # MB that a page more takes, beyond the first one that was opened
    lost: int
    unconfirmed: int  # taps that were not answered with "Saved" in time
    complaints: tuple[str, ...]  # errors that the phones showed
    phones_cpu: float  # of the busiest process of phones: near 100 % it is the phones that are slow
    others_cpu: float  # of everybody else on this machine
    groups: tuple[Waits, ...]  # of each cohort whose room was watched


@dataclass
class Cost:
    """What the server used while people voted and while they did not."""

    first: float = 0.0  # MB once one page has been opened and closed
    voting: float = 0.0  # CPU seconds
    idle: float = 0.0  # the share of a core
    memory: float = 0.0
    took: float = 0.0
    others: float = 0.0


def measure(
    kind: type[Stage], phones: int, folder: Path, *, within: float, idle: float, patience: float = 0.0, rooms: int = 1
) -> Figures:
    """Start a server of this kind, let the phones vote within so many seconds, and look at what is stored.

    The rooms of the first `rooms` cohorts are watched. Before they vote it waits for a quiet machine, but no longer
    than `patience` seconds.
    """
    stage, cost = kind(folder, phones, rooms), Cost()
    with serving([*stage.command], folder, **stage.settings) as server:
        asyncio.run(_first_visit(server, stage))
        cost.first = server.memory()
        with crowd(server.address, stage.people, within) as pipes:
            return asyncio.run(_watch(server, stage, pipes, cost, idle, patience))


async def _first_visit(server: Server, stage: Stage) -> None:
    """Have the server import what its pages need."""
    person = stage.people[0]
    tab: Tab | RawTab = Tab(server.address, person.token, "vote")
    if person.raw:
        tab = RawTab(server.address, person.token, "phone")
    await tab.open()
    await asyncio.sleep(0.5)
    await tab.close()


async def _watch(
    server: Server, stage: Stage, pipes: list[Connection], cost: Cost, idle: float, patience: float
) -> Figures:
    rooms = [Room(server.address, token, raw=stage.people[0].raw) for token in stage.rooms]
    for room in rooms:
        await room.tab.open()
    gc.collect()
    gc.freeze()  # so that the screens' clock is the server's, not this process's
    await _calm(server, patience)
    began, cpu, machine = time.monotonic(), server.cpu(), busy()
    for pipe in pipes:
        pipe.send(began + 0.3)
    done = [await asyncio.to_thread(receive, pipe) for pipe in pipes]
    for number, room in enumerate(rooms):
        await room.shows(sum(person.group == number for person in stage.people))
    await asyncio.sleep(1.0)  # the last runs end after their "Saved"
    cost.voting, cost.took = server.cpu() - cpu, time.monotonic() - began
    cost.others = busy() - machine - cost.voting - sum(one.cpu for one in done)
    cpu = server.cpu()
    await asyncio.sleep(idle)
    cost.idle, cost.memory = (server.cpu() - cpu) / idle, server.memory()
    for room in rooms:
        await room.tab.close()
    for pipe in pipes:
        pipe.send("end")
    return _figures(done, rooms, stage, cost)


async def _calm(server: Server, patience: float) -> None:
    """Return when everybody else has used little of this machine for a moment, or when patience has run out."""
    until = time.monotonic() + patience
    others = 1.0
    while others > QUIET:
        before = busy() - server.cpu()
        await asyncio.sleep(MOMENT)
        others = (busy() - server.cpu() - before) / MOMENT
        if time.monotonic() > until:
            return


def _figures(done: list[Done], rooms: list[Room], stage: Stage, cost: Cost) -> Figures:
    taps = [tap for one in done for tap in one.taps]
    groups = [[tap for tap in taps if tap.group == number] for number in range(len(rooms))]
    seen = [list(_until_seen(mine, room.counts)) for mine, room in zip(groups, rooms, strict=True)]
    screens = len(stage.people) + len(rooms)
    return Figures(
        **vars(_waits(taps, [seconds for one in seen for seconds in one])),
        cpu_per_vote=1000 * cost.voting / max(1, len(taps)),
        idle_cpu=100 * cost.idle,
        memory=cost.memory,
        per_screen=(cost.memory - cost.first) / screens,
        lost=2 * len(stage.people) - _kept(taps, stage.stored()),
        complaints=tuple(said for one in done for said in one.complaints),
        unconfirmed=2 * len(stage.people) - sum(tap.saved is not None for tap in taps),
        phones_cpu=100 * max(one.cpu for one in done) / cost.took,
        others_cpu=100 * cost.others / cost.took,
        groups=tuple(map(_waits, groups, seen)),
    )


def _waits(taps: list[Tap], seen: list[float]) -> Waits:
    saved = [tap.saved - tap.sent for tap in taps if tap.saved is not None]
    return Waits(ms(saved, 50), ms(saved, 95), ms(seen, 50), ms(seen, 95))


def _kept(taps: list[Tap], stored: dict[str, Answers]) -> int:
    """How many votes the phones were told are saved, and the database holds as they were tapped."""
    return sum(tap.saved is not None and stored[tap.token][tap.completes] == tap.level for tap in taps)


def _until_seen(taps: list[Tap], counts: list[tuple[float, int]]) -> Iterator[float]:
    """From each completing tap of a cohort until its screen counted it: the nth saved is the nth counted."""
    completing = sorted((tap.saved, tap.sent) for tap in taps if tap.completes and tap.saved)
    for number, (_, sent) in enumerate(completing, start=1):
        shown = next((at for at, count in counts if count >= number), None)
        if shown is not None:
            yield shown - sent


def ms(seconds: Sequence[float], percent: int) -> float:
    """A percentile in milliseconds."""
    if len(seconds) < 2:
        return 1000 * sum(seconds)
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]
