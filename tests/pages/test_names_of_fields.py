"""What a screen reader is told of a field is what was written: options and names are sent as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import topics
from mcm_core.store.engine import write
from mcm_core.web import cookie
from tests.load.history import People, a_finished_cohort
from tests.load.servers import ROOT
from tests.pages.conftest import CLOCK, Open
from tests.services.people import a_member

#: Streamlit sends the name of these as their accessible name, unread; the options of the first two are never Markdown.
CHOSEN = ("selectbox", "multiselect")
NAMED = (*CHOSEN, "radio", "button_group", "text_input", "text_area", "checkbox", "toggle", "date_input", "time_input")


def unread(app: AppTest) -> Iterator[str]:
    """Everything on the page that is read aloud as it was sent."""
    for kind in NAMED:
        for found in app.get(kind):
            yield found.proto.label
            yield from (str(one) for one in found.proto.options if kind in CHOSEN) if kind in CHOSEN else ()


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "local"))
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    return a_finished_cohort(tmp_path / "local")


def test_no_page_sends_a_backslash_as_an_option_or_a_name(people: People) -> None:
    seen = []
    for page, _who, token in people.visits():
        with patch.object(cookie, "read", lambda _cookies, token=token: token):
            app = AppTest.from_file(str(ROOT / "mcm_core" / "ui" / "frame.py"), default_timeout=60).run()
            app.switch_page(str(ROOT / "pages" / f"{page or 'today'}.py")).run()
        assert not app.exception, page
        seen += [(page, one) for one in unread(app)]
    assert [(page, one) for page, one in seen if "\\" in one] == []
    assert len(seen) > 100, "there are names and options on these pages"


def test_a_topic_is_chosen_by_its_own_words(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    words = "Everybody is tired. What do we stop (for now)?"
    with write() as db:
        niamh = a_member(db, fay, ours, "Niamh O'Donoghue")
        topics.propose(db, niamh, ours.id, kind="challenge", text=words, named=True, at=CLOCK)
    app = open_page("topics", as_=fay)

    offered = [option for one in app.selectbox for option in one.options]
    assert f"{words} (Niamh O'Donoghue)" in offered
    assert [one for one in offered if "\\" in one] == []
