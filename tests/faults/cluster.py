"""A PostgreSQL that keeps its word to the disk (fsync on), and that can be stopped, crashed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import _postgres_programs


class Cluster:
    """One that runs."""

    def __init__(self, programs: Path, folder: Path, settings: str) -> None:
        self._programs, self._folder = programs, folder
        self._user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []  # it refuses to run as root
        self._options = f"-k {folder} -c listen_addresses='' {settings}"
        self._databases = count(1)

    def empty(self) -> str:
        """The address of a new database."""
        name = f"faults{next(self._databases)}"
        with self._line() as line:
            line.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://mcm@/{name}?host={self._folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "-o", self._options, "-w", "-l", str(self._folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` says goodbye to everybody, `immediate` is a crash."""
        self._run("pg_ctl", "-m", mode, "stop")

    def kill_one(self) -> None:
        """kill -9 of a process that serves a connection: it takes all others down, and starts again by itself."""
        with self._line() as line:
            found = line.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        if found:
            os.kill(found[0], signal.SIGKILL)

    def _line(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(self._folder), user="mcm", dbname="postgres", autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._user, str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)

    @contextmanager
    def down(self, mode: str = "fast") -> Iterator[None]:
        """Not there while the block lasts."""
        self.stop(mode)
        try:
            yield
        finally:
            self.start()


@contextmanager
def a_cluster(settings: str = "") -> Iterator[Cluster]:
    """A throw-away one; skips, and says so, where PostgreSQL is not installed."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs (Debian package postgresql) are not installed")
    folder = Path(tempfile.mkdtemp(prefix="mcm-faults-pg-"))
    cluster = Cluster(programs, folder, settings)
    if cluster._user:
        shutil.chown(folder, "nobody")
    cluster._run("initdb", "-A", "trust", "-U", "mcm", "--no-sync")
    cluster.start()
    try:
        yield cluster
    finally:
        subprocess.run(
            [*cluster._user, str(programs / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        shutil.rmtree(folder, ignore_errors=True)
