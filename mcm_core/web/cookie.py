"""The one cookie: a token that scripts cannot read. What it stands for is in the database.

A facilitator's browser keeps a second one that opens nothing: that they have signed in there (services/remembered.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

#: Browsers take a `__Host-` cookie only over https and from this very host, so nobody else can plant one.
SECURE, PLAIN = "__Host-mcm", "mcm"
KEPT = "-known"  # what the second one adds to the name


def read(cookies: Mapping[str, str]) -> str | None:
    """The token that a browser sent, among the cookies of a request or of `st.context`."""
    return cookies.get(SECURE) or cookies.get(PLAIN) or None


def set_(request: Request, response: Response, token: str, *, lasts: timedelta) -> None:
    """Have the browser keep the token for so long."""
    _set(request, response, "", token, lasts)


def kept(cookies: Mapping[str, str]) -> str:
    """What a browser kept of earlier sign-ins, among its cookies."""
    return str(cookies.get(SECURE + KEPT) or cookies.get(PLAIN + KEPT) or "")


def keep(request: Request, response: Response, what: str, *, lasts: timedelta) -> None:
    """Have the browser keep this of its sign-in for so long, also when it is signed out."""
    _set(request, response, KEPT, what, lasts)


def clear(request: Request, response: Response) -> None:
    """Have the browser forget the token, under whichever name it came."""
    for name in {SECURE if _is_secure(request) else PLAIN, *({SECURE, PLAIN} & request.cookies.keys())}:
        response.delete_cookie(name, secure=name == SECURE, httponly=True, samesite="lax")


def give_up_streamlits(request: Request, response: Response) -> None:
    """Have the browser forget what `st.login` left: 30 days, not Secure, and nobody could revoke it."""
    for name in request.cookies:
        if name.startswith("_streamlit_user"):
            response.delete_cookie(name)


def _set(request: Request, response: Response, tail: str, value: str, lasts: timedelta) -> None:
    secure = _is_secure(request)
    response.set_cookie(
        (SECURE if secure else PLAIN) + tail,
        value,
        max_age=int(lasts.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
