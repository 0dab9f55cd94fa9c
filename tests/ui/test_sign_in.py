"""Signing in and out through streamlit-authenticator, whose cookie we replaced."""

from __future__ import annotations

import inspect
import json
from importlib.metadata import version

import pytest
import streamlit as st
import streamlit_authenticator as stauth
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.controllers import AuthenticationController, CookieController
from streamlit_authenticator.models import AuthenticationModel

from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import remembered, tickets, visitors
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AttemptRow, AuditRow, TicketRow
from mcm_core.ui import sign_in
from mcm_core.web import cookie
from mcm_core.web.connection import HEADER
from tests.services.people import PASSWORD, a_facilitator
from tests.web.desk import now


def script() -> None:
    """What the frame does: the sign-in for strangers, else a page with a way out."""
    import streamlit as st

    from mcm_core.ui.page import recognise
    from mcm_core.ui.sign_in import sign_in_form, sign_out_button

    if visitor := recognise():
        sign_out_button()
        st.text(f"Hello {visitor.name}")
    else:
        sign_in_form()


@pytest.fixture
def fay(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A facilitator. The browser of the test holds no cookie; where AppTest has one, it is a mock."""
    monkeypatch.setattr(cookie, "read", lambda _cookies: None)
    with write() as db:
        return a_facilitator(db, "fay", at=now())


@pytest.fixture
def page(fay: Visitor) -> AppTest:
    """The page as a stranger opens it."""
    return AppTest.from_function(script, default_timeout=20).run()


def try_(page: AppTest, username: str, password: str) -> AppTest:
    page.text_input(key="sign-in.username").set_value(username)
    page.text_input(key="sign-in.password").set_value(password)
    return page.button[0].click().run()


def posted(page: AppTest) -> dict[str, str] | None:
    """What the page has the browser post, if anything."""
    found = [node.proto for node in page.main if getattr(node, "type", "") == "bidi_component"]
    return json.loads(found[0].json) if found else None


def issued() -> int:
    with read() as db:
        return db.scalars(select(func.count()).select_from(TicketRow)).one()


def test_a_stranger_gets_the_form_and_nothing_else(page: AppTest) -> None:
    assert [one.value for one in page.title] == ["Session"]
    assert [one.proto.autocomplete for one in page.text_input] == ["username", "current-password"]
    assert not page.text
    assert posted(page) is None


@pytest.mark.parametrize(("second_step", "role"), [("on", Role.HALFWAY), ("off", Role.FACILITATOR)])
def test_the_right_password_has_the_browser_post_a_ticket(
    page: AppTest, fay: Visitor, monkeypatch: pytest.MonkeyPatch, second_step: str, role: Role
) -> None:
    monkeypatch.setenv("MCM_SECOND_FACTOR", second_step)

    try_(page, " FAY ", PASSWORD)

    sent = posted(page)
    assert sent is not None
    assert sent["address"] == "/auth/complete"
    assert not page.error
    with write() as db:
        visitor = visitors.recognise(db, tickets.redeem(db, sent["ticket"], at=now()), at=now())
        assert (visitor.facilitator_id, visitor.role) == (fay.facilitator_id, role)
        assert db.scalars(select(func.count()).select_from(AttemptRow)).one() == 0


@pytest.mark.parametrize(("username", "password"), [("fay", "not the password"), ("nobody", PASSWORD)])
def test_a_wrong_username_and_a_wrong_password_look_the_same(page: AppTest, username: str, password: str) -> None:
    try_(page, username, password)

    assert [one.value for one in page.error] == [
        "The username or the password is not right. Look at both and try again."
    ]
    assert posted(page) is None
    assert issued() == 0
    with read() as db:
        assert db.scalars(select(AuditRow.deed).order_by(AuditRow.number.desc()).limit(1)).one() == "sign-in failed"


def test_an_empty_field_is_asked_for_and_not_counted(page: AppTest) -> None:
    try_(page, "fay", "")

    assert [one.value for one in page.error] == ["Write your username and your password."]
    with read() as db:
        assert db.scalars(select(func.count()).select_from(AttemptRow)).one() == 0


def test_after_some_wrong_passwords_the_page_says_when_to_try_again(page: AppTest) -> None:
    for _ in range(4):
        try_(page, "fay", "not the password")

    try_(page, "fay", PASSWORD)

    assert "try again in" in page.error[0].value
    assert posted(page) is None


def test_a_browser_that_signed_in_before_is_let_in_while_others_guess(
    page: AppTest, fay: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        try_(page, "fay", "not the password")
    with read() as db:
        kept = remembered.renewed(db, fay, "", at=now())

    try_(page, "fay", PASSWORD)
    assert posted(page) is None  # the negative control
    monkeypatch.setattr(cookie, "kept", lambda _cookies: kept)
    try_(page, "fay", PASSWORD)

    assert posted(page)["address"] == "/auth/complete"


def test_no_transaction_is_open_while_a_password_is_hashed(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def while_others_write(*_: object) -> bool:
        with write() as db:  # would wait for ten seconds and fail if sign-in held the database
            a_facilitator(db, "gil", at=now())
        return False

    monkeypatch.setattr("mcm_core.services.passwords.matches", while_others_write)

    try_(page, "fay", PASSWORD)

    assert "not right" in page.error[0].value


def test_the_form_stays_when_the_browser_did_not_bring_the_cookie_back(page: AppTest) -> None:
    try_(page, "fay", PASSWORD)

    assert len(page.run().text_input) == 2
    assert posted(page) is None


def test_signing_out_works_on_the_server_at_once_and_then_in_the_browser(
    page: AppTest, fay: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as db:
        token = visitors.admit(db, facilitator_id=fay.facilitator_id, at=now())
    monkeypatch.setattr(cookie, "read", lambda _cookies: token)
    page.run()
    assert [one.value for one in page.text] == ["Hello Fay"]

    page.button(key="sign-out").click().run()

    with read() as db:
        assert visitors.recognise(db, token, at=now()) is None
    assert not page.text
    assert posted(page)["address"] == "/auth/leave"


@pytest.mark.parametrize(("how", "may"), [("encrypted", True), ("local", True), ("plain", False)])
def test_a_password_travels_only_where_nobody_can_read_it(
    fay: Visitor, monkeypatch: pytest.MonkeyPatch, how: str, may: bool
) -> None:
    monkeypatch.setattr(type(st.context), "headers", property(lambda _: {HEADER: how}))

    page = AppTest.from_function(script, default_timeout=20).run()

    assert bool(page.text_input) is may
    assert bool(page.warning) is not may
    monkeypatch.setenv("MCM_INSECURE_LAN", "1")
    assert page.run().text_input
    told = [one.value for one in page.warning]
    assert [("can read what you type" in one) for one in told] == ([] if may else [True])


class TestWhatWeRelyOnInTheLibrary:
    """The calls that we override or replace. When one of these fails, read sign_in.py against the new version."""

    def test_its_version(self) -> None:
        assert version("streamlit-authenticator") == "0.4.2"

    @pytest.mark.parametrize(
        ("call", "parameters"),
        [
            (
                AuthenticationController.__init__,
                "self credentials validator auto_hash path api_key secret_key server_url",
            ),
            (
                AuthenticationController.login,
                "self username password max_concurrent_users max_login_attempts token single_session callback "
                "captcha entered_captcha",
            ),
            (AuthenticationController.logout, "self callback"),
            (
                AuthenticationModel.login,
                "self username password max_concurrent_users max_login_attempts token single_session callback",
            ),
            (AuthenticationModel.logout, "self callback"),
            (
                stauth.Authenticate.login,
                "self location max_concurrent_users max_login_attempts fields captcha single_session clear_on_submit "
                "key callback",
            ),
            (
                AuthenticationModel.__init__,
                "self credentials auto_hash path api_key secret_key server_url validator",
            ),
            (AuthenticationModel.check_credentials, "self username password"),
            (AuthenticationModel._record_failed_login_attempts, "self username reset"),
            (stauth.Authenticate.logout, "self button_name location key use_container_width callback"),
            (CookieController.get_cookie, "self"),
            (CookieController.set_cookie, "self"),
            (CookieController.delete_cookie, "self"),
        ],
    )
    def test_its_signatures(self, call: object, parameters: str) -> None:
        assert list(inspect.signature(call).parameters) == parameters.split()

    def test_what_we_put_in_its_place_answers_to_all_that_it_calls(self) -> None:
        def public(kind: type) -> set[str]:
            return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}

        assert public(sign_in.Ticket) == public(CookieController)

    def test_the_doors_that_we_do_not_use_stay_shut(self, sqlite: str) -> None:
        def signing_in() -> None:
            from mcm_core.ui.sign_in import SignIn

            library = SignIn()
            assert library.api_key is None
            assert library.path is None
            assert library.cookie_controller.get_cookie() is None
            assert library.authentication_controller.authentication_model.credentials == {"usernames": {}}

        assert not AppTest.from_function(signing_in).run().exception
