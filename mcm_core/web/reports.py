"""GET /report/…: the printable reports and their tables, for whoever is signed in."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.note import Audience, Kind, Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import reports
from mcm_core.store.engine import read, write
from mcm_core.web import report_csv, report_lines, report_pictures
from mcm_core.web.browser import now, visitor_of
from mcm_core.web.careful import Sent, careful
from mcm_core.web.replies import page
from mcm_core.web.report_pictures import ThemePage

LEARNED = {Kind.PRACTICE, Kind.NUGGET}


def show_mine(request: Request, _sent: Sent) -> Response:
    """GET /report/mine: a member's own journey, to print."""
    with read() as db:
        report = reports.mine(db, _visitor(request, db))
    parts = [(journey.question, report_lines.theme_lines(journey)) for journey in report.journeys]
    return page("report_mine.html", cohort=report.cohort, parts=parts, notes=report.notes)


def table_mine(request: Request, _sent: Sent) -> Response:
    """GET /report/mine.csv: a member's own readings."""
    with read() as db:
        report = reports.mine(db, _visitor(request, db))
    return _csv(report_csv.mine(report.journeys), "my-journey.csv")


def show_ours(request: Request, _sent: Sent) -> Response:
    """GET /report/ours/<cohort>: the cohort's journey, to print; with ?share only notes written for the network."""
    report = _ours(request)
    behind = [note for note in report.notes if note.kind not in LEARNED]
    parts = [(journey, _with_notes(report_pictures.theme_pages(journey), behind)) for journey in report.journeys]
    return page(
        "report_ours.html",
        cohort=report.cohort,
        to_share=report.to_share,
        kept_inside=report.kept_inside,
        parts=parts,
        learned=[note for note in report.notes if note.kind in LEARNED],
        others=behind,
        decided=report.decision.parts(with_people=not report.to_share) if report.decision else (),
        network=Audience.NETWORK,
        columns=report_pictures.columns,
        key=report_pictures.key,
    )


def table_ours(request: Request, _sent: Sent) -> Response:
    """GET /report/ours/<cohort>.csv: the cohort's released counts."""
    return _csv(report_csv.ours(_ours(request).journeys), "our-journey.csv")


def _ours(request: Request) -> reports.OurReport:
    with write() as db:
        visitor = _visitor(request, db)
        to_share = "share" in request.query_params
        return reports.take(db, visitor, request.path_params["cohort_id"], to_share=to_share, at=now())


def _visitor(request: Request, db: Session) -> Visitor:
    visitor = visitor_of(request, db)
    if visitor is None:
        raise NotAllowed("You are not signed in any more. Sign in and open this again.")
    return visitor


def _with_notes(themes: list[ThemePage], behind: list[Note]) -> list[tuple[ThemePage, list[Note]]]:
    """Each theme with the notes about it, taken out of `behind` so that none is printed twice."""
    paired = []
    for one in themes:
        notes = [note for note in behind if note.theme == one.theme.key]
        behind[:] = [note for note in behind if note not in notes]
        paired.append((one, notes))
    return paired


def _csv(text: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=disposition)


routes: list[Route] = [
    Route("/report/mine", careful(show_mine), methods=["GET"]),
    Route("/report/mine.csv", careful(table_mine), methods=["GET"]),
    Route("/report/ours/{cohort_id}.csv", careful(table_ours), methods=["GET"]),
    Route("/report/ours/{cohort_id}", careful(show_ours), methods=["GET"]),
]
