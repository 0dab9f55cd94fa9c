"""A disk that is full in the middle of a vote: a real one of a few megabytes, behind the whole server."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from mcm_core.store.engine import write
from mcm_core.store.tables import SignInRow
from tests.faults.life import Life
from tests.faults.pages import all_open
from tests.faults.rooms import Room, a_room, is_sound
from tests.faults.row import row
from tests.faults.waiting import Waited, through

PHONES, SECONDS = 20, 8.0
BAR = "nothing half written, pages can be read, all stored without a restart"


@contextmanager
def a_small_disk(megabytes: int) -> Iterator[Path]:
    """A file system in memory. Raises CalledProcessError where this process may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="mcm-faults-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


class Filled:
    """The disk filled up to the last byte while the block lasts. `kept`: what was stored before, and nothing else."""

    def __init__(self, life: Life, room: Room) -> None:
        self.life, self.room = life, room
        self.kept = self.readable = False

    def __enter__(self) -> None:
        self.before = self.room.stored()
        with write() as db:  # so that a page has something to note when it is opened
            db.execute(update(SignInRow).values(seen_at=datetime.now(UTC) - timedelta(minutes=10)))
        with (self.room.folder / "filler").open("wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass

    def __exit__(self, *_error: object) -> None:
        self.kept = self.room.stored() == self.before and is_sound()
        self.readable = all_open(self.life.address, self.room.tokens[0], ("", "vote", "notes", "journey"))
        (self.room.folder / "filler").unlink()


def play(megabytes: int) -> tuple[Waited, Filled]:
    """What the phones felt, and what was seen of the database meanwhile."""
    with (
        a_small_disk(megabytes) as disk,
        a_room(PHONES, folder=disk) as room,
        Life(room.settings, whole=True) as life,
    ):
        filled = Filled(life, room)
        return asyncio.run(through(room, life.address, filled, SECONDS)), filled


def run() -> bool:
    """Twenty phones before, during and after."""
    found, filled = play(4)
    met = found.met and filled.kept and filled.readable and all("is full" in words for words in found.said)
    measured = f"{found}; rows as before and whole: {filled.kept}; four pages can be read: {filled.readable}"
    return row("disk full", "tmpfs of 4 MB filled to the last byte, whole server", measured, BAR, met)
