"""Pages inside the frame, as the product runs them, for a visitor who is signed in or a stranger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import visitors
from mcm_core.store.engine import write
from mcm_core.ui import page
from mcm_core.web import cookie
from tests.services.people import NOW, a_cohort, a_facilitator

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]
CLOCK = NOW + timedelta(minutes=30)  # when the people of tests/services/people.py are signed in


class Stopped(datetime):
    """A clock that stands at `CLOCK`."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return CLOCK.astimezone(tz)


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Every page that a test opens would look for components in all packages that are installed, and find the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def open_page(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """`open_page("vote", as_=visitor, **query)`: the page at `CLOCK` as that visitor gets it, or a stranger.

    `halfway` is a facilitator between the password and the second step.
    """

    def open_(name: str, *, as_: Visitor | None = None, halfway: bool = False, **query: str) -> AppTest:
        token = None
        if as_ is not None:
            with write() as db:
                token = visitors.admit(
                    db,
                    facilitator_id=as_.facilitator_id,
                    member_id=as_.member_id,
                    cohort_id=as_.cohort_id,
                    waiting=halfway,
                    at=CLOCK,
                )
        monkeypatch.setattr(cookie, "read", lambda _cookies: token)
        monkeypatch.setattr(page, "datetime", Stopped)
        app = AppTest.from_file(str(ROOT / "mcm_core" / "ui" / "frame.py"), default_timeout=20)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        return app.switch_page(str(ROOT / "pages" / f"{name}.py")).run() if name != "today" else app

    return open_


@pytest.fixture
def fay(sqlite: str) -> Visitor:
    with write() as db:
        return a_facilitator(db, "fay")


@pytest.fixture
def ours(fay: Visitor) -> Cohort:
    with write() as db:
        return a_cohort(db, fay, "Ours")
