"""A real server with two people in it whom somebody might bother."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.reading import Reading
from mcm_core.domain.visitor import Visitor
from mcm_core.services import passwords, readings, visitors
from mcm_core.store.engine import database_url, engine, read, write
from mcm_core.store.tables import Base
from tests.browser.conftest import Server, a_server
from tests.services.people import a_cohort, a_facilitator, a_member, the_code
from tests.services.stories import an_open_round, choose_focus, connections


@dataclass(frozen=True)
class World:
    """The server, Fay who facilitates, Ada and Ben who are members, the tokens of their browsers, and an open round."""

    server: Server
    fay: Visitor
    cohort: Cohort
    members: tuple[Visitor, ...]
    tokens: tuple[str, ...]
    fays_token: str
    round_id: str
    code: str

    @property
    def address(self) -> str:
        return self.server.url.removeprefix("http://")

    @property
    def log(self) -> str:
        return (self.server.local / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def a_world(module: str = "mcm_core.cli", *, members: int = 2, **settings: str) -> Iterator[World]:
    """Start a server, put a cohort with an open round into its database, and look into that database meanwhile."""
    with a_server(module, **settings) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        patch.setattr(passwords, "COST", 4)
        try:
            yield _peopled(server, members)
        finally:
            engine(database_url()).dispose()


def _peopled(server: Server, count: int) -> World:
    at = datetime.now(UTC)
    with write() as db:
        fay = a_facilitator(db, "fay", at=at)
        cohort = a_cohort(db, fay, at=at)
        round_ = an_open_round(db, fay, cohort, at=at)
        people = tuple(a_member(db, fay, cohort, f"Member {n + 1}", at=at) for n in range(count))
        for one in people:
            choose_focus(db, one, connections(), at=at)
            readings.cast(db, one, round_.id, "safety", Reading(2, 3), at=at)
        tokens = tuple(visitors.admit(db, member_id=one.member_id, cohort_id=one.cohort_id, at=at) for one in people)
        fays = visitors.admit(db, facilitator_id=fay.facilitator_id, at=at)
        return World(server, fay, cohort, people, tokens, fays, round_.id, the_code(db, fay, cohort, at=at))


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database, by table; without what a visit itself notes (when it was last here) and without the
    log of backups, which the server makes by itself."""
    found = {}
    with read() as db:
        for table in Base.metadata.sorted_tables:
            names = [column.name for column in table.columns if column.name not in {"seen_at", "expires_at"}]
            query = text(f"SELECT {', '.join(names)} FROM {table.name}")
            found[table.name] = sorted(map(tuple, db.execute(query)), key=repr)
    del found["audit_head"]  # it follows the log
    found["audit"] = [row for row in found["audit"] if Deed.BACKUP_MADE.value not in row]
    return found


def is_sound() -> bool:
    """Whether the database file is whole and every row keeps the rules of its table."""
    with read() as db:
        assert inspect(db.get_bind()).dialect.name == "sqlite"
        checks = [db.scalar(text("PRAGMA integrity_check")), db.execute(text("PRAGMA foreign_key_check")).all()]
    return checks == ["ok", []]


def rss(pid: int) -> float:
    """Resident memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def thorough() -> bool:
    """Whether the long variants are wanted: `make security`."""
    return os.environ.get("MCM_THOROUGH") == "1"


def longer() -> bool:
    """Whether the longest variants are wanted: `make soak`."""
    return os.environ.get("MCM_LONGER") == "1"
