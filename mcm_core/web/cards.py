"""Cards with personal links, to print, cut and hand out."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import members
from mcm_core.store.engine import write
from mcm_core.web.addresses import outward, qr_data
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page

PER_SHEET = 12


@dataclass(frozen=True)
class Card:
    """What is printed for one member: their name, their link, and the same to scan."""

    name: str
    address: str
    qr: str


def cards(request: Request, _sent: Sent) -> Response:
    """GET /cards/<cohort>: for its facilitators. Names no cohort, as a card may be found by somebody else."""
    with write() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed
        people = members.roster(db, visitor, request.path_params["cohort_id"])
        tokens = members.link_tokens(db, visitor, request.path_params["cohort_id"], at=now())
    here = outward(str(request.base_url))
    made = [_card(member.name, f"{here}/j/{tokens[member.id]}") for member in people]
    return page("cards.html", sheets=[made[first : first + PER_SHEET] for first in range(0, len(made), PER_SHEET)])


def _card(name: str, address: str) -> Card:
    return Card(name, address, qr_data(address))


routes: list[Route] = [Route("/cards/{cohort_id}", careful(cards), methods=["GET"])]
