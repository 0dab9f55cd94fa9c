"""The moment of a reveal: one press in every cohort, and how long until the last of N screens shows the picture.

A phone shows it when the answer to its own request has come (mcm_core/web/revealed.py); its page follows.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
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
    """Print what a reveal on so many screens took; whether all were in time, and every page came after its picture."""
    with _stage(screens) as (server, desks, phones):
        pictures, pages = asyncio.run(_reveal(server, desks, phones))
    print(
        f"Reveal in {len(desks)} cohorts at once: {len(pictures)} of {screens} screens show it, half of them within "
        f"{pictures[len(pictures) // 2]:.0f} ms, the last after {pictures[-1]:.0f} ms (bar {BAR:.0f} ms). "
        f"The page with tables and notes follows on {len(pages)}, the last after {pages[-1] / 1000:.1f} s."
    )
    return len(pictures) == len(pages) == screens and pictures[-1] <= BAR


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
    chance = Random(number)  # a picture of its own in every cohort
    answer(db, round_, members, [(chance.randint(1, 4), chance.randint(2, 4)) for _ in members], at=at)
    rounds.close(db, facilitator, round_.id, version=round_.version, at=at)
    return visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=at), tokens


async def _reveal(server: Server, desks: list[str], phones: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds from the presses until each screen has its picture, and until it has its page; in order."""
    screens = [Tab(server.address, token, "vote") for token in phones]
    presses = [Tab(server.address, token, "facilitate") for token in desks]
    await _open(screens + presses)
    pictures: dict[int, float] = {}
    pages: dict[int, float] = {}
    for place, screen in enumerate(screens):
        screen.pictured = partial(pictures.setdefault, place)
        screen.told = _noting(pages, place)
    await asyncio.sleep(2)
    gc.collect()
    gc.disable()
    began = time.monotonic()
    for press in presses:
        await press.press(PRESS)
    while len(pages) < len(screens) and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(0.05)
    gc.enable()
    for tab in screens + presses:
        await tab.close()
    return _in_order(pictures, began), _in_order(pages, began)


def _in_order(moments: dict[int, float], began: float) -> list[float]:
    return sorted(1000 * (at - began) for at in moments.values())


def _noting(pages: dict[int, float], place: int) -> Callable[[Delta, float], None]:
    def told(delta: Delta, at: float) -> None:
        if delta.new_element.WhichOneof("type") == "plotly_chart":
            pages.setdefault(place, at)

    return told


async def _open(tabs: list[Tab]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_(tab: Tab) -> None:
        async with gate:
            await tab.open()

    await asyncio.gather(*map(open_, tabs))


if __name__ == "__main__":
    sys.exit(not run(*map(int, sys.argv[1:])))
