"""The moment of a reveal: one press in every cohort, and how long until the last of N screens shows the picture."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session
from streamlit.proto.Delta_pb2 import Delta

from mcm_core.services import rounds, visitors
from mcm_core.store.engine import write
from tests.load.client import Tab
from tests.load.servers import Server, serving
from tests.load.stages import Ours, a_facilitated_cohort, joined, use
from tests.services.people import signed_in
from tests.services.stories import an_open_round, answer

BAR = 1500.0  # milliseconds until the last of all screens shows it
PER_COHORT = 20
AT_ONCE = 12
PATIENCE = 60.0
PRESS = "Reveal to everybody"


def run(screens: int = 300) -> bool:
    """Print what a reveal on so many screens took; whether all were in time."""
    with _stage(screens) as (server, desks, phones):
        took = sorted(asyncio.run(_reveal(server, desks, phones)))
    print(
        f"Reveal in {len(desks)} cohorts at once: {len(took)} of {screens} screens show it, half of them within "
        f"{took[len(took) // 2]:.0f} ms, the last after {took[-1]:.0f} ms (bar {BAR:.0f} ms)."
    )
    return len(took) == screens and took[-1] <= BAR


@contextmanager
def _stage(screens: int) -> Iterator[tuple[Server, list[str], list[str]]]:
    """A server, the tokens of facilitators with a closed round each, and those of the members who answered it."""
    with TemporaryDirectory(prefix="mcm-reveal-") as name:
        use(Path(name))
        desks: list[str] = []
        phones: list[str] = []
        while len(phones) < screens:
            with write() as db:
                desk, members = _answered(db, len(desks), min(PER_COHORT, screens - len(phones)))
            desks.append(desk)
            phones += members
        with serving([*Ours.command], Path(name)) as server:
            yield server, desks, phones


def _answered(db: Session, number: int, size: int) -> tuple[str, list[str]]:
    at = datetime.now(UTC)
    facilitator, cohort = a_facilitated_cohort(db, number)
    round_ = an_open_round(db, facilitator, cohort, at=at)
    tokens = joined(db, facilitator, cohort, size)
    members = [signed_in(db, token, at=at) for token in tokens]
    answer(db, round_, members, [(1 + place % 4, 2 + place % 3) for place in range(size)], at=at)
    rounds.close(db, facilitator, round_.id, version=round_.version, at=at)
    return visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=at), tokens


async def _reveal(server: Server, desks: list[str], phones: list[str]) -> list[float]:
    """Milliseconds from the presses until each screen has its picture."""
    screens = [Tab(server.address, token, "vote") for token in phones]
    presses = [Tab(server.address, token, "facilitate") for token in desks]
    await _open(screens + presses)
    shown: dict[int, float] = {}
    for place, screen in enumerate(screens):
        screen.told = _noting(shown, place)
    await asyncio.sleep(2)
    gc.collect()
    gc.disable()
    began = time.monotonic()
    for press in presses:
        await press.press(PRESS)
    while len(shown) < len(screens) and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(0.05)
    gc.enable()
    for tab in screens + presses:
        await tab.close()
    return [1000 * (at - began) for at in shown.values()]


def _noting(shown: dict[int, float], place: int) -> Callable[[Delta, float], None]:
    def told(delta: Delta, at: float) -> None:
        if delta.new_element.WhichOneof("type") == "plotly_chart":
            shown.setdefault(place, at)

    return told


async def _open(tabs: list[Tab]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_(tab: Tab) -> None:
        async with gate:
            await tab.open()

    await asyncio.gather(*map(open_, tabs))


if __name__ == "__main__":
    sys.exit(not run(*map(int, sys.argv[1:])))
