"""The archive that a member takes away: whole, readable without the program, and nobody else's."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import members, my_data, notes, rounds
from mcm_core.store import prepare_texts
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AuditRow
from mcm_core.web.headers import SafeHeaders
from mcm_core.web.my_data import routes
from mcm_core.web.replies import text_of
from tests.services.owned import a_full_life, unseen
from tests.services.people import NOW
from tests.services.stories import Group, a_group, answer, close_and_reveal, connections, run_round
from tests.web import papers
from tests.web.papers import words

HOSTILE = "=HYPERLINK(\"http://x\") <script>alert('x')</script> & “quoted”"
OTHERS = ("Ben", "Tuesday circle", "what Ben wrote", "Embedded")


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        made = a_group(db, 6, name="Hearth House")
        first = run_round(db, made.facilitator, made.cohort, made.members, 1, [(2, 3), *[(4, 4)] * 5])
        again = rounds.vote_again(db, made.facilitator, first.id, at=NOW)
        answer(db, again, made.members, [(1, -3), *[(4, 4)] * 5], at=NOW)
        close_and_reveal(db, made.facilitator, again, at=NOW)
        for who, body in zip(made.members, (HOSTILE, "what Ben wrote"), strict=False):
            notes.add(
                db, who, made.cohort.id, session_number=1, theme="tools", instrument=connections(), kind=Kind.STORY,
                audience=Audience.ME, attribution=Attribution.NAME, body=body, at=NOW,
            )  # fmt: skip
        return made


def taken(group: Group, who: int = 0) -> zipfile.ZipFile:
    response = browser(group, who).get("/my-data.zip")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(response.content))


APP = Starlette(routes=routes, middleware=[Middleware(SafeHeaders)])


def browser(group: Group, who: int | None) -> TestClient:
    visitor = None if who is None else group.members[who] if who >= 0 else group.facilitator
    cookies = dict(papers.browser_of(visitor).cookies)
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(SafeHeaders)]), cookies=cookies, raise_server_exceptions=False
    )


def test_it_is_kept_nowhere_and_named_for_nobody(group: Group) -> None:
    response = browser(group, 0).get("/my-data.zip")

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-disposition"] == 'attachment; filename="my-data.zip"'
    assert response.headers["content-type"] == "application/zip"
    assert taken(group).testzip() is None
    assert taken(group).namelist() == ["index.html", "answers.csv", "notes.csv", "everything.json"]


def test_everything_is_in_it_in_words_in_tables_and_for_programs(group: Group) -> None:
    files = taken(group)

    page = files.read("index.html").decode()
    answers = list(csv.DictReader(io.StringIO(files.read("answers.csv").decode("utf-8-sig"))))
    kept = json.loads(files.read("everything.json"))
    assert "On the list as Ada, in the group “Hearth House”" in words(page)
    assert {(row["theme"], row["vote"], row["now"], row["hoped"]) for row in answers if row["theme"] == "Tools"} == {
        ("Tools", "1", "Forming", "Maturing"), ("Tools", "2", "Early stages", "Rather not say"),
    }  # fmt: skip
    assert len(answers) == len(kept["answers"]) == 12
    assert kept["relationships"][0]["label"] == "outreach calls"
    assert kept["notes"][0]["body"] == HOSTILE
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", kept["keeping"]["until"])
    for heading in ("My phones", "My answers", "My notes", "What I said yes and no to", "What the log holds about me"):
        assert heading in page


def test_no_row_that_is_stored_under_a_members_id_is_missing_from_the_page_in_it(sqlite: str) -> None:
    with write() as db:
        ada = a_full_life(db).members[0]
    with write() as db:
        told = lambda: my_data.everything(db, ada, at=NOW)  # noqa: E731
        page = lambda: text_of("my_data.html", mine=told(), at=NOW, asked=prepare_texts.skills())  # noqa: E731
        found = unseen(db, ada.member_id or "", page, but=ada.sign_in)
        whole = words(page())

    assert {name for name in found if "." not in name} == set()
    assert "yes to “My name with my answers”, Session 1: Tools (words of version 4; this stands)" in whole
    assert "Session 3: Skills" in whole.partition("Anonymous rounds that I took part in")[2]


def test_it_opens_offline_and_runs_nothing(group: Group) -> None:
    page = taken(group).read("index.html").decode()

    assert not re.findall(r"<script|<link|<img|<iframe|src=|@import|url\(", page)
    assert "http" not in page.replace("http://x", "")
    assert "&lt;script&gt;" in page


def test_no_spreadsheet_takes_a_note_for_a_formula(group: Group) -> None:
    rows = list(csv.DictReader(io.StringIO(taken(group).read("notes.csv").decode("utf-8-sig"))))

    assert rows[0]["words"] == f"'{HOSTILE}"
    assert rows[0]["who may read it"] == "only me"


def test_nothing_of_anybody_else_is_in_it(group: Group) -> None:
    files = taken(group)

    text = "".join(files.read(name).decode() for name in files.namelist())
    for others in OTHERS:
        assert others not in text
    for member in group.members[1:]:
        assert (member.member_id or "") not in text


def test_only_the_member_gets_it(group: Group) -> None:
    with write() as db:
        link = members.link_token(db, group.facilitator, group.members[0].member_id or "", at=NOW)
        waiting = members.join_by_link(db, link, browser_token=None, at=papers.datetime.now(papers.UTC)).token
    at_the_door = TestClient(
        Starlette(routes=routes, middleware=[Middleware(SafeHeaders)]),
        cookies={"mcm": waiting},
        raise_server_exceptions=False,
    )

    for other in (browser(group, None), browser(group, -1), at_the_door):
        response = other.get("/my-data.zip")
        assert response.status_code == 404
        assert b"PK" not in response.content
        assert "Ada" not in response.text


def test_that_a_copy_was_taken_is_written_down(group: Group) -> None:
    taken(group)

    with read() as db:
        rows = db.execute(select(AuditRow.actor_id, AuditRow.deed).where(AuditRow.deed == "copy taken")).all()
    assert rows == [(group.members[0].member_id, "copy taken")]
