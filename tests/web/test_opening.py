"""The public page and the application, as a stranger's browser gets them: without a cookie, without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mcm_core.domain.opening import Plan
from mcm_core.services import applicants, interests, late_words, lost_links, openings
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MessageRow
from mcm_core.web import applying as web
from mcm_core.web import opening as web_opening
from tests.services.openings.applying_people import WORDS, Opened
from tests.services.people import a_cohort, a_facilitator
from tests.web.conftest import Browser
from tests.web.desk import everything, now

ADA = {"name": "Ada &amp; <Okafor>", "email": "ada@example.org", "organisation": "Harbour Trust"}
NEEDED = {"why": "To <b>learn</b>", "hope": "Less alone", "role": "front line"}


@pytest.fixture
def opened(sqlite: str) -> Opened:
    """A published page that closes in a week; its drop-in is in two days."""
    with write() as db:
        fay = a_facilitator(db, "fay", at=now())
        cohort = a_cohort(db, fay, "Refuge survivors’ group", at=now())
        clock = now().astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None, second=0, microsecond=0)
        plan = Plan(clock + timedelta(days=7), clock + timedelta(days=2), 60, "https://meet.example/secret")
        slug = openings.write_down(db, fay, cohort.id, plan=plan, words=WORDS, at=now()).slug
        openings.publish(db, fay, cohort.id, at=now())
        return Opened(fay, cohort, slug)


def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on it is ten days later."""
    for module in (web, web_opening):
        monkeypatch.setattr(module, "now", lambda: now() + timedelta(days=10))


def begun(client: TestClient, opened: Opened) -> str:
    """The address of an application that has just been begun."""
    answer = client.post(f"/open/{opened.slug}/apply", data=ADA)
    assert answer.status_code == 303
    return answer.headers["location"]


def filled_in(page: str) -> dict[str, str]:
    """What stands in the form with which one begins an application."""
    form = page.partition('<section id="apply">')[2].partition("</section>")[0]
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form)}


def test_who_was_interested_types_nothing_twice(browser: Browser, opened: Opened) -> None:
    """At once in the same browser, and later by the link in the reminder, in any other."""
    thanked = browser().post(f"/open/{opened.slug}/interest", data=ADA | {"wants_reminder": "on"}).text
    assert filled_in(thanked) == ADA
    with read() as db:
        body = db.scalars(select(MessageRow.body).where(MessageRow.kind == "interest_reminder")).one()
    (link,) = re.findall(r"{address}(/open/\S+)#apply", body)

    page = browser().get(link)

    assert page.status_code == 200
    assert filled_in(page.text) == ADA
    assert browser().post(f"/open/{opened.slug}/apply", data=filled_in(page.text)).status_code == 303


def test_no_other_address_tells_who_was_interested(browser: Browser, opened: Opened) -> None:
    browser().post(f"/open/{opened.slug}/interest", data=ADA | {"wants_reminder": "on"})
    with write() as db:
        fay = a_facilitator(db, "other", at=now())
        other = a_cohort(db, fay, "Other", at=now())
        plan = Plan(now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=7))
        elsewhere = openings.write_down(db, fay, other.id, plan=plan, words=WORDS, at=now()).slug
        openings.publish(db, fay, other.id, at=now())
        body = db.scalars(select(MessageRow.body).where(MessageRow.kind == "interest_reminder")).one()
        (found,) = interests.of_cohort(db, opened.fay, opened.cohort.id)
    (token,) = re.findall(r"/for/([^#]+)#", body)
    nothing = {"name": "", "email": "", "organisation": ""}

    for slug, wrong in (
        (elsewhere, token),
        (opened.slug, token[:-1] + ("a" if token[-1] != "a" else "b")),
        (opened.slug, found.id),
        (opened.slug, "x"),
        (opened.slug, found.id + "é" * 22),
    ):
        page = browser().get(f"/open/{slug}/for/{wrong}")
        assert (page.status_code, filled_in(page.text)) == (200, nothing)
    with write() as db:
        interests.forget(db, opened.fay, found.id, at=now())
    assert filled_in(browser().get(f"/open/{opened.slug}/for/{token}").text) == nothing


def test_the_page_says_who_for_aims_commitment_dates_and_contact(browser: Browser, opened: Opened) -> None:
    before = everything()

    page = browser().get(f"/open/{opened.slug}")

    said = unescape(page.text)
    for words in (
        "This is for you if you are working toward reducing social isolation",
        "with the ultimate aim of improving practice",
        "2-3 days over 6 weeks",
        "Applications close",
        "Drop-in to find out more",
        "(Europe/London)",
        "six weekly sessions between the weeks of",
        "Fay, fay@example.org",
    ):
        assert words in said
    assert "meet.example/secret" not in said
    assert "Refuge" not in said
    assert "<title>A group</title>" in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in page.headers
    assert everything() == before


def test_a_page_that_is_not_published_looks_like_none(browser: Browser, opened: Opened) -> None:
    with write() as db:
        openings.take_down(db, opened.fay, opened.cohort.id, at=now())

    hidden, none = browser().get(f"/open/{opened.slug}"), browser().get("/open/nowhere")

    assert (hidden.status_code, hidden.text) == (none.status_code, none.text) == (404, none.text)
    assert browser().post(f"/open/{opened.slug}/apply", data=ADA).status_code == 404
    assert browser().post(f"/open/{opened.slug}/interest", data=ADA | {"wants_link": "on"}).status_code == 404


def test_what_a_facilitator_wrote_is_text_and_lists(browser: Browser, opened: Opened) -> None:
    words = {**WORDS, "aims": "<script>x</script>\n- one\n- two\nthen", "gain": ""}
    with write() as db:
        plan = openings.of_cohort(db, opened.fay, opened.cohort.id).plan  # type: ignore[union-attr]
        openings.write_down(db, opened.fay, opened.cohort.id, plan=plan, words=words, at=now())

    page = browser().get(f"/open/{opened.slug}").text

    assert "<p>&lt;script&gt;x&lt;/script&gt;</p>" in page
    assert re.search(r"<ul><li>one</li>\s*<li>two</li>\s*</ul>\s*<p>then</p>", page)
    assert "What will you gain" not in page


def test_interest_is_noted_and_a_mistake_keeps_what_was_typed(browser: Browser, opened: Opened) -> None:
    client, form = browser(), f"/open/{opened.slug}/interest"

    wrong = client.post(form, data=ADA | {"email": "ada", "wants_link": "on"})
    right = client.post(form, data=ADA | {"wants_link": "on", "wants_reminder": "on"})

    assert wrong.status_code == 400
    assert "is not an e-mail address" in unescape(wrong.text)
    assert 'value="Ada &amp;amp; &lt;Okafor&gt;"' in wrong.text
    assert right.status_code == 200
    assert "We have noted it" in right.text
    with read() as db:
        (ada,) = interests.of_cohort(db, opened.fay, opened.cohort.id)
    assert (ada.name, ada.wants_link, ada.wants_reminder) == (ADA["name"], True, True)


def test_the_link_to_a_drop_in_is_offered_only_while_there_is_one_to_come(browser: Browser, opened: Opened) -> None:
    assert "Send me the drop-in link" in browser().get(f"/open/{opened.slug}").text
    with write() as db:
        plan = openings.public(db, opened.slug, at=now()).opening.plan
        openings.write_down(db, opened.fay, opened.cohort.id, plan=Plan(plan.closes), words=WORDS, at=now())

    page = browser().get(f"/open/{opened.slug}").text

    assert "drop-in link" not in page
    assert "we write to you once at most" in page
    assert "Remind me how to apply" in page


def test_an_application_is_begun_kept_and_sent(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    page = client.get(address).text
    assert "You can stop here and come back; this link is yours" in page
    assert f"http://localhost{address}" in page or address in page

    assert client.post(address, data={"why": "To <b>learn</b>", "support": "on", "go": "save"}).status_code == 303
    elsewhere = browser()
    assert "To &lt;b&gt;learn&lt;/b&gt;</textarea>" in elsewhere.get(address).text
    assert re.search(r'name="support" checked', elsewhere.get(address).text)

    answer = elsewhere.post(address, data=NEEDED | {"Tuesday afternoon": "prefer", "go": "send"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}?said=sent")
    assert "has arrived" in elsewhere.get(answer.headers["location"]).text
    with read() as db:
        (line,) = applicants.of_cohort(db, opened.fay, opened.cohort.id)
        found = applicants.one(db, opened.fay, line.id).application
    assert (found.said("why"), found.said("support"), found.times) == (
        "To <b>learn</b>",
        "",
        {"Tuesday afternoon": "prefer"},
    )


def test_a_sending_without_all_answers_keeps_every_word(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)

    answer = client.post(address, data={"why": "Half a", "question": "and a question", "go": "send"})

    assert answer.status_code == 400
    assert "What do you hope to achieve" in answer.text
    assert "Half a</textarea>" in answer.text
    assert "and a question</textarea>" in browser().get(address).text


def test_a_form_as_long_as_it_may_be_fits_in_any_script(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    words = {key: "語" * 3000 for key in ("why", "hope", "learning", "question", "support_note", "access", "apart")}
    week = {
        f"{day} {part}": "can't"
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        for part in ("morning", "afternoon", "evening")
    }

    ticks = dict.fromkeys(("support", "space", "feedback", "question_shared", "question_named"), "on")
    assert client.post(address, data=words | week | ticks | {"role": "both", "go": "send"}).status_code == 303
    assert client.post(address, content=b"x" * (web.MOST.body + 1)).status_code == 413


def test_the_page_saves_by_itself_what_was_typed(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)

    saved = client.post(f"{address}/keep", json={"why": "As I type"})
    wrong = client.post(f"{address}/keep", json={"why": "x" * 3001})

    assert datetime.fromisoformat(saved.json()["saved_at"])
    assert (wrong.status_code, "1 characters too long" in wrong.json()["error"]) == (400, True)
    assert "As I type</textarea>" in browser().get(address).text


def test_another_site_can_send_nothing(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    foreign = {"sec-fetch-site": "cross-site"}

    assert client.post(address, data=NEEDED | {"go": "send"}, headers=foreign).status_code == 403
    assert client.post(f"{address}/keep", json=NEEDED, headers=foreign).status_code == 403
    assert client.post(f"/open/{opened.slug}/apply", data=ADA, headers=foreign).status_code == 403


def test_after_the_deadline_one_can_apply_by_the_late_address_alone(
    browser: Browser, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = begun(browser(), opened)
    with write() as db:
        openings.take_late(db, opened.fay, opened.cohort.id, yes=True, at=now())
        late = openings.late_token(db, opened.fay, opened.cohort.id)
    closed(monkeypatch)

    page = browser().get(f"/open/{opened.slug}").text
    assert "Applications have closed" in page
    assert "Begin my application" not in page
    refused = browser().post(f"/open/{opened.slug}/apply", data=ADA)
    assert refused.status_code == 400
    assert "Begin my application" in browser().get(f"/open/{opened.slug}/late/{late}").text
    assert "Begin my application" not in browser().get(f"/open/{opened.slug}/late/made-up").text
    assert browser().post(f"/open/{opened.slug}/late/{late}/apply", data=ADA).status_code == 303
    assert browser().post(f"/open/{opened.slug}/late/made-up/apply", data=ADA).status_code == 400

    assert browser().post(address, data=NEEDED | {"go": "send"}).status_code == 303  # begun in time, sent late
    with read() as db:
        assert [one.is_late for one in applicants.of_cohort(db, opened.fay, opened.cohort.id)] == [True]


def test_taking_it_back_asks_once_and_leaves_nothing(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    client.post(address, data=NEEDED | {"go": "send"})

    assert client.post(address, data={"go": "take_back"}).status_code == 400
    gone = client.post(address, data={"go": "take_back", "sure": "on"})

    assert "is taken back" in gone.text
    assert client.get(address).status_code == 404
    assert browser().get("/apply/made-up").text == client.get(address).text


def test_a_stranger_floods_nothing(browser: Browser, opened: Opened) -> None:
    client = browser()

    codes = [client.post(f"/open/{opened.slug}/apply", data=ADA).status_code for _ in range(31)]

    assert codes == [303] * 30 + [429]
    assert browser(network="198.51.100.9").post(f"/open/{opened.slug}/apply", data=ADA).status_code == 303


def test_what_was_decided_is_told_by_a_message_and_not_by_the_page(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    client.post(address, data=NEEDED | {"go": "send"})
    with write() as db:
        (line,) = applicants.of_cohort(db, opened.fay, opened.cohort.id)
        applicants.decide(db, opened.fay, line.id, decision="declined", at=now())

    page = client.get(address).text

    assert "We have read your application" in page
    assert "declined" not in page
    assert client.post(address, data=NEEDED | {"go": "send"}).status_code == 400


@pytest.fixture
def with_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_SMTP_URL", "smtp://localhost:2525")
    monkeypatch.setenv("MCM_SMTP_FROM", "group@example.org")
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")


def test_without_a_mail_server_the_page_shows_the_link_and_says_that_it_is_the_only_way_back(
    browser: Browser, opened: Opened
) -> None:
    client = browser()
    address = begun(client, opened)
    begun_page = client.get(address).text
    sent_page = client.post(address, data=NEEDED | {"go": "send"}, follow_redirects=True).text

    for page in (begun_page, sent_page):
        assert re.search(rf'<code class="own">[^<]*{address}</code>', page)
        assert "the only way back to what you wrote here" in page
    with read() as db:
        assert "application_link" not in db.scalars(select(MessageRow.kind)).all()


@pytest.mark.usefixtures("with_a_mail_server")
def test_a_lost_link_is_asked_for_and_the_answer_tells_nothing(browser: Browser, opened: Opened) -> None:
    client = browser()
    address = begun(client, opened)
    form = f"/open/{opened.slug}/lost"
    assert "I have lost the link to my application" in client.get(f"/open/{opened.slug}").text

    known = client.post(form, data={"email": ADA["email"]})
    unknown = client.post(form, data={"email": "somebody@example.org"})

    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    assert web_opening.ASKED in known.text
    with read() as db:
        (row,) = db.scalars(select(MessageRow).where(MessageRow.kind == lost_links.KIND)).all()
        assert row.to_email == ADA["email"]
        new = late_words.filled_in(db, row, address="https://m.example", sending=True).split("/apply/")[1].split()[0]
    assert browser().get(f"/apply/{new}").status_code == 200
    assert browser().post(f"/apply/{new}", data={"why": "New", "go": "save"}).status_code == 303
    assert browser().get(address).status_code == 404


@pytest.mark.usefixtures("with_a_mail_server")
def test_asking_for_a_lost_link_is_limited_and_refused_like_the_other_forms(browser: Browser, opened: Opened) -> None:
    client, form = browser(), f"/open/{opened.slug}/lost"
    wrong = client.post(form, data={"email": "ada"})
    assert (wrong.status_code, 'value="ada"' in wrong.text) == (400, True)
    assert client.post(form, data=ADA, headers={"sec-fetch-site": "cross-site"}).status_code == 403

    codes = [client.post(form, data={"email": f"{number}@example.org"}).status_code for number in range(31)]

    assert codes == [200] * 30 + [429]
    assert browser().post("/open/nowhere/lost", data=ADA).status_code == 404


def test_without_a_mail_server_no_new_link_is_promised(browser: Browser, opened: Opened) -> None:
    assert "I have lost the link" not in browser().get(f"/open/{opened.slug}").text
    refused = browser().post(f"/open/{opened.slug}/lost", data=ADA)
    assert (refused.status_code, "a message with a new link" in refused.text) == (400, False)
