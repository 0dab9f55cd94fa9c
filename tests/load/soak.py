"""`make soak`: a running server, twenty phones with an action each five seconds, for hours (T32).

Three actions of four are a tap on the ballot, the fourth draws the page anew. A phone that loses its page opens it
again, as browsers do, and that counts as an error. Everything happens on this machine, and stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median, quantiles

from tests.load.ballots import Ballot
from tests.load.client import Tab
from tests.load.phones import LEVELS, Room
from tests.load.servers import Server, serving
from tests.load.stages import Ours

PHONES, EVERY = 20, 5.0
PATIENCE = 20.0  # seconds after which an action counts as an error
WINDOWS = 10  # rows of the table
SETTLED = range(1, 4)  # the windows that everything later is measured against: the first one loads
DRIFT_MAX, NOTICED = 0.10, 0.025  # a p95 that grows by a tenth, and by more than anybody's machine wavers, in seconds
MEMORY_MAX = 0.15  # T31
FILES_MAX = 5


@dataclass
class Window:
    """What happened in a tenth of the time."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return quantiles(self.waits, n=20)[18] if len(self.waits) > 1 else float("inf")

    def row(self, number: int, minutes: float) -> str:
        """The window as a row of the table."""
        middle = median(self.waits) if self.waits else float("inf")
        return (
            f"| {number * minutes:.0f}–{(number + 1) * minutes:.0f} min | {len(self.waits)} | {len(self.errors)} "
            f"| {middle * 1000:.0f} / {self.p95 * 1000:.0f} ms | {fmean(self.memory):.0f} MB | {max(self.files)} |"
        )


HEAD = "| time | actions | errors | p50 / p95 | memory | files open |\n|---|---|---|---|---|---|"


@dataclass
class Soak:
    """The whole of it, window by window, each of so many seconds."""

    each: float
    began: float = field(default_factory=time.monotonic)
    windows: list[Window] = field(default_factory=lambda: [Window() for _ in range(WINDOWS)])

    @property
    def now(self) -> Window:
        return self.windows[min(WINDOWS - 1, int((time.monotonic() - self.began) / self.each))]

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self.began >= WINDOWS * self.each

    def missed(self) -> list[str]:
        """The bars that were missed, in words."""
        settled, last = [self.windows[number] for number in SETTLED], self.windows[-len(SETTLED) :]
        errors = [error for window in self.windows for error in window.errors]
        found = [f"{len(errors)} errors, such as “{errors[0]}”"] if errors else []
        before, after = (median(window.p95 for window in some) for some in (settled, last))
        if after > before * (1 + DRIFT_MAX) and after - before > NOTICED:
            found.append(f"the p95 has grown from {before * 1000:.0f} to {after * 1000:.0f} ms")
        memory, now = (fmean(size for window in some for size in window.memory) for some in (settled, last))
        if now > memory * (1 + MEMORY_MAX):
            found.append(f"memory has grown from {memory:.0f} to {now:.0f} MB")
        files, open_now = (max(count for window in some for count in window.files) for some in (settled, last))
        if open_now > files + FILES_MAX:
            found.append(f"open files have grown from {files} to {open_now}")
        return found


async def phone(address: str, token: str, soak: Soak) -> None:
    """One member, until it is over."""
    tab = Tab(address, token, "vote")
    await asyncio.sleep(random.uniform(0, EVERY))
    await tab.open()
    number = random.randrange(4)
    while not soak.is_over:
        began, number = time.monotonic(), number + 1
        try:
            async with asyncio.timeout(PATIENCE):
                await (tab.load() if number % 4 == 0 else _tap(tab))
            soak.now.waits.append(time.monotonic() - began)
        except Exception as error:  # whatever it was, it is counted, and the phone goes on
            soak.now.errors.append(f"{type(error).__name__} {error}")
            with suppress(Exception):
                await tab.close()
            tab = Tab(address, token, "vote")
            with suppress(Exception):
                await tab.open()
        await asyncio.sleep(max(0.0, began + EVERY - time.monotonic()))
    await tab.close()


async def _tap(tab: Tab) -> None:
    """Say where it is now, over a connection of its own: browsers close one that was idle for so long."""
    drawn = tab.component("mcm_ballot")
    if drawn is None:
        raise TimeoutError("The page shows no ballot")
    ballot = Ballot(tab, drawn)
    try:
        await ballot.tap("current", random.randrange(LEVELS))
    finally:
        if ballot._connection:
            ballot._connection[1].close()


async def _watch(server: Server, soak: Soak) -> None:
    while not soak.is_over:
        soak.now.memory.append(server.memory())
        soak.now.files.append(len(list(Path(f"/proc/{server.pid}/fd").iterdir())))
        await asyncio.sleep(min(10.0, soak.each / 4))


async def _live(server: Server, tokens: Sequence[str], room: str, soak: Soak) -> None:
    screen = Room(server.address, room)
    await screen.tab.open()
    await asyncio.gather(_watch(server, soak), *(phone(server.address, token, soak) for token in tokens))
    await screen.tab.close()


def soaked(minutes: float, folder: Path) -> Soak:
    """Live through so many minutes."""
    stage = Ours(folder, PHONES)
    with serving([*stage.command], folder) as server:
        soak = Soak(each=minutes * 60 / WINDOWS)
        asyncio.run(_live(server, [person.token for person in stage.people], stage.rooms[0], soak))
    return soak


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    minutes = parser.parse_args(arguments).minutes
    with tempfile.TemporaryDirectory(prefix="mcm-soak-") as folder:
        soak = soaked(minutes, Path(folder))
    rows = [window.row(number, minutes / WINDOWS) for number, window in enumerate(soak.windows)]
    missed = soak.missed()
    print("\n".join([HEAD, *rows, "", f"MISS: {'; '.join(missed)}" if missed else "ok: nothing drifted"]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
