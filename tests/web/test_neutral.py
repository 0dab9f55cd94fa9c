"""Nothing that a browser, a history, a preview or a folder of downloads shows tells what this is about (threat 24).

Every route is fetched, also as a link preview would, for a cohort whose name tells everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import product

import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import ROUTES
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.opening import Plan
from mcm_core.domain.visitor import Visitor
from mcm_core.services import applying, facilitators, members, openings
from mcm_core.store.engine import write
from mcm_core.ui.sitemap import ENTRIES
from tests.services.people import a_cohort, a_facilitator, the_code
from tests.telling import tells
from tests.web.desk import now, sign_in

#: What stands for each part of a path. A part that is not here is a new kind of address: say how to open it.
PARTS = {"name": ["exit.js", "help.js", "landmarks.js", "own_plan.js", "print.js", "show.js", "bar.css", "icon.svg",
                  "nothing.js"],
         "page:word": [entry.path for entry in ENTRIES if entry.path] + ["nothing"],
         "page:elsewhere": ["a/b/c", "Notes.html"]}  # fmt: skip
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
ADDRESS = re.compile(r'(?:href|src|action)="([^"]*)"')
PREVIEW = re.compile(r"<meta[^>]*(?:og:|twitter:|description)", re.IGNORECASE)


@dataclass(frozen=True)
class World:
    """What may stand in a path, and who asks: a stranger, as a link preview is one, a facilitator and a member."""

    parts: dict[str, list[str]]
    browsers: tuple[TestClient, ...]


@pytest.fixture
def world(sqlite: str) -> World:
    """A cohort that would tell everything."""
    with write() as db:
        fay = a_facilitator(db, "fay", at=now())
        cohort = a_cohort(db, fay, "Refuge survivors’ group, domestic violence", at=now())
        ada = members.add(db, fay, cohort.id, "Ada", at=now())[0]
        link = members.link_token(db, fay, ada.id, at=now())
        invitation = facilitators.invite(db, fay, cohort.id, at=now())
        code = the_code(db, fay, cohort, at=now())
        slug, late, application = _a_page(db, fay, cohort)
    app = Starlette(routes=ROUTES)
    stranger, facilitator, member = (
        TestClient(app, base_url="http://localhost", follow_redirects=False) for _ in range(3)
    )
    sign_in(facilitator, fay)
    member.post(f"/j/{link}")
    own = {"cohort_id": [cohort.id], "code": [code], "token": [link, invitation, application]}
    parts = PARTS | own | {"slug": [slug], "late": [late]}
    return World(parts, (stranger, facilitator, member))


def _a_page(db: Session, fay: Visitor, cohort: Cohort) -> tuple[str, str, str]:
    """A public page that tells everything: its address, the one for late applications, and somebody's own."""
    plan = Plan(closes=(now() + timedelta(days=9)).replace(tzinfo=None))
    words = {"title": "For survivors of abuse", "contact": "The refuge"}
    slug = openings.write_down(db, fay, cohort.id, plan=plan, words=words, at=now()).slug
    openings.publish(db, fay, cohort.id, at=now())
    openings.take_late(db, fay, cohort.id, yes=True, at=now())
    who = {"name": "Ada", "email": "ada@refuge.example", "organisation": "Women’s refuge", "network": "x"}
    token = applying.begin(db, slug, **who, at=now())
    return slug, openings.late_token(db, fay, cohort.id) or "", token


def paths(parts: dict[str, list[str]]) -> Iterator[str]:
    """Every address that answers GET, with each thing that may stand in it."""
    for route in ROUTES:
        if "GET" not in (route.methods or ()) or route.path == "/live":
            continue  # a stream has no end, no title and no name
        named = re.findall(r"{(.*?)}", route.path)
        assert set(named) <= set(parts), f"Tell this test how to open {route.path}"
        for values in product(*(parts[name] for name in named)):
            chosen = dict(zip(named, values, strict=True))
            yield re.sub(r"{(.*?)}", lambda found, chosen=chosen: chosen[found[1]], route.path)


def telling(path: str, body: str, headers: dict[str, str]) -> list[str]:
    """Everything about this answer that tells, besides what stands on the page itself."""
    shown = [path, headers.get("content-disposition", ""), headers.get("location", "")]
    if headers.get("content-type", "").startswith("text/html"):
        shown += [*TITLE.findall(body), *ADDRESS.findall(body), *PREVIEW.findall(body)]
    return [f"{path}: {word} in {text}" for text in shown for word in tells(unescape(text))]


def test_no_address_title_preview_or_file_name_tells(world: World) -> None:
    found, opened = [], set()
    for browser in world.browsers:
        for path in paths(world.parts):
            answer = browser.get(path)
            found += telling(path, answer.text, dict(answer.headers))
            opened |= {path} if answer.status_code == 200 else set()

    assert found == []
    assert len(opened) >= 25, "hardly anything has been opened"


def test_the_crawl_would_see_a_cohort_named_in_a_title() -> None:
    """The negative control."""
    page = "<html><head><title>Refuge survivors’ group</title></head></html>"

    assert len(telling("/", page, {"content-type": "text/html"})) == 2
    assert telling("/x.csv", "", {"content-disposition": 'attachment; filename="survivors.csv"'})
    assert PREVIEW.search('<meta property="og:title" content="Session">')


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.file)
def test_no_page_is_called_what_it_is_about(entry) -> None:  # type: ignore[no-untyped-def]
    assert tells(f"{entry.title} {entry.file}") == []
