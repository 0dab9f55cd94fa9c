"""`python -m tests.load.replicas`: forty phones on two processes with PostgreSQL and a balancer (deploy/local.py).

Two cohorts of twenty cast current and desired within five seconds, once with each room's screen at the process that
serves its phones, and once with it at the other one, so that every count has to cross. Prints milliseconds; lost votes
make it end with 1.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.local import Program, Topology, topology
from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.services import passwords, readings, visitors
from mcm_core.store.engine import read, write
from tests.load.phones import Person, Phone, Room, Tap
from tests.load.servers import Server, machine
from tests.load.stages import a_facilitated_cohort, joined
from tests.services.people import signed_in
from tests.services.stories import a_card, an_open_round, choose_focus, connections

WITHIN = 5.0
HEAD = (
    "| the room's screen | N | tap → saved p50 / p95 | tap → room p50 / p95 | CPU per vote | lost votes |\n"
    "|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Group:
    """A cohort with an open round of one theme: the round, the room's cookie and the phones'."""

    round_id: str
    room: str
    phones: list[str]


@dataclass
class Seen:
    """What a cohort's phones and its room's screen saw."""

    group: Group
    taps: list[Tap]
    counts: list[tuple[float, int]]

    def saved(self) -> list[float]:
        """Seconds from each tap to "Saved"."""
        return [tap.saved - tap.sent for tap in self.taps if tap.saved]

    def in_the_room(self) -> list[float]:
        """Seconds from each completing tap until the room counted it: the nth saved is the nth counted."""
        completing = sorted((tap.saved, tap.sent) for tap in self.taps if tap.completes and tap.saved)
        shown = [next((at for at, count in self.counts if count > n), None) for n in range(len(completing))]
        return [at - sent for at, (_, sent) in zip(shown, completing, strict=True) if at is not None]

    def lost(self) -> int:
        """Votes that were not both confirmed on the phone and stored as they were tapped."""
        kept = 0
        for token in self.group.phones:
            with read() as db:
                mine = readings.mine(db, signed_in(db, token, at=datetime.now(UTC)), self.group.round_id)
            stored = next(((one.current, one.desired) for one in mine.values()), (None, None))
            taps = [tap for tap in self.taps if tap.token.startswith(token) and tap.saved]
            kept += sum(stored[tap.completes] == tap.level for tap in taps)
        return 2 * len(self.group.phones) - kept


def main() -> int:
    """Run it; 1 when a vote was lost."""
    passwords.COST = 4  # nobody signs in with these passwords
    lost = 0
    with topology() as running:
        os.environ.update(running.environment)
        print(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}, PostgreSQL, load {os.getloadavg()[0]:.1f}\n\n{HEAD}"
        )
        number = 0
        for label, other in (("at the phones' process", False), ("at the other process", True)):
            groups = [_a_group(number + n) for n in range(len(running.replicas))]
            number += len(groups)
            lost += _measured(running, label, groups, other=other)
    return int(lost > 0)


def _a_group(number: int) -> Group:
    at = datetime.now(UTC)
    with write() as db:
        facilitator, cohort = a_facilitated_cohort(db, number)
        round_ = an_open_round(db, facilitator, cohort, card=a_card(themes=[connections().themes[0].key]), at=at)
        tokens = joined(db, facilitator, cohort, MEMBERS_MAX)
        for token in tokens:
            choose_focus(db, signed_in(db, token, at=at), connections(), at=at)
        return Group(round_.id, visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=at), tokens)


def _measured(running: Topology, label: str, groups: Sequence[Group], *, other: bool) -> int:
    spent, seen = asyncio.run(_all(running, groups, other=other))
    saved = [seconds for one in seen for seconds in one.saved()]
    room = [seconds for one in seen for seconds in one.in_the_room()]
    lost, votes = sum(one.lost() for one in seen), sum(len(one.taps) for one in seen)
    print(
        f"| {label} | {votes // 2} | {_ms(saved, 50)} / {_ms(saved, 95)} ms | {_ms(room, 50)} / {_ms(room, 95)} ms "
        f"| {1000 * spent / max(1, votes):.1f} ms | {lost} |",
        flush=True,
    )
    return lost


async def _all(running: Topology, groups: Sequence[Group], *, other: bool) -> tuple[float, list[Seen]]:
    """The CPU seconds of the processes from the first tap on, and what each cohort saw."""
    ready = asyncio.Barrier(len(groups) + 1)
    plays = []
    for place, group in enumerate(groups):
        phones, room = running.replicas[place], running.replicas[place - 1 if other else place]
        plays.append(asyncio.create_task(_play(running, group, phones, room, ready)))
    servers = [Server(one.address, one.pid) for one in running.replicas]
    await ready.wait()
    before = sum(server.cpu() for server in servers)
    seen = await asyncio.gather(*plays)
    return sum(server.cpu() for server in servers) - before, seen


async def _play(running: Topology, group: Group, at: Program, room_at: Program, ready: asyncio.Barrier) -> Seen:
    def sticky(token: str, replica: Program) -> str:
        return f"{token}; {running.sticks_to(replica)}"

    room = Room(running.balancer.address, sticky(group.room, room_at))
    await room.tab.open()
    phones = [Phone(running.balancer.address, Person(sticky(token, at))) for token in group.phones]
    for phone in phones:
        await phone.tab.open()
        phone.ready()
    await asyncio.sleep(2.0)  # streams open, everything is quiet
    await ready.wait()
    begin = time.monotonic() + 0.3
    await asyncio.gather(*(phone.answer(begin + random.uniform(0, WITHIN)) for phone in phones))
    await room.shows(len(phones))
    for screen in (room, *phones):
        await screen.tab.close()
    return Seen(group, [tap for phone in phones for tap in phone.taps], room.counts)


def _ms(seconds: Sequence[float], percent: int) -> str:
    if len(seconds) < 2:
        return "–"
    return f"{1000 * statistics.quantiles(seconds, n=100, method='inclusive')[percent - 1]:.0f}"


if __name__ == "__main__":
    sys.exit(main())
