"""A page falls over for one person, and the caches are emptied: nobody else notices, and nothing is lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.life import Life
from tests.faults.phones import Phone
from tests.faults.rooms import Room, a_room
from tests.faults.weakened import SECRET_WORDS
from tests.load.client import Broken, Tab

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
NOTED = re.compile(r"noted as ([0-9a-f]{8})")


@pytest.fixture(scope="module")
def fallen() -> Iterator[tuple[Life, Room]]:
    """A server in which every page raises for facilitators."""
    with a_room(2) as room, Life(room.settings, whole=True, without="pages for facilitators") as life:
        yield life, room


async def told(life: Life, token: str, page: str) -> list[str]:
    """What the page complains of."""
    tab = Tab(life.address, token, "" if page == "today" else page)
    try:
        await tab.open()
    except Broken:
        pass
    finally:
        await tab.close()
    return tab.complaints


@pytest.mark.parametrize("page", PAGES)
def test_who_meets_it_reads_a_number_and_nothing_else_while_others_go_on(fallen: tuple[Life, Room], page: str) -> None:
    life, room = fallen

    async def play() -> tuple[list[str], list[str]]:
        phone = Phone(room, life.address, 0)
        said, others, _ = await asyncio.gather(
            told(life, room.fays_token, page), told(life, room.tokens[1], page), phone.tap()
        )
        assert phone.shows == room.stored()[phone.token]
        return said, others

    said, others = asyncio.run(play())

    (words,) = said
    number = NOTED.search(words)
    assert number, words
    assert f"Error {number[1]}" in life.said()
    assert not any(inside in words for inside in (SECRET_WORDS, "RuntimeError", "Traceback", ".py"))
    assert others == []


def test_without_our_own_words_there_would_be_no_number() -> None:
    """The negative control."""
    with a_room(1) as room, Life(room.settings, whole=True, without="our words for a fallen page") as life:
        (words,) = asyncio.run(told(life, room.fays_token, "notes"))

    assert not NOTED.search(words)


async def emptied(room: Room, address: str, taps: int) -> list[Phone]:
    """Phones tap and pages open while the caches are emptied all the time."""
    phones = [Phone(room, address, place) for place in range(len(room.tokens))]

    async def tap(phone: Phone) -> None:
        for _ in range(taps):
            await phone.tap()
            await asyncio.sleep(0.02)

    await asyncio.gather(*(tap(phone) for phone in phones))
    return phones


def test_nobody_notices_that_the_caches_are_emptied() -> None:
    with a_room(4) as room, Life(room.settings, whole=True, without="caches") as life:
        phones = asyncio.run(emptied(room, life.address, 25))
        pages = [asyncio.run(told(life, room.tokens[0], page)) for page in ("today", "vote", "journey")]

        assert life.said().count("emptied") >= 20
        assert room.stored() == {phone.token: phone.shows for phone in phones}
        assert [phone.told for phone in phones] == [25] * 4
        assert pages == [[], [], []]


def test_answers_held_in_a_cache_would_be_lost() -> None:
    """The negative control."""
    with a_room(4) as room, Life(room.settings, whole=True, without="caches, answers in them") as life:
        phones = asyncio.run(emptied(room, life.address, 5))

        assert room.stored() != {phone.token: phone.shows for phone in phones}
