"""What `mcm doctor` asks of the database: that it is sound, private, on a disk that keeps its word, and of today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from mcm_core.domain.health import Line
from mcm_core.store import backups
from mcm_core.store.engine import journal_mode, read
from mcm_core.store.migrate import head, knows, revision
from mcm_core.store.tables import AuditRow, ReadingRow, SignInRow

SKEW_MAX = timedelta(minutes=2)
POSTGRESQL_MIN = 13  # the oldest that Debian's supported releases have
#: File systems on which SQLite's locks cannot be relied on (sqlite.org/lockingv3.html, "NFS").
REMOTE = ("nfs", "cifs", "smb", "sshfs", "9p", "davfs", "afs", "ceph", "gluster")
MOUNTS = Path("/proc/mounts")


def database(_at: datetime) -> Iterator[Line]:
    file = backups.database_file()
    if file is None:
        yield _postgresql()
    elif not file.exists():
        yield Line("database", "look", f"{file} does not exist yet.", "The first start makes it.")
    else:
        yield _sqlite(file)
        yield _file_system(file)


def _sqlite(file: Path) -> Line:
    with read() as db:
        mode = str(db.scalar(text("PRAGMA journal_mode"))).upper()
        sound = db.scalar(text("PRAGMA quick_check"))
    here = f"SQLite {sqlite3.sqlite_version}, {file.stat().st_size / 1e6:.1f} MB, journal mode {mode}"
    if sound != "ok":
        return Line("database", "broken", f"{here}; it is damaged: {sound}.", "Go back to a backup: mcm restore.")
    if mode != journal_mode():
        return Line(
            "database", "look", f"{here}, not {journal_mode()}.", "Something else opened it; restart the server."
        )
    return Line("database", "ok", f"{here}, sound.")


def _postgresql() -> Line:
    with read() as db:
        version = int(db.scalar(text("SHOW server_version_num")) or 0) // 10_000
        durable = db.scalar(text("SHOW fsync")) == "on" and db.scalar(text("SHOW synchronous_commit")) != "off"
    if version < POSTGRESQL_MIN:
        return Line(
            "database", "look", f"PostgreSQL {version} answers, and is old.", "Upgrade it to a supported version."
        )
    if not durable:
        do = "Set fsync = on and synchronous_commit = on in postgresql.conf."
        return Line("database", "broken", f"PostgreSQL {version} may forget what it said was saved.", do)
    return Line("database", "ok", f"PostgreSQL {version} answers, and keeps what it said was saved.")


def _file_system(file: Path) -> Line:
    kind = file_system(file)
    if kind is None:
        return Line("file system", "look", "This system does not say what it is.", "Keep the database on a local disk.")
    if any(kind.removeprefix("fuse.").startswith(remote) for remote in REMOTE):
        do = "Move the folder to a disk of this computer (MCM_LOCAL), or use PostgreSQL."
        return Line("file system", "broken", f"The database lies on {kind}, where its locks cannot be relied on.", do)
    return Line("file system", "ok", f"The database lies on {kind}.")


def file_system(file: Path) -> str | None:
    """The kind of file system that a file lies on, as Linux calls it; None elsewhere."""
    if not MOUNTS.exists():
        return None
    mounts = [line.split()[1:3] for line in MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    here = [(len(at), kind) for at, kind in mounts if file.resolve().is_relative_to(at)]
    return max(here)[1] if here else None


def shape(_at: datetime) -> Iterator[Line]:
    file = backups.database_file()
    if file and not file.exists():
        return
    with read() as db:
        here = revision(db.connection())
    if here == head():
        yield Line("shape", "ok", f"The database has the shape that this program expects ({here}).")
    elif here and not knows(here):
        yield Line("shape", "broken", "The database was written by a newer version.", "Start that version.")
    else:
        yield Line(
            "shape", "look", f"The database is older ({here or 'empty'}).", "The next start brings it up to date."
        )


def clock(at: datetime) -> Iterator[Line]:
    file = backups.database_file()
    if file and not file.exists():
        return
    with read() as db:
        if revision(db.connection()) != head():
            return
        moments = [db.scalar(select(func.max(one))) for one in (AuditRow.at, SignInRow.seen_at, ReadingRow.saved_at)]
        theirs = None if file else db.scalar(text("SELECT clock_timestamp()"))
    newest = max((moment for moment in moments if moment), default=None)
    do = "Set the clock (timedatectl set-ntp true): sessions, links and codes go by it."
    if newest and newest > at + SKEW_MAX:
        yield Line("clock", "broken", f"It is {at:%d %B %Y %H:%M} UTC here, and something happened after that.", do)
    elif theirs and abs(theirs - datetime.now(UTC)) > SKEW_MAX:
        yield Line("clock", "broken", "The database's clock and ours are minutes apart.", do)
    else:
        yield Line("clock", "ok", f"It is {at:%d %B %Y %H:%M} UTC, and nothing happened after that.")
