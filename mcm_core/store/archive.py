"""One file that holds a database or a cohort: a ZIP with an SQLite database and what it must hold.

The same for both databases, so that one form is written, verified, restored and carried to another computer. Any ZIP
program opens it. Its last 64 bytes (the ZIP's comment) are the SHA-256 of everything before them: no byte of it can
change unnoticed. (SQLite's own check does not see a changed byte inside a text.) It finds accidents, not forgers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import local_folder
from mcm_core.store.folders import private
from mcm_core.store.migrate import knows

FORMAT = 1
MANIFEST, DATABASE = "mcm-archive.json", "database.sqlite3"
_HEADER = 30  # bytes of a ZIP before the name of its first file
_SEAL = 64
_CHUNK = 1 << 20


class BadArchive(McmError):
    """The file cannot be used; nothing was changed."""


class Manifest(BaseModel):
    """What an archive says of itself. `erased` are member ids with whether the notes were kept, as in erasures.log."""

    format: int = FORMAT
    kind: Literal["backup", "cohort"]
    made_at: datetime
    revision: str
    rows: Mapping[str, int]
    erased: Mapping[str, bool]
    sha256: str = ""


def write(path: Path, database: Path, manifest: Manifest) -> None:
    """Pack the database into a new archive that only its owner can read, and have it on the disk. Raises OSError."""
    said = manifest.model_copy(update={"sha256": _sha256(database, database.stat().st_size)})
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.comment = b"0" * _SEAL
            packed.writestr(MANIFEST, said.model_dump_json(indent=1))
            packed.write(database, DATABASE)
        file.flush()
        sealed = file.seek(0, os.SEEK_END) - _SEAL
        seal = _sha256(path, sealed)
        file.seek(sealed)
        file.write(seal.encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """Verify an archive and unpack its database into a folder that is gone afterwards. Raises BadArchive."""
    try:
        manifest = _manifest(path)
        private(local_folder())
        with tempfile.TemporaryDirectory(dir=local_folder(), prefix="unpacked-") as folder:
            database = Path(folder) / DATABASE
            with zipfile.ZipFile(path) as packed, packed.open(DATABASE) as inside, database.open("wb") as file:
                shutil.copyfileobj(inside, file, _CHUNK)
            _refuse_other(path, manifest, database)
            yield manifest, database
    except OSError as error:
        raise BadArchive(f"{path} cannot be read or unpacked: {error.strerror}. Nothing was changed.") from error


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, after a file in it came, went or was renamed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of an SQLite database has."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    tables = [name for (name,) in connection.execute(named)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def _manifest(path: Path) -> Manifest:
    """What the archive says of itself, if it is whole and we can read it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEADER + len(MANIFEST))
        file.seek(max(size - _SEAL, 0))
        seal = file.read()
    if not (head.startswith(b"PK") and head.endswith(MANIFEST.encode())):
        raise BadArchive(f"{path} is not a backup of this program. Nothing was changed.")
    if _sha256(path, size - _SEAL).encode() != seal:
        raise BadArchive(
            f"{path} is damaged: it is not the whole file as it was written. Nothing was changed. "
            "Copy it once more from where it came from, or take an older one."
        )
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = Manifest.model_validate_json(packed.read(MANIFEST))
    except (zipfile.BadZipFile, ValidationError, KeyError) as error:
        raise BadArchive(f"{path} is not a backup of this program. Nothing was changed.") from error
    if manifest.format > FORMAT or not knows(manifest.revision):
        raise BadArchive(
            f"{path} was written by a newer version of this program. Nothing was changed. "
            "Install that version or a later one, and try again."
        )
    return manifest


def _refuse_other(path: Path, manifest: Manifest, database: Path) -> None:
    """Raise BadArchive unless the database is the one that the manifest speaks of, and sound."""
    wrong = None
    if _sha256(database, database.stat().st_size) != manifest.sha256:
        wrong = "its database is another one than it says"
    else:
        try:
            with closing(sqlite3.connect(database)) as connection:
                wrong = _unsound(connection, manifest)
        except sqlite3.DatabaseError as error:
            wrong = str(error)
    if wrong:
        raise BadArchive(f"{path} is damaged: {wrong}. Nothing was changed. Take an older one.")


def _unsound(connection: sqlite3.Connection, manifest: Manifest) -> str | None:
    connection.execute("PRAGMA trusted_schema=OFF")
    said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        return f"its database says: {said}"
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        return "some of its rows refer to others that do not exist"
    if rows_of(connection) != manifest.rows:
        return "rows are missing or were added"
    if connection.execute("SELECT version_num FROM alembic_version").fetchone() != (manifest.revision,):
        return "its database has another version than it says"
    return None


def _sha256(path: Path, length: int) -> str:
    """The SHA-256 of the first `length` bytes of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            found.update(chunk)
            length -= len(chunk)
    return found.hexdigest()
