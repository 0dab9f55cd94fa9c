"""Two processes on one PostgreSQL: each hears what the other changed, also when the listening breaks in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mcm_core.store import engine as store
from mcm_core.store import signals

SOON = 10.0  # seconds, for a slow machine; nothing here waits that long when it works


class Room:
    """What a process tells its screens: the topics that it heard of, and how often it told them to look anyway."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.looks = 0

    def hear(self, topics: Iterable[str]) -> None:
        self.heard += topics

    def missed(self) -> None:
        self.looks += 1


def listen(url: str, scene: Callable[[Room], object]) -> Room:
    """Play a scene, in a thread, while another process listens; returns what that one heard."""
    room = Room()

    async def play() -> Room:
        async with signals.listening(url, room.hear, room.missed):
            await until(lambda: room.looks > 0)  # it has begun to listen
            await asyncio.to_thread(scene, room)
        return room

    return asyncio.run(play())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.01)


def wait(true: Callable[[], bool]) -> None:
    asyncio.run(until(true))


def elsewhere(*topics: str) -> None:
    """Change topics as another process would."""
    with store.write() as db:
        db.execute(signals._SEND, {"process": "another", "topics": [*topics]})


def test_a_change_is_heard_when_it_is_committed_and_not_when_it_is_undone(on_postgres: str) -> None:
    def change(db: Session, topic: str) -> None:
        db.execute(signals._SEND, {"process": "another", "topics": [topic]})

    def undone() -> None:
        with store.write() as db:
            change(db, "phase:undone")
            raise RuntimeError

    def scene(room: Room) -> None:
        with pytest.raises(RuntimeError):
            undone()
        with store.write() as db:
            change(db, "phase:x")
            assert room.heard == []
        wait(lambda: bool(room.heard))

    assert listen(on_postgres, scene).heard == ["phase:x"]


def test_what_this_process_changed_itself_is_not_told_twice(on_postgres: str) -> None:
    def scene(room: Room) -> None:
        with store.write() as db:
            store.announce(db, "phase:own")
        elsewhere("phase:other")
        wait(lambda: bool(room.heard))

    assert listen(on_postgres, scene).heard == ["phase:other"]


def test_after_a_lost_connection_it_listens_again_and_has_every_screen_look(
    on_postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    def scene(room: Room) -> None:
        with store.write() as db:
            gone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mcm signals'")
            db.execute(gone)
        wait(lambda: room.looks > 1)
        elsewhere("phase:x")
        wait(lambda: bool(room.heard))

    listen(on_postgres, scene)

    assert caplog.text.count("Not listening to the other processes any more") == 1


def test_the_number_shows_what_the_listening_did_not(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pooler between us and the database swallows LISTEN; so does whatever nobody has thought of yet."""
    monkeypatch.setattr(signals, "LISTEN", "LISTEN somewhere_else")
    monkeypatch.setattr(signals, "LOOK", 0.05)

    def scene(room: Room) -> None:
        elsewhere("phase:x")
        wait(lambda: room.looks > 1)

    assert listen(on_postgres, scene).heard == []


def test_without_listening_and_number_nobody_would_know(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: it is these two, and nothing else, by which the other process learns of a change."""
    looked: list[int] = []

    async def blind(_connection: object) -> int:
        looked.append(0)
        return 0

    monkeypatch.setattr(signals, "LISTEN", "LISTEN somewhere_else")
    monkeypatch.setattr(signals, "LOOK", 0.05)
    monkeypatch.setattr(signals, "_number", blind)

    def scene(_room: Room) -> None:
        elsewhere("phase:x")
        seen = len(looked)
        wait(lambda: len(looked) > seen + 3)

    room = listen(on_postgres, scene)

    assert (room.heard, room.looks) == ([], 1)


def test_quiet_screens_are_left_alone(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearing everything, no look finds a gap: not for other processes' changes and not for our own."""
    monkeypatch.setattr(signals, "LOOK", 0.5)  # longer than a busy machine takes to hear of a change

    def scene(room: Room) -> None:
        for number in range(20):
            elsewhere(f"count:{number}")
            with store.write() as db:
                store.announce(db, f"phase:{number}")
        wait(lambda: len(room.heard) == 20)
        time.sleep(1.5)  # time for some looks

    assert listen(on_postgres, scene).looks == 1


def test_one_process_with_its_file_has_nobody_to_listen_to(sqlite: str) -> None:
    room = Room()

    async def serve() -> None:
        async with signals.listening(sqlite, room.hear, room.missed):
            with store.write() as db:
                store.announce(db, "phase:x")

    asyncio.run(serve())

    assert (room.heard, room.looks) == ([], 0)
