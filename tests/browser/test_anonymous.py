"""Six phones send their anonymous ballots at the same moment: every one arrives, and every phone says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import RoundState
from mcm_core.services import rounds, visitors
from mcm_core.store.engine import read, write
from mcm_core.store.tables import BagRow, MemberRow
from tests.browser.conftest import Server
from tests.browser.demo_people import People, people_of_the_demo

NAMES = (
    "Mirembe Nakato",
    "Priya Raghunathan",
    "Quentin Lefèvre",
    "Rukhsana Mahmood",
    "Sadie Thornton",
    "Tomasz Wójcik",
)


def test_six_who_send_at_once_are_all_in(chromium: Browser, server: Server) -> None:
    with people_of_the_demo(chromium, server) as people:
        round_id = an_anonymous_round(people)
        phones = six_phones(people)
        for phone in phones:
            phone.goto(f"{server.url}/vote")
            answer_everything(phone)

        for phone in phones:
            phone.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)

        for phone in phones:
            expect(phone.get_by_text("Your answers are in")).to_be_visible()
        with read() as db:
            assert len(db.get_one(BagRow, round_id).answered) == 6


def an_anonymous_round(people: People) -> str:
    """The vote under way is revealed, and an anonymous one on the same themes opened."""
    at, cohort = datetime.now(UTC), people.cohorts["Harbour circle"]
    with write() as db:
        under_way = rounds.on_stage(db, people.lead, cohort, at=at)
        assert under_way is not None
        if under_way.state is RoundState.OPEN:
            under_way = rounds.close(db, people.lead, under_way.id, version=under_way.version, at=at)
        rounds.reveal(db, people.lead, under_way.id, version=under_way.version, at=at)
        card = replace(under_way.card, mode=Mode.ANONYMOUS)
        draft = rounds.draft(db, people.lead, under_way.session_id, card, at=at)
        return rounds.open_(db, people.lead, draft.id, version=draft.version, at=at).id


def six_phones(people: People) -> list[Page]:
    """Phones of six members, signed in."""
    cohort = people.cohorts["Harbour circle"]
    with write() as db:
        members = db.scalars(select(MemberRow.id).where(MemberRow.cohort_id == cohort).limit(6)).all()
        tokens = [visitors.admit(db, member_id=id_, cohort_id=cohort, at=datetime.now(UTC)) for id_ in members]
    phones = [people.stranger() for _ in tokens]
    for phone, token in zip(phones, tokens, strict=True):
        phone.context.add_cookies([{"name": "mcm", "value": token, "url": people.server.url}])
    return phones


def answer_everything(phone: Page) -> None:
    groups = phone.get_by_role("radiogroup")
    expect(groups.first).to_be_visible()
    for place in range(groups.count()):
        groups.nth(place).get_by_test_id("stRadioOption").nth(2).click()
