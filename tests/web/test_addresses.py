"""Addresses for phones: never one that leads a phone back to itself."""

from __future__ import annotations

import pytest

from mcm_core.web import addresses
from mcm_core.web.addresses import is_near, is_only_here, lan_address, outward, qr_data


@pytest.fixture(autouse=True)
def _no_configured_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCM_PUBLIC_URL", raising=False)


@pytest.fixture
def on_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "lan_address", lambda: "192.168.1.20")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("http://localhost:8501/cohort", "http://192.168.1.20:8501"),
        ("http://127.0.0.1:8501", "http://192.168.1.20:8501"),
        ("http://127.9.9.9", "http://192.168.1.20"),
        ("http://[::1]:8501/", "http://192.168.1.20:8501"),
        ("http://0.0.0.0:8501/", "http://192.168.1.20:8501"),
        ("http://LOCALHOST.:8501/", "http://192.168.1.20:8501"),
        ("http://app.localhost:80/", "http://192.168.1.20:80"),
        ("", "http://192.168.1.20"),
        ("http://10.0.0.7:8501/room", "http://10.0.0.7:8501"),
        ("https://session.example/cohort", "https://session.example"),
        ("http://[fe80::2]:8501/", "http://[fe80::2]:8501"),
        ("https://user:secret@session.example/", "https://session.example"),
    ],
)
@pytest.mark.usefixtures("on_a_network")
def test_a_phone_gets_an_address_that_it_can_open(asked: str, given: str) -> None:
    assert outward(asked) == given


def test_without_a_network_this_computer_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "lan_address", lambda: None)

    assert outward("http://localhost:8501/") == "http://localhost:8501"
    assert outward("") == "http://localhost"


def test_the_configured_address_counts_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_PUBLIC_URL", " https://session.example/app/ ")

    assert outward("http://localhost:8501") == "https://session.example/app"


def test_the_machines_address_is_none_or_one_that_others_can_reach() -> None:
    found = lan_address()

    assert found is None or not is_only_here(found)


def test_a_machine_without_a_route_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoRoute:
        def __init__(self, *_family: object) -> None: ...
        def __enter__(self) -> NoRoute:
            return self

        def __exit__(self, *_error: object) -> None: ...
        def connect(self, _address: object) -> None:
            raise OSError("Network is unreachable")

    monkeypatch.setattr(addresses.socket, "socket", NoRoute)

    assert lan_address() is None


def test_a_code_is_dark_on_white_with_its_quiet_zone() -> None:
    drawn = qr_data("https://session.example/j/" + "x" * 43)

    assert drawn.startswith("data:image/svg+xml")
    assert "%23fff" in drawn
    assert "%23000" in drawn


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.2:8501", "http://192.168.1.20:8501", "http://10.0.0.7", "http://localhost:8501",
        "http://[fe80::2]:8501", "http://desk:8501", "http://desk.local", "http://pi.lan.:8501", "",
    ],
)  # fmt: skip
def test_an_address_of_ones_own_network_is_no_address_for_a_mail(address: str) -> None:
    assert is_near(address)


@pytest.mark.parametrize("address", ["https://session.example", "http://8.8.8.8:8501", "https://[2001:4860::1]/"])
def test_one_that_the_world_can_open_is(address: str) -> None:
    assert not is_near(address)
