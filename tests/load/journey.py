"""The Journey page of a cohort that has been through all six sessions: how long it takes, and what it asks of SQL."""

from __future__ import annotations

import asyncio
import logging
import statistics
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from mcm_core.domain.visitor import Visitor
from mcm_core.services import visitors
from mcm_core.store.engine import database_url, engine, write
from mcm_core.web import cookie
from tests.load.bars import Bars
from tests.load.client import Tab
from tests.load.servers import ROOT, Server, serving
from tests.load.stages import Ours, use
from tests.services.stories import Group, a_group, climbing, run_round

FULL = (20, 6)
SMALL = (5, 2)
TIMES = 10
BAR = 300.0
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)  # AppTest's noise


def report(bars: Bars) -> None:
    """Print milliseconds of the page in a running server, and its statements at two sizes."""
    with TemporaryDirectory(prefix="mcm-bench-") as name:
        folder = Path(name)
        small = _statements(_told(folder / "small", *SMALL))
        group = _told(folder / "full", *FULL)
        full = _statements(group)
        member, facilitator = _token(group.members[0]), _token(group.facilitator)
        with serving([*Ours.command], folder / "full") as server:
            mine, theirs = (asyncio.run(_median(server, token)) for token in (member, facilitator))
    print(
        f"\nJourney of {FULL[0]} members × {FULL[1]} sessions × 6 themes × 2 (median of {TIMES} first runs): "
        f"{mine:.0f} ms for a member, {theirs:.0f} ms for a facilitator.\n"
        f"SQL statements of that page for a member: {full}; with {SMALL[0]} members × {SMALL[1]} sessions: {small}."
    )
    bars.at_most("Journey of a full cohort, for a member", mine, BAR, "ms")
    bars.at_most("Journey of a full cohort, for a facilitator", theirs, BAR, "ms")
    bars.at_most("Journey: statements, five members with two sessions = 1", full / small, 1.0)


def _told(folder: Path, members: int, sessions: int) -> Group:
    """A cohort with a revealed round of six themes in each of its first sessions; a transaction for each."""
    folder.mkdir()
    use(folder)
    with write() as db:
        group = a_group(db, members)
    for number in range(1, sessions + 1):
        with write() as db:
            ballots = [climbing(place, number) for place in range(members)]
            run_round(db, group.facilitator, group.cohort, group.members, number, ballots)
    return group


def _statements(group: Group) -> int:
    """How many statements drawing the page takes, without BEGIN and COMMIT."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    token = _token(group.members[0])
    with patch.object(cookie, "read", lambda _cookies: token):
        app = AppTest.from_file(str(ROOT / "mcm_core" / "ui" / "frame.py"), default_timeout=60).run()
        event.listen(engine(database_url()), "before_cursor_execute", note)
        app.switch_page(str(ROOT / "pages" / "journey.py")).run()
        event.remove(engine(database_url()), "before_cursor_execute", note)
    if app.exception:
        raise RuntimeError(f"The Journey page failed: {app.exception[0].message}")
    return len(seen)


async def _median(server: Server, token: str) -> float:
    """Milliseconds from asking for the page until its script has finished, in a tab that opens it first."""
    seconds = []
    for _ in range(TIMES + 1):
        tab = Tab(server.address, token, "journey")
        seconds.append(await tab.open())
        await tab.close()
    return 1000 * statistics.median(seconds[1:])  # the first one also imports the page


def _token(visitor: Visitor) -> str:
    """A sign-in of today for somebody whose story lies in the past."""
    with write() as db:
        return visitors.admit(
            db,
            facilitator_id=visitor.facilitator_id,
            member_id=visitor.member_id,
            cohort_id=visitor.cohort_id,
            at=datetime.now(UTC),
        )
