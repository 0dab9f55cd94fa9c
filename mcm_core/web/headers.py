"""What every answer of this server tells the browser, whoever gives the answer: us, Streamlit, or an error."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mcm_core.web import policy
from mcm_core.web.connection import is_in_the_clear
from mcm_core.web.names import authority

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ALWAYS = {name.lower().encode(): value.encode() for name, value in ALWAYS.items()}  # as they are sent
TWO_YEARS = "max-age=63072000"
STARTS = {"http.response.start", "websocket.http.response.start"}
HASHED = "/static/"  # the name changes with the content, so a browser may keep it
FOR_SCRIPTS = "_streamlit_xsrf"  # Streamlit's page reads it and sends it back beside the cookie


class SafeHeaders:
    """Middleware, the outermost: puts the headers on, and the flags on Streamlit's cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what comes back."""

        async def sending(message: Message) -> None:
            if message["type"] in STARTS:
                _add(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, sending if scope["type"] in {"http", "websocket"} else send)


def _add(headers: MutableHeaders, scope: Scope) -> None:
    encrypted = scope.get("scheme") in {"https", "wss"}
    headers.raw[:] = [pair for pair in headers.raw if pair[0] not in _ALWAYS] + [*_ALWAYS.items()]
    if not is_in_the_clear(scope):  # elsewhere a browser ignores it, and says so in its console
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    host = authority(Headers(scope=scope).get("host")) or "localhost"
    headers.setdefault("Content-Security-Policy", policy.for_streamlit(host, encrypted=encrypted))
    if not (scope["path"].startswith(HASHED) and headers.get("Cache-Control", "").startswith("public")):
        headers["Cache-Control"] = "no-store"
    if encrypted:
        headers["Strict-Transport-Security"] = TWO_YEARS
    _flag_cookies(headers, encrypted=encrypted)


def _flag_cookies(headers: MutableHeaders, *, encrypted: bool) -> None:
    """Streamlit leaves Secure out when somebody else ends the encryption before it, and we know better."""
    cookies = headers.getlist("Set-Cookie")
    if not cookies:
        return
    del headers["Set-Cookie"]
    for cookie in cookies:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        if encrypted and "secure" not in flags:
            cookie += "; Secure"
        if "httponly" not in flags and cookie.partition("=")[0] != FOR_SCRIPTS:
            cookie += "; HttpOnly"
        headers.append("Set-Cookie", cookie)
