"""One load on one server, and the figures of it."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.load.phones import Done, Person, Room, Tap, drive
from tests.load.servers import Server, busy, serving
from tests.load.stages import Answers, Stage

PER_PROCESS = 100
LOADING = 240.0  # seconds that all phones together may take to open
VOTING = 120.0
QUIET, MOMENT = 0.3, 2.0  # cores that others may use, and for how many seconds we look


@dataclass(frozen=True)
class Figures:
    """What one load took, in milliseconds, percent of one core, MB and votes. The last four judge the measurement."""

    saved_p50: float
    saved_p95: float
    room_p50: float
    room_p95: float
    cpu_per_vote: float
    idle_cpu: float
    memory: float
    lost: int
    unconfirmed: int  # taps that were not answered with "Saved" in time
    complaints: tuple[str, ...]  # errors that the phones showed
    phones_cpu: float  # of the busiest process of phones: near 100 % it is the phones that are slow
    others_cpu: float  # of everybody else on this machine


@dataclass
class Cost:
    """What the server used while people voted and while they did not."""

    voting: float = 0.0  # CPU seconds
    idle: float = 0.0  # the share of a core
    memory: float = 0.0
    took: float = 0.0
    others: float = 0.0


def measure(
    kind: type[Stage], phones: int, folder: Path, *, within: float, idle: float, patience: float = 0.0
) -> Figures:
    """Start a server of this kind, let the phones vote within so many seconds, and look at what is stored.

    Before they vote it waits for a quiet machine, but no longer than `patience` seconds.
    """
    stage = kind(folder, phones)
    with serving([*stage.command], folder) as server, _phones(server, stage.people, within) as pipes:
        return asyncio.run(_watch(server, stage, pipes, idle, patience))


async def _watch(server: Server, stage: Stage, pipes: list[Connection], idle: float, patience: float) -> Figures:
    room, cost = Room(server.address, stage.room, raw=stage.people[0].raw), Cost()
    await room.tab.open()
    gc.collect()
    gc.freeze()  # so that the screen's clock is the server's, not this process's
    await _calm(server, patience)
    began, cpu, machine = time.monotonic(), server.cpu(), busy()
    for pipe in pipes:
        pipe.send(began + 0.3)
    done = [await asyncio.to_thread(_receive, pipe, VOTING) for pipe in pipes]
    await room.shows(sum(person.watched for person in stage.people))
    await asyncio.sleep(1.0)  # the last runs end after their "Saved"
    cost.voting, cost.took = server.cpu() - cpu, time.monotonic() - began
    cost.others = busy() - machine - cost.voting - sum(one.cpu for one in done)
    cpu = server.cpu()
    await asyncio.sleep(idle)
    cost.idle, cost.memory = (server.cpu() - cpu) / idle, server.memory()
    await room.tab.close()
    for pipe in pipes:
        pipe.send("end")
    return _figures(done, room, stage, cost)


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


def _figures(done: list[Done], room: Room, stage: Stage, cost: Cost) -> Figures:
    taps = [tap for one in done for tap in one.taps]
    saved = [tap.saved - tap.sent for tap in taps if tap.saved is not None]
    seen = list(_until_seen(taps, room.counts))
    return Figures(
        saved_p50=_ms(saved, 50),
        saved_p95=_ms(saved, 95),
        room_p50=_ms(seen, 50),
        room_p95=_ms(seen, 95),
        cpu_per_vote=1000 * cost.voting / max(1, len(taps)),
        idle_cpu=100 * cost.idle,
        memory=cost.memory,
        lost=2 * len(stage.people) - _kept(taps, stage.stored()),
        complaints=tuple(said for one in done for said in one.complaints),
        unconfirmed=2 * len(stage.people) - len(saved),
        phones_cpu=100 * max(one.cpu for one in done) / cost.took,
        others_cpu=100 * cost.others / cost.took,
    )


def _kept(taps: list[Tap], stored: dict[str, Answers]) -> int:
    """How many votes the phones were told are saved, and the database holds as they were tapped."""
    return sum(tap.saved is not None and stored[tap.token][tap.completes] == tap.level for tap in taps)


def _until_seen(taps: list[Tap], counts: list[tuple[float, int]]) -> Iterator[float]:
    """From each completing tap of the watched cohort until the screen counted it: the nth saved is the nth counted."""
    completing = sorted((tap.saved, tap.sent) for tap in taps if tap.completes and tap.watched and tap.saved)
    for number, (_, sent) in enumerate(completing, start=1):
        shown = next((at for at, count in counts if count >= number), None)
        if shown is not None:
            yield shown - sent


def _ms(seconds: Sequence[float], percent: int) -> float:
    if len(seconds) < 2:
        return 1000 * sum(seconds)
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


@contextmanager
def _phones(server: Server, people: list[Person], within: float) -> Iterator[list[Connection]]:
    """Processes of phones with their page open; gone when the block ends."""
    spawn = multiprocessing.get_context("spawn")
    processes, pipes = [], []
    for seed, first in enumerate(range(0, len(people), PER_PROCESS)):
        ours, theirs = spawn.Pipe()
        mine = people[first : first + PER_PROCESS]
        processes.append(spawn.Process(target=drive, args=(theirs, server.address, mine, within, seed), daemon=True))
        processes[-1].start()
        theirs.close()
        pipes.append(ours)
    try:
        for pipe in pipes:
            _receive(pipe, LOADING)
        yield pipes
    finally:
        for process in processes:
            process.join(timeout=10)
            if process.is_alive():
                process.terminate()


def _receive(pipe: Connection, within: float) -> Done:
    """What a process of phones says next. Raises what it raised."""
    if not pipe.poll(within):
        raise TimeoutError(f"The phones said nothing for {within:.0f} s")
    said = pipe.recv()
    if isinstance(said, Exception):
        raise said
    return said  # type: ignore[no-any-return]
