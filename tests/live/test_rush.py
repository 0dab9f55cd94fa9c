"""The second after a reveal: every page has a moment of its own, and waits for pictures, but not for long."""

from __future__ import annotations

import asyncio

import pytest

from mcm_core.live.bus import Bus
from mcm_core.live.rush import CALM, EACH, LONGEST, Rush


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rush(clock: Clock) -> Rush:
    return Rush(Bus(), clock)


def test_every_phone_gets_a_moment_of_its_own(rush: Rush, clock: Clock) -> None:
    waits = [rush.turn() for _ in range(3)]
    assert waits == pytest.approx([0, EACH, 2 * EACH])

    clock.now += EACH
    assert rush.turn() == pytest.approx(2 * EACH)
    clock.now += 60
    assert rush.turn() == 0


def test_the_first_page_comes_later_where_more_are_connected(clock: Clock) -> None:
    async def wait(streams: int) -> float:
        bus = Bus()
        rush = Rush(bus, clock)
        open_ = [bus.follow([f"phase:{number}"]) for number in range(streams)]
        for stream in open_:
            await anext(stream)
        first = rush.turn()
        for stream in open_:
            await stream.aclose()  # type: ignore[attr-defined]
        assert rush.turn() == pytest.approx(first + EACH)  # nobody is connected any more: only the next moment
        return first

    assert asyncio.run(wait(20)) < 0.1 < 1.0 < asyncio.run(wait(300)) < 1.5


def test_pages_wait_while_pictures_go_out(rush: Rush, clock: Clock) -> None:
    assert not rush.is_on
    rush.begins()
    assert rush.is_on
    clock.now += 0.9 * CALM
    rush.turn()
    clock.now += 0.9 * CALM
    assert rush.is_on

    clock.now += CALM
    assert not rush.is_on


def test_nobody_waits_for_ever_for_somebody_who_asks_again_and_again(rush: Rush, clock: Clock) -> None:
    rush.begins()
    for _ in range(100):
        rush.turn()
        clock.now += LONGEST / 90

    assert not rush.is_on
