"""Ten clients that send as fast as they can, from the same network as members who go on working."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median, quantiles
from types import SimpleNamespace

from streamlit.proto.BackMsg_pb2 import BackMsg

from mcm_core.web.voting import ADDRESS
from tests.load.ballots import Ballot
from tests.security.line import Line, Refused, open_line, rerun
from tests.security.world import World, a_world, rss, thorough

SECONDS = 60.0
CLIENTS, FRAMES_A_SECOND, HANDSHAKES_A_SECOND = 10, 500, 200
MEMBERS = 5
LOST_AFTER = 10.0
P95_MAX, MEMORY_MAX = 1.0, 100.0  # seconds, MB


@dataclass
class Felt:
    """What members felt: the seconds until what they asked for was there, and how often it never was."""

    waits: list[float] = field(default_factory=list)
    lost: int = 0

    @property
    def p50(self) -> float:
        return median(self.waits) if self.waits else 60.0

    @property
    def p95(self) -> float:
        return quantiles([*self.waits, *[60.0] * self.lost], n=20)[18] if len(self.waits) > 1 else 60.0


async def live(world: World, seconds: float) -> tuple[Felt, Felt]:
    """What members do in the room: answer a question about once a second, and draw their page anew as often."""
    until, votes, pages = time.monotonic() + seconds, Felt(), Felt()
    members = world.tokens[:MEMBERS]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds + 60):
            await asyncio.gather(
                *(_votes(world, token, votes, until) for token in members),
                *(_draws(world, token, pages, until) for token in members),
            )
    return votes, pages


async def _votes(world: World, token: str, felt: Felt, until: float) -> None:
    """POST /vote/answer, as ui/assets/ballot.js does."""
    while time.monotonic() < until:
        began, level = time.monotonic(), random.randrange(4)
        phone = SimpleNamespace(address=world.address, token=token, complaints=[])
        options = [{"code": code} for code in range(1, 5)]
        card = {"round": world.round_id, "themes": [{"key": "safety"}], "options": options, "address": ADDRESS}
        ballot = Ballot(phone, card)
        try:
            async with asyncio.timeout(LOST_AFTER):
                await ballot.tap("current", level)
            felt.waits.append(time.monotonic() - began)
        except (OSError, TimeoutError, EOFError):
            felt.lost += 1
        finally:
            if ballot._connection:
                ballot._connection[1].close()
        await asyncio.sleep(max(0.0, began + 1.0 - time.monotonic()))


async def _draws(world: World, token: str, felt: Felt, until: float) -> None:
    """Ask for the notes again over one socket; a broken line is opened again, as browsers do."""
    line: Line | None = None
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            line = line or await open_line(world.address, token, "notes")
            ran = await line.runs(LOST_AFTER)
        except Refused:
            line, ran = None, False
        if ran and line and line.socket.close_code is None:
            felt.waits.append(time.monotonic() - began)
        else:
            felt.lost += 1
            if line:
                await line.close()
            line = None
        await asyncio.sleep(max(0.0, began + 1.0 - time.monotonic()))
    if line:
        await line.close()


async def attack(address: str, token: str, seconds: float) -> Counter[str]:
    """Ten clients, half of them with a member's cookie; and handshakes, beside. Ends by itself."""
    did: Counter[str] = Counter()
    until = time.monotonic() + seconds
    frame = rerun(address, "notes").SerializeToString()

    async def client(number: int) -> None:
        while time.monotonic() < until:
            try:
                line = await open_line(address, token if number % 2 else "", "notes")
            except Refused:
                did["refused"] += 1
                await asyncio.sleep(0.02)
                continue
            did["opened"] += 1
            await line.send(BackMsg(clear_cache=True).SerializeToString())
            while time.monotonic() < until and line.socket.close_code is None and await line.send(frame):
                did["frames"] += 1
                await asyncio.sleep(1 / FRAMES_A_SECOND)
            did["thrown out"] += line.socket.close_code is not None
            await line.close()

    async def handshakes() -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            with suppress(Refused):
                line = await open_line(address, "made-up-cookie")
                did["opened"] += 1
                await line.close()
            did["handshakes"] += 1
            await asyncio.sleep(max(0.0, began + 5 / HANDSHAKES_A_SECOND - time.monotonic()))

    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(*(client(number) for number in range(CLIENTS)), *(handshakes() for _ in range(5)))
    return did


@contextmanager
def attacked(world: World, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """The attack in a process of its own."""
    command = [sys.executable, "-m", __name__, world.address, world.tokens[-1], str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@dataclass
class Flooded:
    """A flood from both sides: what members felt of their votes and pages, and what the attackers got done."""

    quiet: Felt
    votes: Felt
    pages: Felt
    did: dict[str, int]
    memory: float

    @property
    def lost(self) -> int:
        return self.votes.lost + self.pages.lost

    def bearable(self, *, anywhere: bool = False) -> bool:
        """Whether members could go on working, and the server will. `anywhere` makes allowance for a slow machine."""
        bar = max(P95_MAX, 2 * self.quiet.p95) if anywhere else P95_MAX
        return max(self.votes.p95, self.pages.p95) <= bar and not self.lost and self.memory < MEMORY_MAX


def flood(world: World, seconds: float) -> Flooded:
    """Members work for a while, and then through a flood."""
    _, quiet = asyncio.run(live(world, min(5.0, seconds)))
    before = rss(world.server.pid)
    with attacked(world, seconds) as process:
        votes, pages = asyncio.run(live(world, seconds))
        said, _ = process.communicate(timeout=seconds + 60)
    return Flooded(quiet, votes, pages, json.loads(said or "{}"), rss(world.server.pid) - before)


def run() -> str:
    """A minute of it."""
    with a_world(members=MEMBERS + 1) as world:
        found = flood(world, SECONDS if thorough() else 10.0)
        stopping = time.monotonic()
    stopping = time.monotonic() - stopping
    figures = (
        f"{CLIENTS} flooding clients: members' votes p50 {found.votes.p50:.3f} s, p95 {found.votes.p95:.3f} s, "
        f"pages drawn anew p95 {found.pages.p95:.2f} s (quiet {found.quiet.p95:.2f} s), {found.lost} lost, "
        f"memory {found.memory:+.0f} MB, stopped in {stopping:.1f} s; attackers: {found.did}"
    )
    assert found.bearable(), figures
    assert stopping <= 10, figures
    return figures


if __name__ == "__main__":
    address, token, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(attack(address, token, float(seconds)))))
