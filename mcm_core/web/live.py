"""Who may follow which topic of the event stream."""

from __future__ import annotations

from starlette.requests import Request

from mcm_core.domain.visitor import Role, Visitor
from mcm_core.live.bus import bus
from mcm_core.live.stream import stream_route
from mcm_core.services import cohorts
from mcm_core.store.engine import read
from mcm_core.web.browser import visitor_of


def allowed(request: Request) -> set[str]:
    """Every topic that the request's visitor may follow; none for a stranger.

    Counts go to everybody in the cohort who shows a room screen; who is at the door, and how many are connected,
    go to facilitators alone.
    """
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            return set()
        own = {f"visitor:{visitor.sign_in}"} | ({f"mine:{visitor.member_id}"} if visitor.member_id else set())
        if visitor.role in {Role.WAITING, Role.HALFWAY}:
            return own
        if visitor.role is Role.GUEST:
            return own | {f"{kind}:{visitor.cohort_id}" for kind in ("phase", "count", "notes")}
        ids = [cohort.id for cohort in cohorts.of_visitor(db, visitor)]
    return own | {f"{kind}:{cohort_id}" for kind in _kinds(visitor) for cohort_id in ids}


def _kinds(visitor: Visitor) -> tuple[str, ...]:
    everybody = ("phase", "count", "topics", "notes")
    return (*everybody, "door", "here") if visitor.facilitates else everybody


route = stream_route(bus, allowed)
