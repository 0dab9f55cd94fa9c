"""A command of the console beside the process that serves, on one SQLite file: open pages are told to look."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mcm_core.services import visitors
from mcm_core.store import engine as store
from mcm_core.store import signals
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitatorRow
from tests.services.people import a_facilitator
from tests.store.test_signals import Room, until

QUIET = 0.3  # seconds: thirty looks


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "LOOK", 0.01)


def serve(url: str, scene: Callable[[], object], *, until_told: bool) -> Room:
    """Play a scene, in a thread, while another process listens; returns what that one told its pages."""
    room = Room()

    async def play() -> None:
        async with signals.listening(url, room.hear, room.missed):
            await asyncio.sleep(0.05)
            await asyncio.to_thread(scene)
            await (until(lambda: room.looks > 0) if until_told else asyncio.sleep(QUIET))

    asyncio.run(play())
    return room


def change() -> None:
    with write() as db:
        store.announce(db, "visitor:x")


def test_a_command_that_puts_somebody_out_is_noticed(sqlite: str) -> None:
    with write() as db:
        fay = a_facilitator(db, at=datetime.now(UTC))
    command = [sys.executable, "-m", "mcm_core.cli", "disable", "fay"]

    room = serve(sqlite, lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), until_told=True)

    assert room.looks >= 1
    with read() as db:
        assert not db.query(FacilitatorRow).one().active
        assert visitors.recognise(db, fay.sign_in, at=datetime.now(UTC)) is None


def test_without_the_word_that_it_leaves_nobody_would_look(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    assert serve(sqlite, change, until_told=True).looks >= 1
    monkeypatch.setattr(store, "leave_word", lambda _url: None)

    assert serve(sqlite, change, until_told=False).looks == 0


def test_what_is_not_committed_or_says_nothing_new_tells_nobody(sqlite: str) -> None:
    def undone() -> None:
        with write() as db:
            store.announce(db, "visitor:x")
            raise RuntimeError

    def scene() -> None:
        with pytest.raises(RuntimeError):
            undone()
        with write():
            pass

    assert serve(sqlite, scene, until_told=False).looks == 0


def test_the_process_that_serves_leaves_no_word_for_itself(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[frozenset[str]] = []
    monkeypatch.setattr(store, "_listeners", [told.append])

    assert serve(sqlite, change, until_told=False).looks == 0
    assert told == [frozenset({"visitor:x"})]


def test_a_word_that_cannot_be_left_undoes_nothing(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(signals.os, "open", full)

    change()
