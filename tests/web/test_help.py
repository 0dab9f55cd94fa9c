"""Help and support: general words for strangers, the cohort's own for its people, numbers that can be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import ROUTES
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import signposting
from mcm_core.store import engine, texts
from mcm_core.store.engine import DatabaseUnavailable, write
from mcm_core.ui.sitemap import ENTRIES
from mcm_core.web import help_page, shell
from mcm_core.web.way_out import way_out
from tests.web.conftest import Browser
from tests.web.desk import now, sign_in

WEATHER = texts.country().way_out


def written(fay: Visitor, cohort: Cohort, contact: str) -> None:
    with write() as db:
        signposting.write_down(
            db, fay, cohort.id, danger="Call 112", contact=contact, lines="Night line: 0808 157 0000", at=now()
        )


@pytest.mark.parametrize("path", ["/help", "/help/words", "/join", "/j/anything", "/privacy", "/welcome/none"])
def test_every_page_has_the_way_out_and_the_general_help(browser: Browser, path: str) -> None:
    body = browser().get(path).text

    assert 'href="tel:999"' in body
    assert "not a place to report harm" in body
    assert path == "/help/words" or (f'href="{WEATHER}"' in body and f'data-to="{WEATHER}"' in body)


@pytest.mark.parametrize("path", ["/help", "/join", "/j/anything", "/welcome/none", "/privacy"])
def test_no_page_holds_a_script_of_its_own(browser: Browser, path: str) -> None:
    """So that a policy without 'unsafe-inline' can stand before them."""
    body = browser().get(path).text

    assert "<script>" not in body
    assert " onclick=" not in body
    assert body.count("<script ") >= 2


def test_the_app_has_it_in_its_own_page_and_is_called_neutrally() -> None:
    page = shell.page("https://example.org/")

    assert page.count("<title>") == 1
    assert "<title>Session</title>" in page
    assert '<header id="bar"' in page
    assert 'data-to="https://example.org/"' in page
    assert page.index("/assets/exit.js") < page.index('id="root"')
    assert "Streamlit app" not in page
    assert 'type="module"' in page
    for entry in ENTRIES:
        assert re.fullmatch(shell.Word.regex, entry.file.removesuffix(".py")), "the shell does not serve this page"


def test_the_cohorts_own_words_are_for_its_people(browser: Browser, fay: Visitor, cohort: Cohort, link: str) -> None:
    written(fay, cohort, "Ann <b>Lee</b>, 020 7946 0000\n[x](javascript:alert(1))")
    member, stranger, desk = browser(), browser(), browser()
    member.post(link)
    sign_in(desk, fay)

    for inside in (member, desk):
        said = inside.get("/help/words").text
        assert 'href="tel:112"' in said
        assert 'Ann &lt;b&gt;Lee&lt;/b&gt;, <a class="dial" href="tel:02079460000">020 7946 0000</a>' in said
        assert 'href="tel:08081570000"' in said
        assert 'href="javascript' not in said
    assert "Ann" not in stranger.get("/help/words").text


def test_help_does_not_fail_with_the_database(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseUnavailable("The database does not answer.")

    monkeypatch.setattr(help_page, "read", broken)
    assert engine.read is not broken

    answer = browser().get("/help")

    assert answer.status_code == 200
    assert 'href="tel:999"' in answer.text


def test_the_way_out_is_set_in_one_place(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_EXIT_URL", "https://example.org/recipes?a=1&b=2")

    assert browser().get("/join").text.count("https://example.org/recipes?a=1&amp;b=2") == 2


@pytest.mark.parametrize(
    "address", ["http://example.org", "javascript:alert(1)", "//example.org", "https://", "https://a@b.org", "weather"]
)
def test_a_way_out_that_leads_nowhere_safe_is_refused_at_the_start(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_EXIT_URL", address)

    with pytest.raises(Refused, match="MCM_EXIT_URL"):
        way_out()


def test_the_privacy_page_names_who_runs_this_or_whom_to_ask(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the organisation behind your group" in browser().get("/privacy").text
    monkeypatch.setenv("MCM_OPERATOR", "Harbour <Trust>")
    monkeypatch.setenv("MCM_CONTACT", "hello@example.org")

    said = browser().get("/privacy").text

    assert "Harbour &lt;Trust&gt;" in said
    assert "hello@example.org" in said
    assert 'href="https://ico.org.uk/make-a-complaint/"' in said
    assert 'href="tel:03031231113"' in said
    assert "{operator}" not in said
    assert "{contact}" not in said


@pytest.mark.parametrize("path", ["/join", "/j/anything", "/help"])
def test_the_privacy_page_is_one_tap_away(browser: Browser, path: str) -> None:
    assert 'href="/privacy"' in browser().get(path).text


def test_without_an_operator_the_privacy_page_says_how_to_find_out(browser: Browser) -> None:
    said = browser().get("/privacy").text

    assert "Nobody has written here how to reach them." in said
    assert "answer the message that brought you your link" in said
    assert "complain to the Information Commissioner’s Office" in said


@pytest.fixture
def ireland(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A second country's file, chosen by its name."""
    shipped = (texts.COUNTRIES / "united_kingdom.yaml").read_text(encoding="utf-8")
    changes = {"call 999": "call 112", "www.bbc.co.uk/weather": "www.met.ie", "ico.org.uk": "dataprotection.ie",
               "Information Commissioner’s Office": "Data Protection Commission"}  # fmt: skip
    for theirs, ours in changes.items():
        shipped = shipped.replace(theirs, ours)
    (tmp_path / "ireland.yaml").write_text(shipped, encoding="utf-8")
    monkeypatch.setattr(texts, "COUNTRIES", tmp_path)
    monkeypatch.setenv("MCM_COUNTRY", "ireland")
    yield "ireland"
    texts._country.cache_clear()


def test_another_country_is_another_file(browser: Browser, ireland: str) -> None:
    assert 'href="tel:112"' in browser().get("/help").text
    assert way_out() == "https://www.met.ie"
    said = browser().get("/privacy").text
    assert "complain to the Data Protection Commission" in said
    assert 'href="https://dataprotection.ie/make-a-complaint/"' in said
    assert "Information Commissioner" not in said


@pytest.mark.parametrize("name", ["atlantis", "../texts/help", "United_Kingdom"])
def test_a_country_without_a_file_is_refused_at_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_COUNTRY", name)

    with pytest.raises(Refused, match="known are: united_kingdom"):
        texts.country()


NOWHERE = ["/a/b/c", "/nothing", "/Notes", "/notes.html", "/vote/1", "/j", "/staticky/x", "/today"]
STREAMLITS = ["/static/js/index.js", "/_stcore/health", "/favicon.png", "/manifest.json"]


@pytest.mark.parametrize("path", NOWHERE)
def test_an_unknown_address_has_our_bar_too(path: str, sqlite: str) -> None:
    answer = TestClient(Starlette(routes=ROUTES), base_url="http://localhost").get(path)

    assert answer.status_code == 404
    assert "There is no page here" in answer.text
    assert '<header id="bar"' in answer.text
    assert 'href="tel:999"' in answer.text


@pytest.mark.parametrize("path", STREAMLITS)
def test_what_is_streamlits_own_is_left_to_it(path: str, sqlite: str) -> None:
    answer = TestClient(Starlette(routes=ROUTES), base_url="http://localhost").get(path)

    assert (answer.status_code, answer.text) == (404, "Not Found"), "here nobody stands behind our routes"


def test_only_the_files_on_the_list_are_served(browser: Browser) -> None:
    assert browser().get("/assets/exit.js").headers["content-type"].startswith("text/javascript")
    for name in ("..%2Freplies.py", "%2e%2e/replies.py", "nothing.js", ""):
        assert browser().get(f"/assets/{name}").status_code == 404
