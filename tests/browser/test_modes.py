"""The ballots and pictures of the other two modes keep nobody out: on a phone, and on a wide screen in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, names, readings, rounds, visitors
from mcm_core.store.engine import write
from mcm_core.store.tables import MemberRow
from tests.browser.conftest import Server
from tests.browser.demo_people import People, people_of_the_demo
from tests.browser.test_accessibility import CALM, LOOKS, UNFOLD, findings, go

HARBOUR = "Harbour circle"
LONG_WORDS = "Donaudampfschifffahrtsgesellschaft " * 4 + "w" * 90


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    with people_of_the_demo(chromium, server) as people:
        yield people


@pytest.fixture(scope="module")
def windows(people: People) -> dict[tuple[str, str], Page]:
    """A phone and a wide dark window of the facilitator and of a member, who has not answered."""
    ids = {"member": {"member_id": members_of(people)[0], "cohort_id": people.cohorts[HARBOUR]},
           "facilitator": {"facilitator_id": people.lead.facilitator_id}}  # fmt: skip
    with write() as db:
        tokens = {who: visitors.admit(db, **given, at=now()) for who, given in ids.items()}
    made = {}
    for who, token in tokens.items():
        for look, (width, dark) in LOOKS.items():
            made[who, look] = people.stranger(width=width, dark=dark)
            cookie = {"name": "mcm", "value": token, "url": people.server.url}
            made[who, look].context.add_cookies([cookie])  # type: ignore[list-item]
    return made


def now() -> datetime:
    return datetime.now(UTC)


def members_of(people: People) -> list[str]:
    """The ids of those in the circle that is in the middle of a session."""
    with write() as db:
        found = select(MemberRow.id).where(MemberRow.cohort_id == people.cohorts[HARBOUR]).order_by(MemberRow.id)
        return list(db.scalars(found))


def everybody(people: People) -> list[Visitor]:
    """All of them, each at a browser."""
    found = []
    with write() as db:
        for id_ in members_of(people):
            token = visitors.admit(db, member_id=id_, cohort_id=people.cohorts[HARBOUR], at=now())
            found.append(visitors.recognise(db, token, at=now()))
    return [one for one in found if one]


def opened(people: People, mode: Mode, *themes: str) -> Round:
    """A round of this mode, of all themes or some. The last one is ended first."""
    with write() as db:
        last = rounds.on_stage(db, people.lead, people.cohorts[HARBOUR], at=now())
        assert last is not None
        if last.state is RoundState.OPEN:
            last = rounds.close(db, people.lead, last.id, version=last.version, at=now())
        if last.state is RoundState.CLOSED:
            rounds.reveal(db, people.lead, last.id, version=last.version, at=now())
        asked = themes or tuple(theme.key for theme in last.card.instrument.themes)
        draft = rounds.draft(db, people.lead, last.session_id, replace(last.card, mode=mode, themes=asked), at=now())
        return rounds.open_(db, people.lead, draft.id, version=draft.version, at=now())


def revealed(people: People, round_: Round) -> None:
    with write() as db:
        closed = rounds.close(db, people.lead, round_.id, version=round_.version, at=now())
        rounds.reveal(db, people.lead, round_.id, version=closed.version, at=now())


def looks_at(people: People, windows: dict[tuple[str, str], Page], who: str, path: str) -> None:
    """Both windows of somebody at this address, everything unfolded."""
    found = []
    for look in LOOKS:
        page = windows[who, look]
        go(people, page, path)
        page.evaluate(UNFOLD)
        page.wait_for_function(CALM)
        found += [f"{look}: {one}" for one in findings(page)]
    assert not found, "\n".join(found)


def fits(people: People, page: Page, path: str) -> None:
    """Nothing to scroll: whoever looks at a projector has no hands."""
    go(people, page, path)
    height, shown = page.evaluate(
        """() => { const main = document.querySelector('[data-testid="stMain"]');
        return [main.scrollHeight, main.clientHeight]; }"""
    )
    assert height <= shown


def test_an_anonymous_round(people: People, windows: dict[tuple[str, str], Page]) -> None:
    round_ = opened(people, Mode.ANONYMOUS)
    looks_at(people, windows, "member", "/vote")
    looks_at(people, windows, "facilitator", "/facilitate?cohort={Harbour circle}")
    ballot = {theme.key: Reading(2, 3) for theme in round_.card.asked}
    for visitor in everybody(people):
        with write() as db:
            bags.drop(db, visitor, round_.id, ballot, LONG_WORDS)
    looks_at(people, windows, "member", "/vote")
    revealed(people, round_)

    looks_at(people, windows, "facilitator", "/facilitate?cohort={Harbour circle}")
    fits(people, windows["facilitator", "wide"], "/room?cohort={Harbour circle}")
    looks_at(people, windows, "facilitator", "/room?cohort={Harbour circle}")
    with write() as db:
        bags.share_comments(db, people.lead, round_.id, chosen=[0, 1], at=now())
    looks_at(people, windows, "member", "/vote")
    expect(windows["member", "phone"].get_by_role("heading", name="In our own words")).to_be_visible()


def test_an_anonymous_round_on_one_theme_is_large_on_the_projector(
    people: People, windows: dict[tuple[str, str], Page]
) -> None:
    round_ = opened(people, Mode.ANONYMOUS, "skills")
    for visitor in everybody(people):
        with write() as db:
            bags.drop(db, visitor, round_.id, {"skills": Reading(2, 3)})
    revealed(people, round_)
    room = windows["facilitator", "wide"]

    fits(people, room, "/room?cohort={Harbour circle}")

    assert room.locator("td p").first.evaluate("(cell) => cell.getBoundingClientRect().height") > 30
    looks_at(people, windows, "facilitator", "/room?cohort={Harbour circle}")


def test_a_named_round(people: People, windows: dict[tuple[str, str], Page]) -> None:
    round_ = opened(people, Mode.NAMED, "tools")
    looks_at(people, windows, "member", "/vote")
    for place, visitor in enumerate(everybody(people)):
        with write() as db:
            if place < 3:
                names.consent(db, visitor, round_.id, yes=True, at=now())
            for theme in round_.card.asked:
                readings.cast(db, visitor, round_.id, theme.key, Reading(1 + place % 3, 3), at=now())
    revealed(people, round_)

    looks_at(people, windows, "member", "/vote")
    fits(people, windows["facilitator", "wide"], "/room?cohort={Harbour circle}")
    looks_at(people, windows, "facilitator", "/room?cohort={Harbour circle}")
    expect(windows["member", "phone"].get_by_text("With a name, by consent").first).to_be_visible()
