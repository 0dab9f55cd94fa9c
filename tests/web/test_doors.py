"""Which requests come in at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.datastructures import Headers

from mcm_core.web import doors, names
from mcm_core.web.connection import HEADER
from mcm_core.web.doors import Doors, Names
from tests.web.asking import Behind, Heard, ask, scope_of


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Called `hall`, with one address of its own in the environment."""
    monkeypatch.setattr(names.socket, "gethostname", lambda: "Hall")
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://group.example.org/app")
    monkeypatch.setenv("MCM_ORIGINS", "https://old.example.org, http://hall.test:8080")
    names._own_names.cache_clear()
    yield
    names._own_names.cache_clear()


def by_name(host: str, **more: str) -> Heard:
    behind = Behind()
    return ask(Names(behind), behind, scope_of(host=host, **more))


def socket(
    origin: str | None, host: str = "localhost:8501", scheme: str = "ws", path: str = "/_stcore/stream"
) -> Heard:
    behind = Behind()
    headers = {"host": host} | ({"origin": origin} if origin is not None else {})
    return ask(Doors(behind), behind, scope_of("websocket", path, scheme=scheme, **headers))


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "192.168.1.5:8501", "[fe80::1]", "hall",
        "hall.local:8501", "group.example.org", "GROUP.example.org:443", "old.example.org", "hall.test:8080",
    ],
)  # fmt: skip
def test_our_own_names_are_answered(host: str) -> None:
    assert by_name(host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8501", "127.0.0.1.evil.example", "", "a b", "x@localhost"],
)
def test_a_name_that_somebody_else_points_here_is_not(host: str) -> None:
    heard = by_name(host)

    assert (heard.status, heard.scope) == (421, None)
    assert "does not answer to the name" in heard.body


@pytest.mark.parametrize(
    ("host", "scheme", "how"),
    [
        ("localhost:8501", "http", "local"),
        ("[::1]:8501", "http", "local"),
        ("127.0.0.1", "http", "local"),
        ("192.168.1.5:8501", "http", "plain"),
        ("hall.local", "http", "plain"),
        ("group.example.org", "https", "encrypted"),
    ],
)
def test_pages_are_told_how_the_request_came_whatever_the_browser_claims(host: str, scheme: str, how: str) -> None:
    heard = by_name(host, scheme=scheme, x_mcm_connection="encrypted", x_forwarded_proto="https")

    assert heard.scope
    assert Headers(scope=heard.scope).getlist(HEADER) == [how]


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/a/b", "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp",
        "/_stcore/script-health-check", "/_stcore/bidi-components/x/y.js", "/_stcore/anything-new", "/media/abc.csv",
        "/component/x/index.html", "/app/static/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "OPTIONS"])
def test_doors_that_nobody_needs_are_closed(path: str, method: str) -> None:
    behind = Behind()

    heard = ask(Doors(behind), behind, scope_of(path=path, method=method))

    assert (heard.status, heard.scope) == (404, None)


def test_without_the_doors_an_upload_would_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(doors, "CLOSED", ())
    behind = Behind()

    assert ask(Doors(behind), behind, scope_of(path="/_stcore/upload_file/a/b", method="PUT")).scope


@pytest.mark.parametrize(
    "path", ["/", "/vote", "/static/js/index.js", "/_stcore/health", "/_stcore/host-config", "/live"]
)
def test_what_pages_need_is_open(path: str) -> None:
    behind = Behind()

    assert ask(Doors(behind), behind, scope_of(path=path)).status == 200


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://localhost:8501", "localhost:8501", "ws"),
        ("http://192.168.1.5:8501", "192.168.1.5:8501", "ws"),
        ("https://192.168.1.5", "192.168.1.5:443", "wss"),
        ("https://192.168.1.5", "192.168.1.5", "ws"),  # a proxy ends the encryption and is not listed
        ("https://group.example.org", "127.0.0.1:8501", "ws"),  # a proxy that passes its own idea of the host on
        ("https://old.example.org", "old.example.org", "wss"),
    ],
)
def test_our_pages_open_their_socket_and_streamlit_need_not_ask_anybody_whose_it_is(
    origin: str, host: str, scheme: str
) -> None:
    heard = socket(origin, host, scheme)

    assert heard.scope
    assert Headers(scope=heard.scope)["host"] == origin.partition("://")[2]


@pytest.mark.parametrize(
    "origin",
    [
        None, "", "null", "http://evil.example", "http://localhost", "http://localhost:9999", "http://127.0.0.1:8501",
        "http://localhost:8501.evil.example", "http://evil.example/http://localhost:8501", "file://", "ws://localhost:8501",
        "http://group.example.org", "https://group.example.org:8443", "http://user@localhost:8501",
    ],
)  # fmt: skip
def test_nobody_elses_page_opens_a_socket_nor_does_anybody_without_a_page(origin: str | None) -> None:
    heard = socket(origin)

    assert (heard.status, heard.scope) == (403, None)


def test_without_asking_whose_they_are_both_would_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: another site's page, and a name that somebody else points here."""
    monkeypatch.setattr(doors, "may_open_socket", lambda *_args, **_more: True)
    monkeypatch.setattr(doors, "answers_to", lambda _host: True)

    assert socket("http://evil.example").scope
    assert by_name("evil.example").status == 200


def test_an_unencrypted_page_opens_no_encrypted_socket() -> None:
    assert socket("http://192.168.1.5", "192.168.1.5", "wss").status == 403


def test_there_is_one_socket() -> None:
    assert socket("http://localhost:8501", path="/elsewhere").status == 403


def test_an_address_that_is_none_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_ORIGINS", "group.example.org")

    with pytest.raises(names.BadAddress, match="MCM_ORIGINS"):
        names.configured()
