"""The bus: whoever follows a topic hears of every change of it, and that something may have been missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from mcm_core.live import bus as module
from mcm_core.live.bus import Bus


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that do not wait for one another's signals."""
    monkeypatch.setattr(module, "COALESCE", 0.0)


def numbers(after: Callable[[Bus], None], *topics: str) -> list[int]:
    """What a stream of the topics says before and after something happened."""
    bus = Bus()

    async def heard(stream: AsyncIterator[int]) -> list[int]:
        bus.start()
        first = await anext(stream)
        after(bus)
        async with asyncio.timeout(5):
            return [first, await anext(stream)]

    return asyncio.run(heard(bus.follow(topics)))


def test_a_change_of_a_followed_topic_is_said() -> None:
    before, after = numbers(lambda bus: bus.publish({"phase:x"}), "phase:x", "count:x")

    assert after > before


def test_when_something_may_have_been_missed_every_stream_says_another_number() -> None:
    before, after = numbers(lambda bus: bus.missed(), "phase:x")

    assert after > before


def test_other_topics_are_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT", 0.01)

    before, after = numbers(lambda bus: bus.publish({"phase:y"}), "phase:x")

    assert after == before


def test_two_processes_never_say_the_same_number_by_chance() -> None:
    """A page drawn by one and listening to the other would take a number of its own count for up to date."""
    assert Bus().sequence(["phase:x"]) != Bus().sequence(["phase:x"])
