"""What every request of ours passes: from our own page, not too long, never blocking the others, errors as pages."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from mcm_core.domain.errors import McmError, Reconfirm, Refused
from mcm_core.services import provider
from mcm_core.web.mishaps import noted, sentence
from mcm_core.web.replies import page, sorry, status_of

JSON = "application/json"

Sent = dict[str, str]
Answer = Callable[[Request, Sent], Response]
Sorry = Callable[[str, int], Response]


@dataclass(frozen=True)
class Size:
    """How much a form may send: bytes, and fields."""

    body: int = 16 * 1024
    fields: int = 20


USUAL = Size()


class TooLong(Refused):
    """More was sent than any of our forms holds."""


class CrossSite(Refused):
    """The browser says that another site asked for this."""


def careful(answer: Answer, sorry: Sorry = sorry, most: Size = USUAL) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that runs `answer` with the fields sent in a thread, and answers errors with a page.

    An error that a person can act on becomes what `sorry` makes of its sentence and status. `most` is what fits.
    """

    async def endpoint(request: Request) -> Response:
        return await _answered(request, answer, sorry, most)

    return endpoint


async def _answered(request: Request, answer: Answer, sorry: Sorry, most: Size) -> Response:
    try:
        if request.method == "POST":
            refuse_cross_site(request)
        return await run_in_threadpool(answer, request, await _sent(request, most))
    except TooLong as error:
        return sorry(str(error), 413)
    except CrossSite as error:
        return sorry(str(error), 403)
    except Reconfirm as error:
        return page("confirm.html", status=status_of(error), to=_path(request), wrong="", elsewhere=provider.is_used())
    except McmError as error:
        return sorry(str(error), status_of(error))
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception:
        return sorry(sentence(noted()), 500)


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def refuse_cross_site(request: Request) -> None:
    """Raise CrossSite when the browser says that the request comes from somewhere else.

    `Sec-Fetch-Site` decides where the browser sends it. Older ones have `Origin`, which is "null" for our own forms
    because our pages send no referrer; that is let through, as our cookie does not travel with a foreign form.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    foreign_origin = origin != "null" and urlsplit(origin).netloc != request.headers.get("host")
    if foreign_origin or site not in (None, "same-origin", "none"):
        raise CrossSite("This came from another site, so nothing was done. Open the page here and try again.")


async def _sent(request: Request, most: Size) -> Sent:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most.body:
            raise TooLong("That was far more than fits. Go back and send less.")
    try:
        fields = _fields(bytes(body), request.headers.get("content-type", ""), most)
        "".join(fields.values()).encode()  # JSON can spell halves of characters, which no database or page takes
        return fields
    except (ValueError, RecursionError) as error:
        raise Refused("What your browser sent cannot be read. Go back and try again.") from error


def _fields(body: bytes, kind: str, most: Size) -> Sent:
    if kind.startswith(JSON):
        fields = json.loads(body)
        if not isinstance(fields, dict):
            raise ValueError("not an object")
        return {name: value for name, value in fields.items() if isinstance(value, str)}
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most.fields))
