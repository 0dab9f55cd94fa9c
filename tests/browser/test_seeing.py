"""What whoever watches over this server sees of a session, and what the facilitator sees of the phones."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mcm_core.services import visitors
from mcm_core.store.engine import read
from mcm_core.store.tables import Base, MemberRow
from tests.browser.conftest import Server, a_server, free_port, press
from tests.browser.demo_people import PASSWORD, People, people_of_the_demo
from tests.browser.test_anonymous import an_anonymous_round, answer_everything
from tests.browser.test_ballot import NAME, card, tap

OTHER = "Rukhsana Mahmood"
TYPED = "Words that only the cohort may read"
#: What may go up while anonymous answers come in: what belongs to the asking itself, or to nobody's page.
IDLE = ("mcm_open_", "process_resident", "process_virtual", "process_open_fds", "process_start", "process_max",
        "mcm_figures_held", "python_info")  # fmt: skip


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(port: int) -> Iterator[Server]:
    with a_server(MCM_LOG="json", MCM_METRICS_PORT=str(port)) as started:
        yield started


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def phone(people: People) -> Page:
    return people.member(NAME)


@pytest.fixture(scope="module")
def desk(people: People) -> Page:
    desk = people.facilitator()
    desk.goto(f"{people.server.url}/facilitate?cohort={people.cohorts['Harbour circle']}")
    token = next(one["value"] for one in desk.context.cookies() if one["name"] == "mcm")
    with read() as db:  # setting up a second step has ended the sign-in of the story
        lead = visitors.recognise(db, token, at=datetime.now(UTC))
    assert lead
    people.lead = lead
    return desk


def figures(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        said = answer.read().decode()
    lines = (line.rpartition(" ") for line in said.splitlines() if not line.startswith("#"))
    return {name: float(number) for name, _, number in lines}


def moved(before: Mapping[str, float], after: Mapping[str, float]) -> set[str]:
    return {name for name in after if after[name] != before.get(name) and not name.startswith(IDLE)}


def test_1_a_session_in_figures(people: People, phone: Page, desk: Page, port: int) -> None:
    before = figures(port)
    phone.goto(f"{people.server.url}/vote")
    with phone.expect_response(lambda one: one.url.endswith("/vote/answer") and one.ok):
        tap(phone, 0, 0, 2)
    expect(card(phone, 0).locator(".status.saved")).to_be_visible()
    phone.goto(f"{people.server.url}/notes")
    phone.get_by_label("Your note").press_sequentially(TYPED)
    press(phone, "Save this note")
    expect(phone.get_by_text("Saved, for everybody")).to_be_visible()
    after = figures(port)

    assert after["mcm_votes_total"] == before["mcm_votes_total"] + 1
    assert after["mcm_ballot_duration_seconds_count"] == before["mcm_ballot_duration_seconds_count"] + 1
    vote = 'http_request_duration_seconds_count{code="200",method="POST",route="/vote/answer"}'
    assert after[vote] == 1
    assert after["mcm_open_websockets"] == 2
    assert after["mcm_open_streams"] >= 2
    for name in ("mcm_script_run_duration_seconds", "mcm_db_statement_duration_seconds",
                 "mcm_db_transaction_duration_seconds"):  # fmt: skip
        assert after[f"{name}_count"] > before[f"{name}_count"], name
    assert "process_cpu_seconds_total" in after


def test_2_the_light_counts_the_phones_that_are_connected(people: People, phone: Page, desk: Page) -> None:
    """The others of the cohort are here by the story, and have no browser."""
    light = desk.locator(".light")
    expect(light).to_have_text(re.compile(r"^1 of \d+ phones connected$"))
    second = people.stranger()
    second.context.add_cookies(
        [{"name": "mcm", "value": people.admit(OTHER, datetime.now(UTC)), "url": people.server.url}]
    )
    second.goto(f"{people.server.url}/vote")
    expect(light).to_have_text(re.compile(r"^2 of \d+ phones connected$"))
    second.context.close()
    expect(light).to_have_text(re.compile(r"^1 of \d+ phones connected$"))
    desk.get_by_text("Who is not connected").click()
    expect(desk.get_by_text(OTHER)).to_be_visible()
    expect(desk.get_by_text(NAME)).to_have_count(0)


def test_3_an_anonymous_answer_moves_no_figure_and_writes_no_line(
    people: People, phone: Page, desk: Page, port: int, server: Server
) -> None:
    expect(desk.get_by_text("phones connected")).to_be_visible()
    before_round = figures(port)
    an_anonymous_round(people)
    desk.reload()  # it was opened by another process, on a database that tells nobody
    expect(desk.get_by_role("button", name="Close the vote")).to_be_visible()
    expect(desk.get_by_text("phones connected")).to_be_visible()
    expect(desk.get_by_text("Who is not connected")).to_have_count(0)
    phone.goto(f"{server.url}/vote")
    answer_everything(phone)
    time.sleep(1)  # what the page still fetches
    before, lines = figures(port), (server.local / "log").read_text()

    press(phone, "Send")
    expect(phone.get_by_text("Your answers are in")).to_be_visible()
    time.sleep(1)
    after = figures(port)

    assert moved(before, after) == set()
    assert (server.local / "log").read_text() == lines
    assert after["mcm_figures_held"] == 1
    assert after["mcm_votes_total"] == before_round["mcm_votes_total"]


def test_4_after_it_is_closed_they_are_made_up_for(people: People, desk: Page, port: int) -> None:
    """The control, too: what stood still had moved."""
    before = figures(port)
    press(desk, "Close the vote")
    expect(desk.get_by_role("button", name="Reveal to everybody")).to_be_visible()
    after = figures(port)

    assert after["mcm_figures_held"] == 0
    assert {"mcm_script_run_duration_seconds_count", "mcm_db_statement_duration_seconds_count"} <= moved(before, after)


def secrets_of(people: People, phone: Page, desk: Page) -> dict[str, str]:
    """Names, tokens, ids and words that somebody could be known by."""
    found = {f"cookie of {who}": cookie["value"] for who, page in (("member", phone), ("facilitator", desk))
             for cookie in page.context.cookies()}  # fmt: skip
    found |= {f"link of {name}": link.rpartition("/")[2] for name, link in people.links.items()}
    with read() as db:
        for member in db.scalars(select(MemberRow)):
            found |= {f"name {member.name}": member.name, f"id of {member.name}": member.id}
        for table in Base.metadata.sorted_tables:
            for column in ("id", "token_hash", "code"):
                if column in table.c and table.name not in {"instrument", "alembic_version"}:
                    values = db.scalars(select(table.c[column])).all()
                    found |= {f"{table.name}.{column} {one}": str(one) for one in values if len(str(one)) > 7}
    return found | {"words": TYPED, "password": PASSWORD, "address": "127.0.0.1", "cohort": "Harbour circle"}


def told_by(said: str, secrets: Mapping[str, str]) -> list[str]:
    return [what for what, secret in secrets.items() if secret.casefold() in said.casefold()]


def test_5_the_whole_log_names_nobody(people: People, phone: Page, desk: Page, server: Server) -> None:
    said = (server.local / "log").read_text()
    lines = [json.loads(line) for line in said.splitlines()]
    secrets = secrets_of(people, phone, desk)

    assert len(secrets) > 100
    assert {"/vote/answer", "/j/{token}", "/auth/complete"} <= {line.get("route") for line in lines}
    assert told_by(said, secrets) == []


def test_6_the_control_an_ordinary_access_log_would_be_found(people: People, phone: Page, desk: Page) -> None:
    ordinary = f'127.0.0.1:1 - "GET {people.links[NAME]} HTTP/1.1" 200'

    assert told_by(ordinary, secrets_of(people, phone, desk)) == [f"link of {NAME}", "address"]
