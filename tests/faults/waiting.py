"""Phones that tap while nothing can be stored: they say so, and everything is there once it can."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.faults.phones import Phone
from tests.faults.rooms import Pair, Room

PATIENCE = 90.0


@dataclass(frozen=True)
class Waited:
    """`lied`: phones that were told "saved" while nothing was stored; `said`: what they were told instead.

    `stored`: phones whose row is what their screen shows in the end; `after`: the seconds until the last of them was.
    """

    phones: int
    lied: int
    said: frozenset[str]
    silent: int
    stored: int
    after: float

    @property
    def met(self) -> bool:
        return not self.lied and not self.silent and self.stored == self.phones

    def __str__(self) -> str:
        return (
            f"{self.phones - self.silent} of {self.phones} phones said “not saved yet”, {self.lied} said “saved”; "
            f"{self.stored} of {self.phones} stored, the last {self.after:.1f} s after"
        )


async def through(room: Room, address: str, fault: AbstractContextManager[object], seconds: float) -> Waited:
    """Every phone has answered once; each taps another answer during the fault, and goes on trying."""
    phones = [Phone(room, address, place, again=0.5) for place in range(len(room.tokens))]
    await asyncio.gather(*(phone.tap() for phone in phones))
    assert room.stored() == {phone.token: phone.shows for phone in phones}
    with fault:
        told = [phone.told for phone in phones]
        taps = [asyncio.create_task(phone.tap()) for phone in phones]
        await asyncio.sleep(seconds)
        lied = sum(phone.told > before for phone, before in zip(phones, told, strict=True))
    began = time.monotonic()
    await asyncio.wait(taps, timeout=PATIENCE)
    after = time.monotonic() - began
    for phone in phones:
        phone.away = True
    await asyncio.gather(*taps)
    stored = room.stored()
    return Waited(
        phones=len(phones),
        lied=lied,
        said=frozenset(words for phone in phones for words in phone.said),
        silent=sum(not phone.said for phone in phones),
        stored=sum(_holds(stored, phone) for phone in phones),
        after=after,
    )


def _holds(stored: dict[str, Pair], phone: Phone) -> bool:
    return phone.kept is None and not phone.refused and stored.get(phone.token) == phone.shows
