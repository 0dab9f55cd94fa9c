"""What the tests of the reports set up and read over and over."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import notes, visitors
from mcm_core.store.engine import write
from mcm_core.web import news, reports
from mcm_core.web.headers import SafeHeaders
from tests.services.people import NOW
from tests.services.stories import Group, a_group, connections, run_round


def six_beside_others() -> Group:
    """A cohort of six beside another one, where everybody is at Embedded."""
    with write() as db:
        other = a_group(db, username="olga", name="Other group")
        run_round(db, other.facilitator, other.cohort, other.members, 1, [(4, 4)] * 5)
        return a_group(db, 6)


def browser_of(visitor: Visitor | None = None) -> TestClient:
    """A browser that is signed in as this visitor, or a stranger's."""
    if visitor is None:
        return with_token(None)
    with write() as db:
        ids = {"facilitator_id": visitor.facilitator_id, "member_id": visitor.member_id, "cohort_id": visitor.cohort_id}
        return with_token(visitors.admit(db, **ids, at=datetime.now(UTC)))


def with_token(token: str | None) -> TestClient:
    cookies = {"mcm": token} if token else {}
    app = Starlette(routes=[*reports.routes, *news.routes], middleware=[Middleware(SafeHeaders)])
    return TestClient(app, base_url="http://localhost", cookies=cookies, raise_server_exceptions=False)


def play(group: Group, number: int, ballots: list, **options) -> None:
    with write() as db:
        run_round(db, group.facilitator, group.cohort, group.members, number, ballots, **options)


def write_note(by: Visitor, group: Group, body: str, audience: Audience, **options) -> None:
    given = {"kind": Kind.EXPERIENCE, "attribution": Attribution.NONE, "theme": "tools", "session_number": 1}
    with write() as db:
        notes.add(
            db, by, group.cohort.id, audience=audience, body=body, instrument=connections(), at=NOW, **given | options
        )


def ours(group: Group, end: str = "") -> str:
    return f"/report/ours/{group.cohort.id}{end}"


def words(page: str) -> str:
    """What stands on the page, without the style sheet and the tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.S)).split())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
