"""No page, paper, address or log line that a facilitator gets tells whose a confidential answer was (issue 3, item 5).

Two members are given each other's answers. To everybody else the two worlds must be the same, to the letter; that the
services tell nothing is tested verb by verb in tests/services/test_sealed.py.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from mcm_core.domain.reading import Reading
from mcm_core.domain.visitor import Visitor
from mcm_core.services import readings
from mcm_core.store.engine import write
from tests.pages.conftest import CLOCK, Open
from tests.services.stories import Group, a_group, an_open_round, answer, run_round
from tests.services.test_sealed import exchange
from tests.web.papers import browser_of, ours

ROOT = Path(__file__).resolve().parents[2]
#: Not the ballot, which is for members, nor the facilitator's own account, which counts how often it was opened.
PAGES = sorted({path.stem for path in (ROOT / "pages").glob("*.py")} - {"vote", "account"})
BALLOTS = [(1, 2), (2, 3), (2, 4), (4, 4), (3, 3), (3, 4), (2, 2), (-3, None)]


@pytest.fixture
def group(sqlite: str) -> Group:
    """Eight people, two revealed rounds and one that is open."""
    with write() as db:
        group = a_group(db, 8)
        for number in (1, 2):
            run_round(db, group.facilitator, group.cohort, group.members, number, BALLOTS, at=CLOCK)
        opened = an_open_round(db, group.facilitator, group.cohort, 3, at=CLOCK)
        answer(db, opened, group.members, BALLOTS, at=CLOCK)
    return group


def drawn(open_page: Open, page: str, visitor: Visitor) -> str:
    """The page as it is sent to the browser, without the ids that Streamlit makes anew each time."""
    app = open_page(page, as_=visitor)
    assert not app.exception
    return re.sub(r"[0-9a-f]{16,}", "", "\n".join(str(node.proto) for node in app.main if hasattr(node, "proto")))


def swapped(group: Group) -> None:
    with write() as db:
        exchange(db, group.members[0], group.members[3])


@pytest.mark.parametrize("page", PAGES)
def test_no_page_tells_whose_an_answer_was(open_page: Open, group: Group, page: str) -> None:
    before = drawn(open_page, page, group.facilitator)
    swapped(group)

    assert drawn(open_page, page, group.facilitator) == before


def test_the_control_the_two_themselves_see_another_page(open_page: Open, group: Group) -> None:
    before = drawn(open_page, "journey", group.members[0])
    swapped(group)

    assert drawn(open_page, "journey", group.members[0]) != before


@pytest.mark.parametrize("ending", ["", ".csv"])
def test_no_paper_tells_whose_an_answer_was(group: Group, ending: str) -> None:
    facilitator, member = browser_of(group.facilitator), browser_of(group.members[0])
    address, own = ours(group, ending), f"/report/mine{ending}"
    before, mine = facilitator.get(address), member.get(own)
    swapped(group)

    assert before.status_code == 200
    assert facilitator.get(address).text == before.text
    assert member.get(own).text != mine.text, "the control"
    assert facilitator.get(own).status_code == 404


def test_no_log_line_holds_an_answer(group: Group, caplog: pytest.LogCaptureFixture) -> None:
    """Not even of a statement that failed: SQLAlchemy would write its parameters into the error."""
    caplog.set_level(logging.DEBUG)
    with write() as db:
        round_id = db.scalar(text("SELECT id FROM round WHERE state = 'open'"))
        readings.cast(db, group.members[0], round_id, "tools", Reading(3, 4), at=CLOCK)
    wrong = {"round": round_id, "member": group.members[0].member_id, "answer": 77}
    statement = "UPDATE reading SET current = :answer WHERE round_id = :round AND member_id = :member"
    with write() as db, pytest.raises(DatabaseError) as failed, db.begin_nested():
        db.execute(text(statement), wrong)

    assert "77" not in str(failed.value)
    assert (group.members[0].member_id or "") not in str(failed.value) + caplog.text


def test_nothing_about_people_is_cached() -> None:
    """A cache of Streamlit's belongs to the whole process; one not keyed by the visitor gives A's data to B."""
    for path in [*(ROOT / "mcm_core").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        assert not re.search(r"\bcache_(data|resource)\b", path.read_text(encoding="utf-8")), path


def test_an_address_names_no_answer_and_nobody(open_page: Open, group: Group) -> None:
    link = re.compile(r'(?:url|page|href)[":= ]+"?(/?[\w/?=&.-]+)"')
    addresses = {found for page in PAGES for found in link.findall(drawn(open_page, page, group.facilitator))}
    ids = {visitor.member_id for visitor in group.members}

    assert addresses
    assert not [address for address in addresses if any(who and who in address for who in ids)]
