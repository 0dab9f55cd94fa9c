"""What the tests of the cohort page look up and press over and over."""

from __future__ import annotations

import re
from html import unescape

from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort, Member
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, members
from mcm_core.store.engine import read, write
from tests.services.people import NOW


def cohorts_of(visitor: Visitor) -> tuple[Cohort, ...]:
    with read() as db:
        return cohorts.of_visitor(db, visitor)


def roster(visitor: Visitor, cohort: Cohort) -> tuple[Member, ...]:
    with read() as db:
        return members.roster(db, visitor, cohort.id)


def add(visitor: Visitor, cohort: Cohort, *names: str) -> tuple[Member, ...]:
    with write() as db:
        return members.add(db, visitor, cohort.id, "\n".join(names), at=NOW)


def rows(app: AppTest) -> list[tuple[str, str]]:
    """The members' table as a browser shows it: names and states."""
    cells = [unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", texts(app))]
    return list(zip(cells[::2], cells[1::2], strict=True))


def field(app: AppTest, kind: str, label: str, nth: int = 0):  # type: ignore[no-untyped-def]
    """The nth widget of a kind with this label."""
    return [found for found in app.get(kind) if found.label == label][nth]


def press(app: AppTest, label: str, nth: int = 0) -> AppTest:
    app = field(app, "button", label, nth).click().run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """Everything that the page says in words of its own."""
    said = [found.proto.body for found in app.get("html")] + [found.value for found in app.get("code")]
    return "\n".join(
        [*said, *(found.value for kind in ("title", "success", "error", "info") for found in app.get(kind))]
    )
