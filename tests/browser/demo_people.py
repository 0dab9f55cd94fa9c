"""The demo in a running server: its facilitator and its members, each with a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mcm_core.demo import LONG_AGO, STORY
from mcm_core.demo_group import an_account, links
from mcm_core.demo_story import load
from mcm_core.demo_telling import tell
from mcm_core.domain.cohort import current_session
from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, guests, visitors
from mcm_core.store.engine import engine, write
from mcm_core.store.tables import MemberRow
from tests.browser.conftest import Server, Strangers, press, set_up_second_step, window
from tests.services.people import an_invitation, signed_in, through

USERNAME, PASSWORD = "demo", "four unrelated words here"


@dataclass
class People:
    """Who is in the demo. `links` are the paths of personal links, `cohorts` the ids, by name. `lead` facilitates.

    `beside` are the cookies of a co-facilitator and of a guest in the cohort that is in the middle of a session.
    `used_up` is an invitation that `invited` accepts; `invitation` stays open.
    """

    browser: Browser
    server: Server
    links: dict[str, str]
    cohorts: dict[str, str]
    invitation: str
    beside: dict[str, str]
    used_up: str
    lead: Visitor
    strangers: Strangers = field(default_factory=Strangers)

    def stranger(self, *, width: int = 360, dark: bool = False) -> Page:
        """A browser in which nobody is signed in."""
        context = window(self.browser, width=width, dark=dark)
        context.set_default_timeout(30_000)
        self.strangers.watch(context, self.server)
        return context.new_page()

    def signed_in(self, who: str) -> Page:
        """The browser of the co-facilitator or the guest."""
        page = self.stranger()
        page.context.add_cookies([{"name": "mcm", "value": self.beside[who], "url": self.server.url}])
        return page

    def again(self, page: Page, *, width: int, dark: bool) -> Page:
        """The same person in a window of another size and colour."""
        other = self.stranger(width=width, dark=dark)
        other.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
        return other

    def facilitator(self) -> Page:
        """Signs in through the form."""
        page = self.stranger()
        page.goto(self.server.url)
        page.get_by_label("Username").fill(USERNAME)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        press(page, "Sign in")
        set_up_second_step(page)
        expect(page.get_by_role("link", name="Cohort", exact=True)).to_be_visible()
        return page

    def invited(self) -> Page:
        """Has set up an account by an invitation; the second step is still to come."""
        page = self.stranger()
        page.goto(self.server.url + self.used_up)
        page.get_by_label("Your name").fill("Gil Ferreira")
        page.get_by_label("Username").fill("gil")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        press(page, "Set up my account")
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        return page

    def member(self, name: str) -> Page:
        """Comes in through their personal link."""
        page = self.stranger()
        page.goto(self.server.url + self.links[name])
        press(page, "Join")
        expect(page.get_by_role("link", name="Notes", exact=True)).to_be_visible()
        return page

    def admit(self, name: str, at: datetime) -> str:
        """A token that signs a browser in as this member."""
        with write() as db:
            row = db.execute(select(MemberRow.id, MemberRow.cohort_id).where(MemberRow.name == name)).one()
            return visitors.admit(db, member_id=row.id, cohort_id=row.cohort_id, at=at)


@contextmanager
def people_of_the_demo(browser: Browser, server: Server) -> Iterator[People]:
    """Tell the demo's story into the database of a server that has just started."""
    now = datetime.now(UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        story = load(STORY)
        with write() as db:
            lead = an_account(db, username=USERNAME, name=story.facilitator, password=PASSWORD, at=now - LONG_AGO)
            paths, cohorts = {}, {}
            for circle in story.cohorts:
                group = tell(db, circle, story.card, lead, now)
                paths |= {line.split(", ")[1]: path for line, path in links(group)}
                cohorts[circle.name] = group.cohort.id
            at = group.signed_in_at
            tom = facilitators.invite(db, group.lead, group.cohort.id, at=at)
            one, two = an_invitation(db, at=now), an_invitation(db, at=now)  # nobody's: the lead's end with a new app
            guest = guests.invite(db, group.lead, current_session(group.cohort.sessions, now).id, "Gus Guestson", at=at)
            halfway = facilitators.accept(db, tom, username="tom", name="Tom", password=PASSWORD, at=now)
            beside = {
                "co-facilitator": through(db, signed_in(db, halfway, at=now), at=now),
                "guest": guests.come_in(db, guest, browser_token=None, at=at),
            }
        yield People(browser, server, paths, cohorts, f"/welcome/{one}", beside, f"/welcome/{two}", group.lead)
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()
