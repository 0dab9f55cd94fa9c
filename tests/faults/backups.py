"""T10 and T11: how long a backup takes while people write, whether each can be gone back to, and how long that takes.

`python -m tests.faults backups` prints these rows alone. On SQLite, in a folder of its own, for two or three minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update

from mcm_core.services import restoring
from mcm_core.store import archive, backups
from mcm_core.store import engine as store
from mcm_core.store.migrate import migrate
from mcm_core.store.tables import CohortRow, CohortSessionRow, InstrumentRow, MemberRow, ReadingRow, RoundRow, new_id
from tests.faults.row import row

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SIZE = 20_000_000
A_SECOND = 100
TIMES, TIMES_BIG, COPIES = 50, 5, 20
BACKUP_MAX, RESTORE_MAX = 2.0, 60.0
WORDS = random.Random(4)


def run() -> bool:
    """Measure both; True when both bars are met and the control shows what a plain copy would have been."""
    with a_home() as home:
        migrate()
        fill(0)
        met = [under_writes("backup under 100 writes a second, small database", TIMES, home)]
        while (home / "mcm.sqlite3").stat().st_size < SIZE:
            fill(20)
        met.append(under_writes("the same at 20 MB", TIMES_BIG, home))
        met.append(plain_copies(home))
        met.append(drill(home))
    return all(met)


@contextmanager
def a_home() -> Iterator[Path]:
    """A folder of its own for the product, gone afterwards."""
    kept = {name: os.environ.get(name) for name in ("MCM_LOCAL", "MCM_SECRET", "MCM_DATABASE_URL")}
    with tempfile.TemporaryDirectory(prefix="mcm-backups-") as folder:
        os.environ |= {"MCM_LOCAL": folder, "MCM_SECRET": "a secret for tests that is long enough"}
        os.environ.pop("MCM_DATABASE_URL", None)
        try:
            yield Path(folder)
        finally:
            store.engine(store.database_url()).dispose()
            for name, value in kept.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def fill(cohorts: int) -> None:
    """Add the first cohort, or so many more: 20 members who answered 12 themes in six sessions."""
    with store.write() as db:
        for _ in range(cohorts or 1):
            _a_cohort(db.connection().execute)


def _a_cohort(execute: Callable[..., object]) -> None:
    cohort, asked = new_id(), new_id()
    execute(
        insert(CohortRow).values(
            id=cohort, name="Ours", time_zone="UTC", code=new_id()[:8], threshold=5, phase=0, created_at=NOW
        )
    )
    words = "".join(WORDS.choices("abcdefghijklmnopqrstuvwxyz ", k=4000))
    execute(insert(InstrumentRow).values(id=asked, key=asked, version="1", content=words))
    people = [
        {
            "id": new_id(),
            "cohort_id": cohort,
            "name": f"P{n}",
            "name_key": f"p{n}",
            "link_hash": new_id(),
            "created_at": NOW,
        }
        for n in range(20)
    ]
    execute(insert(MemberRow), people)
    for number in range(1, 7):
        meeting, round_ = new_id(), new_id()
        execute(
            insert(CohortSessionRow).values(
                id=meeting, cohort_id=cohort, number=number, starts_local=NOW.replace(tzinfo=None), minutes=120
            )
        )
        execute(
            insert(RoundRow).values(
                id=round_, first_id=round_, cohort_id=cohort, session_id=meeting, instrument_id=asked, attempt=1,
                themes=[], minutes=5, threshold=5, state="revealed", created_at=NOW,
            )
        )  # fmt: skip
        execute(
            insert(ReadingRow),
            [
                {"round_id": round_, "member_id": one["id"], "theme": f"theme {theme}", "cohort_id": cohort,
                 "instrument_id": asked, "current": 2, "desired": 3, "saved_at": NOW}
                for one in people for theme in range(12)
            ],
        )  # fmt: skip


def write_on(ids: list[str], stop: Event, slowest: Any) -> None:
    """Change two people in one transaction, a hundred times a second, until told to stop."""
    number, due = changes(ids), time.monotonic()
    while not stop.is_set():
        number, began = number + 1, time.monotonic()
        with store.write() as db:
            for who in ids:
                db.execute(update(MemberRow).where(MemberRow.id == who).values(link_version=number))
        slowest.value = max(slowest.value, time.monotonic() - began)
        due += 1 / A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


@contextmanager
def writing() -> Iterator[tuple[list[str], Any]]:
    """While this lasts another process writes; yields whom it changes, the first of all and the last, and how long its
    slowest write took so far."""
    with store.read() as db:
        ids = [db.scalars(text(f"SELECT id FROM member ORDER BY rowid {way} LIMIT 1")).one() for way in ("", "DESC")]
    began = changes(ids)
    store.engine(store.database_url()).dispose()
    apart = get_context("spawn")
    stop, slowest = apart.Event(), apart.Value("d", 0.0)
    process = apart.Process(target=write_on, args=(ids, stop, slowest), daemon=True)
    process.start()
    try:
        _wait(lambda: changes(ids) > began + 5)
        slowest.value = 0.0
        yield ids, slowest
    finally:
        stop.set()
        process.join(10)


def changes(ids: list[str]) -> int:
    with store.read() as db:
        return db.scalars(select(MemberRow.link_version).where(MemberRow.id == ids[0])).one()


def under_writes(what: str, times: int, home: Path) -> bool:
    """Make backups while others write, then go back to each on another database and look at the pair."""
    took, made, rates = [], [], []
    with writing() as (ids, slowest):
        for _ in range(times):
            before, began = changes(ids), time.monotonic()
            made.append(backups.make(at=datetime.now(UTC)))
            took.append(time.monotonic() - began)
            time.sleep(0.1)
            rates.append((changes(ids) - before) / (time.monotonic() - began))
    whole = sum(_restorable(path, ids, home) for path in made)
    shutil.rmtree(backups.folder())
    size, met = (home / "mcm.sqlite3").stat().st_size / 1e6, max(took) <= BACKUP_MAX and whole == times
    waited = f"longest {max(took):.2f} s, slowest write {slowest.value * 1000:.0f} ms"
    return row(
        what,
        f"{times} backups of {size:.1f} MB, {sum(rates) / times:.0f} writes/s meanwhile",
        f"p50 {sorted(took)[times // 2]:.2f} s, {waited}; {whole}/{times} restored and of one moment",
        f"≤ {BACKUP_MAX:.0f} s, {times}/{times}",
        met,
    )


def _restorable(path: Path, ids: list[str], home: Path) -> bool:
    elsewhere = home / "elsewhere.sqlite3"
    os.environ["MCM_DATABASE_URL"] = f"sqlite:///{elsewhere}"
    try:
        restoring.restore(path, at=datetime.now(UTC))
        with store.read() as db:
            return len(set(db.scalars(select(MemberRow.link_version).where(MemberRow.id.in_(ids))))) == 1
    finally:
        store.engine(store.database_url()).dispose()
        os.environ.pop("MCM_DATABASE_URL")
        elsewhere.unlink(missing_ok=True)


def plain_copies(home: Path) -> bool:
    """The negative control: copies of the file itself, taken under the same writes, are not all of one moment."""
    wrong = 0
    with writing() as (ids, _):
        for number in range(COPIES):
            copy = home / f"plain-{number}"
            with (home / "mcm.sqlite3").open("rb") as file, copy.open("wb") as to:
                shutil.copyfileobj(file, to, 65536)
            wrong += not _of_one_moment(copy, ids)
            copy.unlink()
    what, found = "control: `cp` of the file under the same writes", f"{wrong} damaged or of two moments"
    return row(what, f"{COPIES} copies", found, "≥ 1", wrong > 0)


def _of_one_moment(copy: Path, ids: list[str]) -> bool:
    try:
        with closing(sqlite3.connect(copy)) as found:
            versions = found.execute("SELECT DISTINCT link_version FROM member WHERE id IN (?, ?)", ids).fetchall()
            return len(versions) == 1 and found.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False


def drill(home: Path) -> bool:
    """Lose the database, go back to the backup, and serve."""
    made = backups.make(at=datetime.now(UTC), to=home / "stick")
    with archive.opened(made) as (manifest, file):
        rows, size = sum(manifest.rows.values()), file.stat().st_size / 1e6
    store.engine(store.database_url()).dispose()
    (home / "mcm.sqlite3").unlink()
    began = time.monotonic()
    mcm = [sys.executable, "-m", "mcm_core.cli"]
    subprocess.run([*mcm, "restore", str(made)], check=True, stdout=subprocess.DEVNULL)
    restored = time.monotonic() - began
    port = _a_port()
    server = subprocess.Popen([*mcm, "serve", "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait(lambda: _answers(port))
        took = time.monotonic() - began
    finally:
        server.terminate()
        server.wait(20)
    return row(
        "restore drill: the database is lost",
        f"{size:.1f} MB, {rows} rows",
        f"{restored:.1f} s for `mcm restore`, {took:.1f} s until it serves",
        f"≤ {RESTORE_MAX:.0f} s",
        took <= RESTORE_MAX,
    )


def _a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/privacy", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait(until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.1)
    raise TimeoutError("a minute has passed")
