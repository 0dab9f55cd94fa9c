"""My account, the second step on the screen, and the question that is asked again before doors are opened."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import streamlit as st
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, second_step, signing_in, tickets, visitors
from mcm_core.store.engine import read, write
from mcm_core.store.tables import RecoveryCodeRow, SecondStepRow, SignInRow
from tests.pages.cohort_desk import add, field, press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import PASSWORD, a_member, code_of, invited, key_of, through

NEW = "quite another four words"


def posted(app: AppTest) -> dict[str, str] | None:
    """What the page has the browser post, if anything."""
    found = [node.proto.json for node in app.main if getattr(node, "type", "") == "bidi_component"]
    sent = [json.loads(said) for said in found if '"address": "/auth' in said or '"address":"/auth' in said]
    return sent[0] if sent else None


def a_while_passes() -> None:
    with write() as db:
        db.execute(update(SignInRow).values(confirmed_at=CLOCK - timedelta(minutes=11)))


@pytest.mark.parametrize("name", ["today", "cohort", "facilitate", "room", "journey", "notes", "review", "account"])
def test_before_the_second_step_there_is_no_page_at_all(open_page: Open, fay: Visitor, ours: Cohort, name: str) -> None:
    add(fay, ours, "Ada Okafor")

    app = open_page(name, as_=fay, halfway=True)

    assert [title.value for title in app.title] == ["The second step"]
    assert [one.proto.autocomplete for one in app.text_input] == ["one-time-code"]
    assert "Ours" not in texts(app)
    assert "Ada" not in texts(app)
    assert not app.get("page_link")


def test_the_code_of_the_app_lets_in_and_a_wrong_one_says_so(open_page: Open, sqlite: str) -> None:
    with write() as db:
        gil = invited(db, "gil")
        key = key_of(db, gil)
        through(db, gil)
    app = open_page("cohort", as_=gil, halfway=True)

    app.text_input[0].input("000000")
    app = press(app, "Go on")
    assert "not right" in app.error[0].value
    assert posted(app) is None

    app.text_input[0].input(code_of(key, CLOCK))
    app = press(app, "Go on")
    sent = posted(app)
    assert sent
    assert sent["address"] == "/auth/complete"
    with write() as db:
        token = tickets.redeem(db, sent["ticket"], at=CLOCK)
        assert visitors.recognise(db, token, at=CLOCK).facilitates


def test_setting_up_shows_the_key_then_ten_codes_once_and_then_lets_in(open_page: Open, sqlite: str) -> None:
    with write() as db:
        gil = invited(db, "gil")
    app = open_page("cohort", as_=gil, halfway=True)
    assert [title.value for title in app.title] == ["One more step"]
    key = app.code[0].value.replace("-", "")

    app.text_input[0].input("000000")
    app = press(app, "This is what it shows")
    assert "not the one your app shows" in app.error[0].value
    app.text_input[0].input(code_of(key, CLOCK))
    app = press(app, "This is what it shows")

    codes = app.code[0].value.split("\n")
    assert len(codes) == 10
    assert posted(app) is None, "in before the codes were kept"
    app = press(app, "I have kept them")
    assert posted(app)
    assert not any(code in texts(app.run()) for code in codes)


def test_what_needs_a_recent_password_asks_for_it_in_place_and_goes_on(
    open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    (ada,) = add(fay, ours, "Ada")
    app = field(open_page("cohort", as_=fay), "selectbox", "Choose a member").set_value(ada.id).run()
    a_while_passes()

    app = app.toggle[0].set_value(True).run()
    assert "/j/" not in texts(app)
    field(app, "text_input", "Password or code").input("not the password at all")
    app = press(app, "Go on")
    assert "neither your password" in app.error[0].value
    assert "/j/" not in texts(app)

    field(app, "text_input", "Password or code").input(PASSWORD)
    app = press(app, "Go on")

    assert "/j/" in texts(app)


def test_a_co_facilitator_is_invited_only_after_that_too(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    a_while_passes()

    app = press(app, "Make a link for a co-facilitator")

    assert "/welcome/" not in texts(app)
    field(app, "text_input", "Password or code").input(PASSWORD)
    app = press(press(app, "Go on"), "Make a link for a co-facilitator")
    assert "/welcome/" in texts(app)


def test_what_happened_to_the_account_is_there_on_the_clock_of_this_device(
    open_page: Open, fay: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as db:
        signing_in.check_password(db, "fay", "not the password at all", network="n", at=CLOCK)
    said = {}
    for zone in ("Europe/Athens", "nowhere/at all", None):
        monkeypatch.setattr(type(st.context), "timezone", property(lambda _, zone=zone: zone))
        said[zone] = texts(open_page("account", as_=fay))

    assert "5 January 2026, 11:30: A password was wrong, for the account of Fay." in said["Europe/Athens"]
    assert "5 January 2026, 09:30: A password was wrong, for the account of Fay." in said[None]
    assert "09:00: Fay made their account." in said["nowhere/at all"]


def test_the_password_is_changed_with_the_old_one_and_other_browsers_are_out(open_page: Open, fay: Visitor) -> None:
    app = open_page("account", as_=fay)
    field(app, "text_input", "The password you have now").input("not the password at all")
    field(app, "text_input", "The new one").input(NEW)
    app = press(app, "Change my password")
    assert "Nothing was changed" in app.error[0].value

    field(app, "text_input", "The password you have now").input(PASSWORD)
    field(app, "text_input", "The new one").input(NEW)
    app = press(app, "Change my password")

    assert "new password" in app.success[0].value
    with write() as db:
        assert signing_in.check_password(db, "fay", NEW, network="here", at=CLOCK)
        assert visitors.recognise(db, "", at=CLOCK) is None
        assert len(db.scalars(select(SignInRow)).all()) == 1


def test_a_password_is_suggested_once_and_kept_nowhere(open_page: Open, fay: Visitor) -> None:
    app = press(open_page("account", as_=fay), "Suggest a password")
    (suggested,) = (code.value for code in app.code)

    assert suggested.count("-") >= 4
    field(app, "text_input", "The password you have now").input(PASSWORD)
    field(app, "text_input", "The new one").input(suggested)
    app = press(app, "Change my password")
    assert "new password" in app.success[0].value
    assert suggested not in texts(app)


def test_a_weak_password_is_refused_and_the_old_one_stays(open_page: Open, fay: Visitor) -> None:
    app = open_page("account", as_=fay)
    field(app, "text_input", "The password you have now").input(PASSWORD)
    field(app, "text_input", "The new one").input("fay fay fay fay fay")
    app = press(app, "Change my password")

    assert "easy to guess" in app.error[0].value
    with write() as db:
        assert signing_in.check_password(db, "fay", PASSWORD, network="here", at=CLOCK)


def test_signing_out_everywhere_else_puts_the_other_browser_at_the_door(open_page: Open, fay: Visitor) -> None:
    app = open_page("account", as_=fay)
    assert "This browser" in texts(app)
    assert texts(app).count("Another browser") == 1

    app = press(app, "Sign out everywhere else")

    assert "Another browser" not in texts(app)
    with read() as db, pytest.raises(NotAllowed):
        cohorts.of_visitor(db, fay)


def test_a_page_that_was_open_becomes_the_sign_in_at_its_next_interaction(
    open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    app = open_page("cohort", as_=fay)
    with write() as db:
        visitors.sign_out(db, fay.facilitator_id or "")

    app = app.run()

    assert [title.value for title in app.title] == ["Session"]
    assert "Ours" not in texts(app)


def test_recovery_codes_and_another_app_are_made_after_asking(open_page: Open, fay: Visitor) -> None:
    app = open_page("account", as_=fay)
    assert "You have 10 recovery codes left." in texts(app)
    a_while_passes()
    app = app.run()
    assert "Make new recovery codes" not in [button.label for button in app.button]
    field(app, "text_input", "Password or code").input(PASSWORD)
    app = press(app, "Go on")
    with read() as db:
        before = set(db.scalars(select(RecoveryCodeRow.code_hash)))

    app = press(app, "Make new recovery codes")

    assert len(app.code[0].value.split("\n")) == 10
    with read() as db:
        assert not before & set(db.scalars(select(RecoveryCodeRow.code_hash)))
    app = press(press(app, "I have kept them"), "Set up another app or phone")
    new = app.code[0].value.replace("-", "")
    field(app, "text_input", "3. The six digits that the app shows").input(code_of(new, CLOCK))
    app = press(app, "This is what it shows")
    assert len(app.code[0].value.split("\n")) == 10
    app = press(app, "I have kept them")
    assert "Set up another app or phone" in [button.label for button in app.button]
    with read() as db:
        assert db.scalars(select(SecondStepRow.offered_key)).one() is None


def test_facilitators_are_told_where_the_second_step_is_switched_off_and_members_are_not(
    open_page: Open, fay: Visitor, ours: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as db:
        ada = a_member(db, fay, ours, "Ada")
    assert not open_page("today", as_=fay).warning
    monkeypatch.setenv("MCM_SECOND_FACTOR", "off")

    assert "MCM" in open_page("today", as_=fay).warning[0].value
    assert not open_page("today", as_=ada).warning
    assert not second_step.required()


def test_members_have_no_account_page(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        ada = a_member(db, fay, ours, "Ada")

    app = open_page("account", as_=ada)

    assert [info.value for info in app.info] == ["This page is for facilitators."]
    assert not app.text_input
