"""GET /report/news/<cohort>: the page News and views, to read and to print, for whoever is in the cohort."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.charts.weeks import NOT_ALL, sentence, turnout
from mcm_core.domain.errors import NotAllowed
from mcm_core.services import cohorts, news
from mcm_core.store.engine import read
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page


def show(request: Request, _sent: Sent) -> Response:
    """What everybody may read: no answer before its time, and of what was written only what was shared."""
    with read() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise NotAllowed("You are not signed in any more. Sign in and open this again.")
        cohort = cohorts.get(db, visitor, request.path_params["cohort_id"])
        weeks = news.weeks(db, visitor, cohort.id, at=now())
    return page("report_news.html", cohort=cohort, weeks=weeks, sentence=sentence, turnout=turnout, not_all=NOT_ALL)


routes: list[Route] = [Route("/report/news/{cohort_id}", careful(show), methods=["GET"])]
