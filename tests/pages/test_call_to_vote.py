"""A vote opens while somebody reads or writes elsewhere: a line says so and leads there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.round import Round
from mcm_core.services import rounds
from mcm_core.store.engine import write
from tests.pages.conftest import CLOCK, Open
from tests.services.stories import Group, a_group, an_open_round


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 5)


def open_round(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, at=CLOCK)


def calls(app: AppTest) -> list[str]:
    links = [link.proto for link in app.get("page_link")]
    return [link.page for link in links if "A vote is open" in link.label]


@pytest.mark.parametrize("page", ["notes", "journey", "review"])
def test_a_member_elsewhere_is_called_as_long_as_it_is_open(open_page: Open, group: Group, page: str) -> None:
    app = open_page(page, as_=group.members[0])
    assert calls(app) == []

    round_ = open_round(group)
    assert calls(app.run()) == ["vote"]

    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=CLOCK)
    assert calls(app.run()) == []


@pytest.mark.parametrize("page", ["notes", "journey", "review"])
def test_a_facilitator_is_not(open_page: Open, group: Group, page: str) -> None:
    open_round(group)

    assert calls(open_page(page, as_=group.facilitator)) == []


def test_another_cohorts_vote_calls_nobody(open_page: Open, group: Group) -> None:
    with write() as db:
        other = a_group(db, 1, username="olga", name="Other group")
    open_round(group)

    assert calls(open_page("notes", as_=other.members[0])) == []
