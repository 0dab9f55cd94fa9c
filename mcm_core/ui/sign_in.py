"""Signing in and out, by streamlit-authenticator without its cookie.

The library reads the form, asks our model about the password and keeps its own state; we replace its list of accounts
with the database and its cookie with a ticket that the browser exchanges at /auth/complete for one that scripts cannot
read (security-and-reliability.md §1.2, D1). This is the only module that touches the library's keys in session_state.
"""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st
import streamlit_authenticator as stauth
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.models import AuthenticationModel

from mcm_core.services import provider, signing_in, visitors
from mcm_core.services.signing_in import Challenge
from mcm_core.store.engine import write
from mcm_core.store.secret import keyed
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.page import now
from mcm_core.ui.pieces import showing_errors, words
from mcm_core.ui.visit import visit
from mcm_core.web import cookie
from mcm_core.web.connection import FOR_PASSWORDS, IN_THE_CLEAR, Connection, facilitators_may, told
from mcm_core.web.network import network_of

_post = component(
    ASSETS / "post.js",
    html='<p hidden role="alert">That did not reach the server. Load this page again and try once more.</p>',
)


def sign_in_form() -> None:
    """Draw the door of somebody who is not signed in."""
    if st.session_state.get("logout"):
        _post(key="post", data={"address": "/auth/leave", "once": secrets.token_hex(8)})
        words("You are signed out.")
        return
    st.title("Session", anchor=False)
    if visit().erased:
        st.success("Everything that was yours is erased. You can close this page.")
        return
    if visit().waited:
        st.info(
            "You were not let in, or nobody answered in time. Tell your facilitator that you are here. Then open your "
            "own link again, or write the code again."
        )
    st.html('<p>Members: open your own link, or <a href="/join" target="_self">write the code of the room</a>.</p>')
    connection = told(st.context.headers)
    if not facilitators_may(connection):
        st.warning(IN_THE_CLEAR)
        return
    if connection is Connection.PLAIN:
        st.warning(FOR_PASSWORDS)
    if provider.is_used():
        st.header("Facilitators", anchor=False)
        button_to_provider("door")
    else:
        SignIn().login()


def button_to_provider(key: str) -> None:
    """The way to the page of the organisation's provider; whoever comes back is met in ui/provider.py."""
    if st.button("Sign in at your organisation", type="primary", key=f"provider.{key}"):
        st.login()


def sign_out_button(label: str = "Sign out", *, key: str = "sign-out") -> None:
    """A button that signs this browser out at once, on the server and then in the browser."""
    st.session_state["authentication_status"] = True  # the library draws the button only for whom it signed in itself
    SignIn().logout(label, key=key)


def deliver(ticket: str) -> None:
    """Have the browser exchange a ticket for its cookie and load the page anew."""
    _post(key="post", data={"address": "/auth/complete", "ticket": ticket, "once": secrets.token_hex(8)})
    words("Signing you in …")


class SignIn(stauth.Authenticate):  # type: ignore[misc] # the library is untyped
    """The library's front with our accounts behind it. Made anew in every run, as the library wants it."""

    def __init__(self) -> None:
        # Not super().__init__(): it would make the cookie that scripts can read.
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.secret_key = keyed("streamlit-authenticator")
        accounts = Accounts(self.secret_key)
        self.authentication_controller = AuthenticationController(
            {"usernames": {}}, auto_hash=False, secret_key=self.secret_key
        )
        self.authentication_controller.authentication_model = accounts
        self.cookie_controller = Ticket(accounts)

    def login(self, *_args: Any, **_kwargs: Any) -> None:
        """The form. Ours, because the library's keeps password managers out (autocomplete="off")."""
        with st.form("sign-in"):
            st.header("Facilitators", anchor=False)
            username = st.text_input("Username", autocomplete="username", key="sign-in.username")
            password = st.text_input(
                "Password", type="password", autocomplete="current-password", key="sign-in.password"
            )
            sent = st.form_submit_button("Sign in", type="primary")
        words(
            "Password forgotten? Ask whoever runs this server for a new way in. They make a link with mcm reset-link "
            "and your username; with it you choose a new password.",
            kind="how-to",
        )
        if sent:
            with showing_errors():
                self._try(username, password)

    def _try(self, username: str, password: str) -> None:
        if not (username.strip() and password):
            st.error("Write your username and your password.")
        elif self.authentication_controller.login(username, password):
            self.cookie_controller.set_cookie()
        else:
            st.error("The username or the password is not right. Look at both and try again.")


class Accounts(AuthenticationModel):  # type: ignore[misc] # the library is untyped
    """The library's model, asking the database about one account at a time."""

    passed: Challenge | None = None

    def __init__(self, secret_key: str) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=secret_key)

    def check_credentials(self, username: str, password: str) -> bool:
        """Whether this is the password of this account. Raises Throttled."""
        network, kept = network_of(st.context.ip_address), cookie.kept(st.context.cookies)
        with write() as db:
            asked = signing_in.challenge(db, username, network=network, kept=kept, at=now())
        if not asked.is_met_by(password):  # slow, so between two transactions
            with write() as db:
                signing_in.turn_down(db, asked, at=now())
            return False
        self.passed = asked
        self.credentials["usernames"][username] = {"name": username}
        return True

    def _record_failed_login_attempts(self, username: str, reset: bool = False) -> None:
        """Counted in the database, where another tab counts too."""


class Ticket:
    """Takes the place of the library's cookie controller."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    def get_cookie(self) -> None:
        """Nobody is signed in by the library's cookie; ours is read where pages begin."""

    def set_cookie(self) -> None:
        """Give the browser what it exchanges for the cookie."""
        if self.accounts.passed is None:
            return
        with write() as db:
            ticket = signing_in.welcome(db, self.accounts.passed, at=now())
        deliver(ticket)

    def delete_cookie(self) -> None:
        """End the sign-in on the server; the next run has the browser forget the cookie."""
        if token := cookie.read(st.context.cookies):
            with write() as db:
                visitors.leave(db, token)
        st.rerun()
