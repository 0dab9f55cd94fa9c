"""The power fails in mid-vote: what had not reached the disk is gone, or part of it is.

A process saves answers while strace writes down what it asks of the disk. From that the disk is built as a power
failure could leave it: everything up to the last fsync of each file, and of what came after nothing, or any part.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event

from mcm_core.domain.reading import Reading
from mcm_core.services import readings
from mcm_core.store.engine import database_url, engine
from mcm_core.store.together import write_together
from tests.faults.phones import LADDER
from tests.faults.rooms import THEME, a_room
from tests.faults.row import row

ANSWERS = int(os.environ.get("MCM_POWER", "200"))
PARTS = 3  # disks built after every step, with other parts of what was not yet safe
ACK = "acknowledged"
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((\d+)<([^>]*)>(?:, (.*))?\) += (\d+)$")
_BYTES = re.compile(r'^"((?:\\x[0-9a-f]{2})*)", (\d+)(?:, (\d+))?$')


@dataclass
class Disk:
    """Two files as the program sees them, and as they are safe; between the two, writes that a failure may tear."""

    safe: dict[str, bytes]
    waiting: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)

    def call(self, name: str, file: str, rest: str) -> None:
        """What the program asked for."""
        if file.endswith(".changed"):
            return  # a word for a process that serves, beside the database; nothing is read from it at a start
        if name in {"fsync", "fdatasync"}:
            self.safe[file] = _with(self.safe.get(file, b""), self.waiting.pop(file, []))
        elif name == "ftruncate":
            self.waiting.setdefault(file, []).append((int(rest), None))
        elif found := _BYTES.match(rest):
            data = bytes.fromhex(found[1].replace("\\x", ""))
            assert found[3] is not None, "a write without its place"
            self.waiting.setdefault(file, []).append((int(found[3]), data))

    def after_failure(self, chance: random.Random | None) -> dict[str, bytes]:
        """The files as the next start finds them: without what was not safe, or with some of it."""
        found = dict(self.safe)
        for file, writes in self.waiting.items():
            kept = [one for one in writes if chance and chance.random() < 0.5]
            found[file] = _with(found.get(file, b""), kept)
        return found


def _with(content: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
    now = bytearray(content)
    for place, data in writes:
        if data is None:
            del now[place:]
            now.extend(b"\0" * (place - len(now)))
        else:
            now.extend(b"\0" * (place - len(now)))
            now[place : place + len(data)] = data
    return bytes(now)


@dataclass
class Outcome:
    """`failures`: disks that were looked at; `lost`: those without an acknowledged answer; `damaged`: not whole."""

    answers: int = 0
    failures: int = 0
    lost: int = 0
    damaged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.answers} answers acknowledged, {self.failures} failures of power, {self.lost} lost, "
            f"{self.damaged} damaged"
        )


def traced(answers: int, *, without: str = "") -> Outcome:
    """Save so many answers under strace, and look at the disk of a failure after every step."""
    with a_room(1) as room:
        engine(database_url()).dispose()
        before = {path.name: path.read_bytes() for path in room.folder.glob("mcm.sqlite3*")}
        trace = room.folder / "trace"
        calls = "trace=pwrite64,write,ftruncate,fsync,fdatasync"
        command = ["strace", "-o", str(trace), "-e", calls, "-y", "-xx", "-s", "70000"]
        program = [sys.executable, "-m", __name__, room.members[0].sign_in, room.round.id, str(answers), without]
        subprocess.run([*command, *program], check=True, env={**os.environ, **room.settings}, stdout=subprocess.DEVNULL)
        return _judged(Disk(before), trace)


def _judged(disk: Disk, trace: Path) -> Outcome:
    found, chance, told = Outcome(), random.Random(0), None
    for name, file, rest in _calls(trace):
        if file == ACK:
            told = tuple(int(level) for level in rest.split())
            found.answers += 1
            images = [disk.after_failure(None)]
        else:
            disk.call(name, file, rest)
            images = []
        images += [disk.after_failure(chance) for _ in range(PARTS)]
        for image in images:
            _look(image, told, found)
    return found


def _calls(trace: Path) -> Iterator[tuple[str, str, str]]:
    """What was asked of the database's files, and what was acknowledged between."""
    for line in trace.read_text(encoding="ascii").splitlines():
        if found := _CALL.match(line):
            name, _, path, rest, _ = found.groups()
            file = Path(re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), path)).name
            if file.startswith("mcm.sqlite3"):
                yield name, file, rest or ""
            elif (said := _BYTES.match(rest or "")) and (words := bytes.fromhex(said[1].replace("\\x", ""))).startswith(
                ACK.encode()
            ):
                yield name, ACK, words.decode().removeprefix(ACK).strip()


def _look(image: dict[str, bytes], told: tuple[int, ...] | None, found: Outcome) -> None:
    with tempfile.TemporaryDirectory(prefix="mcm-faults-power-", dir="/dev/shm") as folder:
        for name, content in image.items():
            (Path(folder) / name).write_bytes(content)
        found.failures += 1
        try:
            with closing(sqlite3.connect(Path(folder) / "mcm.sqlite3")) as database:
                whole = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                held = database.execute("SELECT current, desired FROM reading").fetchone()
        except sqlite3.DatabaseError:
            whole, held = False, None
    found.damaged += not whole
    if told is not None and held != told and held != _after(told):
        found.lost += 1


def _after(told: tuple[int, ...]) -> tuple[int | None, ...]:
    """The answer that is sent after this one: it may be stored and not acknowledged yet."""
    return LADDER[(LADDER.index(told) + 1) % len(LADDER)]  # type: ignore[arg-type]


def _save(sign_in: str, round_id: str, answers: int, without: str) -> None:
    """In the traced process: save one answer after the other, and acknowledge each."""
    from mcm_core.domain.visitor import Role, Visitor

    if without:
        event.listen(engine(database_url()), "connect", lambda line, _: line.execute("PRAGMA synchronous=OFF"))
    member = Visitor(sign_in=sign_in, role=Role.MEMBER, name="")
    for number in range(answers):
        pair = LADDER[number % len(LADDER)]
        write_together(
            lambda db, pair=pair: readings.cast(db, member, round_id, THEME, Reading(*pair), at=datetime.now(UTC))
        )
        os.write(1, f"{ACK} {pair[0]} {pair[1]}".encode())


def run() -> bool:
    """Two hundred answers."""
    if not shutil.which("strace"):
        return row("power failure", "not played: install strace", "–", "0 lost, 0 damaged", False)
    found = traced(ANSWERS)
    met = found.answers == ANSWERS and not (found.lost or found.damaged)
    return row("power failure", "after every write and fsync of a process", str(found), "0 lost, 0 damaged", met)


if __name__ == "__main__":
    _save(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
