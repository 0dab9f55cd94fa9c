"""Facilitators: an account from an invitation, a new password from the console's link, and the cookie they earn."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from mcm_core.domain.account import PASSWORD_MAX, PASSWORD_MIN
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import facilitators, passwords, provider, resets, tickets, visitors
from mcm_core.services.facilitators import SPENT, UsernameTaken
from mcm_core.store.engine import read, write
from mcm_core.web import cookie
from mcm_core.web.browser import now, refuse_facilitators_in_the_clear, sign_in, visitor_of
from mcm_core.web.careful import JSON, Sent
from mcm_core.web.connection import FOR_PASSWORDS, is_in_the_clear
from mcm_core.web.replies import home, page

FIELDS = ("name", "username", "password")


def show_invitation(request: Request, _sent: Sent) -> Response:
    """GET /welcome/<token>: the form for a new account, or one button for who has one. It writes nothing."""
    refuse_facilitators_in_the_clear(request)
    with read() as db:
        if not facilitators.is_open(db, request.path_params["token"], at=now()):
            raise NotAllowed(SPENT)
        visitor = visitor_of(request, db)
    if visitor and visitor.facilitates:
        return page("accept.html", name=visitor.name)
    return _form(request, {})


def use_invitation(request: Request, sent: Sent) -> Response:
    """POST /welcome/<token>: make the account and sign it in, or add the cohort to the one that is signed in."""
    refuse_facilitators_in_the_clear(request)
    invitation = request.path_params["token"]
    if "as_me" in sent:
        return _accept_as(request, invitation)
    given = {field: sent.get(field, "") for field in FIELDS}
    name, username, password = given["name"], given["username"], _password(sent)
    if wrong := facilitators.mistakes(name=name, username=username, password=password):
        return _form(request, given, wrong)
    try:
        with write() as db:
            token = facilitators.accept(db, invitation, name=name, username=username, password=password, at=now())
            return sign_in(db, request, home(), token)
    except UsernameTaken as taken:
        return _form(request, given, {"username": str(taken)})


def show_reset(request: Request, _sent: Sent) -> Response:
    """GET /reset/<token>: the form for a new password. It writes nothing."""
    return _reset_form(request, _reset_username(request))


def use_reset(request: Request, sent: Sent) -> Response:
    """POST /reset/<token>: the new password; every other browser is out, and the second step is set up anew."""
    username, password = _reset_username(request), _password(sent)
    try:
        with write() as db:
            token = resets.use(db, request.path_params["token"], password, at=now())
            return sign_in(db, request, home(), token)
    except Refused as refusal:
        return _reset_form(request, username, str(refusal))


def complete(request: Request, sent: Sent) -> Response:
    """POST /auth/complete {"ticket": …}: exchange the ticket of a password check for the cookie."""
    refuse_facilitators_in_the_clear(request)
    if not request.headers.get("content-type", "").startswith(JSON):
        raise Refused("Please sign in on the sign-in page.")  # a foreign form can send no JSON
    with write() as db:
        token = tickets.redeem(db, sent.get("ticket", ""), at=now())
        response = sign_in(db, request, Response(status_code=204), token)
    cookie.give_up_streamlits(request, response)
    return response


def leave(request: Request, _sent: Sent) -> Response:
    """POST /auth/leave: sign this browser out."""
    if token := cookie.read(request.cookies):
        with write() as db:
            visitors.leave(db, token)
    response = home()
    cookie.clear(request, response)
    return response


def _accept_as(request: Request, invitation: str) -> Response:
    with write() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed("You are not signed in any more. Sign in and open the link again.")
        facilitators.accept_as(db, visitor, invitation, at=now())
    return home()


def _password(sent: Sent) -> str | None:
    """The password that was sent; None where facilitators sign in at a provider, and none is kept here."""
    return None if provider.is_used() else sent.get("password", "")


def _reset_username(request: Request) -> str:
    refuse_facilitators_in_the_clear(request)
    with read() as db:
        username = resets.username_of(db, request.path_params["token"], at=now())
    if username is None:
        raise NotAllowed(resets.SPENT)
    return username


def _reset_form(request: Request, username: str, wrong: str = "") -> Response:
    status = 400 if wrong else 200
    given = {"username": username, "wrong": wrong}
    return _page(request, "reset.html", status, given)


def _form(request: Request, given: dict[str, str], wrong: dict[str, str] | None = None) -> Response:
    """The form with what was given, save the password, and what is wrong beside each field."""
    kept = {field: given.get(field, "") for field in FIELDS if field != "password"}
    return _page(request, "welcome.html", 400 if wrong else 200, {**kept, "wrong": wrong or {}})


def _page(request: Request, template: str, status: int, given: Mapping[str, object]) -> Response:
    """A form that asks for a new password, with one to suggest, and a warning where it could be read on the way."""
    about = {"least": PASSWORD_MIN, "most": PASSWORD_MAX, "suggested": passwords.suggested()}
    risk = FOR_PASSWORDS if is_in_the_clear(request.scope) else ""
    return page(template, status=status, elsewhere=provider.is_used(), risk=risk, **about, **given)
