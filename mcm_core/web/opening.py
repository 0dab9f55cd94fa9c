"""A cohort's public page: what it is, when it is, and two short forms. For strangers; it works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mcm_core.domain.errors import McmError, NotAllowed
from mcm_core.domain.opening import TAKES, spoken
from mcm_core.services import applying, interests, lost_links, openings, smtp
from mcm_core.services.openings import Public
from mcm_core.store import opening_texts
from mcm_core.store.engine import read, write
from mcm_core.web.browser import now
from mcm_core.web.careful import Sent, careful
from mcm_core.web.network import network
from mcm_core.web.replies import page, status_of

SAID = "Thank you. We have noted it, and write to you by e-mail."
ASKED = "If somebody applied here with this address, a message with a new link goes there within some minutes."


def show(request: Request, _sent: Sent) -> Response:
    """GET /open/<slug>, and /open/<slug>/late/<late>, which takes applications after they have closed.

    GET /open/<slug>/for/<token> is the same for somebody who was interested: it knows what they told us then.
    """
    told = None
    if token := request.path_params.get("token"):
        with read() as db:
            told = interests.known(db, request.path_params["slug"], token)
    if told is None:
        return _page(request)
    return _page(request, known={"name": told.name, "email": told.email, "organisation": told.organisation})


def express(request: Request, sent: Sent) -> Response:
    """POST /open/<slug>/interest."""
    try:
        with write() as db:
            interests.express(
                db,
                request.path_params["slug"],
                **_who(sent),
                wants_link="wants_link" in sent,
                wants_reminder="wants_reminder" in sent,
                network=network(request),
                at=now(),
            )
    except NotAllowed:
        raise
    except McmError as error:
        return _page(request, sent, wrong={"interest": str(error)}, status=status_of(error))
    return _page(request, thanks=SAID, known=_who(sent))


def apply(request: Request, sent: Sent) -> Response:
    """POST /open/<slug>/apply: begin an application, and go to its own link."""
    try:
        with write() as db:
            token = applying.begin(
                db,
                request.path_params["slug"],
                **_who(sent),
                late=request.path_params.get("late", ""),
                network=network(request),
                at=now(),
            )
    except NotAllowed:
        raise
    except McmError as error:
        return _page(request, sent, wrong={"apply": str(error)}, status=status_of(error))
    return RedirectResponse(f"/apply/{token}", 303)


def lost(request: Request, sent: Sent) -> Response:
    """POST /open/<slug>/lost: a new link for whoever applied with this address. The answer is always the same."""
    try:
        with write() as db:
            slug, email = request.path_params["slug"], sent.get("email", "")
            lost_links.ask(db, slug, email=email, network=network(request), at=now())
    except NotAllowed:
        raise
    except McmError as error:
        return _page(request, sent, wrong={"lost": str(error)}, status=status_of(error))
    return _page(request, thanks=ASKED)


def _who(sent: Sent) -> dict[str, str]:
    return {name: sent.get(name, "") for name in ("name", "email", "organisation")}


def _page(
    request: Request,
    sent: Mapping[str, str] | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    thanks: str = "",
    known: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    slug, late = request.path_params["slug"], request.path_params.get("late", "")
    with read() as db:
        found = openings.public(db, slug, at=now())
    is_late = applying.takes_late(found.opening, late)
    return page(
        "open.html",
        status=status,
        opening=found.opening,
        stage=found.stage,
        text=texts_of(found),
        times=times_of(found),
        takes=found.stage in TAKES,
        has_drop_in=found.opening.drop_in_ends is not None and found.opening.drop_in_ends > now(),
        is_late=is_late,
        sends=smtp.is_configured(),
        here=f"/open/{slug}" + (f"/late/{late}" if is_late else ""),
        sent=sent or {},
        wrong=wrong or {},
        thanks=thanks,
        known=known or {},
    )


def texts_of(found: Public) -> dict[str, object]:
    """What the page says: the words of its facilitator, or of the file; a section without any is left out."""
    usual, own = opening_texts.page(), found.opening.words
    said = {key: own.get(key, section.says) for key, section in usual.all_.items()}
    return {
        "title": said["title"] or usual.title.says,
        "sections": [(section.heading, said[key]) for key, section in usual.sections.items() if said[key].strip()],
        "contact": (usual.contact.heading, said["contact"]),
    }


def times_of(found: Public) -> list[tuple[str, str]]:
    """Every date that there is to know, each with what it is. The six dates are weeks until they are fixed."""
    opening, zone = found.opening, found.opening.time_zone
    told = [("Applications close", spoken(opening.plan.closes, zone))]
    if opening.plan.drop_in:
        lasts = f"{spoken(opening.plan.drop_in, zone)}, for {opening.plan.drop_in_minutes} minutes"
        told.insert(0, ("Drop-in to find out more and ask questions", lasts))
    if opening.dates_fixed_at:
        return [*told, *((f"Session {one.number}", spoken(one.starts_local, zone)) for one in found.meetings)]
    first, last = found.meetings[0].starts_local, found.meetings[-1].starts_local
    week = f"six weekly sessions between the weeks of {first.day} {first:%B} and {last.day} {last:%B %Y}"
    return [*told, ("Sessions", f"{week}; the day and time are found with those who apply")]


routes: list[Route] = [
    Route("/open/{slug}", careful(show), methods=["GET"]),
    Route("/open/{slug}/interest", careful(show), methods=["GET"]),
    Route("/open/{slug}/interest", careful(express), methods=["POST"]),
    Route("/open/{slug}/apply", careful(show), methods=["GET"]),
    Route("/open/{slug}/apply", careful(apply), methods=["POST"]),
    Route("/open/{slug}/lost", careful(show), methods=["GET"]),
    Route("/open/{slug}/lost", careful(lost), methods=["POST"]),
    Route("/open/{slug}/for/{token}", careful(show), methods=["GET"]),
    Route("/open/{slug}/late/{late}", careful(show), methods=["GET"]),
    Route("/open/{slug}/late/{late}/apply", careful(apply), methods=["POST"]),
]
