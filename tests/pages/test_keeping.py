"""How long everything is kept, as people see it: the warning on Today, the day on the Cohort page, and who did what."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from mcm_core.services import members
from mcm_core.store.engine import read, write
from mcm_core.store.tables import CohortRow, CohortSessionRow
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import Open
from tests.services.stories import Group, a_group


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 5)


def warnings(app) -> str:
    return " ".join(found.value.replace("\\", "") for found in app.warning)


def test_in_the_last_month_everybody_is_told_the_day(open_page: Open, group: Group) -> None:
    assert warnings(open_page("today", as_=group.members[0])) == ""
    with write() as db:
        long_ago = datetime(2025, 6, 20, 14)  # noqa: DTZ001 -- a clock on the wall
        db.execute(update(CohortSessionRow).values(starts_local=long_ago))

    assert "On 4 February 2026 everything that is linked to people here is deleted" in warnings(
        open_page("today", as_=group.members[0])
    )
    assert "take a copy" in warnings(open_page("today", as_=group.members[0]))
    assert "on the Cohort page" in warnings(open_page("today", as_=group.facilitator))


def test_afterwards_the_facilitator_is_told_that_it_is_over(open_page: Open, group: Group) -> None:
    with write() as db:
        db.execute(update(CohortRow).values(deleted_at=datetime(2026, 1, 3, tzinfo=UTC)))

    app = open_page("today", as_=group.facilitator)

    assert "What was linked to people was deleted on 3 January 2026" in texts(app).replace("\\", "")


def test_a_facilitator_moves_the_day(open_page: Open, group: Group) -> None:
    app = open_page("cohort", as_=group.facilitator)
    assert "It is 17 August 2026 now." in texts(app)
    day = next(field for field in app.date_input if field.label == "Keep what is linked to people until")

    day.set_value(date(2026, 10, 1))
    app = press(app, "Keep until this day")

    assert "kept until 1 October 2026" in texts(app).replace("\\", "")
    with read() as db:
        assert db.scalars(select(CohortRow.keep_until)).one() == date(2026, 10, 1)


def test_a_facilitator_reads_who_did_what(open_page: Open, group: Group) -> None:
    with write() as db:
        members.forget_devices(db, group.facilitator, group.members[1].member_id or "")
    app = open_page("cohort", as_=group.facilitator)
    assert "Fay signed out the phones of Ben." not in texts(app)

    app = next(switch for switch in app.toggle if switch.label == "Who did what").set_value(True).run()

    assert "Fay signed out the phones of Ben." in texts(app)
