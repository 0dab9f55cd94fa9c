"""Whose pages are connected: told once when somebody comes or has gone, and not when a page is only loaded anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest

from mcm_core.live import bus as live
from mcm_core.live import presence
from mcm_core.live.bus import Bus

ADA = ("phase:c", "visitor:ada")


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LINGER", 0.05)
    monkeypatch.setattr(live, "COALESCE", 0.0)


class Desk:
    """A facilitator's screen: how often it was told that somebody came or has gone."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self._first = bus, bus.sequence(["here:c"])

    @property
    def told(self) -> int:
        return self.bus.sequence(["here:c"]) - self._first


async def opened(bus: Bus, topics: Iterable[str] = ADA) -> AsyncIterator[int]:
    """A page whose stream has begun."""
    stream = bus.follow(topics)
    await anext(stream)
    return stream


async def settled() -> None:
    await asyncio.sleep(3 * presence.LINGER)


def a_bus() -> Bus:
    bus = Bus()
    bus.start()
    return bus


def test_somebody_comes_and_goes() -> None:
    async def story() -> None:
        bus = a_bus()
        desk = Desk(bus)
        page = await opened(bus)
        assert (bus.presence.is_here("ada"), bus.presence.is_here("ben"), desk.told) == (True, False, 1)
        await page.aclose()  # type: ignore[attr-defined]
        assert bus.presence.is_here("ada"), "somebody who loads a page anew is not gone"
        assert desk.told == 1
        await settled()
        assert not bus.presence.is_here("ada")
        assert desk.told == 2

    asyncio.run(story())


def test_a_page_loaded_anew_and_a_second_page_move_nothing() -> None:
    async def story() -> None:
        bus = a_bus()
        desk = Desk(bus)
        first = await opened(bus)
        await first.aclose()  # type: ignore[attr-defined]
        again, second = await opened(bus), await opened(bus)
        await again.aclose()  # type: ignore[attr-defined]
        await settled()
        assert bus.presence.is_here("ada")
        assert desk.told == 1
        await second.aclose()  # type: ignore[attr-defined]
        await settled()
        assert desk.told == 2

    asyncio.run(story())


def test_without_lingering_a_page_loaded_anew_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(presence, "LINGER", 0.0)

    async def story() -> None:
        bus = a_bus()
        desk = Desk(bus)
        first = await opened(bus)
        await first.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        await opened(bus)
        assert desk.told == 3

    asyncio.run(story())


def test_a_stream_whose_phone_has_vanished_is_ended() -> None:
    async def story() -> None:
        bus = a_bus()
        page, other = await opened(bus), await opened(bus, ("phase:c", "visitor:ben"))
        bus.end("visitor:ada")
        with pytest.raises(StopAsyncIteration):
            await anext(page)
        await settled()
        assert not bus.presence.is_here("ada")
        assert bus.presence.is_here("ben")
        await other.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())


def test_how_long_a_word_has_waited_is_heard_once_from_the_first_of_several() -> None:
    async def story() -> None:
        heard: list[float] = []
        bus = a_bus()
        bus.on_told = heard.append
        page = await opened(bus)
        bus.publish(["phase:c"])
        await asyncio.sleep(0.02)
        bus.publish(["phase:c"])
        await anext(page)
        assert len(heard) == 1
        assert heard[0] >= 0.02
        await page.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())
