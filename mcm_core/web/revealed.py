"""The picture of a reveal ahead of its page: a small piece of HTML for every phone that waits (ui/assets/early.js).

At a reveal all phones want the same at once, and a run of Streamlit's script costs this process as much as twenty of
these answers. So the picture goes out first, and each answer says when to ask for the page, one phone after the other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.mode import Mode
from mcm_core.domain.release import Release
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.live.rush import rush
from mcm_core.services import cohorts, pauses, releases, rounds
from mcm_core.store.engine import read
from mcm_core.web import revealed_bars
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import sorry_in_place, text_of

ADDRESS = "/revealed"
WAIT = "Mcm-Wait"  # header: milliseconds until this phone should ask for its page
KEPT = 100  # cohorts whose picture is remembered


@dataclass(frozen=True)
class Shown:
    """What one cohort sees of a round. `phase` counts everything that may change it."""

    phase: int
    round_id: str = ""
    html: str = ""


def show(request: Request, _sent: Sent) -> Response:
    """GET /revealed?round=…: the picture of a round for its members, as HTML, while it is what the room looks at.

    204 when there is none: not revealed, another round by now, a pause, another cohort's round, or no such round. And
    for an anonymous round, which is mostly sentences: its page is as quick. Raises NotAllowed for anybody else.
    """
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed
        shown = _on_stage(db, visitor, visitor.cohort_id or "", at=now())
    if not shown.html or shown.round_id != request.query_params.get("round"):
        return Response(status_code=204)
    return HTMLResponse(shown.html, headers={WAIT: str(round(1000 * rush.turn()))})


_kept: OrderedDict[str, Shown] = OrderedDict()


def _on_stage(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Shown:
    """What the cohort looks at, made once in each of its phases. Who asks is asked every time: `cohorts.phase` does."""
    phase = cohorts.phase(db, visitor, cohort_id)
    shown = _kept.get(cohort_id)
    if shown is None or shown.phase != phase:
        shown = _kept[cohort_id] = _made(db, visitor, cohort_id, phase, at)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return shown


def _made(db: Session, visitor: Visitor, cohort_id: str, phase: int, at: datetime) -> Shown:
    vote = rounds.on_stage(db, visitor, cohort_id, at=at)
    calm = pauses.is_on(db, visitor, cohort_id, at=at)
    if vote is None or vote.state is not RoundState.REVEALED or vote.card.mode is Mode.ANONYMOUS or calm:
        return Shown(phase)
    rush.begins()
    return Shown(phase, vote.id, _html(vote, releases.of_round(db, visitor, vote)))


def _html(vote: Round, shown: Mapping[str, Release]) -> str:
    picture = revealed_bars.picture(vote.card.instrument, tuple(shown.values()))
    return text_of("revealed.html", vote=vote, picture=picture)


routes: list[Route] = [Route(ADDRESS, careful(show, sorry_in_place), methods=["GET"])]
