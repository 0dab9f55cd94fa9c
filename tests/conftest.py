"""Databases to test on: SQLite always, PostgreSQL when its programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mcm_core.services import passwords
from mcm_core.store import engine as store
from mcm_core.store.migrate import is_current, migrate
from mcm_core.store.tables import Base


def _postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    real = versions[-1] if versions else Path(found).resolve() if found else None
    return real.parent if real else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a throw-away PostgreSQL cluster, started once; skips, and says so, where it is not installed."""
    programs = _postgres_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("CI must install PostgreSQL: .ci/run does.")
        pytest.skip("PostgreSQL's programs (Debian package postgresql) are not installed")
    folder = Path(tempfile.mkdtemp(prefix="mcm-pg-"))
    user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []  # the server refuses to run as root
    if user:
        shutil.chown(folder, "nobody")

    def run(program: str, *arguments: str) -> None:
        command = [*user, str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run("initdb", "-A", "trust", "-U", "mcm", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield (address := f"postgresql+psycopg://mcm@/postgres?host={folder}")
        store.engine(address).dispose()  # not after each test: a connection costs more than most statements
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the product's local files, and a secret."""
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path))
    monkeypatch.setenv("MCM_SECRET", "a secret for tests that is long enough")
    return tmp_path


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database that every test gets a copy of: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    url = f"sqlite:///{file}"
    migrate(url)
    store.engine(url).dispose()
    return file


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A link to the folder of whichever test runs. Under one address there is one engine, which has every statement
    compiled already; with one for each test, compiling took a third of the time and all that was compiled stayed."""
    return tmp_path_factory.mktemp("here") / "home"


@pytest.fixture
def sqlite(home: Path, here: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty, migrated SQLite database: the product's own for the length of the test."""
    shutil.copy(migrated, home / "test.sqlite3")
    here.unlink(missing_ok=True)
    here.symlink_to(home)
    url = f"sqlite:///{here / 'test.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    yield url
    store.engine(url).dispose()


@pytest.fixture
def on_postgres(home: Path, monkeypatch: pytest.MonkeyPatch, postgres: str) -> Iterator[str]:
    """The same on PostgreSQL; emptied afterwards."""
    monkeypatch.setenv("MCM_DATABASE_URL", postgres)
    if not is_current():  # asking costs a tenth of having Alembic read its steps and find nothing to do
        migrate(postgres)
    yield postgres
    emptied = "; ".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
    with store.write(postgres) as db:  # without triggers, in no order: TRUNCATE takes ten times as long
        db.execute(text(f"SET LOCAL session_replication_role = replica; {emptied}"))


@pytest.fixture(params=["sqlite", "on_postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    """One open transaction on an empty database, for tests that need no second person."""
    with store.write(database) as open_db:
        yield open_db


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """A run of a page puts itself in the place of the main module, and a process that is started later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at the least cost, so that tests do not wait for it."""
    monkeypatch.setattr(passwords, "COST", 4)
