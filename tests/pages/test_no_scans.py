"""No page looks through a table that grows with every cohort: SQLite says so itself of every statement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import event, text
from streamlit.testing.v1 import AppTest

from mcm_core.store.engine import database_url, engine, write
from mcm_core.store.tables import Base
from mcm_core.web import cookie
from tests.load.history import People, a_finished_cohort
from tests.load.servers import ROOT

#: One short row for each cohort: 0.06 ms with a thousand.
SMALL = {"facilitation"}


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "local"))
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    return a_finished_cohort(tmp_path / "local")


def looked_through(people: People, pages: Callable[[str], bool] = lambda _page: True) -> set[tuple[str, str]]:
    """Every table that a page reads from end to end, with the page."""
    found: set[tuple[str, str]] = set()
    asking = False

    def note(_connection: object, cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if asking and statement.startswith(("SELECT", "WITH")):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[attr-defined]
            scans = {words.split()[1] for *_, words in plan if words.startswith("SCAN")}
            found.update((table, page) for table in scans & set(Base.metadata.tables) - SMALL)

    event.listen(engine(database_url()), "before_cursor_execute", note)
    for page, _who, token in people.visits():
        if pages(page):
            with patch.object(cookie, "read", lambda _cookies, token=token: token):
                asking = False
                app = AppTest.from_file(str(ROOT / "mcm_core" / "ui" / "frame.py"), default_timeout=60).run()
                asking = True
                app.switch_page(str(ROOT / "pages" / f"{page or 'today'}.py")).run()
            assert not app.exception, page
    event.remove(engine(database_url()), "before_cursor_execute", note)
    return found


def test_no_page_looks_through_a_table_that_grows_with_every_cohort(people: People) -> None:
    assert looked_through(people) == set()


def test_without_an_index_it_would_be_seen(people: People) -> None:
    with write() as db:
        db.execute(text("DROP INDEX ix_focus_member"))

    assert looked_through(people, lambda page: page == "my_data") == {("focus", "my_data")}
