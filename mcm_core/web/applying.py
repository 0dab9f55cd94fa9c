"""An application behind a link of its own: kept as it is typed or by a button, sent, changed, taken back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mcm_core.domain.application import Form, Kind, Says
from mcm_core.domain.errors import McmError, NotAllowed
from mcm_core.domain.opening import spoken
from mcm_core.services import applying, smtp
from mcm_core.services.applying import Mine
from mcm_core.store.engine import read, write
from mcm_core.web.addresses import outward
from mcm_core.web.browser import now
from mcm_core.web.careful import Sent, Size, careful
from mcm_core.web.replies import page, sorry_in_place, status_of

#: Seven long answers in a script that needs nine characters for one, as forms are sent, and a grid of a whole week.
MOST = Size(body=300 * 1024, fields=60)
SAVED = "Saved. You can go on now, or come back later with your own link."
SENT = "Thank you. Your application has arrived."


def show(request: Request, _sent: Sent) -> Response:
    """GET /apply/<token>: the form as far as it is filled in."""
    with read() as db:
        found = applying.mine(db, request.path_params["token"], at=now())
    return _page(request, found, said=request.query_params.get("said", ""))


def keep(request: Request, sent: Sent) -> Response:
    """POST /apply/<token>/keep: what keep.js sends while somebody types, field by field. Says when it was saved."""
    with write() as db:
        found = applying.keep(db, request.path_params["token"], sent, at=now())
    return JSONResponse({"saved_at": found.application.saved_at.isoformat()})


def submit(request: Request, sent: Sent) -> Response:
    """POST /apply/<token>: keep the whole form; with the button “send”, send it, too; or take it back.

    What was typed is kept in a transaction of its own: a refused sending loses no word.
    """
    token, go = request.path_params["token"], sent.get("go", "")
    if go == "take_back":
        return _take_back(request, sent)
    try:
        with write() as db:
            found = applying.mine(db, token, at=now())
            applying.keep(db, token, whole(found.form, sent), at=now())
        if go == "send":
            with write() as db:
                applying.send(db, token, at=now())
    except NotAllowed:
        raise
    except McmError as error:
        with read() as db:
            found = applying.mine(db, token, at=now())
        return _page(request, found, typed=whole(found.form, sent), wrong=str(error), status=status_of(error))
    return RedirectResponse(f"/apply/{token}?said={'sent' if go == 'send' else 'saved'}", 303)


def whole(form: Form, sent: Sent) -> dict[str, str]:
    """The fields of a form that was sent as a whole: a browser does not send a tick that is not set."""
    unset = {question.key: "" for question in form.questions if question.kind is Kind.TICK}
    return unset | {key: words for key, words in sent.items() if key not in {"go", "sure"}}


def _take_back(request: Request, sent: Sent) -> Response:
    if "sure" not in sent:
        with read() as db:
            found = applying.mine(db, request.path_params["token"], at=now())
        return _page(request, found, wrong="Tick that you are sure; then press again.", status=400)
    with write() as db:
        applying.take_back(db, request.path_params["token"], at=now())
    return page("taken_back.html")


def _page(
    request: Request, found: Mine, *, typed: Sent | None = None, wrong: str = "", said: str = "", status: int = 200
) -> Response:
    opening, applied = found.opening, found.application
    answers = {question.key: applied.said(question.key) for question in found.form.questions}
    kept = answers | {time: str(word) for time, word in applied.times.items()}
    return page(
        "apply.html",
        status=status,
        applied=applied,
        form=found.form,
        kept=kept | (typed or {}),
        may_change=found.may_change,
        closes=spoken(opening.plan.closes, opening.time_zone),
        is_closed=now() >= opening.closes_at,
        until=opening.kept_until,
        says=list(Says),
        sends=smtp.is_configured(),
        address=f"{outward(str(request.base_url))}/apply/{request.path_params['token']}",
        wrong=wrong,
        done={"saved": SAVED, "sent": SENT}.get(said, ""),
    )


routes: list[Route] = [
    Route("/apply/{token}", careful(show), methods=["GET"]),
    Route("/apply/{token}", careful(submit, most=MOST), methods=["POST"]),
    Route("/apply/{token}/keep", careful(keep, sorry_in_place, most=MOST), methods=["POST"]),
]
