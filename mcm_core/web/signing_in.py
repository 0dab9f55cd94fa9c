"""Facilitators: setting up an account from an invitation, and the cookie that a password check earns."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mcm_core.domain.account import PASSWORD_MAX, PASSWORD_MIN, mistakes
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import facilitators, visitors
from mcm_core.services.facilitators import SPENT, UsernameTaken
from mcm_core.store.engine import read, write
from mcm_core.web import cookie
from mcm_core.web.browser import now, refuse_facilitators_in_the_clear, sign_in, visitor_of
from mcm_core.web.careful import JSON, Sent
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
    return _form({})


def use_invitation(request: Request, sent: Sent) -> Response:
    """POST /welcome/<token>: make the account and sign it in, or add the cohort to the one that is signed in."""
    refuse_facilitators_in_the_clear(request)
    invitation = request.path_params["token"]
    if "as_me" in sent:
        return _accept_as(request, invitation)
    given = {field: sent.get(field, "") for field in FIELDS}
    if wrong := mistakes(**given):
        return _form(given, wrong)
    try:
        with write() as db:
            token = facilitators.accept(db, invitation, **given, at=now())
            return sign_in(db, request, home(), token)
    except UsernameTaken as taken:
        return _form(given, {"username": str(taken)})


def complete(request: Request, sent: Sent) -> Response:
    """POST /auth/complete {"ticket": …}: exchange the ticket of a password check for the cookie."""
    refuse_facilitators_in_the_clear(request)
    if not request.headers.get("content-type", "").startswith(JSON):
        raise Refused("Please sign in on the sign-in page.")  # a foreign form can send no JSON
    with write() as db:
        token = facilitators.redeem_ticket(db, sent.get("ticket", ""), at=now())
        return sign_in(db, request, Response(status_code=204), token)


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


def _form(given: dict[str, str], wrong: dict[str, str] | None = None) -> Response:
    """The form with what was given, save the password, and what is wrong beside each field."""
    kept = {field: given.get(field, "") for field in FIELDS if field != "password"}
    return page(
        "welcome.html",
        status=400 if wrong else 200,
        wrong=wrong or {},
        least=PASSWORD_MIN,
        most=PASSWORD_MAX,
        **kept,
    )
