"""What the tests of our pages look up and say over and over."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from starlette.testclient import TestClient

from mcm_core.domain.visitor import Visitor
from mcm_core.services import tickets, visitors
from mcm_core.store.engine import read, write
from mcm_core.store.tables import Base
from mcm_core.web import cookie


def now() -> datetime:
    return datetime.now(UTC)


def who(client: TestClient) -> Visitor | None:
    """Who the browser is signed in as."""
    with read() as db:
        return visitors.recognise(db, cookie.read(dict(client.cookies)) or "", at=now())


def sign_in(client: TestClient, facilitator: Visitor) -> None:
    """Sign the browser in as this facilitator."""
    with write() as db:
        ticket = tickets.issue(db, facilitator.facilitator_id or "", at=now())
    assert client.post("/auth/complete", json={"ticket": ticket}).status_code == 204


def everything() -> list[object]:
    """Every row of every table."""
    with read() as db:
        return [tuple(row) for table in Base.metadata.sorted_tables for row in db.execute(select(table))]
