"""Accounts that are bound to somebody at an OpenID Connect provider."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import facilitators, provider, resets, second_step, signing_in, tickets
from mcm_core.services.provider import NotConfigured
from mcm_core.store.engine import write
from tests.services.people import NOW, a_facilitator, an_invitation, signed_in
from tests.services.racing import race

ISSUER, OTHER = "https://provider.example", "https://elsewhere.example"


@pytest.fixture(autouse=True)
def at_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_AUTH", "oidc")


def invited(db: Session, username: str = "gil") -> Visitor:
    token = facilitators.accept(db, an_invitation(db), username=username, name="Gil", password=None, at=NOW)
    return signed_in(db, token)


def test_an_account_without_a_password_waits_until_it_is_bound(db: Session) -> None:
    gil = invited(db)
    assert gil.role is Role.HALFWAY
    assert provider.welcome(db, ISSUER, "g", at=NOW) is None

    inside = signed_in(db, tickets.redeem(db, provider.bind(db, gil, ISSUER, "g", at=NOW), at=NOW))

    assert inside.role is Role.FACILITATOR
    assert provider.welcome(db, ISSUER, "g", at=NOW)
    for issuer, subject in ((OTHER, "g"), (ISSUER, "h"), (ISSUER, ""), ("", "")):
        assert provider.welcome(db, issuer, subject, at=NOW) is None


def test_no_password_opens_an_account_that_has_none(db: Session) -> None:
    provider.bind(db, invited(db), ISSUER, "g", at=NOW)

    for guess in ("", "None", "four unrelated words here"):
        assert signing_in.check_password(db, "gil", guess, network="here", at=NOW) is None


@pytest.mark.parametrize(("issuer", "subject"), [("", "g"), (ISSUER, ""), ("", "")])
def test_nobody_is_bound_to_nobody(db: Session, issuer: str, subject: str) -> None:
    with pytest.raises(Refused):
        provider.bind(db, invited(db), issuer, subject, at=NOW)


def test_a_bound_account_is_not_bound_again_and_whoever_is_in_binds_nothing(db: Session) -> None:
    gil = invited(db)
    ticket = provider.bind(db, gil, ISSUER, "g", at=NOW)

    with pytest.raises(Refused):
        provider.bind(db, gil, ISSUER, "thief", at=NOW)
    with pytest.raises(NotAllowed):
        provider.bind(db, signed_in(db, tickets.redeem(db, ticket, at=NOW)), ISSUER, "thief", at=NOW)


def test_a_password_alone_binds_nothing(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("MCM_AUTH")
        fay = a_facilitator(db)
        ticket = tickets.issue(db, fay.facilitator_id or "", halfway=True, at=NOW)
    half = signed_in(db, tickets.redeem(db, ticket, at=NOW))

    with pytest.raises(Refused):
        provider.bind(db, half, ISSUER, "thief", at=NOW)


def test_two_accounts_never_share_one_identity(database: str) -> None:
    with write() as db:
        both = [invited(db, "gil"), invited(db, "hal")]

    def bind(visitor: Visitor) -> object:
        with write() as db:
            return provider.bind(db, visitor, ISSUER, "same", at=NOW)

    results = race(*(lambda one=one: bind(one) for one in both))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "str"]
    assert isinstance(next(one for one in results if not isinstance(one, str)), Conflict)


def test_the_console_gives_an_account_to_another_identity(db: Session) -> None:
    provider.bind(db, invited(db), ISSUER, "lost", at=NOW)

    half = signed_in(db, resets.use(db, resets.link(db, "gil", at=NOW), None, at=NOW))

    assert half.role is Role.HALFWAY
    assert provider.welcome(db, ISSUER, "lost", at=NOW) is None
    assert provider.bind(db, half, ISSUER, "found", at=NOW)


def test_an_account_that_is_switched_off_is_not_welcome(db: Session) -> None:
    provider.bind(db, invited(db), ISSUER, "g", at=NOW)
    facilitators.switch(db, "gil", on=False, at=NOW)

    assert provider.welcome(db, ISSUER, "g", at=NOW) is None


def test_what_is_missing_is_named_and_off_is_the_default(monkeypatch: pytest.MonkeyPatch, home: object) -> None:
    with pytest.raises(NotConfigured, match="MCM_OIDC_ISSUER"):
        provider.settings()
    for name in provider.NEEDED:
        monkeypatch.setenv(name, "https://somewhere.example/")
    settings = provider.settings()
    assert settings
    assert settings["auth"]["redirect_uri"] == "https://somewhere.example/oauth2callback"
    assert len(settings["auth"]["cookie_secret"]) >= 32

    monkeypatch.delenv("MCM_AUTH")

    assert provider.settings() is None
    assert second_step.required()


def test_with_a_provider_the_second_step_is_the_providers(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not second_step.required()
    monkeypatch.delenv("MCM_AUTH")
    assert a_facilitator(db).facilitates
