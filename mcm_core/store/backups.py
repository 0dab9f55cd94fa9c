"""Copies of the whole database in a folder: made, verified, counted off. Names tell when, and nothing else."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from mcm_core.domain.backup import Failed, Kept, is_due, outdated
from mcm_core.domain.errors import McmError, Refused
from mcm_core.store import archive, erasures
from mcm_core.store.archive import Manifest
from mcm_core.store.copying import take
from mcm_core.store.engine import database_url, local_folder, read
from mcm_core.store.folders import private
from mcm_core.store.locks import held
from mcm_core.store.migrate import revision

REGULAR, BEFORE_UPGRADE, BEFORE_RESTORE = "backup", "before-upgrade", "before-restore"
UNFINISHED = ".unfinished-"
ABANDONED = timedelta(days=1)
_NAME = re.compile(rf"({REGULAR}|{BEFORE_UPGRADE}|{BEFORE_RESTORE})-(\d{{8}}T\d{{6}})Z-[0-9a-f]{{4}}\.zip")
_STAMP = "%Y%m%dT%H%M%S"


class BackupFailed(McmError):
    """There is no new backup. The database is as it was."""


def folder() -> Path:
    """Where backups go unless somebody says otherwise."""
    return local_folder() / "backups"


def database_file() -> Path | None:
    """The file of the product's database; None on PostgreSQL."""
    address = make_url(database_url())
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def make(*, at: datetime, to: Path | None = None, why: str = REGULAR) -> Path:
    """Copy the database while it is in use, verify the copy, and return where it lies.

    Raises BackupFailed; Refused when there is no database yet; DatabaseUnavailable.
    """
    file = database_file()
    if file is not None and not file.exists():
        raise Refused(f"There is nothing to copy yet: {file} does not exist.")
    with read() as db:
        shape = revision(db.connection())
    if shape is None:
        raise Refused("There is nothing to copy yet: the database is empty.")
    return _made(shape, to or folder(), at, why)


def before_upgrade(connection: Connection) -> Path:
    """A copy of a database that is about to change its shape; `connection` holds it. Raises BackupFailed."""
    return _made(revision(connection) or "", folder(), datetime.now(UTC), BEFORE_UPGRADE)


def daily(*, at: datetime) -> Path | None:
    """Make a copy if one is due, and delete those that have had their time. Any number of servers may call this.

    Raises what `make` raises; then nothing was deleted.
    """
    with held(local_folder() / "backups.lock") as mine:
        if not (mine and is_due(newest(), at)):
            return None
        made = make(at=at)
        for old in outdated(kept(), at):
            (folder() / old.name).unlink(missing_ok=True)
        _clear_abandoned(at)
        return made


def _clear_abandoned(at: datetime) -> None:
    """Delete what a computer that went down left half-written: it would keep people who have been erased since."""
    for scratch in folder().glob(f"{UNFINISHED}*"):
        if at - datetime.fromtimestamp(scratch.stat().st_mtime, UTC) > ABANDONED:
            shutil.rmtree(scratch, ignore_errors=True)


def kept() -> list[Kept]:
    """The copies in the folder, the newest first; none where it cannot be looked into. Files with other names are
    nobody's business."""
    found = []
    with suppress(OSError):
        for path in folder().iterdir():
            if match := _NAME.fullmatch(path.name):
                at = datetime.strptime(match[2], _STAMP).replace(tzinfo=UTC)
                found.append(Kept(path.name, at, aside=match[1] != REGULAR))
    return sorted(found, key=lambda one: one.at, reverse=True)


def newest() -> datetime | None:
    """When the newest regular copy was made."""
    return next((one.at for one in kept() if not one.aside), None)


def note_failure(error: Exception, at: datetime) -> None:
    """Leave word of a copy that could not be made, for `mcm doctor` and the figures, which may be other processes."""
    why = str(error) if isinstance(error, McmError) else f"It ended with {type(error).__name__}."
    with suppress(OSError):  # on a disk that takes nothing, its age tells
        private(local_folder())
        _last_failure().write_text(json.dumps({"at": at.isoformat(), "why": why}), encoding="utf-8")


def failure() -> Failed | None:
    """The last try that came to nothing, unless a regular copy was made since."""
    try:
        said = json.loads(_last_failure().read_text(encoding="utf-8"))
        failed = Failed(datetime.fromisoformat(said["at"]), said["why"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    since = newest()
    return None if since and since >= failed.at else failed


def _last_failure() -> Path:
    return local_folder() / "backup-failed.json"


def name(why: str, at: datetime) -> str:
    """A name that tells nothing about anybody, and is never given twice."""
    return f"{why}-{at.astimezone(UTC).strftime(_STAMP)}Z-{secrets.token_hex(2)}.zip"


@contextmanager
def told() -> Iterator[None]:
    """Say why there is no backup, in words for whoever can help. Raises BackupFailed."""
    try:
        yield
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise BackupFailed(
            f"No backup was made: {reason}. The database is as it was. "
            "Look whether the disk is full and the folder may be written, and try again."
        ) from error


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder inside the target for what is not ready yet; nothing of it stays."""
    with told():
        private(target)
        unfinished = tempfile.TemporaryDirectory(dir=target, prefix=UNFINISHED)
    with unfinished as scratch:
        yield Path(scratch)


def _made(shape: str, target: Path, at: datetime, why: str) -> Path:
    """Take a copy, and pack and verify it when nobody waits for that any more."""
    with _scratch(target) as scratch, told():
        rows = take(scratch / archive.DATABASE, shape)
        manifest = Manifest(kind="backup", made_at=at, revision=shape, rows=rows, erased=erasures.remembered())
        return put(scratch, target / name(why, at), manifest)


def put(scratch: Path, path: Path, manifest: Manifest) -> Path:
    """Pack the database in the folder `scratch`, open the archive again to verify it, and only then give it its name.

    Raises OSError, BadArchive.
    """
    archive.write(scratch / path.name, scratch / archive.DATABASE, manifest)
    with archive.opened(scratch / path.name):
        pass
    (scratch / path.name).rename(path)
    archive.sync_folder(path.parent)
    return path
