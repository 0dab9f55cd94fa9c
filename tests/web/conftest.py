"""Browsers in front of our own pages, and a cohort behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from mcm_core.store.engine import write
from mcm_core.web.headers import SafeHeaders
from mcm_core.web.routes import routes
from tests.services.people import a_cohort, a_facilitator, the_code

Browser = Callable[..., TestClient]


@pytest.fixture
def browser(sqlite: str) -> Browser:
    """Opens a browser without cookies. `address` is where the server seems to be, `network` where the browser is."""

    def opened(address: str = "http://localhost", network: str = "203.0.113.7") -> TestClient:
        return TestClient(
            Starlette(routes=routes, middleware=[Middleware(SafeHeaders)]),
            base_url=address,
            client=(network, 50000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    return opened


@pytest.fixture
def fay(sqlite: str) -> Visitor:
    """A facilitator."""
    with write() as db:
        return a_facilitator(db, "fay", name="Fay <i>Faye</i>", at=datetime.now(UTC))


@pytest.fixture
def cohort(fay: Visitor) -> Cohort:
    """Her cohort."""
    with write() as db:
        return a_cohort(db, fay, "Tuesday group", at=datetime.now(UTC))


@pytest.fixture
def code(fay: Visitor, cohort: Cohort) -> str:
    """The code with which one can knock at her room just now."""
    with write() as db:
        return the_code(db, fay, cohort, at=datetime.now(UTC))


@pytest.fixture
def link(fay: Visitor, cohort: Cohort) -> str:
    """The address of Ada's personal link."""
    with write() as db:
        ada = members.add(db, fay, cohort.id, "Ada <img src=x>", at=datetime.now(UTC))[0]
        return f"/j/{members.link_token(db, fay, ada.id, at=datetime.now(UTC))}"
