"""A vote opens or a block begins while somebody reads or writes elsewhere: a line says so and leads there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.round import Round
from mcm_core.services import pauses, rounds
from mcm_core.store.engine import write
from mcm_core.ui.page import PAGES
from mcm_core.ui.sitemap import ENTRIES
from tests.pages.cohort_desk import texts
from tests.pages.conftest import CLOCK, Open
from tests.services.sheets import go_on, go_to
from tests.services.stories import Group, a_group, an_open_round

OF_THE_VOTE = {"today.py", "vote.py", "facilitate.py", "room.py"}  # these show it themselves
OF_FACILITATORS = {"cohort.py", "applicants.py", "messages.py", "plan.py", "account.py"}


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 5)


def open_round(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, at=CLOCK)


def calls(app: AppTest) -> list[str]:
    """Where the line leads, if it is there."""
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
def test_a_facilitator_elsewhere_sees_what_a_colleague_opens_and_pauses(
    open_page: Open, group: Group, page: str
) -> None:
    app = open_page(page, as_=group.facilitator)
    assert calls(app) == []

    open_round(group)
    assert calls(app.run()) == ["facilitate"]

    with write() as db:
        pauses.begin(db, group.facilitator, group.cohort.id, at=CLOCK)
    assert "You are pausing." in texts(app.run())


@pytest.mark.parametrize("page", ["notes", "journey", "review"])
def test_one_listener_hears_of_votes_pauses_and_the_end_of_the_sign_in(
    open_page: Open, group: Group, page: str
) -> None:
    app = open_page(page, as_=group.facilitator)

    drawn = [one.proto for one in app.get("bidi_component")]
    (heard,) = [one.json for one in drawn if one.component_name == "mcm_listener"]

    assert f"phase%3A{group.cohort.id}" in heard
    assert "visitor%3A" in heard


@pytest.mark.parametrize(("role", "to"), [("member", "vote"), ("facilitator", "facilitate")])
def test_every_page_that_members_have_leads_to_a_vote_that_is_open(
    open_page: Open, group: Group, role: str, to: str
) -> None:
    open_round(group)
    app = open_page("journey", as_=group.members[0] if role == "member" else group.facilitator)

    led = {}
    for entry in ENTRIES:
        if entry.file not in OF_THE_VOTE | OF_FACILITATORS and (role, entry.file) != ("facilitator", "my_data.py"):
            led[entry.file] = calls(app.switch_page(str(PAGES / entry.file)).run())

    assert {"agreement.py", "news.py", "prepare.py"} < set(led)
    assert [file for file, leads in led.items() if leads != [to]] == []


def test_the_pages_of_facilitators_are_closed_to_members(open_page: Open, group: Group) -> None:
    """So the test above goes through all that members have."""
    app = open_page("journey", as_=group.members[0])
    for file in OF_FACILITATORS:
        app.switch_page(str(PAGES / file)).run()
        assert [one.value for one in app.info] == ["This page is for facilitators."], file


def test_another_cohorts_vote_calls_nobody(open_page: Open, group: Group) -> None:
    with write() as db:
        other = a_group(db, 1, username="olga", name="Other group")
    open_round(group)

    assert calls(open_page("notes", as_=other.members[0])) == []


def blocks(app: AppTest) -> list[str]:
    """What is on, by the lines that lead to Today."""
    links = [link.proto for link in app.get("page_link")]
    return [link.label.partition(" is on now")[0] for link in links if "Go to Today" in link.label and link.page == ""]


def test_a_member_who_stays_on_the_page_of_the_block_before_is_called_to_the_next(
    open_page: Open, group: Group
) -> None:
    with write() as db:
        sheet = go_to(db, group, "What would you like help with?", at=CLOCK)
    app = open_page("topics", as_=group.members[0])
    assert blocks(app) == []

    with write() as db:
        go_on(db, group, sheet, at=CLOCK)

    assert blocks(app.run()) == ["“Until next time”"]
    assert blocks(open_page("between", as_=group.members[0])) == []  # where it happens
    assert blocks(open_page("notes", as_=group.members[0])) == ["“Until next time”"]
    assert blocks(open_page("topics", as_=group.facilitator)) == []  # who runs it knows


def test_a_vote_calls_louder_than_its_block(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, "What do we see?", at=CLOCK)
    open_round(group)

    app = open_page("notes", as_=group.members[0])

    assert calls(app) == ["vote"]
    assert blocks(app) == []
