"""What every answer tells the browser, and how a request is known to be encrypted."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import visitors
from mcm_core.store.engine import write
from mcm_core.web import policy
from mcm_core.web.connection import HEADER
from mcm_core.web.doors import Names
from mcm_core.web.headers import SafeHeaders
from mcm_core.web.mishaps import Mishaps
from mcm_core.web.replies import sorry
from mcm_core.web.routes import routes
from tests.web.asking import Behind, ask, scope_of
from tests.web.conftest import Browser
from tests.web.desk import now


def headers_of(scheme: str = "https", path: str = "/", *sent: tuple[bytes, bytes]) -> Headers:
    """The headers on an answer to which the app itself gave those in `sent`."""

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(sent)})
        await send({"type": "http.response.body", "body": b""})

    heard = ask(SafeHeaders(app), Behind(), scope_of(path=path, scheme=scheme))
    return Headers(raw=heard.sent[0]["headers"])


def test_every_answer_carries_them() -> None:
    headers = headers_of()

    assert headers["strict-transport-security"] == "max-age=63072000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_without_the_middleware_an_answer_carries_none_of_them() -> None:
    """The negative control."""
    behind = Behind()

    assert Headers(raw=ask(behind, behind, scope_of(scheme="https")).sent[0]["headers"]).keys() == []


@pytest.mark.parametrize(("host", "is_sent"), [("localhost:8501", True), ("192.168.1.7:8501", False)])
def test_in_the_clear_no_browser_is_told_what_it_would_only_complain_about(host: str, is_sent: bool) -> None:
    heard = ask(SafeHeaders(Behind()), Behind(), scope_of(scheme="http", host=host))

    assert ("cross-origin-opener-policy" in Headers(raw=heard.sent[0]["headers"])) is is_sent


def test_only_an_encrypted_answer_asks_for_encryption_for_good() -> None:
    assert "strict-transport-security" not in headers_of("http")


def test_a_file_whose_name_changes_with_its_content_may_be_kept_and_nothing_else() -> None:
    kept = (b"cache-control", b"public, immutable, max-age=31536000")

    assert headers_of("https", "/static/js/index.abc.js", kept)["cache-control"].startswith("public")
    assert headers_of("https", "/static/js/gone.js", (b"cache-control", b"no-cache"))["cache-control"] == "no-store"
    assert headers_of("https", "/favicon.png", kept)["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("scheme", "sent", "becomes"),
    [
        (
            "https",
            "_streamlit_xsrf=2|a; Path=/; SameSite=Strict",
            "_streamlit_xsrf=2|a; Path=/; SameSite=Strict; Secure",
        ),
        ("https", "_streamlit_session=x; path=/", "_streamlit_session=x; path=/; Secure; HttpOnly"),
        ("http", "_streamlit_session=x; path=/", "_streamlit_session=x; path=/; HttpOnly"),
        ("https", "__Host-mcm=x; HttpOnly; Secure", "__Host-mcm=x; HttpOnly; Secure"),
    ],
)
def test_streamlits_cookies_get_the_flags_that_it_leaves_out(scheme: str, sent: str, becomes: str) -> None:
    assert headers_of(scheme, "/", (b"set-cookie", sent.encode())).getlist("set-cookie") == [becomes]


def test_the_policy_runs_no_script_that_is_not_ours() -> None:
    assert "sha256-" in policy.for_streamlit("localhost:8501", encrypted=False)
    for made in (policy.for_own_pages(), policy.for_streamlit("localhost:8501", encrypted=False)):
        scripts = re.search(r"script-src ([^;]*)", made)
        assert scripts
        assert "unsafe" not in scripts[1]
        assert "'self'" in scripts[1]
        assert "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" in made
        assert not re.search(r"https?:|\*", made)


def test_our_pages_load_their_scripts_from_files_and_hold_none() -> None:
    for file in policy.TEMPLATES.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        scripts = re.findall(r"<script.*?</script>", text, re.S)
        assert all(re.fullmatch(r'<script src="/assets/[a-z_]+\.js"[^>]*></script>', script) for script in scripts)
        assert not re.search(r"\son[a-z]+=", re.sub(r"<script.*?</script>", "", text, flags=re.S)), file.name


@pytest.mark.parametrize(
    ("peer", "claims", "how"),
    [
        ("127.0.0.1", "https", "encrypted"),  # the proxy that is listed
        ("203.0.113.9", "https", "plain"),  # somebody who only says so
        ("127.0.0.1", "http", "plain"),
    ],
)
def test_only_a_listed_proxy_is_believed_about_encryption(peer: str, claims: str, how: str) -> None:
    behind = Behind()
    guard = ProxyHeadersMiddleware(Names(behind), trusted_hosts="127.0.0.1,::1")  # as `mcm serve` has uvicorn do it
    heard = ask(guard, behind, scope_of(host="10.0.0.5", network=peer, x_forwarded_proto=claims))

    assert heard.scope
    assert Headers(scope=heard.scope)[HEADER] == how


def test_only_a_listed_proxy_says_where_a_request_comes_from() -> None:
    behind = Behind()
    guard = ProxyHeadersMiddleware(Names(behind), trusted_hosts="127.0.0.1,::1")
    ask(guard, behind, scope_of(network="203.0.113.9", x_forwarded_for="198.51.100.1"))

    assert behind.scope
    assert behind.scope["client"][0] == "203.0.113.9"


def test_were_everybody_a_listed_proxy_anybody_would_be_believed() -> None:
    """The negative control of the two above."""
    behind = Behind()
    guard = ProxyHeadersMiddleware(Names(behind), trusted_hosts="*")
    lies = {"x_forwarded_proto": "https", "x_forwarded_for": "198.51.100.1"}
    heard = ask(guard, behind, scope_of(host="10.0.0.5", network="203.0.113.9", **lies))

    assert heard.scope
    assert Headers(scope=heard.scope)[HEADER] == "encrypted"
    assert heard.scope["client"][0] == "198.51.100.1"


@pytest.mark.parametrize(
    ("path", "method"), [("/welcome/{token}", "GET"), ("/welcome/{token}", "POST"), ("/auth/complete", "POST")]
)
def test_in_the_clear_no_facilitator_comes_in(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str, method: str
) -> None:
    hall = browser("http://10.0.0.5:8501")
    answer = hall.request(method, path.format(token="x" * 43), json={"ticket": "x"})
    assert answer.status_code == 400
    assert "not encrypted" in answer.text

    monkeypatch.setenv("MCM_INSECURE_LAN", "1")
    assert "cannot sign in here" not in hall.request(method, path.format(token="x" * 43), json={"ticket": "x"}).text


def test_in_the_clear_a_facilitators_cookie_opens_nothing_and_a_members_does(
    browser: Browser, fay: Visitor, cohort: Cohort, link: str
) -> None:
    with write() as db:
        token = visitors.admit(db, facilitator_id=fay.facilitator_id, at=now())
    here, hall = browser("http://localhost"), browser("http://10.0.0.5:8501")
    for one in (here, hall):
        one.cookies.set("mcm", token)
    ada = browser("http://10.0.0.5:8501")
    ada.post(link)

    assert "sign out here" in here.get("/join").text.lower()
    assert "sign out here" not in hall.get("/join").text.lower()
    assert ada.get("/join").status_code == 303


@pytest.mark.parametrize(("address", "told"), [("http://10.0.0.5", True), ("https://10.0.0.5", False)])
def test_members_are_told_before_they_join_in_the_clear(browser: Browser, link: str, address: str, told: bool) -> None:
    assert [("not encrypted" in browser(address).get(path).text) for path in (link, "/join")] == [told, told]


def test_whatever_goes_wrong_is_told_as_a_number_that_the_log_explains(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope, receive, send) -> None:
        raise RuntimeError("Ada's secret")

    heard = ask(SafeHeaders(Mishaps(broken)), Behind(), scope_of(path="/j/personal-link"))
    number = re.search(r"noted as ([0-9a-f]{8})", heard.body)

    assert heard.status == 500
    assert number
    assert "secret" not in heard.body
    assert "Traceback" not in heard.body
    assert number[1] in caplog.text
    assert "personal-link" not in caplog.text
    assert Headers(raw=heard.sent[0]["headers"])["x-content-type-options"] == "nosniff"


def test_an_error_in_a_route_of_ours_is_the_same(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcm_core.web.joining.page", lambda *_args, **_more: 1 / 0)
    answer = browser().get("/join")

    assert answer.status_code == 500
    assert re.search(r"noted as [0-9a-f]{8}", answer.text)
    assert "ZeroDivision" not in answer.text


def test_nothing_that_the_app_answers_outlives_the_screen() -> None:
    app = Starlette(routes=routes, middleware=[Middleware(SafeHeaders)])

    assert TestClient(app).get("/nothing").headers["cache-control"] == "no-store"
    assert sorry("x", 404).headers["content-security-policy"] == policy.for_own_pages()
