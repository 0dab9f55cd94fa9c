"""Signing in at an OpenID Connect provider: bound once from a one-time link, the same accounts and the same ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mcm_core.services import facilitators
from mcm_core.store.engine import engine, read, write
from mcm_core.store.tables import FacilitatorRow
from tests.browser.a_provider import CLIENT, CLIENT_SECRET, Provider, a_provider
from tests.browser.conftest import Server, a_server, free_port, press, window

pytest.importorskip("authlib", reason="the optional extra oidc is not installed")
AT_HOME = "Sign in at your organisation"


@dataclass
class World:
    browser: Browser
    server: Server
    provider: Provider

    def open(self, path: str = "/") -> Page:
        context = window(self.browser, width=900)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(self.server.url + path)
        return page


@pytest.fixture(scope="module")
def world(chromium: Browser) -> Iterator[World]:
    port, own = free_port(), free_port()
    said = {
        "MCM_AUTH": "oidc",
        "MCM_PUBLIC_URL": f"http://localhost:{own}",
        "MCM_OIDC_ISSUER": f"http://127.0.0.1:{port}",
        "MCM_OIDC_CLIENT_ID": CLIENT,
        "MCM_OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    with a_provider(port) as provider, a_server(port=own, **said) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MCM_LOCAL", str(server.local))
        patch.delenv("MCM_DATABASE_URL", raising=False)
        patch.delenv("MCM_SECRET", raising=False)
        yield World(chromium, server, provider)
        engine(f"sqlite:///{server.local / 'mcm.sqlite3'}").dispose()


def inside(page: Page) -> None:
    expect(page.get_by_role("heading", name="Your first cohort")).to_be_visible()


def cookies(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def test_1_who_is_not_bound_yet_is_told_so_and_not_let_in(world: World) -> None:
    page = world.open()
    assert page.get_by_label("Password").count() == 0
    press(page, AT_HOME)

    expect(page.get_by_text("Nobody here knows that account yet")).to_be_visible()
    assert "mcm" not in cookies(page)


def test_2_a_one_time_link_binds_the_account_to_who_signs_in_there(world: World) -> None:
    page = world.open()
    page.goto(world.server.set_up)
    assert page.get_by_label("Password").count() == 0
    page.get_by_label("Your name").fill("Nel Mathams")
    page.get_by_label("Username").fill("nel")
    press(page, "Set up my account")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.goto(f"{world.server.url}/cohort")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()

    press(page, AT_HOME)

    inside(page)
    assert not [name for name in cookies(page) if name.startswith("_streamlit_user")]
    with read() as db:
        row = db.scalars(select(FacilitatorRow)).one()
    assert (row.issuer, row.subject, row.password_hash) == (world.provider.issuer, "nel", None)
    assert {"state", "nonce", "code_challenge"} <= world.provider.asked[-1].keys()
    assert world.provider.asked[-1]["prompt"] == "login"


def test_3_next_time_the_provider_is_enough_and_somebody_else_there_is_nobody_here(world: World) -> None:
    page = world.open()
    press(page, AT_HOME)
    inside(page)
    world.provider.subject = "somebody else"
    stranger = world.open()
    press(stranger, AT_HOME)
    expect(stranger.get_by_text("Nobody here knows that account yet")).to_be_visible()
    world.provider.subject = "nel"


def test_4_an_account_that_is_switched_off_is_out_and_stays_out(world: World) -> None:
    page = world.open()
    press(page, AT_HOME)
    inside(page)

    with write() as db:
        facilitators.switch(db, "nel", on=False, at=datetime.now(UTC))
    page.reload()
    expect(page.get_by_role("button", name=AT_HOME)).to_be_visible()
    press(page, AT_HOME)

    expect(page.get_by_text("Nobody here knows that account yet")).to_be_visible()
